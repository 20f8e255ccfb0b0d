import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { gaussianNll, gaussianNllFromLog } from './gaussian-nll.js';
import { meanSquaredError } from './mean-squared-error.js';

const point = (...data: number[]) => ({ data, shape: [data.length] });

describe('gaussianNll', () => {
  // With σ² = (y − μ)² the loss is ½ (log σ² + 1), its minimum over σ².
  it('is least where the variance is the squared residual', () => {
    const { y, grads } = inDouble((v) => gaussianNll({ mean: tf.tensor1d([1]), variance: v }, tf.tensor1d([3])), [point(4)]);
    expect(y[0]).toBeCloseTo(0.5 * (Math.log(4) + 1), 14);
    expect(grads[0][0]).toBe(0);
  });

  it('is half the mean squared error at variance 1', () => {
    const [mean, target] = [point(1, -2, 0.5), point(0, 2, 0.25)];
    const mse = inDouble(meanSquaredError, [mean, target]);
    expect(inDouble((m, y) => gaussianNll({ mean: m, variance: tf.onesLike(m) }, y), [mean, target]).y[0]).toBeCloseTo(mse.y[0] / 2, 14);
  });

  it('of a log-variance is the same loss, and ∂s = σ² ∂σ²', () => {
    const [mean, variance, target] = [point(1, 2), point(0.5, 3), point(1.5, -1)];
    const ofVariance = inDouble((v) => gaussianNll({ mean: tf.tensor(mean.data), variance: v }, tf.tensor(target.data)), [variance]);
    const log = point(...variance.data.map(Math.log));
    const ofLog = inDouble((s) => gaussianNllFromLog({ mean: tf.tensor(mean.data), logVariance: s }, tf.tensor(target.data)), [log]);
    expectClose(ofLog.y, ofVariance.y, 14);
    expectClose(
      ofLog.grads[0],
      variance.data.map((v, i) => v * ofVariance.grads[0][i]),
      14,
    );
  });

  it('of a log-variance far below the floor is finite', () => {
    const { y, grads } = inDouble((s) => gaussianNllFromLog({ mean: tf.tensor1d([0]), logVariance: s }, tf.tensor1d([1])), [point(-1000)]);
    expect(y[0] / (0.5 * (Math.log(1e-6) + 1e6))).toBeCloseTo(1, 6);
    expect(grads[0][0] / (0.5 * (1 - 1e6))).toBeCloseTo(1, 6);
  });
});
