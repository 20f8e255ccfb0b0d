import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { layerNorm } from './layer-norm.js';
import { rmsNorm } from './rms-norm.js';

describe('rmsNorm', () => {
  // (3, 4): mean square 12.5, so y = (3, 4)/√12.5; a step along x changes nothing, one across changes y by ‖·‖/√12.5.
  it('has the closed form of two numbers', () => {
    const first = (x: tf.Tensor) => rmsNorm({ gamma: tf.ones([2]) }, x, { epsilon: 0 }).slice([0], [1]);
    const { y, grads } = inDouble(first, [{ data: [3, 4], shape: [2] }]);
    expect(y[0]).toBeCloseTo(3 / Math.sqrt(12.5), 14);
    expect(3 * grads[0][0] + 4 * grads[0][1]).toBeCloseTo(0, 14);
    expect(4 * grads[0][0] - 3 * grads[0][1]).toBeCloseTo(4 / Math.sqrt(12.5), 14);
  });

  it('is layer normalisation for rows with mean 0', () => {
    const rows = [{ data: [1, -3, 2, 5, -1, -4], shape: [2, 3] }];
    const layer = inDouble((x) => layerNorm({ gamma: tf.ones([3]), beta: tf.zeros([3]) }, x, { epsilon: 1e-6 }), rows);
    expect(distance(inDouble((x) => rmsNorm({ gamma: tf.ones([3]) }, x), rows).y, layer.y)).toBeLessThan(1e-15);
  });

  it('names the gain that does not fit', () => {
    expect(() => rmsNorm({ gamma: tf.ones([4]) }, tf.zeros([2, 5]))).toThrow(
      'rmsNorm normalises the last axis of x [2,5], so gamma must be [5]: got gamma [4]',
    );
  });
});
