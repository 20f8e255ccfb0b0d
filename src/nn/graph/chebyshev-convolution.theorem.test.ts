import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { besides, chain, graphOf, pairs, ring, star, weighted } from '../../../tests/support/graphs.js';
import { matrixWork } from '../../../tests/support/matrix-work.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { eigenSymmetric, type Matrix, matVec, svd } from '../../linalg/index.js';
import { graphLaplacian, normalisedLaplacian, spectralFilter } from '../../stats/index.js';
import { trace } from '../../tensor/trace/trace.js';
import { chebyshevConvolution } from './chebyshev-convolution.js';

// Constants such as 2/largest are rounded to float32 in a program, so values agree to 10⁻⁶ or so.

/** Σ θₖ Tₖ(M̃) x of tensors: a Laplacian [N, N], signals [N, 1], coefficients [K, 1, 1] and the bound of the eigenvalues. */
type Filter = (graph: tf.Tensor, x: tf.Tensor, theta: tf.Tensor, largest: number) => tf.Tensor;
const real: Filter = (graph, x, theta, largest) => chebyshevConvolution({ w: theta, b: tf.zeros([1]) }, x, { graph, largest });

/** The filter's values in double precision. */
const valuesOf = (filter: Filter, m: Matrix, x: Float64Array, theta: readonly number[], largest: number) =>
  inDouble(
    (graph, x, theta) => filter(graph, x, theta, largest),
    [
      { data: m.data, shape: [m.rows, m.rows] },
      { data: x, shape: [m.rows, 1] },
      { data: theta, shape: [theta.length, 1, 1] },
    ],
  ).y;

/** The recurrence with changes: M̃ x of M x and x, the factor of a step, the sign of the term before last. */
const by =
  (shift: (mx: tf.Tensor, x: tf.Tensor, largest: number) => tf.Tensor, factor = 2, last = -1): Filter =>
  (graph, x, theta, largest) => {
    const step = (z: tf.Tensor) => shift(graph.matMul(z), z, largest);
    const z = [x, step(x)];
    for (let k = 2; k < theta.shape[0]!; k++)
      z.push(
        step(z[k - 1])
          .mul(factor)
          .add(z[k - 2].mul(last)),
      );
    const weights = theta.reshape([-1]).unstack();
    return weights.reduce((sum, weight, k) => sum.add(z[k].mul(weight)), tf.zerosLike(x));
  };
const shifted = (mx: tf.Tensor, x: tf.Tensor, largest: number) => mx.mul(2 / largest).sub(x);
const WRONG: Record<string, Filter> = {
  'does not centre the spectrum': by((mx, _, largest) => mx.mul(2 / largest)),
  'divides by the bound alone': by((mx, x, largest) => mx.div(largest).sub(x)),
  'takes 2 for the bound': by((mx, x) => mx.sub(x)),
  'forgets the factor 2 of the recurrence': by(shifted, 1),
  'takes powers': by(shifted, 1, 0),
  'adds the term before last': by(shifted, 2, 1),
};

const GRAPHS = [weighted(graphOf(7, [...chain(7), [0, 4]]), 1), graphOf(6, besides([4, star(4)], [2, chain(2)])), graphOf(5, pairs(5))];
/** Laplacians with bounds of their eigenvalues, attained or not. */
const OPERATORS = GRAPHS.flatMap((a): [Matrix, number][] => [
  [normalisedLaplacian(a), 2],
  [normalisedLaplacian(a), eigenSymmetric(normalisedLaplacian(a)).values.at(-1)!],
  [graphLaplacian(a), 9],
]);
/** cos(k arccos t). */
const polynomial = (k: number, nu: number, largest: number) => Math.cos(k * Math.acos(Math.min(1, Math.max(-1, (2 * nu) / largest - 1))));
const norm = (x: ArrayLike<number>) => Math.sqrt(Array.from(x).reduce((sum, value) => sum + value * value, 0));

theorem<Filter>('thm:chebyshev-filter', 'a', {
  real,
  check: (filter) => {
    for (const [seed, [m, largest]] of OPERATORS.entries()) {
      const { values } = eigenSymmetric(m);
      expect(values.at(-1)).toBeLessThan(largest + 1e-9);
      const x = gaussian(seed, m.rows);
      for (const k of [0, 1, 2, 3, 5]) {
        const unit = Array.from({ length: Math.max(k + 1, 2) }, (_, j) => Number(j === k));
        const z = valuesOf(filter, m, x, unit, largest);
        expectClose(
          z,
          matVec(
            spectralFilter(m, (nu) => polynomial(k, nu, largest)),
            x,
          ),
          5,
        );
        expect(norm(z)).toBeLessThan(norm(x) + 1e-5);
      }
      const theta = [0.7, -1.1, 0.4, 0.2];
      const sum = (nu: number) => theta.reduce((total, t, k) => total + t * polynomial(k, nu, largest), 0);
      expectClose(valuesOf(filter, m, x, theta, largest), matVec(spectralFilter(m, sum), x), 5);
      // K − 1 products with the operator, of N² multiplications each, and N K of them to add the terms up, in one product or in none.
      const specs = [m.rows, 1, 4].map((n, i) => ({ shape: i === 2 ? [n, 1, 1] : [m.rows, n], dtype: 'float32' as const }));
      const work = matrixWork(trace((graph, x, theta) => [filter(graph, x, theta, largest)], specs));
      expect([3 * m.rows ** 2, 3 * m.rows ** 2 + 4 * m.rows]).toContain(work);
    }
    // The bound of the norm is attained where a signal has one frequency at an end.
    const two = normalisedLaplacian(graphOf(2, chain(2)));
    expectClose(valuesOf(filter, two, Float64Array.of(3, -3), [0, 0, 0, 1], 2), [3, -3], 6);
  },
  mutants: WRONG,
});

/** I_k(a) by its power series. */
function bessel(k: number, a: number): number {
  let term = 1;
  for (let i = 1; i <= k; i++) term *= a / 2 / i;
  let sum = 0;
  for (let i = 0; i < 60; i++) {
    sum += term;
    term *= (a * a) / 4 / ((i + 1) * (i + 1 + k));
  }
  return sum;
}

/** θ₀ … of the heat of a time; a = time × largest / 2. */
const heat = (K: number, a: number) => Array.from({ length: K }, (_, k) => (k === 0 ? 1 : 2) * (-1) ** k * Math.exp(-a) * bessel(k, a));

theorem<Filter>('thm:chebyshev-filter', 'b', {
  real,
  check: (filter) => {
    // Frequencies from 0.4 up: the bound holds, and is not attained.
    const lifted = spectralFilter(normalisedLaplacian(GRAPHS[0]), (nu) => 0.4 + 0.8 * nu);
    for (const [m, largest, lowest] of [...OPERATORS.map(([m, largest]) => [m, largest, 0] as const), [lifted, 2, 0.4] as const])
      for (const [time, K] of [
        [1, 3],
        [2, 5],
        [0.3, 1],
      ]) {
        const a = (time * largest) / 2;
        const theta = heat(Math.max(K, 2), a).map((t, k) => (k < K ? t : 0));
        const exact = spectralFilter(m, (nu) => Math.exp(-time * nu));
        const columns = Array.from({ length: m.rows }, (_, j) => Float64Array.from({ length: m.rows }, (_, i) => Number(i === j)));
        const error = columns.map((e, j) => valuesOf(filter, m, e, theta, largest).map((value, i) => exact.data[i * m.rows + j] - value));
        const found = svd({ rows: m.rows, cols: m.rows, data: Float64Array.from(error.flatMap((row) => [...row])) }).s[0];
        const bound = 2 * Math.exp(-a) * Array.from({ length: 60 }, (_, k) => bessel(K + k, a)).reduce((sum, value) => sum + value);
        expect(bound).toBeGreaterThan(1e-4);
        if (lowest === 0) expect(found).toBeCloseTo(bound, 6);
        else expect(found).toBeLessThan(0.99 * bound);
      }
  },
  mutants: WRONG,
});

theorem<Filter>('thm:chebyshev-filter', 'c', {
  real,
  check: (filter) => {
    for (const a of [graphOf(6, ring(6)), weighted(graphOf(7, [...chain(7), [0, 4]]), 1), graphOf(5, star(5))]) {
      const N = a.rows;
      const degrees = Array.from({ length: N }, (_, i) => a.data.subarray(i * N, (i + 1) * N).reduce((sum, w) => sum + w, 0));
      expect(Math.min(...degrees)).toBeGreaterThan(0);
      const lap = normalisedLaplacian(a);
      const columns = Array.from({ length: N }, (_, j) => Float64Array.from({ length: N }, (_, i) => Number(i === j)));
      const found = columns.flatMap((e) => Array.from(valuesOf(filter, lap, e, [0.7, -0.7], 2), Number)); // symmetric
      const want = Array.from(
        a.data,
        (w, at) => 0.7 * ((at % (N + 1) === 0 ? 1 : 0) + w / Math.sqrt(degrees[at % N] * degrees[Math.floor(at / N)])),
      );
      expectClose(found, want, 6);
      const { values } = eigenSymmetric({ rows: N, cols: N, data: Float64Array.from(found, (x) => x / 0.7) });
      const frequencies = eigenSymmetric(lap).values;
      expectClose(
        values,
        frequencies.map((_, k) => 2 - frequencies[N - 1 - k]),
        6,
      );
      expectClose([values[N - 1] ** 8], [2 ** 8], 3);
    }
  },
  mutants: {
    'does not centre the spectrum': WRONG['does not centre the spectrum'],
    'divides by the bound alone': WRONG['divides by the bound alone'],
    'takes half of itself': (graph, x, theta, largest) => real(graph, x, theta, largest).sub(x.mul(0.35)),
    'adds the Laplacian': by((mx, x) => x.sub(mx)),
  },
});
