import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { ballBounds, certifiedRadius, linearBounds, monotoneBounds, project } from '../src/attack/index.js';
import { eigenSymmetric, fromColumns, type Matrix } from '../src/linalg/index.js';
import { orderFlowImbalance } from '../src/market/index.js';
import { diracGan } from '../src/models/index.js';
import { attention, attentionWeights } from '../src/nn/index.js';
import { offPolicyReturns, optimalBaseline, valueIteration } from '../src/rl/index.js';
import * as stats from '../src/stats/index.js';
import { valueAndGrad } from '../src/tensor/index.js';
import { blackLitterman, growthRate, impliedReturns, minimumVariance, optimalHoldings, optimalWeights } from '../src/trade/index.js';

const FOLDER = resolve(import.meta.dirname, '../proofs/exercises');

/** The numbers of the answers: \answernum{key}{0.5896}, as they are printed. */
const printed = readdirSync(FOLDER).flatMap((file) =>
  [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/\\answernum\{([^}]*)\}\{([^}]*)\}/g)].map(
    ([, key, text]) => [key, text.replaceAll('\\,', '')] as const,
  ),
);

/** The first whole k from 0 for which it holds. */
const first = (holds: (k: number) => boolean): number => {
  let k = 0;
  while (!holds(k)) k++;
  return k;
};
const diagonal = (...values: number[]): Matrix => fromColumns(values.map((value, i) => values.map((_, j) => (i === j ? value : 0))));
const path = (n: number): Matrix =>
  fromColumns(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(Math.abs(i - j) === 1))));

const line = () => stats.linearRegression(stats.design({ z: [0, 1, 2, 3] }), [1, 2, 4, 5]);
/** A heavy ball from the eigenvector of L = 100, where the bound of its theorem is attained: its distance after k steps. */
const ball = (k: number) => {
  const [step, momentum] = [4 / 121, (9 / 11) ** 2];
  let [before, now] = [1, 1];
  for (let i = 0; i < k; i++) [before, now] = [now, now - step * 100 * now + momentum * (now - before)];
  return Math.abs(now);
};
/** The last step of Adam, in learning rates, on the gradients of one coordinate. */
const adam = (gradients: readonly number[], [b1, b2] = [0.9, 0.999]) => {
  let [m, v] = [0, 0];
  for (const g of gradients) [m, v] = [b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g];
  const t = gradients.length;
  return Math.abs(m / (1 - b1 ** t) / Math.sqrt(v / (1 - b2 ** t)));
};
const one = () => stats.bayesianLinearRegression(fromColumns([[1]]), [2], { noise: 1, prior: 1 });
const narrow = { mean: [0], covariance: diagonal(1) };
const wide = { mean: [1], covariance: diagonal(4) };
/** A posterior with variances 1 and the correlation 0.9. */
const field = () =>
  stats.meanFieldRegression({
    ...one(),
    coefficients: Float64Array.of(0, 0),
    precision: fromColumns([
      [1 / 0.19, -0.9 / 0.19],
      [-0.9 / 0.19, 1 / 0.19],
    ]),
  });
const conformal = () =>
  stats.conformalQuantile(
    Array.from({ length: 100 }, (_, i) => i),
    0.95,
  );
const queue =
  1 /
  Array.from({ length: 60 }, (_, q) => q).reduce(
    (sum, q) => sum + Array.from({ length: q }, (_, k) => 2 / (2 + k)).reduce((a, b) => a * b, 1),
    0,
  );
const foresight = (n: number) =>
  Array.from({ length: 2 ** n }, (_, bits) => Math.abs(2 * [...bits.toString(2)].filter((bit) => bit === '1').length - n)).reduce(
    (sum, z) => sum + Math.max(0, z - 1),
    0,
  ) /
  2 ** n;
const orders = () =>
  orderFlowImbalance({
    data: Float64Array.from(
      [
        [101, 90, 100, 100],
        [101, 90, 100, 150],
        [101, 90, 100, 120],
        [101, 50, 100, 120],
      ].flat(),
    ),
    shape: [4, 4],
  } as never);
const column = (...values: number[]) => tf.tensor2d(values, [values.length, 1]);
const attend = (query: number) => attention(column(query), column(0, Math.log(3)), column(0, 4)).dataSync()[0];
const softmaxNorm = () => {
  const [p, q] = attentionWeights(column(1), column(Math.log(2), 0)).dataSync();
  return eigenSymmetric(
    fromColumns([
      [p * (1 - p), -p * q],
      [-p * q, q * (1 - q)],
    ]),
  ).values[1];
};
const mdp = { transition: [[[1]]], reward: [[1]], discount: 0.9 };
/** Squares of a softmax's scores times the probabilities 0.8 and 0.2. */
const scores = [0.8 * 2 * 0.2 ** 2, 0.2 * 2 * 0.8 ** 2];
const holdings = () => optimalHoldings({ shares: 21, days: 4, slices: 4, volatility: 1, halfSpread: 0, permanent: 0, temporary: 1 }, 1);
/** All histories of ten steps by the number of first actions, each as often as the policy that acted plays it. */
const episodes = () =>
  offPolicyReturns(
    {
      ratio: Array.from({ length: 1024 }, (_, bits) => Array.from({ length: 10 }, (_, t) => ((bits >> t) & 1 ? 1.6 : 0.4))),
      reward: Array.from({ length: 1024 }, () => Array(10).fill(0)),
    },
    { discount: 1 },
  ).effective / 1024;
const l1 = () => project(tf.tensor2d([[2, 1.5]]), { norm: 'l1', epsilon: 2 }).dataSync();
const bounds = () => {
  const both = linearBounds({ w: tf.tensor2d([[1, -1]]), b: tf.tensor1d([0, 1]) }, ballBounds(tf.tensor2d([[0.5]]), { epsilon: 0.5 }));
  return linearBounds({ w: column(1, 1), b: tf.tensor1d([0]) }, monotoneBounds(tf.relu, both)).upper.dataSync()[0];
};
/** The mean of the kernel of N(0, 1) and N(shift, 1), by the trapezoid rule on their difference, which is N(shift, 2). */
const kernelMean = (shift: number) => {
  const kernel = stats.gaussianKernel(1);
  const points = Array.from({ length: 2001 }, (_, i) => -10 + i / 100);
  return points.reduce(
    (sum, d) => sum + (0.01 * kernel(Float64Array.of(d), Float64Array.of(0)) * Math.exp(-((d - shift) ** 2) / 4)) / Math.sqrt(4 * Math.PI),
    0,
  );
};
const dirac = () => {
  const { generator, discriminator } = diracGan({
    game: 'nonSaturating',
    order: 'simultaneous',
    learningRate: 1,
    steps: 400,
    start: [1e-3, 0],
    penalty: { kind: 'atData', weight: 0.5 },
  });
  const size = (k: number) => Math.hypot(generator[k], discriminator[k]);
  return (size(240) / size(120)) ** (1 / 120);
};
const assets = { ...diagonal(0.04, 0.01), names: ['a', 'b'] };
const views = () =>
  blackLitterman(assets, [{ weights: { a: 1 }, mean: 0.08, variance: 0.05 * 0.04 }], { prior: [0.05, 0.0125], tau: 0.05 }).mean;
const risky = fromColumns([[0.04]]);
const backward = () =>
  valueAndGrad((x: tf.Tensor) =>
    x
      .gather([0])
      .mul(x.gather([1]))
      .add(x.gather([0]).sin())
      .sum(),
  )(tf.tensor1d([2, 3])).grads.dataSync();

/** How each number is found again. Where the library has no function, the formula of the theorem is evaluated another way. */
const answers: Readonly<Record<string, () => number | Promise<number>>> = {
  'line.slope': () => line().coefficients[1],
  'line.intercept': () => line().coefficients[0],
  'line.leverage': () => line().leverage[0],
  'line.press': () => line().press,
  'descent.rate': () => (100 - 1) / (100 + 1),
  'descent.steps': () => first((k) => (99 / 101) ** k < 1e-3),
  'ridge.df': () => stats.ridge(diagonal(3, 1), [1, 1], { lambda: 1, intercept: false }).effectiveDegreesOfFreedom,
  'ridge.lambda': () =>
    first((k) => stats.ridge(diagonal(3, 1), [1, 1], { lambda: k, intercept: false }).effectiveDegreesOfFreedom <= 1 + 1e-12),
  'stambaugh.bias': () => (0.9 * (1 + 3 * 0.98)) / 360,
  'backprop.first': () => backward()[0],
  'backprop.second': () => backward()[1],
  'ball.step': () => 4 / (Math.sqrt(100) + 1) ** 2,
  'ball.momentum': () => ((Math.sqrt(100) - 1) / (Math.sqrt(100) + 1)) ** 2,
  'ball.steps': () => first((k) => ball(k) < 1e-3),
  'adam.greatest': () => adam(Array.from({ length: 20_000 }, (_, j) => (0.999 / 0.9) ** (j - 20_000))),
  'adam.silence': () => adam([...Array(20_000).fill(0), 1e-9]),
  angle: () => Math.sqrt(1e-4 * (2 - 1e-4)) / (1 - 1e-4),
  'one.variance': () => one().covariance.data[0],
  'one.mean': () => one().coefficients[0],
  'one.evidence': () => one().logEvidence,
  'kl.narrow': () => stats.normalDivergence(narrow, wide),
  'kl.wide': () => stats.normalDivergence(wide, narrow),
  'field.variance': () => field().covariance.data[0],
  'field.nats': () => field().divergence,
  crps: () => stats.crps([0], stats.normalForecast({ mean: 0, standardDeviation: 1 }))[0],
  'conformal.rank': () => conformal().rank,
  'conformal.coverage': () => conformal().coverage,
  'hawkes.mean': () => Array.from({ length: 400 }, (_, k) => 0.5 * 0.8 ** k).reduce((a, b) => a + b),
  'hawkes.cluster': () => Array.from({ length: 400 }, (_, k) => 0.8 ** k).reduce((a, b) => a + b),
  'hawkes.time': () => first((k) => 1 - 0.8 * Math.exp((-0.4 * k) / 1e4) >= 0.9) / 1e4,
  'queue.empty': () => queue,
  'forget.left': () => 1e6 * (1 / (1 + Math.exp(-1))) ** 50,
  'forget.shift': () => first((k) => (1 / (1 + Math.exp(-k / 1e4))) ** 50 >= 0.5) / 1e4,
  'foresight.six': () => foresight(6),
  'ofi.shares': () => orders().reduce((a, b) => a + b),
  'ofi.move': () => orders().reduce((a, b) => a + b) / 400,
  'softmax.norm': softmaxNorm,
  'attention.one': () => attend(1),
  'attention.zero': () => attend(0),
  'cost.attention': () => 512 * 512 * 64 + 512 * 512 * 64,
  'cost.linear': () => 2 * 512 * 64 * 128 + 2 * (512 * 128 * 64) + 2 * (512 * 128),
  'cost.length': () => first((T) => 2 * T * 128 * 129 < T * T * 128),
  'features.error': () => Math.sqrt((Math.exp(2 / Math.sqrt(4)) - 1) / 64),
  'features.number': () => first((M) => (Math.E - 1) / M <= 1e-4),
  'value.star': () => valueIteration(mdp).value[0],
  'value.rounds': () => first((k) => 10 * 0.9 ** k < 0.01),
  'baseline.best': () => optimalBaseline(scores, [1, 0]),
  'baseline.left': () => scores[0] * (1 - 0.8) ** 2 + scores[1] * 0.8 ** 2 - 2 * (0.8 * 0.2) ** 2,
  'sampling.m': () => 0.5 * 1.6 ** 2 + 0.5 * 0.4 ** 2,
  'sampling.share': episodes,
  'chriss.first': () => holdings()[1],
  'chriss.second': () => holdings()[2],
  'chriss.third': () => holdings()[3],
  'maximum.bound': () => Math.sqrt(2 * Math.log(10)),
  'maximum.two': () => 1 / Math.sqrt(Math.PI),
  'path.second': () => eigenSymmetric(stats.graphLaplacian(path(3))).values[1],
  'path.third': () => eigenSymmetric(stats.graphLaplacian(path(3))).values[2],
  'path.normalised': () => eigenSymmetric(stats.normalisedLaplacian(path(3))).values[2],
  'smooth.rate': () => stats.smoothingRate(path(3)),
  'smooth.layers': () => first((l) => stats.smoothingRate(path(3)) ** l < 0.01),
  'heat.share': () => stats.spectralFilter(stats.graphLaplacian(path(2)), (frequency) => Math.exp(-frequency / 2)).data[1],
  'colours.number': () => new Set(stats.colourRefinement(path(5)).colours).size,
  'distance.inf': () => 3 / (3 + 4),
  'distance.two': () => 3 / Math.hypot(3, 4),
  'distance.one': () => 3 / Math.max(3, 4),
  'ball.first': () => l1()[0],
  'ball.second': () => l1()[1],
  certificate: () => certifiedRadius(1000, 1000, { sigma: 0.5 }).radius,
  'bounds.high': bounds,
  'worst.random': () => Math.sqrt(3 * 784),
  'three.variation': () => (0.5 + 0 + 0.5) / 2,
  'three.js': () => stats.jensenShannon([0.5, 0.5, 0], [0, 0.5, 0.5]),
  'samples.distance': () => stats.wassersteinDistance([0, 1, 4], [1, 2, 3]),
  'samples.far': () => stats.wassersteinDistance([0, 1, 40], [1, 2, 3]),
  mmd: () => 2 * kernelMean(0) - 2 * kernelMean(1),
  'dirac.step': () => 0.5 / (2 * 0.5 ** 2),
  'dirac.rate': dirac,
  'least.first': async () => (await minimumVariance(assets)).weights[0],
  'least.volatility': async () => (await minimumVariance(assets)).volatility,
  'implied.first': () => impliedReturns([0.5, 0.5], assets, { riskAversion: 2.5 })[0],
  'implied.second': () => impliedReturns([0.5, 0.5], assets, { riskAversion: 2.5 })[1],
  'view.first': () => views()[0],
  'view.second': () => views()[1],
  'kelly.share': () => optimalWeights([0.06], risky, { riskAversion: 1 })[0],
  'kelly.growth': () => growthRate([1.5], [0.06], risky),
  'kelly.half': () => growthRate([0.75], [0.06], risky),
  'edge.low': () => stats.marchenkoPastur({ ratio: 0.5 }).low,
  'edge.high': () => stats.marchenkoPastur({ ratio: 0.5 }).high,
};

describe('the answer booklet', () => {
  it('has no number that is not computed here, and none is computed that it does not have', () => {
    expect(printed.map(([key]) => key).sort()).toEqual(Object.keys(answers).sort());
  });

  it.each(printed)('%s is %s, to the last digit', async (key, text) => {
    const decimals = (text.split('.')[1] ?? '').length;
    expect((await answers[key]()).toFixed(decimals)).toBe(text);
  });

  it.each(readdirSync(FOLDER))(
    '%s has four to eight exercises, each with its answer below it, and some to compute and some to prove',
    (file) => {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      const kinds = [...text.matchAll(/\\begin\{exercise\}\{(\w+)\}/g)].map((match) => match[1]);
      expect(text.match(/\\(?:begin|end)\{(?:exercise|answer)\}/g)).toEqual(
        kinds.flatMap(() => ['\\begin{exercise}', '\\end{exercise}', '\\begin{answer}', '\\end{answer}']),
      );
      expect(kinds.length).toBeGreaterThanOrEqual(4);
      expect(kinds.length).toBeLessThanOrEqual(8);
      expect(kinds).toContain('compute');
      expect(kinds).toContain('prove');
    },
  );
});
