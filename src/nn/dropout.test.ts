import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { key } from '../tensor/index.js';
import { dropout, dropoutMask, temporalDropoutMask } from './dropout.js';

describe('dropout', () => {
  // The share that stays is binomial: 10,000 draws at 0.8 deviate by 0.004.
  it('keeps the share it says, scaled so that the mean stays', () => {
    const { data, shape } = dropoutMask(key(1), 0.8, [100, 100]);
    expect(shape).toEqual([100, 100]);
    expect(new Set(data)).toEqual(new Set([0, Math.fround(1.25)]));
    expect(Math.abs(data.filter(Boolean).length / 10_000 - 0.8)).toBeLessThan(4 * 0.004);
  });

  it('keeps everything at keep 1, and gives one key one mask', () => {
    expect(new Set(dropoutMask(key(1), 1, [50]).data)).toEqual(new Set([1]));
    expect(dropoutMask(key(7), 0.5, [50])).toEqual(dropoutMask(key(7), 0.5, [50]));
    expect(dropoutMask(key(7), 0.5, [50])).not.toEqual(dropoutMask(key(8), 0.5, [50]));
  });

  // 2,500 draws at 0.8 deviate by 0.008, and the products of neighbours' deviations, of standard deviation 0.16, by 0.0032.
  it('decides on each number by itself, whatever the number of them', () => {
    const { data } = dropoutMask(key(3), 0.8, [10_000]);
    const kept = Array.from(data, (value) => Number(value > 0) - 0.8);
    for (let lane = 0; lane < 4; lane++) {
      const mean = (of: (i: number) => number) =>
        Array.from({ length: 2499 }, (_, i) => of(4 * i + lane)).reduce((sum, v) => sum + v, 0) / 2499;
      expect(Math.abs(mean((i) => kept[i]))).toBeLessThan(4 * 0.008);
      for (const apart of [1, 2, 3, 4]) expect(Math.abs(mean((i) => kept[i] * kept[i + apart]))).toBeLessThan(4 * 0.0032);
    }
    expect(dropoutMask(key(3), 0.8, [7]).data).toEqual(data.slice(0, 7));
  });

  it('drops a channel at all times or at none', () => {
    const mask = temporalDropoutMask(key(2), 0.5, [8, 5, 6]);
    expect(mask.shape).toEqual([8, 1, 6]);
    const y = dropout(tf.ones([8, 5, 6]), { mask: tf.tensor(mask.data, mask.shape) });
    const overTime = y.sum(1).dataSync();
    expect(new Set(overTime)).toEqual(new Set([0, 10])); // five times 0, or five times 2
  });

  it('names what does not fit', () => {
    expect(() => dropout(tf.ones([8, 5]), { mask: tf.ones([8, 4]) })).toThrow(
      'dropout takes a mask of the shape of x, or with 1 where one number serves a whole axis: got x [8,5], mask [8,4]',
    );
    expect(() => dropout(tf.ones([8, 5]), { mask: tf.ones([5]) })).toThrow('got x [8,5], mask [5]');
    expect(() => dropoutMask(key(1), 0, [3])).toThrow('dropoutMask: keep must be a finite number above 0, up to 1, got 0');
    expect(() => dropoutMask(key(1), 0.5, [8, Number.NaN])).toThrow('dropoutMask takes the shape of what it drops from: got mask [8,NaN]');
    expect(() => temporalDropoutMask(key(1), 0.5, [8, 6])).toThrow('temporalDropoutMask is for x [B, T, F]: got x [8,6]');
  });
});
