import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { importanceWeightedBound } from './importance-weighted.js';

describe('importanceWeightedBound', () => {
  it('is the logarithm of the mean weight, and the mean logarithm of one', () => {
    const { y } = inDouble(importanceWeightedBound, [{ data: [Math.log(1), Math.log(2), Math.log(6)], shape: [3] }]);
    expect(y[0]).toBeCloseTo(Math.log(3), 12);
    expect(inDouble(importanceWeightedBound, [{ data: [-4.25], shape: [1] }]).y[0]).toBe(-4.25);
  });

  it('does not overflow where the weights themselves would', () => {
    const { y } = inDouble(importanceWeightedBound, [{ data: [-2000, 1000, 1000, -1200], shape: [2, 2] }]);
    expect(y[0]).toBeCloseTo(1000 - Math.log(2), 9);
    expect(y[1]).toBeCloseTo(1000 - Math.log(2), 9);
  });

  it('names the shape that has no draws', () => {
    expect(() => importanceWeightedBound(tf.scalar(1))).toThrow(
      'importanceWeightedBound takes logarithms of weights [K, ...] of K draws, at least one: got logWeights []',
    );
    expect(() => importanceWeightedBound(tf.zeros([0, 2]))).toThrow('got logWeights [0,2]');
  });
});
