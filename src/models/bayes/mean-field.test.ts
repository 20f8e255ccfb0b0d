import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { expectSameDerivatives } from '../../../tests/support/gradients.js';
import { softplus } from '../../nn/activations/softplus.js';
import { gaussianKl } from '../../nn/losses/gaussian-kl.js';
import reference from '../bayes.reference.json' with { type: 'json' }; // made by reference/bayes.py with PyTorch 2.13
import { drawWeights, gaussianDivergence } from './mean-field.js';

it('gaussianDivergence is the divergence between Gaussians', () => {
  const prior = 0.8;
  const between = (mean: tf.Tensor, rho: tf.Tensor) =>
    gaussianKl.plain(
      { mean, logVariance: softplus.plain(rho).log().mul(2) },
      { mean: tf.zeros(mean.shape), logVariance: tf.fill(mean.shape, 2 * Math.log(prior)) },
    );
  expectSameDerivatives((mean, rho) => gaussianDivergence({ mean, rho }, { prior }), between, reference.divergence.inputs);
});

it('drawWeights takes one number for each parameter', () => {
  const q = { mean: { a: tf.zeros([2]), b: tf.ones([3]) }, rho: { a: tf.zeros([2]), b: tf.zeros([3]) } };
  expect(Array.from(drawWeights(q, { noise: tf.zeros([5]) }).b.dataSync())).toEqual([1, 1, 1]);
  for (const shape of [[4], [1, 5], [5, 1]])
    expect(() => drawWeights(q, { noise: tf.zeros(shape) })).toThrow(
      `drawWeights: the model has 5 parameters, so noise must be [5]: got [${shape}]`,
    );
});
