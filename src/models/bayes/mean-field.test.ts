import * as tf from '@tensorflow/tfjs';
import { describe, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, expectThreeWays } from '../../../tests/support/gradients.js';
import { softplusPlain } from '../../nn/activations/softplus.js';
import { gaussianKlPlain } from '../../nn/losses/gaussian-kl.js';
import reference from '../bayes.reference.json' with { type: 'json' }; // made by reference/bayes.py with PyTorch 2.13
import { gaussianDivergence } from './mean-field.js';

const PRIOR = 0.8;
const divergence = (mean: tf.Tensor, rho: tf.Tensor) => gaussianDivergence({ mean, rho }, PRIOR);
const betweenGaussians = (mean: tf.Tensor, rho: tf.Tensor) =>
  gaussianKlPlain(
    { mean, logVariance: softplusPlain(rho).log().mul(2) },
    { mean: tf.zeros(mean.shape), logVariance: tf.fill(mean.shape, 2 * Math.log(PRIOR)) },
  );
const { inputs } = reference.divergence;

describe('gaussianDivergence', () => {
  it('equals PyTorch, forward and backward', () => expectReference(divergence, reference.divergence));

  it('backward agrees with differences, and with autodiff of the divergence between Gaussians', () =>
    expectThreeWays(divergence, betweenGaussians, inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(divergence, inputs));
});
