// The problems of the answer booklet, worked by the library or, where it has no function, by another way than the booklet's.

import * as tf from '@tensorflow/tfjs';
import { ballBounds, linearBounds, monotoneBounds, project } from '../../src/attack/index.js';
import { eigenSymmetric, fromColumns, type Matrix } from '../../src/linalg/index.js';
import { orderFlowImbalance } from '../../src/market/index.js';
import { diracGan } from '../../src/models/index.js';
import { attention, attentionWeights } from '../../src/nn/index.js';
import { offPolicyReturns } from '../../src/rl/index.js';
import * as stats from '../../src/stats/index.js';
import { valueAndGrad } from '../../src/tensor/index.js';
import { blackLitterman, efficientFrontier, minimumVariance, optimalHoldings } from '../../src/trade/index.js';

/** The first whole k from 0 for which it holds. */
export const first = (holds: (k: number) => boolean): number => {
  let k = 0;
  while (!holds(k)) k++;
  return k;
};
export const diagonal = (...values: number[]): Matrix => fromColumns(values.map((value, i) => values.map((_, j) => (i === j ? value : 0))));
export const path = (n: number): Matrix =>
  fromColumns(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(Math.abs(i - j) === 1))));

export const line = () => stats.linearRegression(stats.design({ z: [0, 1, 2, 3] }), [1, 2, 4, 5]);
/** A heavy ball from the eigenvector of L = 100, where the bound of its theorem is attained: its distance after k steps. */
export const ball = (k: number) => {
  const [step, momentum] = [4 / 121, (9 / 11) ** 2];
  let [before, now] = [1, 1];
  for (let i = 0; i < k; i++) [before, now] = [now, now - step * 100 * now + momentum * (now - before)];
  return Math.abs(now);
};
/** The last step of Adam, in learning rates, on the gradients of one coordinate. */
export const adam = (gradients: readonly number[], [b1, b2] = [0.9, 0.999]) => {
  let [m, v] = [0, 0];
  for (const g of gradients) [m, v] = [b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g];
  const t = gradients.length;
  return Math.abs(m / (1 - b1 ** t) / Math.sqrt(v / (1 - b2 ** t)));
};
export const one = () => stats.bayesianLinearRegression(fromColumns([[1]]), [2], { noise: 1, prior: 1 });
export const narrow = { mean: [0], covariance: diagonal(1) };
export const wide = { mean: [1], covariance: diagonal(4) };
/** A posterior with variances 1 and the correlation 0.9. */
export const field = () =>
  stats.meanFieldRegression({
    ...one(),
    coefficients: Float64Array.of(0, 0),
    precision: fromColumns([
      [1 / 0.19, -0.9 / 0.19],
      [-0.9 / 0.19, 1 / 0.19],
    ]),
  });
export const conformal = () =>
  stats.conformalQuantile(
    Array.from({ length: 100 }, (_, i) => i),
    0.95,
  );
export const queue =
  1 /
  Array.from({ length: 60 }, (_, q) => q).reduce(
    (sum, q) => sum + Array.from({ length: q }, (_, k) => 2 / (2 + k)).reduce((a, b) => a * b, 1),
    0,
  );
export const foresight = (n: number) =>
  Array.from({ length: 2 ** n }, (_, bits) => Math.abs(2 * [...bits.toString(2)].filter((bit) => bit === '1').length - n)).reduce(
    (sum, z) => sum + Math.max(0, z - 1),
    0,
  ) /
  2 ** n;
export const orders = () =>
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
export const attend = (query: number) => attention(column(query), column(0, Math.log(3)), column(0, 4)).dataSync()[0];
export const softmaxNorm = () => {
  const [p, q] = attentionWeights(column(1), column(Math.log(2), 0)).dataSync();
  return eigenSymmetric(
    fromColumns([
      [p * (1 - p), -p * q],
      [-p * q, q * (1 - q)],
    ]),
  ).values[1];
};
export const mdp = { transition: [[[1]]], reward: [[1]], discount: 0.9 };
/** Squares of a softmax's scores times the probabilities 0.8 and 0.2. */
export const scores = [0.8 * 2 * 0.2 ** 2, 0.2 * 2 * 0.8 ** 2];
export const holdings = () =>
  optimalHoldings({ shares: 21, days: 4, slices: 4, volatility: 1, halfSpread: 0, permanent: 0, temporary: 1 }, 1);
/** All histories of ten steps by the number of first actions, each as often as the policy that acted plays it. */
export const episodes = () =>
  offPolicyReturns(
    {
      ratio: Array.from({ length: 1024 }, (_, bits) => Array.from({ length: 10 }, (_, t) => ((bits >> t) & 1 ? 1.6 : 0.4))),
      reward: Array.from({ length: 1024 }, () => Array(10).fill(0)),
    },
    { discount: 1 },
  ).effective / 1024;
/** The mean of the greatest of n standard normal errors: of what is above 0, P(greatest > z), less, of what is below, P(greatest < z). */
export const greatest = (n: number) => {
  const below = (z: number) => stats.standardNormal.cdf(z) ** n;
  return Array.from({ length: 8000 }, (_, i) => (i + 0.5) / 1000).reduce((sum, z) => sum + (1 - below(z) - below(-z)) / 1000, 0);
};
/** All assets linked with each other by one weight. */
export const dense = (n: number, weight: number): Matrix =>
  fromColumns(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 0 : weight))));
/** The most that a change of so many entries moves a linear score, over all signs. */
export const sparse = (gradient: readonly number[], { touched, epsilon }: { touched: number; epsilon: number }) =>
  Math.max(
    ...Array.from({ length: 3 ** gradient.length }, (_, code) => gradient.map((_, i) => (Math.floor(code / 3 ** i) % 3) - 1))
      .filter((signs) => signs.filter(Boolean).length <= touched)
      .map((signs) => signs.reduce((sum, sign, i) => sum + epsilon * sign * gradient[i], 0)),
  );
export const l1 = () => project(tf.tensor2d([[2, 1.5]]), { norm: 'l1', epsilon: 2 }).dataSync();
export const bounds = () => {
  const both = linearBounds({ w: tf.tensor2d([[1, -1]]), b: tf.tensor1d([0, 1]) }, ballBounds(tf.tensor2d([[0.5]]), { epsilon: 0.5 }));
  return linearBounds({ w: column(1, 1), b: tf.tensor1d([0]) }, monotoneBounds(tf.relu, both)).upper.dataSync()[0];
};
/** The mean of the kernel of N(0, 1) and N(shift, 1), by the trapezoid rule on their difference, which is N(shift, 2). */
export const kernelMean = (shift: number) => {
  const kernel = stats.gaussianKernel(1);
  const points = Array.from({ length: 2001 }, (_, i) => -10 + i / 100);
  return points.reduce(
    (sum, d) => sum + (0.01 * kernel(Float64Array.of(d), Float64Array.of(0)) * Math.exp(-((d - shift) ** 2) / 4)) / Math.sqrt(4 * Math.PI),
    0,
  );
};
export const dirac = () => {
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
/** How far alternating play of Wasserstein's game is from its start after so many steps. */
export const back = (learningRate: number, steps: number) => {
  const { generator, discriminator } = diracGan({ game: 'wasserstein', order: 'alternating', learningRate, steps, start: [1, 0] });
  return Math.hypot(generator[steps] - 1, discriminator[steps]);
};
export const assets = { ...diagonal(0.04, 0.01), names: ['a', 'b'] };
export const views = () =>
  blackLitterman(assets, [{ weights: { a: 1 }, mean: 0.08, variance: 0.05 * 0.04 }], { prior: [0.05, 0.0125], tau: 0.05 }).mean;
/** The mean at which a portfolio of the frontier has no covariance with the first asset: the covariance is linear in the mean. */
export const partner = () => {
  const { portfolio } = efficientFrontier([0.05, 0.0125], assets);
  const covariance = (mean: number) =>
    0.04 * portfolio(0.05).weights[0] * portfolio(mean).weights[0] + 0.01 * portfolio(0.05).weights[1] * portfolio(mean).weights[1];
  return covariance(0) / (covariance(0) - covariance(1));
};
export const risky = fromColumns([[0.04]]);
export const backward = () =>
  valueAndGrad((x: tf.Tensor) =>
    x
      .gather([0])
      .mul(x.gather([1]))
      .add(x.gather([0]).sin())
      .sum(),
  )(tf.tensor1d([2, 3])).grads.dataSync();
/** Whether a heavy ball with the step and momentum for curvatures of 1 to 100 comes to rest in one of curvature a. */
export const settles = (a: number) => {
  const [step, momentum] = [4 / 121, (9 / 11) ** 2];
  let [before, now] = [1, 1];
  for (let i = 0; i < 20_000; i++) [before, now] = [now, now - step * a * now + momentum * (now - before)];
  return Math.abs(now) < 1;
};
/** The error of the second mean after so many rounds of coordinate ascent at the correlation 0.9. */
export const fieldError = (rounds: number) => {
  let error = 1;
  for (let k = 0; k < rounds; k++) error = 0.9 * (0.9 * error);
  return error;
};
/** What the log-evidence loses of p orthogonal columns when a wide prior becomes ten times as wide. */
export const vagueness = (p: number) => {
  const y = Array.from({ length: p }, (_, i) => 1 + i);
  const evidence = (prior: number) => stats.bayesianLinearRegression(diagonal(...y), y, { noise: 1e-3, prior }).logEvidence;
  return evidence(1e4) - evidence(1e5);
};
export const twoPoints = () => stats.maximumMeanDiscrepancy(fromColumns([[0, 1]]), fromColumns([[0, 1]]), stats.gaussianKernel(1));
/** The least variance of n assets of the volatility 0.3 and the correlation 0.3. */
export const equalParts = async (n: number) => {
  const columns = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 0.09 : 0.027)));
  const names = columns.map((_, i) => `asset ${i}`);
  return (await minimumVariance({ ...fromColumns(columns), names })).volatility ** 2;
};
