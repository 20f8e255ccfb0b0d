import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { meanSquaredError } from '../../nn/losses/mean-squared-error.js';
import { type BayesNetParams, negativeElbo } from './bayes-by-backprop.js';

// What it computes is held by bayes-net.test.ts and by its theorem.
describe('negativeElbo', () => {
  it('names an option that is none', () => {
    const layers = [{ w: tf.zeros([1, 1]), b: tf.zeros([1]) }];
    const q: BayesNetParams = { mean: { layers }, rho: { layers } };
    const batch = { x: tf.zeros([1, 1]), y: tf.zeros([1, 1]), noise: [tf.zeros([1, 1])], weight: tf.scalar(1) };
    const options = { prior: 1, likelihood: meanSquaredError };
    expect(negativeElbo(q, batch, options).shape).toEqual([]);
    expect(() => negativeElbo(q, batch, { ...options, temperature: 0.5 } as never)).toThrow(
      "negativeElbo: there is no option 'temperature'",
    );
  });
});
