import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { quantileLoss } from './quantile.js';

const point = (...data: number[]) => ({ data, shape: [data.length] });

describe('quantileLoss', () => {
  // At q = ½ it is half the absolute error.
  it('is half the mean absolute error at the median', () => {
    const [p, y] = [point(1, 1), point(0.5, 4)];
    expect(inDouble((p, y) => quantileLoss(p.expandDims(1), y, { quantiles: [0.5] }), [p, y]).y[0]).toBe(
      inDouble(meanAbsoluteError, [p, y]).y[0] / 2,
    );
  });

  // Of 1 … 100 the 0.9-quantile lies between 90 and 91: 90 points pull a prediction there down by 0.1, ten up by 0.9.
  it('is least at the quantile', () => {
    const y = tf.range(1, 101);
    const pull = (at: number) =>
      inDouble((p) => quantileLoss(tf.fill([100, 1], 1).mul(p), y, { quantiles: [0.9] }), [point(at)]).grads[0][0];
    expect(pull(90.5)).toBeCloseTo(0, 7); // 0.9 is a float32 constant
    expect(pull(80.5)).toBeCloseTo(-0.1, 7);
    expect(pull(95.5)).toBeCloseTo(0.05, 7);
  });

  it('names shapes and quantiles that do not fit', () => {
    expect(() => quantileLoss(tf.zeros([3, 2]), tf.zeros([3]), { quantiles: [0.1, 0.5, 0.9] })).toThrow(
      'quantileLoss takes a prediction [..., 3], one for each quantile, and a target [...]: got prediction [3,2], target [3]',
    );
    expect(() => quantileLoss(tf.zeros([3, 1]), tf.zeros([3]), { quantiles: [5] })).toThrow('quantileLoss: quantiles lie in (0, 1), got 5');
  });
});
