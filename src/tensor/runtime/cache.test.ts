import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runChild } from '../../../tests/support/child.js';
import { compile } from '../compile.js';
import { cacheKey, programCache } from './cache.js';

let folder: string;
const only = () => {
  const [name, ...more] = readdirSync(folder);
  expect(more).toEqual([]);
  return join(folder, name);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lemmata-cache-'));
  vi.stubEnv('LEMMATA_CACHE', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

/** The bits that a newly compiled function computes, on OpenVINO. */
async function bits(): Promise<Uint32Array> {
  const f = compile((x: tf.Tensor) => tf.concat([tf.softmax(x.mul(3).sin()), x.mul(0.5)]), { runtime: 'openvino' });
  const x = Float32Array.of(0.1, 0.2, 1.2e-38); // whose half is a denormal, and flushed
  const [first, second] = [await f(x), await f(x)]; // beside the event loop, and not
  expect(first.data()).toEqual(second.data());
  return new Uint32Array(second.data().buffer);
}

describe('the cache of compiled programs', () => {
  it('gives a second compilation the same bits from the same entry', async () => {
    const fresh = await bits();
    expect(fresh[5]).toBe(0);
    const entry = readFileSync(only());
    expect(await bits()).toEqual(fresh);
    expect(readFileSync(only())).toEqual(entry);
  });

  it('gives programs that keep their constants while memory is collected and used again', () => {
    expect(runChild('restored.ts')).toEqual({ changed: 0, of: 300 * 64 });
  });

  it.each([
    ['cut short', (entry: Buffer) => entry.subarray(0, entry.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['changed by one bit', (entry: Buffer) => entry.fill(entry.at(-1)! ^ 1, entry.length - 1)],
    ['something else', () => Buffer.from('not a program')],
  ])('ignores an entry that is %s, and writes it again', async (_, damage) => {
    const fresh = await bits();
    const entry = readFileSync(only());
    writeFileSync(only(), damage(Buffer.from(entry)));
    expect(await bits()).toEqual(fresh);
    expect(programCache().get(readdirSync(folder)[0])!.length).toBeGreaterThan(1000);
  });

  it('is done without where its folder cannot be made', async () => {
    vi.stubEnv('LEMMATA_CACHE', '/dev/null/cache');
    expect(await bits()).toHaveLength(6);
  });

  it('leaves nothing half-written when the disk is full', () => {
    const cache = programCache(folder);
    cache.put('key', (file) => {
      writeFileSync(file, 'half');
      throw new Error('ENOSPC');
    });
    expect(readdirSync(folder)).toEqual([]);
    expect(cache.get('key')).toBeUndefined();
  });

  it('keeps the 256 latest entries', () => {
    const cache = programCache(folder);
    for (let i = 0; i < 258; i++) cache.put(`entry${i}`, (file) => writeFileSync(file, `${i}`));
    expect(readdirSync(folder)).toHaveLength(256);
    expect(cache.get('entry257')?.toString()).toBe('257');
  });

  it('has a key of its own for each way to cut the parts', () => {
    expect(cacheKey('ab', 'c')).not.toBe(cacheKey('a', 'bc'));
    expect(cacheKey('ab', 'c')).toBe(cacheKey('ab', Buffer.from('c')));
  });
});
