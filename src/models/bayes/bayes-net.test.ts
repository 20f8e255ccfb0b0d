import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, expectReference, inDouble } from '../../../tests/support/gradients.js';
import type { HostArray } from '../../base/host-array.js';
import { fold, key, normal, split, uniform } from '../../base/random.js';
import { gaussianNllFromLog } from '../../nn/losses/gaussian-nll.js';
import { meanSquaredError } from '../../nn/losses/mean-squared-error.js';
import { initLstm, lstmLast } from '../../nn/recurrent/lstm.js';
import { type AdamState, adam } from '../../optim/adam.js';
import { trainingStep } from '../../optim/training-step.js';
import type { DeviceTensor } from '../../tensor/buffers/device-tensor.js';
import { compile } from '../../tensor/compile.js';
import { grad } from '../../tensor/grad.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { flatten, map } from '../../tensor/tree.js';
import reference from '../bayes.reference.json' with { type: 'json' }; // made by reference/bayes.py with PyTorch 2.13
import { mlp } from '../mlp.js';
import {
  type BayesBatch,
  type BayesNetParams,
  bayesNet,
  bayesNetNoise,
  initBayesNet,
  minibatchWeight,
  negativeElbo,
  negativeElboOfDraw,
} from './bayes-by-backprop.js';
import { importanceWeightedBound } from './importance-weighted.js';
import { drawWeights, gaussianDivergence, initMeanField, type MeanField, mixtureDivergence } from './mean-field.js';
import { decomposeVariance, perDraw } from './uncertainty.js';

const PRIOR = 0.8;
const MIXTURE = { share: 0.25, wide: 1, narrow: 0.2 };
const weight = tf.scalar(1 / 40);

/** The inputs of a reference case as the arguments of the loss. */
function fromInputs([b0, w0, b1, w1, rb0, rw0, rb1, rw1, x, y, ...noise]: tf.Tensor[]): [
  BayesNetParams,
  Omit<BayesBatch, 'noise'>,
  tf.Tensor[],
] {
  const mean = {
    layers: [
      { b: b0, w: w0 },
      { b: b1, w: w1 },
    ],
  };
  const rho = {
    layers: [
      { b: rb0, w: rw0 },
      { b: rb1, w: rw1 },
    ],
  };
  return [{ mean, rho }, { x, y, weight }, noise];
}
const local = (...inputs: tf.Tensor[]) => {
  const [q, batch, noise] = fromInputs(inputs);
  return negativeElbo(q, { ...batch, noise }, { prior: PRIOR, likelihood: meanSquaredError });
};
const sampled = (...inputs: tf.Tensor[]) => {
  const [q, batch, [noise]] = fromInputs(inputs);
  return negativeElboOfDraw(q, { noise, weight }, { prior: MIXTURE, loss: (w) => meanSquaredError(mlp(w, batch.x), batch.y) });
};

describe('negativeElbo', () => {
  it('equals PyTorch by local reparameterisation, forward and backward', () => expectReference(local, reference.local));
  it('equals PyTorch by drawn weights under a scale mixture, forward and backward', () => expectReference(sampled, reference.sampled));

  it.each([
    ['by local reparameterisation', local, reference.local.inputs],
    ['by drawn weights', sampled, reference.sampled.inputs],
  ] as const)('%s agrees with differences, and is the same compiled, on both runtimes', async (_, loss, inputs) => {
    gradCheck(loss, inputs);
    await expectCompiled(loss, inputs);
  });
});

describe('importanceWeightedBound', () => {
  it('agrees with differences, and is the same compiled, on both runtimes', async () => {
    const points = [{ data: [0.1, -1, 2, 0.5, 3, -0.7], shape: [3, 2] }];
    gradCheck(importanceWeightedBound, points);
    await expectCompiled(importanceWeightedBound, points);
  });
});

describe('the divergence from the prior', () => {
  const q = (mean: number[], sigma: number[]): MeanField<tf.Tensor> => ({
    mean: tf.tensor1d(mean),
    rho: tf.tensor1d(sigma.map((s) => Math.log(Math.expm1(s)))),
  });

  it('is nothing from q to q', () => {
    expect(gaussianDivergence(q([0, 0], [0.7, 0.7]), { prior: 0.7 }).dataSync()[0]).toBeCloseTo(0, 6);
  });

  // KL = log 2/0.5 + (0.25 + 1)/(2·4) − ½ for μ = 1, σ = 0.5, s = 2; and the mean of 4,000 draws is within 4 of its standard errors.
  it('has its closed form, which sampling agrees with', () => {
    const at = q([1], [0.5]);
    const exact = Math.log(4) + 1.25 / 8 - 0.5;
    expect(gaussianDivergence(at, { prior: 2 }).dataSync()[0]).toBeCloseTo(exact, 6);
    const draws = Array.from(normal(key(1), [4000], 'float64').data, (e) => {
      const w = 1 + 0.5 * e;
      return -Math.log(0.5) - e ** 2 / 2 + Math.log(2) + w ** 2 / 8;
    });
    const { mean, error } = meanAndError(draws);
    expect(Math.abs(mean - exact)).toBeLessThan(4 * error);
  });

  // A mixture of two Gaussians of nearly one width is that Gaussian, whose divergence is known.
  it('estimated at drawn weights is unbiased', () => {
    const at = q([0.3, -0.2, 0.5], [0.4, 0.9, 0.1]);
    const prior = { share: 0.5, wide: 0.80001, narrow: 0.8 };
    const draws = Array.from({ length: 1000 }, (_, i) => {
      const { data, shape } = normal(fold(key(2), i), [3]);
      return tf.tidy(() => mixtureDivergence(at, { noise: tf.tensor(data, shape), prior }).dataSync()[0]);
    });
    const { mean, error } = meanAndError(draws);
    expect(error).toBeLessThan(0.05);
    expect(Math.abs(mean - gaussianDivergence(at, { prior: 0.8 }).dataSync()[0])).toBeLessThan(4 * error);
  });

  it('is borne by the minibatches of an epoch in shares that sum to one', () => {
    const [M, N] = [6, 48];
    expect(() => minibatchWeight(0, M, N)).toThrow(
      `minibatchWeight: batches of an epoch count from 1 to ${M}, got 0; for step k it is 1 + (k % ${M})`,
    );
    const shares = Array.from({ length: M }, (_, i) => minibatchWeight(i + 1, M, N) * (N / M));
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect(shares[0]).toBeCloseTo(32 / 63, 12); // 2⁵ / (2⁶ − 1)
  });
});

// https://github.com/piEsposito/blitz-bayesian-deep-learning/issues/11: with weight 1/N the minibatches of an epoch bear the divergence once.
// https://github.com/kumar-shridhar/PyTorch-BayesianCNN/issues/7: and it moves μ and ρ of each weight that the network uses.
describe('the losses of minibatches', () => {
  it('average to that of the whole, and each weight feels the divergence', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 2, 3, 4, 6), (seed, M) => {
        const [N, widths] = [12, [2, 3, 1]];
        const [forX, forY, forNoise] = split(key(seed), 3);
        const q = map(initBayesNet(key(seed), widths), ({ data, shape }: HostArray<Float32Array>) =>
          tf.tensor(data, shape).add(0.1),
        ) as never;
        const tensor = ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape);
        const [x, y] = [tensor(normal(forX, [N, 2])), tensor(normal(forY, [N, 1]))];
        const noise = bayesNetNoise(forNoise, widths, [N]).map(tensor);
        const rows = (t: tf.Tensor, m: number) => t.slice([(m * N) / M, 0], [N / M, t.shape[1]!]);
        const options = { prior: 0.7, likelihood: meanSquaredError };
        const weight = tf.scalar(1 / N);
        const whole = negativeElbo(q, { x, y, noise, weight }, options).dataSync()[0];
        const parts = Array.from(
          { length: M },
          (_, m) => negativeElbo(q, { x: rows(x, m), y: rows(y, m), noise: noise.map((e) => rows(e, m)), weight }, options).dataSync()[0],
        );
        expect(parts.reduce((sum, part) => sum + part, 0) / M).toBeCloseTo(whole, 5);
        const grads = flatten<tf.Tensor>(grad((q: never) => gaussianDivergence(q, { prior: 0.7 }))(q) as never).leaves;
        for (const g of grads) expect(g.abs().max().dataSync()[0]).toBeGreaterThan(0);
      }),
      { numRuns: 10 },
    );
  });
});

describe('drawWeights', () => {
  it('makes any model uncertain: an LSTM, by one standard deviation of each weight', () => {
    const start = initLstm(key(11), { inputs: 2, width: 3 });
    const q = map(initMeanField(start, 0.1), ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape));
    const n = 4 * 3 * (2 + 3 + 1);
    const x = tf.randomNormal([2, 5, 2], 0, 1, 'float32', 1);
    const certain = lstmLast(drawWeights(q, { noise: tf.zeros([n]) }), x);
    expect(distance(certain.dataSync(), lstmLast(q.mean, x).dataSync())).toBe(0);
    const moved = drawWeights(q, { noise: tf.ones([n]) });
    for (const name of ['wx', 'wh', 'b'] as const)
      expect(distance(moved[name].dataSync(), q.mean[name].add(0.1).dataSync())).toBeLessThan(1e-6);
  });
});

describe('bayesNet', () => {
  const widths = [2, 8, 1];
  const tensors = (params: unknown) => params as BayesNetParams;

  it('is the network of its means when nothing is uncertain', () => {
    const { inputs } = reference.local;
    const certain = inputs.map(({ data, shape }, i) => ({ shape, data: i >= 4 && i < 8 ? data.map(() => -30) : data }));
    const net = (...xs: tf.Tensor[]) => {
      const [q, { x }, noise] = fromInputs(xs);
      return bayesNet(q, x, { noise });
    };
    const means = (...xs: tf.Tensor[]) => mlp(fromInputs(xs)[0].mean, xs[8]);
    expect(distance(inDouble(net, certain).y, inDouble(means, certain).y)).toBeLessThan(1e-10);
  });

  it('spreads as drawn weights do', () => {
    const q = asTensors(initBayesNet(key(3), widths, 0.3));
    const x = tf.tensor2d([[0.5, -1]]);
    const [S, n] = [4000, 2 * 8 + 8 + 8 + 1];
    const noise = bayesNetNoise(key(4), widths, [S, 1]).map(({ data, shape }) => tf.tensor(data, shape));
    const one = moments(bayesNet(tensors(q), perDraw(x, { draws: S }), { noise }).dataSync());
    const drawn = Array.from({ length: S }, (_, i) =>
      tf.tidy(() => mlp(drawWeights(tensors(q), { noise: tf.tensor(normal(fold(key(5), i), [n]).data) }), x).dataSync()[0]),
    );
    const other = moments(drawn);
    expect(Math.abs(one.mean - other.mean)).toBeLessThan(4 * Math.sqrt((one.variance + other.variance) / S));
    expect(one.variance / other.variance).toBeGreaterThan(0.85);
    expect(one.variance / other.variance).toBeLessThan(1.15);
  });

  // A line is Bayesian linear regression, whose posterior is known: with y = w x + b + N(0, ½) and prior N(0, 1) the precision of (b, w) is
  // Λ = 1 + 2 XᵀX and the mean Λ⁻¹ 2 Xᵀy. Among independent Gaussians the nearest has that mean, and the precisions on Λ's diagonal.
  it('finds the posterior of a linear regression in compiled steps', async () => {
    const [N, S] = [20, 10]; // each row with S noises, for less variance
    const [forX, forY, forNoise] = split(key(6), 3);
    const [x, error] = [normal(forX, [N]).data, normal(forY, [N]).data];
    const y = x.map((v, i) => 0.8 * v + Math.SQRT1_2 * error[i]);
    const again = (column: Float32Array) => ({ data: Float32Array.from({ length: N * S }, (_, i) => column[i % N]), shape: [N * S, 1] });
    const start = initBayesNet(key(7), [1, 1], 0.2);
    const optimizer = adam(start, { learningRate: 0.01 });
    const lossOf = (q: BayesNetParams, batch: BayesBatch) => negativeElbo(q, batch, { prior: 1, likelihood: meanSquaredError });
    const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
    const data = { x: again(x), y: again(y), weight: 1 / N };
    let state: Parameters<typeof step>[0] = optimizer.init(start);
    for (let i = 0; i < 2000; i++) ({ state } = await step(state, { ...data, noise: bayesNetNoise(fold(forNoise, i), [1, 1], [N * S]) }));
    const [b, w, rhoB, rhoW] = (state.parameters as DeviceTensor).data(); // a tree lies in sorted order

    const sum = (f: (x: number, y: number) => number) => x.reduce((total, v, i) => total + f(v, y[i]), 0);
    const [bb, bw, ww] = [1 + 2 * N, 2 * sum((x) => x), 1 + 2 * sum((x) => x * x)];
    const [rightB, rightW] = [2 * sum((_, y) => y), 2 * sum((x, y) => x * y)];
    const determinant = bb * ww - bw * bw;
    expect(b).toBeCloseTo((ww * rightB - bw * rightW) / determinant, 1);
    expect(w).toBeCloseTo((bb * rightW - bw * rightB) / determinant, 1);
    const sigma = (rho: number) => Math.log1p(Math.exp(rho));
    expect(Math.abs(sigma(rhoB) * Math.sqrt(bb) - 1)).toBeLessThan(0.05);
    expect(Math.abs(sigma(rhoW) * Math.sqrt(ww) - 1)).toBeLessThan(0.05);
    step.release();
  });

  // y = x + N(0, 0.2²) on [−1, 1]: the noise is known there, and what lies outside nobody has seen.
  it('tells noise from ignorance', async () => {
    const widths = [1, 16, 2];
    const [forX, forY, forNoise] = split(key(8), 3);
    const x = { data: uniform(forX, [200]).data.map((u) => 2 * u - 1), shape: [200, 1] };
    const error = normal(forY, [200]).data;
    const y = { data: x.data.map((v, i) => v + 0.2 * error[i]), shape: [200, 1] };
    const moments = (output: tf.Tensor) => tf.split(output, 2, -1); // mean and log-variance
    const likelihood = (output: tf.Tensor, y: tf.Tensor) => {
      const [mean, logVariance] = moments(output);
      return gaussianNllFromLog({ mean, logVariance }, y);
    };
    const start = initBayesNet(key(9), widths);
    const optimizer = adam(start, { learningRate: 0.01 });
    const lossOf = (q: BayesNetParams, batch: BayesBatch) => negativeElbo(q, batch, { prior: 1, likelihood });
    const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
    let state: Parameters<typeof step>[0] = optimizer.init(start);
    for (let i = 0; i < 1000; i++)
      ({ state } = await step(state, { x, y, noise: bayesNetNoise(fold(forNoise, i), widths, [200]), weight: 1 / 200 }));
    const predict = compile((state: AdamState, x: tf.Tensor, noise: tf.Tensor[]) => {
      const [means, logVariances] = moments(bayesNet(optimizer.params(state), perDraw(x, { draws: 500 }), { noise }));
      return decomposeVariance(means, logVariances.exp());
    });
    const seen = await predict(state, { data: Float32Array.of(-0.5, 0.5, 8), shape: [3, 1] }, bayesNetNoise(key(10), widths, [500, 3]));
    const [mean, aleatoric, epistemic] = [seen.mean, seen.aleatoric, seen.epistemic].map((t) => t.data());
    for (const [i, at] of [-0.5, 0.5].entries()) {
      expect(Math.abs(mean[i] - at)).toBeLessThan(0.1);
      expect(Math.sqrt(aleatoric[i])).toBeCloseTo(0.2, 1);
      expect(epistemic[i]).toBeLessThan(aleatoric[i] / 2);
      expect(epistemic[2]).toBeGreaterThan(10 * epistemic[i]);
    }
    for (const f of [step, predict]) f.release();
  });

  it('names what is missing', () => {
    const q = asTensors(initBayesNet(key(0), widths));
    expect(() => bayesNet(tensors(q), tf.zeros([1, 2]), { noise: [] })).toThrow(
      'bayesNet: there are 2 layers, got noise for 0; draw it with bayesNetNoise',
    );
    expect(() => gaussianDivergence(q, { prior: 0 })).toThrow('gaussianDivergence: prior must be a finite number above 0, got 0');
    expect(() => drawWeights(q, { noise: tf.zeros([5]) })).toThrow(
      'drawWeights: the model has 33 parameters, so noise must be [33]: got [5]',
    );
    expect(() => initMeanField({}, 0)).toThrow('initMeanField: sigma must be a finite number above 0, got 0');
  });
});

const asTensors = (tree: unknown) =>
  map(tree, ({ data, shape }: { data: Float32Array; shape: number[] }) => tf.tensor(data, shape)) as BayesNetParams;

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const mean = Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
  return { mean, variance: Array.from(values).reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length };
}

function meanAndError(values: number[]): { mean: number; error: number } {
  const { mean, variance } = moments(values);
  return { mean, error: Math.sqrt(variance / values.length) };
}
