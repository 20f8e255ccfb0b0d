import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { theorem } from '../../../tests/support/theorem.js';
import { normalDivergence } from '../../stats/index.js';
import { gaussianKl } from './gaussian-kl.js';

type Kl = (mean0: tf.Tensor, logVariance0: tf.Tensor, mean1: tf.Tensor, logVariance1: tf.Tensor) => tf.Tensor;
const real: Kl = (mean, logVariance, mean1, logVariance1) => gaussianKl({ mean, logVariance }, { mean: mean1, logVariance: logVariance1 });

const row = (...data: number[]) => ({ data, shape: [1, data.length] });
const CASES = [
  [row(1, -2, 0.3), row(0.5, -1, 0), row(0, -1.5, 0.3), row(0.2, 0.4, -0.7)],
  [row(0.1, 0), row(-3, 1), row(2, 0.5), row(-1, 2)],
];

const terms =
  (change: (s1MinusS0: tf.Tensor, ratio: tf.Tensor, distance: tf.Tensor) => tf.Tensor): Kl =>
  (m0, s0, m1, s1) =>
    change(s1.sub(s0), s0.sub(s1).exp(), m0.sub(m1).square().div(s1.exp())).sum(-1);

theorem<Kl>('thm:gaussian-kl', 'b', {
  real,
  check: (kl) => {
    for (const points of CASES) {
      const [m0, s0, m1, s1] = points.map(({ data }) => data);
      const p = m0.length;
      const covariance = (s: number[]) => ({
        rows: p,
        cols: p,
        data: Float64Array.from({ length: p * p }, (_, at) => (at % (p + 1) === 0 ? Math.exp(s[at % p]) : 0)),
      });
      const { y, grads } = inDouble(kl, points);
      expect(y[0]).toBeCloseTo(normalDivergence({ mean: m0, covariance: covariance(s0) }, { mean: m1, covariance: covariance(s1) }), 10);
      expectClose(
        grads[0],
        m0.map((m, j) => (m - m1[j]) * Math.exp(-s1[j])),
        10,
      );
      expectClose(
        grads[1],
        s0.map((s, j) => 0.5 * (Math.exp(s - s1[j]) - 1)),
        10,
      );
    }
  },
  mutants: {
    'turns it round': (m0, s0, m1, s1) => real(m1, s1, m0, s0),
    'forgets the half': (...args) => real(...args).mul(2),
    'has the log-variances the other way': terms((s, ratio, distance) => s.neg().add(ratio).add(distance).sub(1).mul(0.5)),
    'forgets the one': terms((s, ratio, distance) => s.add(ratio).add(distance).mul(0.5)),
    'squares the ratio': terms((s, ratio, distance) => s.add(ratio.square()).add(distance).sub(1).mul(0.5)),
    'forgets the distance': terms((s, ratio) => s.add(ratio).sub(1).mul(0.5)),
    'halves the distance': terms((s, ratio, distance) => s.add(ratio).add(distance.mul(0.5)).sub(1).mul(0.5)),
  },
});
