import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { dot, plus, rowsOf } from '../../../tests/support/dense.js';
import { expectMean, simulatedOnce } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { key } from '../../base/index.js';
import { interpret } from '../../tensor/interpret/interpret.js';
import { trace } from '../../tensor/trace/trace.js';
import { orthogonalFeatures, performerAttention, positiveFeatures } from './performer-attention.js';

const kernel = (q: readonly number[], k: readonly number[]) => Math.exp(dot(q, k) / Math.sqrt(q.length));

/** Features [..., T, M] of x [..., T, D] along omega [M, D], and directions [M, D]. */
interface Features {
  readonly phi: (x: tf.Tensor, omega: tf.Tensor) => tf.Tensor;
  readonly omega: (M: number, D: number) => ArrayLike<number>;
}
const independent = (M: number, D: number) => gaussian(31 * D, M * D);
const orthogonal = (M: number, D: number) => orthogonalFeatures(key(17), { features: M, width: D }).data;
const real: Features = { phi: positiveFeatures, omega: orthogonal };
/** φ(q)φ(k) for each of M directions. */
function products({ phi, omega }: Features, q: number[], k: number[], M: number): Float64Array {
  const D = q.length;
  const graph = trace(
    (q, k, omega) => [phi(q, omega).mul(phi(k, omega))],
    [
      [1, D],
      [1, D],
      [M, D],
    ].map((shape) => ({ shape, dtype: 'float32' as const })),
  );
  return Float64Array.from(interpret(graph, [Float64Array.from(q), Float64Array.from(k), Float64Array.from(omega(M, D))])[0]);
}
const PAIRS = [
  [
    [0.5, -0.3],
    [0.2, 0.6],
  ],
  [
    [0.4, 0.1, -0.5, 0.3],
    [0.3, -0.4, 0.2, 0.5],
  ],
];
const exponent =
  (scale: (D: number) => number, norm: (D: number) => number): Features['phi'] =>
  (x, omega) => {
    const D = omega.shape[1]!;
    return x
      .matMul(omega, false, true)
      .mul(scale(D))
      .sub(x.square().sum(-1, true).mul(norm(D)))
      .exp();
  };
const [root, half] = [(D: number) => D ** -0.25, (D: number) => 0.5 / Math.sqrt(D)];
const PHI: Record<string, Features> = {
  'forgets the norms': { ...real, phi: exponent(root, () => 0) },
  'takes the whole square': { ...real, phi: exponent(root, (D) => 2 * half(D)) },
  'divides by √D': { ...real, phi: exponent((D) => D ** -0.5, half) },
  'does not divide': { ...real, phi: exponent(() => 1, half) },
  'divides the norms by D': { ...real, phi: exponent(root, (D) => 0.5 / D) },
};
const M = 20_000;
/** Means of blocks of D directions, which are independent of each other. */
const blocks = (values: Float64Array, D: number) => rowsOf(values, D).map((row) => row.reduce((sum, x) => sum + x, 0) / D);

theorem<Features>('thm:linear-attention', 'a', {
  real,
  check: (features) => {
    for (const [q, k] of PAIRS) {
      const D = q.length;
      expectMean(blocks(products(features, q, k, M), D), kernel(q, k));
      expectMean(products({ ...features, omega: independent }, q, k, M), kernel(q, k));
      // Directions: orthogonal in a block, as long as normal vectors are, each coordinate standard normal.
      const rows = rowsOf(features.omega(M, D), D);
      for (let r = 0; r < 10 * D; r += D) expect(dot(rows[r], rows[r + 1])).toBeCloseTo(0, 4);
      const lengths = rows.map((row) => dot(row, row));
      expectMean(lengths, D);
      expectMean(
        lengths.map((l) => l * l),
        D * D + 2 * D,
      );
      const first = rows.filter((_, r) => r % D === 1).map((row) => row[0]);
      expectMean(first, 0);
      expectMean(
        first.map((x) => x ** 4),
        3,
      );
    }
  },
  mutants: {
    ...PHI,
    'has directions of length √D': {
      ...real,
      omega: (M, D) => rowsOf(orthogonal(M, D), D).flatMap((row) => row.map((x) => x * Math.sqrt(D / dot(row, row)))),
    },
    'has directions of length 1': {
      ...real,
      omega: (M, D) => rowsOf(orthogonal(M, D), D).flatMap((row) => row.map((x) => x / Math.sqrt(dot(row, row)))),
    },
    'has directions that are not orthogonal': { ...real, omega: independent },
    'has one orthogonal matrix for all blocks': {
      ...real,
      omega: (M, D) => Array.from({ length: M * D }, (_, at) => orthogonal(D, D)[at % (D * D)]),
    },
  },
});

theorem<Features>('thm:linear-attention', 'b', {
  real: { ...real, omega: independent },
  check: (features) => {
    for (const [q, k] of PAIRS.map((pair) => pair.map((x) => x.map((v) => 0.7 * v)))) {
      const want = kernel(q, k) ** 2 * (Math.exp(dot(plus(q, k), plus(q, k)) / Math.sqrt(q.length)) - 1);
      for (const m of [1, 4]) {
        const values = rowsOf(products(features, q, k, M), m).map((row) => row.reduce((sum, x) => sum + x, 0) / m);
        expectMean(
          values.map((x) => (x - kernel(q, k)) ** 2),
          want / m,
        );
      }
    }
  },
  mutants: Object.fromEntries(Object.entries(PHI).map(([name, { phi }]) => [name, { phi, omega: independent }])),
});

/** Linear attention of q [1, D], k [n, D] and v [n, D'] along omega [M, D]. */
type Linear = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, omega: tf.Tensor) => tf.Tensor;
const approximate: Linear = (q, k, v, omega) => performerAttention(q, k, v, { omega });
const byFeatures =
  (phi: Features['phi'], ratio = (n: tf.Tensor, d: tf.Tensor) => n.div(d)): Linear =>
  (q, k, v, omega) => {
    const weights = phi(q, omega).matMul(phi(k, omega), false, true);
    return ratio(weights.matMul(v), weights.sum(-1, true));
  };
const feature = (omega: number[], x: number[]) => Math.exp(dot(omega, x) / x.length ** 0.25 - dot(x, x) / (2 * Math.sqrt(x.length)));
const CASES = [
  {
    q: [0.5, -0.3],
    k: [
      [0.6, 0.1],
      [-0.4, 0.5],
      [0.1, -0.7],
    ],
    v: [
      [1, 0],
      [-1, 2],
      [0.5, -1],
    ],
  },
  {
    q: [0.6, 0.1, -0.7, 0.3],
    k: [
      [0.3, -0.4, -0.2, 0.5],
      [-0.5, 0.2, 0.6, 0.1],
    ],
    v: [[2], [-1]],
  },
];

theorem<Linear>('thm:linear-attention', 'c', {
  real: approximate,
  check: (linear) => {
    for (const [i, { q, k, v }] of CASES.entries()) {
      const [D, n, E, draws] = [q.length, k.length, v[0].length, 1200];
      const weights = k.map((key) => kernel(q, key));
      const all = weights.reduce((sum, x) => sum + x, 0);
      const p = weights.map((x) => x / all);
      const y = v[0].map((_, j) => p.reduce((sum, x, s) => sum + x * v[s][j], 0));
      const B = k.map((a, s) => k.map((b, r) => p[s] * p[r] * Math.exp(dot(plus(q, a), plus(q, b)) / Math.sqrt(D))));
      const off = v.map((value) => value.map((x, j) => x - y[j]));
      const bias = y.map((_, j) => -B.reduce((sum, row, s) => sum + row.reduce((a, b) => a + b, 0) * off[s][j], 0));
      const square = B.reduce((sum, row, s) => sum + row.reduce((inner, b, r) => inner + b * dot(off[s], off[r]), 0), 0);
      for (const m of [32, 128]) {
        const graph = trace(
          (q, k, v, omega) => [linear(q, k, v, omega)],
          [
            [1, D],
            [n, D],
            [n, E],
            [m, D],
          ].map((shape) => ({ shape, dtype: 'float32' as const })),
        );
        const normals = simulatedOnce(`${i} ${m}`, () => gaussian(100 * i + m, draws * m * D));
        const errors = Array.from({ length: draws }, (_, r) => {
          const directions = normals.subarray(r * m * D, (r + 1) * m * D);
          const [found] = interpret(
            graph,
            [q, k.flat(), v.flat(), directions].map((a) => Float64Array.from(a)),
          );
          return y.map((x, j) => Number(found[j]) - x);
        });
        // ᾱ has mean 0 and most of the variance: without it the bias stands out.
        const alpha = Array.from({ length: draws }, (_, r) => {
          const directions = rowsOf(normals.subarray(r * m * D, (r + 1) * m * D), D);
          const terms = directions.map((w) => k.map((key) => feature(w, q) * feature(w, key)));
          return y.map((_, j) => terms.reduce((sum, row) => sum + row.reduce((inner, x, s) => inner + x * off[s][j], 0), 0) / (m * all));
        });
        const open = 1 / Math.sqrt(m);
        for (let j = 0; j < E; j++)
          expectMean(
            errors.map((e, r) => m * (e[j] - alpha[r][j])),
            bias[j],
            { open: open * Math.abs(bias[j]) },
          );
        expectMean(
          errors.map((e) => m * dot(e, e)),
          square,
          { open: open * square },
        );
      }
    }
  },
  mutants: {
    'is not divided': byFeatures(positiveFeatures, (n) => n.div(n.size)),
    'forgets the norms': byFeatures(PHI['forgets the norms'].phi),
    'divides by √D': byFeatures(PHI['divides by √D'].phi),
    'does not divide': byFeatures(PHI['does not divide'].phi),
    'is exact': (q, k, v, omega) => q.matMul(k, false, true).div(Math.sqrt(omega.shape[1]!)).softmax().matMul(v),
    'uses half of the features': (q, k, v, omega) => approximate(q, k, v, omega.slice([0, 0], [omega.shape[0] / 2, omega.shape[1]!])),
    'takes its first bias away': (q, k, v, omega) => {
      const halves = tf.split(omega, 2).map((half) => approximate(q, k, v, half));
      return approximate(q, k, v, omega).mul(2).sub(halves[0].add(halves[1]).div(2));
    },
    'adds to the denominator': byFeatures(positiveFeatures, (n, d) => n.div(d.mul(1.05))),
  },
});
