import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { icLoss } from './information-coefficient.js';

const row = (...data: number[]) => ({ data, shape: [1, data.length] });

describe('icLoss', () => {
  const forecast = row(3, 1, 2, 5);
  const icOf = (p: { data: number[]; shape: number[] }, y = forecast) => -inDouble((p, y) => icLoss(p, y), [p, y]).y[0];

  it('is −1 for a forecast that is right up to scale and mean, 1 for its opposite', () => {
    expect(icOf(row(...forecast.data.map((v) => 0.01 * v - 7)))).toBeCloseTo(1, 6);
    expect(icOf(row(...forecast.data.map((v) => -v)))).toBeCloseTo(-1, 10);
  });

  it('averages dates, however different their scale', () => {
    const p = { data: [1, 2, 3, 1, 2, 3], shape: [2, 3] };
    const y = { data: [1, 2, 3, 300, 200, 100], shape: [2, 3] };
    expect(icOf(p, y)).toBeCloseTo(0, 10);
  });

  it('of a date without spread is 0, with a gradient that is a number', () => {
    const { y, grads } = inDouble((p, y) => icLoss(p, y), [row(2, 2, 2, 2), forecast]);
    expect(y[0]).toBeCloseTo(0, 14);
    expect(grads[0].every(Number.isFinite)).toBe(true);
  });

  it('does not look at what the mask leaves out, not even at NaN', () => {
    const mask = tf.tensor2d([1, 1, 0, 1], [1, 4]);
    const masked = (third: number) => inDouble((p) => icLoss(p, tf.tensor2d(forecast.data, [1, 4]), { mask }), [row(2, 1, third, 9)]);
    expect([...masked(Number.NaN).y]).toEqual([...masked(100).y]);
    expect(masked(Number.NaN).grads[0][2]).toBe(0);
    expect(masked(0).y[0]).toBeCloseTo(inDouble((p, y) => icLoss(p, y), [row(2, 1, 9), row(3, 1, 5)]).y[0], 14);
  });

  it('names a mask that leaves nothing, and shapes that do not fit', () => {
    const x = tf.zeros([2, 2]);
    expect(() => icLoss(x, x, { mask: tf.tensor2d([1, 1, 0, 0], [2, 2]) })).toThrow('icLoss: the mask leaves no asset in row 1');
    expect(() => icLoss(tf.zeros([3, 1]), tf.ones([3, 1]))).toThrow(
      'icLoss correlates across assets, so N must be 2 or more; rows are dates: got prediction [3,1], target [3,1]',
    );
    expect(() => icLoss(x, tf.zeros([2, 3]))).toThrow(
      'icLoss correlates rows of prediction [T, N] and target [T, N]: got prediction [2,2], target [2,3]',
    );
    expect(() => icLoss(x, x, { mask: tf.ones([2, 1]) })).toThrow('where mask [T, N] is 1: got prediction [2,2], target [2,2], mask [2,1]');
  });
});
