import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { chain, graphOf, pairs, renumbered, ring, star, weighted } from '../../../tests/support/graphs.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { eigenSymmetric, type Matrix, matMul, matVec, svd, transpose, transposeVec } from '../../linalg/index.js';
import { graphLaplacian, normalisedLaplacian } from './laplacian.js';
import { spectralFilter } from './spectral-filter.js';

type Filter = typeof spectralFilter;
const GRAPHS = [weighted(graphOf(6, star(6)), 1), graphOf(6, [...chain(6), [0, 3]]), graphOf(4, ring(4))];
const OPERATORS = GRAPHS.flatMap((a) => [graphLaplacian(a), normalisedLaplacian(a)]);
const heat = (nu: number) => Math.exp(-1.3 * nu);
const tilt = (nu: number) => 0.4 + Math.sin(nu);

/** Φ diag(gains) Φᵀ with changes: eigenvalues and eigenvectors, and how they are put together. */
const by =
  (gains: (values: Float64Array, g: (nu: number) => number) => Float64Array, join = (v: Matrix) => transpose(v)): Filter =>
  (m, gain) => {
    const { values, vectors } = eigenSymmetric(m);
    const g = gains(values, gain);
    return matMul({ ...vectors, data: vectors.data.map((value, at) => value * g[at % g.length]) }, join(vectors));
  };
const WRONG: Record<string, Filter> = {
  'takes gains in the opposite order': by((values, g) => values.map(g).reverse()),
  'squares the frequencies': by((values, g) => values.map((nu) => g(nu * nu))),
  'squares the gains': by((values, g) => values.map((nu) => g(nu) ** 2)),
  'halves the gains': by((values, g) => values.map((nu) => g(nu) / 2)),
  'doubles the highest gain': by((values, g) => values.map((nu, k) => (k === values.length - 1 ? 2 : 1) * g(nu))),
};

theorem<Filter>('thm:spectral-filter', 'a', {
  real: spectralFilter,
  check: (filter) => {
    for (const [seed, m] of OPERATORS.entries()) {
      const { values, vectors } = eigenSymmetric(m);
      const x = gaussian(seed, m.rows);
      const [first, second] = [filter(m, heat), filter(m, tilt)];
      const transformed = transposeVec(vectors, x);
      expectClose(
        transposeVec(vectors, matVec(first, x)),
        values.map((nu, k) => heat(nu) * transformed[k]),
        12,
      );
      expectClose(matMul(first, second).data, filter(m, (nu) => heat(nu) * tilt(nu)).data, 12);
      expect(svd(second).s[0]).toBeCloseTo(Math.max(...values.map((nu) => Math.abs(tilt(nu)))), 12);
    }
    // A ring has repeated frequencies. Another basis of them, its numbers turned by one, gives the same filter.
    const circle = graphLaplacian(graphOf(6, ring(6)));
    expectClose(renumbered(filter(circle, heat), [1, 2, 3, 4, 5, 0]).data, filter(circle, heat).data, 12);
  },
  mutants: {
    ...WRONG,
    'weights the repeated frequencies by their number': by((values, g) =>
      values.map((nu) => g(nu) * values.filter((other) => Math.abs(other - nu) < 1e-9).length),
    ),
  },
});

const ORDERS = [
  [2, 0, 5, 1, 3, 4],
  [1, 0, 2, 3, 4, 5],
];
theorem<Filter>('thm:spectral-filter', 'b', {
  real: spectralFilter,
  check: (filter) => {
    for (const order of ORDERS)
      for (const m of OPERATORS.slice(0, 4)) {
        for (const gain of [heat, tilt]) {
          const whole = filter(m, gain);
          expectClose(filter(renumbered(m, order), gain).data, renumbered(whole, order).data, 11);
          expect(renumbered(whole, order).data.some((value, at) => Math.abs(value - whole.data[at]) > 0.01)).toBe(true);
        }
      }
  },
  mutants: {
    'knows the first node': (m, gain) => {
      const g = spectralFilter(m, gain);
      return { ...g, data: g.data.map((value, at) => (at === 0 ? value + 0.1 : value)) };
    },
    'weighs nodes by their numbers': (m, gain) => {
      const g = spectralFilter(m, gain);
      return { ...g, data: g.data.map((value, at) => value * (1 + (at % m.rows))) };
    },
    'multiplies with the eigenvectors twice': by(
      (values, g) => values.map(g),
      (v) => v,
    ),
  },
});

/** The least number of links between all pairs of nodes, by Floyd and Warshall. */
function distances({ rows: N, data }: Matrix): number[][] {
  const d = Array.from({ length: N }, (_, i) => Array.from({ length: N }, (_, j) => (i === j ? 0 : data[i * N + j] > 0 ? 1 : Infinity)));
  for (let k = 0; k < N; k++) for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) d[i][j] = Math.min(d[i][j], d[i][k] + d[k][j]);
  return d;
}

const CUBICS = [
  [0.3, -1, 0.5, 0.7],
  [1, -0.6, 2, -0.4],
];
const horner = (a: readonly number[]) => (nu: number) => a.reduceRight((sum, coefficient) => sum * nu + coefficient, 0);
theorem<Filter>('thm:spectral-filter', 'c', {
  real: spectralFilter,
  check: (filter) => {
    for (const a of [
      weighted(graphOf(7, [...chain(6), [1, 6]]), 3),
      graphOf(7, chain(7)),
      graphOf(5, [
        [0, 1],
        [2, 3],
        [3, 4],
      ]),
    ])
      for (const m of [graphLaplacian(a), normalisedLaplacian(a)])
        for (const cubic of CUBICS)
          for (const K of [1, 2, 3]) {
            const coefficients = cubic.slice(0, K + 1);
            expect(coefficients[K]).not.toBe(0);
            const g = filter(m, horner(coefficients));
            for (const [i, row] of distances(a).entries())
              for (const [j, links] of row.entries()) {
                const entry = g.data[i * a.rows + j];
                if (links > K) expect(Math.abs(entry)).toBeLessThan(1e-10);
                if (links === K) expect(entry * (-1) ** K * Math.sign(coefficients[K])).toBeGreaterThan(1e-3);
              }
          }
  },
  mutants: {
    'has one power more': (m, gain) => spectralFilter(m, (nu) => nu * gain(nu)),
    'has one power less': (m, gain) => spectralFilter(m, (nu) => (nu > 1e-9 ? (gain(nu) - gain(0)) / nu : 0)),
    'turns the sign': (m, gain) => spectralFilter(m, (nu) => -gain(nu)),
    'is no polynomial': (m, gain) => spectralFilter(m, (nu) => gain(Math.sqrt(Math.abs(nu)))),
  },
});

/** p(M) of the polynomial of degree below n that has the values of g at n points: divided differences in Newton's form, without eigenvectors. */
function newtonPolynomial(m: Matrix, points: readonly number[], g: (nu: number) => number): Matrix {
  const c = points.map(g);
  for (let k = 1; k < c.length; k++) for (let i = c.length - 1; i >= k; i--) c[i] = (c[i] - c[i - 1]) / (points[i] - points[i - k]);
  const plus = (a: Matrix, multiple: number): Matrix => ({
    ...a,
    data: a.data.map((x, at) => (at % (a.rows + 1) === 0 ? x + multiple : x)),
  });
  const zero: Matrix = { ...m, data: new Float64Array(m.data.length) };
  return c.reduceRight((sum, coefficient, k) => plus(matMul(sum, plus(m, -points[k])), coefficient), zero);
}
const different = (values: Float64Array) => [...values].filter((nu, k) => k === 0 || nu - values[k - 1] > 1e-8);

theorem<Filter>('thm:spectral-filter', 'd', {
  real: spectralFilter,
  check: (filter) => {
    for (const a of [graphOf(6, star(6)), graphOf(6, ring(6)), graphOf(5, pairs(5)), graphOf(5, chain(5))])
      for (const m of [graphLaplacian(a), normalisedLaplacian(a)]) {
        const points = different(eigenSymmetric(m).values);
        expectClose(filter(m, heat).data, newtonPolynomial(m, points, heat).data, 10);
        const farthest = Math.max(...distances(a).flat());
        expect(farthest).toBeLessThanOrEqual(points.length - 1);
      }
    // Attained by a chain, with as many frequencies as nodes, and by all pairs: 2 frequencies, 1 link.
    for (const [edges, n] of [
      [chain(5), 5],
      [pairs(5), 2],
    ] as const) {
      const a = graphOf(5, edges);
      expect(different(eigenSymmetric(graphLaplacian(a)).values)).toHaveLength(n);
      expect(Math.max(...distances(a).flat())).toBe(n - 1);
    }
  },
  mutants: WRONG,
});
