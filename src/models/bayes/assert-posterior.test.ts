import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { key, normal } from '../../base/random.js';
import { meanSquaredError } from '../../nn/losses/mean-squared-error.js';
import { adam } from '../../optim/adam.js';
import { trainingStep } from '../../optim/training-step.js';
import { compile } from '../../tensor/compile.js';
import { toTf } from '../../tensor/index.js';
import { assertPosterior } from './assert-posterior.js';
import { type BayesBatch, type BayesNetParams, bayesNetNoise, initBayesNet, negativeElbo } from './bayes-by-backprop.js';

const rhoOf = (sigma: number) => Math.log(Math.expm1(sigma));
const q = (mean: number, sigma: number) => ({
  mean: { b: tf.zeros([2]), w: tf.fill([3, 2], mean) },
  rho: { b: tf.fill([2], rhoOf(sigma)), w: tf.fill([3, 2], rhoOf(sigma)) },
});

describe('assertPosterior', () => {
  // log(s/σ) + (σ² + μ²)/(2s²) − ½ is 4.5e-4 at s 0.5, σ 0.5, μ 0.015, and 1.25e-3 at μ 0.025.
  it('refuses weights that are the prior again, from a thousandth of a nat on', () => {
    expect(() => assertPosterior(q(0.015, 0.5), { prior: 0.5 })).toThrow(
      'assertPosterior: w [3,2] collapsed to the prior: a weight lies 0.00045 nats from it on average, so the layer passes noise on and nothing else',
    );
    expect(() => assertPosterior(q(0.025, 0.5), { prior: 0.5 })).not.toThrow();
  });

  it('refuses weights without uncertainty', () => {
    expect(() => assertPosterior(q(0.3, 4.9e-5), { prior: 0.5 })).toThrow(
      "w [3,2] collapsed to a point: the median of σ is 0.000098 of the prior's, so draws agree and nothing is uncertain; weight the divergence by 1/N",
    );
    expect(() => assertPosterior(q(0.3, 5.1e-5), { prior: 0.5 })).not.toThrow();
  });

  it('judges no bias, and names a prior that is none', () => {
    const bias = { mean: { b: tf.zeros([2]) }, rho: { b: tf.fill([2], rhoOf(0.5)) } };
    expect(() => assertPosterior(bias, { prior: 0.5 })).not.toThrow();
    expect(() => assertPosterior(bias, { prior: 0 })).toThrow('assertPosterior: prior must be a finite number above 0, got 0');
  });

  // y = x: with weight 1/N the data speak, with weight 1 each row would have to pay for all weights alone.
  it('is met by a net whose divergence is weighted as it should be, and not by one that pays it for every row', async () => {
    const [N, widths] = [64, [1, 8, 1]];
    const x = normal(key(1), [N, 1]);
    const train = async (weight: number) => {
      const start = initBayesNet(key(2), widths, 0.1);
      const optimizer = adam(start, { learningRate: 0.05 });
      const lossOf = (q: BayesNetParams, batch: BayesBatch) => negativeElbo(q, batch, { prior: 0.3, likelihood: meanSquaredError });
      const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
      const batch = (i: number) => ({ x, y: x, noise: bayesNetNoise(key(i), widths, [N]), weight });
      let { state } = await step(optimizer.init(start), batch(0));
      for (let i = 1; i < 400; i++) ({ state } = await step(state, batch(i)));
      const params = optimizer.params(toTf(state));
      step.release();
      return params;
    };
    assertPosterior(await train(1 / N), { prior: 0.3 });
    await expect(train(1).then((q) => assertPosterior(q, { prior: 0.3 }))).rejects.toThrow('collapsed to the prior');
  });
});
