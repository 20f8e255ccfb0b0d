import * as tf from '@tensorflow/tfjs';
import { it } from 'vitest';
import { expectSameDerivatives } from '../../../tests/support/gradients.js';
import { softplus } from '../../nn/activations/softplus.js';
import { gaussianKl } from '../../nn/losses/gaussian-kl.js';
import reference from '../bayes.reference.json' with { type: 'json' }; // made by reference/bayes.py with PyTorch 2.13
import { gaussianDivergence } from './mean-field.js';

it('gaussianDivergence is the divergence between Gaussians', () => {
  const prior = 0.8;
  const between = (mean: tf.Tensor, rho: tf.Tensor) =>
    gaussianKl.plain(
      { mean, logVariance: softplus.plain(rho).log().mul(2) },
      { mean: tf.zeros(mean.shape), logVariance: tf.fill(mean.shape, 2 * Math.log(prior)) },
    );
  expectSameDerivatives((mean, rho) => gaussianDivergence({ mean, rho }, { prior }), between, reference.divergence.inputs);
});
