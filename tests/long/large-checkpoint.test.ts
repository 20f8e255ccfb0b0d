import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { replaceFile } from '../../src/base/internal.js';
import { decode, encode } from '../../src/base/safetensors.js';

const folder = mkdtempSync(join(tmpdir(), 'lemmata-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// https://github.com/nodejs/node/issues/55864: Node reads, writes and hashes less than 2 GiB at once, and Adam of 180 million parameters has more.
it('a checkpoint of more than 2 GiB is written and read', { timeout: 300_000 }, () => {
  const n = 2 ** 29 + 2;
  const w = new Float32Array(n);
  w[n - 1] = 7;
  const file = join(folder, 'large.safetensors');
  replaceFile(file, encode([{ path: 'w', data: w, shape: [n], dtype: 'float32' }], {}));
  expect(statSync(file).size).toBeGreaterThan(2 ** 31);
  const [{ path, data, shape }] = decode(file).tensors;
  expect([path, data.length, data[0], data[n - 1], ...shape]).toEqual(['w', n, 0, 7, n]);
});
