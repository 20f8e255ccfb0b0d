import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fromColumns } from '../../linalg/index.js';
import { meanSquaredError } from '../../nn/index.js';
import { evidenceLowerBound } from '../../stats/index.js';
import { type BayesBatch, type BayesNetParams, bayesNet, type ElboOptions, negativeElbo } from './bayes-by-backprop.js';
import { gaussianDivergence } from './mean-field.js';

type Loss = (q: BayesNetParams, batch: BayesBatch, options: ElboOptions) => tf.Tensor;

/** A net without hidden layer is linear regression. Its squared error is −log p(y | x, w) of noise ½, less ½ log π. */
const N = 6;
const LAWS = [
  { m: [0.4, -0.8, 0.1], d: [0.3, 0.5, 0.2], prior: 0.8 },
  { m: [1, 0.3, -0.6], d: [0.8, 0.1, 0.4], prior: 1.5 },
];
const x = fromColumns([gaussian(1, N), gaussian(2, N)]);
const y = gaussian(3, N).map((e, i) => e + x.data[2 * i]);

/** The loss of rows [B], at noise [B]. */
function lossOf(
  loss: Loss,
  { m, d, prior }: (typeof LAWS)[number],
  rows: readonly number[],
  noise: ArrayLike<number>,
  weight: number,
): number {
  const rho = d.map((v) => Math.log(Math.expm1(v)));
  const points = [
    { data: m.slice(0, 2), shape: [2, 1] },
    { data: m.slice(2), shape: [1] },
    { data: rho.slice(0, 2), shape: [2, 1] },
    { data: rho.slice(2), shape: [1] },
    { data: rows.flatMap((i) => [x.data[2 * i], x.data[2 * i + 1]]), shape: [rows.length, 2] },
    { data: rows.map((i) => y[i]), shape: [rows.length, 1] },
    { data: Float64Array.from(noise), shape: [rows.length, 1] },
    { data: [weight], shape: [] },
  ];
  const call = (...[w, b, rw, rb, at, target, e, share]: tf.Tensor[]) => {
    const q = { mean: { layers: [{ w, b }] }, rho: { layers: [{ w: rw, b: rb }] } } as BayesNetParams;
    return loss(q, { x: at, y: target, noise: [e], weight: share }, { prior, likelihood: meanSquaredError });
  };
  return inDouble(call, points).y[0];
}
const exact = ({ m, d, prior }: (typeof LAWS)[number]) => {
  const design = fromColumns([gaussian(1, N), gaussian(2, N), new Float64Array(N).fill(1)]);
  const covariance = { rows: 3, cols: 3, data: Float64Array.from({ length: 9 }, (_, at) => (at % 4 === 0 ? d[at / 4] ** 2 : 0)) };
  return evidenceLowerBound(design, y, { mean: m, covariance }, { noise: Math.SQRT1_2, prior }).bound + 0.5 * N * Math.log(Math.PI);
};

const made =
  (of: (fit: tf.Tensor, divergence: tf.Tensor, weight: tf.Tensor, rows: number) => tf.Tensor): Loss =>
  (q, { x, y, noise, weight }, { prior, likelihood }) =>
    of(likelihood(bayesNet(q, x, { noise }), y), gaussianDivergence(q, { prior }), weight, x.shape[0]);

theorem<Loss>('thm:elbo', 'c', {
  real: negativeElbo,
  check: (loss) => {
    const all = Array.from({ length: N }, (_, i) => i);
    for (const law of LAWS) {
      const noise = gaussian(5, N);
      const whole = lossOf(loss, law, all, noise, 1 / N);
      for (const M of [2, 3]) {
        const size = N / M;
        const parts = Array.from({ length: M }, (_, j) => {
          const rows = all.slice(j * size, (j + 1) * size);
          return (
            lossOf(
              loss,
              law,
              rows,
              rows.map((i) => noise[i]),
              1 / N,
            ) * size
          );
        });
        expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(N * whole, 6); // of the whole data, each row once
      }
      // Noise of 1 and −1 has the moments that squares need, so the mean over both is that over all noise: −ELBO itself, of the whole data
      // and on average over all pairs of rows, each as likely to be the batch.
      const loud = (rows: number[]) =>
        [1, -1].reduce(
          (sum, sign) =>
            sum +
            0.5 *
              N *
              lossOf(
                loss,
                law,
                rows,
                rows.map(() => sign),
                1 / N,
              ),
          0,
        );
      expect(loud(all)).toBeCloseTo(-exact(law), 5);
      const pairs = all.flatMap((i) => all.slice(i + 1).map((k) => loud([i, k])));
      expect(pairs.reduce((sum, value) => sum + value, 0) / pairs.length).toBeCloseTo(-exact(law), 5);
    }
  },
  mutants: {
    'bears the divergence whole in each batch': made((fit, divergence) => fit.add(divergence)),
    'bears it by the rows of the batch': made((fit, divergence, _, rows) => fit.add(divergence.div(rows))),
    'forgets the divergence': made((fit) => fit),
    'takes it away': made((fit, divergence, weight) => fit.sub(divergence.mul(weight))),
    'sums over the batch': made((fit, divergence, weight, rows) => fit.mul(rows).add(divergence.mul(weight))),
    'halves it': made((fit, divergence, weight) => fit.add(divergence.mul(weight).mul(0.5))),
  },
});
