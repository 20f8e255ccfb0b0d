import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { besides, chain, graphOf, pairs, ring, star, weighted } from '../../../tests/support/graphs.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { dot, eigenSymmetric, type Matrix, matVec } from '../../linalg/index.js';
import { graphLaplacian, normalisedLaplacian } from './laplacian.js';

/** Both Laplacians of an adjacency. */
interface Laplacians {
  readonly plain: (a: Matrix) => Matrix;
  readonly normalised: (a: Matrix) => Matrix;
}
const real: Laplacians = { plain: graphLaplacian, normalised: normalisedLaplacian };
const degrees = ({ rows: N, data }: Matrix) =>
  Array.from({ length: N }, (_, i) => data.subarray(i * N, (i + 1) * N).reduce((sum, weight) => sum + weight, 0));
const quadratic = (m: Matrix, f: Float64Array) => dot(f, matVec(m, f));
const withLoop = (a: Matrix, weight: number): Matrix => ({ ...a, data: a.data.map((x, at) => (at === 0 ? x + weight : x)) });

/** I × diagonal + weight × A, in the place of a Laplacian. */
const entries = (a: Matrix, entry: (i: number, j: number, weight: number, d: number[]) => number): Matrix => {
  const d = degrees(a);
  return { ...a, data: a.data.map((weight, at) => entry(Math.floor(at / a.rows), at % a.rows, weight, d)) };
};
const normalisedBy = (root: (d: number) => number) => (a: Matrix) => {
  const l = graphLaplacian(a);
  return entries(a, (i, j, _, d) => (d[i] > 0 && d[j] > 0 ? l.data[i * a.rows + j] / (root(d[i]) * root(d[j])) : 0));
};
const signless = (a: Matrix) => entries(a, (i, j, weight, d) => (i === j ? d[i] : 0) + weight);
const WRONG: Record<string, Laplacians> = {
  'adds the adjacency': {
    plain: signless,
    normalised: (a) => entries(a, (i, j, w, d) => (i === j ? 1 : 0) + (w && w / Math.sqrt(d[i] * d[j]))),
  },
  'counts a degree twice': { plain: (a) => entries(a, (i, j, w, d) => (i === j ? 2 * d[i] : 0) - w), normalised: real.normalised },
  'counts links, not weights': {
    plain: (a) => entries(a, (i, j, w, d) => (i === j ? Math.ceil(d[i]) : 0) - w),
    normalised: real.normalised,
  },
  'forgets the root': { plain: real.plain, normalised: normalisedBy((d) => d) },
  'puts 1 where there is no link': {
    plain: real.plain,
    normalised: (a) => entries(a, (i, j, w, d) => (i === j ? 1 : 0) - (w && w / Math.sqrt(d[i] * d[j]))),
  },
};

const GRAPHS = [
  weighted(
    graphOf(6, [
      [0, 1],
      [1, 2],
      [2, 0],
      [3, 4],
    ]),
    1,
  ), // node 5 has no link
  weighted(withLoop(graphOf(5, star(5)), 0.8), 2),
  graphOf(4, ring(4)),
];

theorem('thm:laplacian-spectrum', 'a', {
  real,
  check: ({ plain, normalised }) => {
    for (const [seed, a] of GRAPHS.entries()) {
      const [d, f] = [degrees(a), gaussian(seed, a.rows)];
      const sum = (difference: (i: number, j: number) => number) =>
        a.data.reduce((total, w, at) => {
          const [i, j] = [Math.floor(at / a.rows), at % a.rows];
          return w > 0 ? total + (w * difference(i, j) ** 2) / 2 : total;
        }, 0);
      expect(quadratic(plain(a), f)).toBeCloseTo(
        sum((i, j) => f[i] - f[j]),
        12,
      );
      expect(quadratic(normalised(a), f)).toBeCloseTo(
        sum((i, j) => f[i] / Math.sqrt(d[i]) - f[j] / Math.sqrt(d[j])),
        12,
      );
    }
  },
  mutants: WRONG,
});

const count = (values: Float64Array, of: number) => values.filter((value) => Math.abs(value - of) < 1e-9).length;

/** Graphs with their numbers of components, and of those that are bipartite and have a link. */
const COUNTED: [Matrix, components: number, bipartite: number][] = [
  [GRAPHS[0], 3, 1],
  [GRAPHS[1], 1, 0], // a star is bipartite, but its middle has a link to itself
  [weighted(graphOf(5, star(5)), 3), 1, 1],
  [graphOf(9, besides([4, ring(4)], [3, ring(3)], [2, chain(2)])), 3, 2],
  [graphOf(5, ring(5)), 1, 0],
  [graphOf(4, [[2, 3]]), 3, 1],
];

theorem('thm:laplacian-spectrum', 'bc', {
  real,
  check: ({ plain, normalised }) => {
    for (const [a, components, bipartite] of COUNTED) {
      const [of, ofNormalised] = [eigenSymmetric(plain(a)).values, eigenSymmetric(normalised(a)).values];
      expect([count(of, 0), count(ofNormalised, 0), count(ofNormalised, 2)]).toEqual([components, components, bipartite]);
      expect(Math.min(of[0], ofNormalised[0])).toBeGreaterThan(-1e-12);
      expect(ofNormalised.at(-1)).toBeLessThan(2 + 1e-12);
    }
    // Constant on the parts of the first graph, and √d times a constant.
    const d = degrees(GRAPHS[0]);
    const constant = Float64Array.of(3, 3, 3, -1, -1, 7);
    expectClose(matVec(plain(GRAPHS[0]), constant), [0, 0, 0, 0, 0, 0], 12);
    expectClose(
      matVec(
        normalised(GRAPHS[0]),
        constant.map((f, i) => (d[i] > 0 ? f * Math.sqrt(d[i]) : f)),
      ),
      [0, 0, 0, 0, 0, 0],
      12,
    );
  },
  mutants: WRONG,
});

theorem('thm:laplacian-spectrum', 'd', {
  real: graphLaplacian,
  check: (plain) => {
    const bound = (a: Matrix) => 2 * Math.max(...degrees(a));
    const largest = (a: Matrix) => eigenSymmetric(plain(a)).values.at(-1)!;
    for (const a of [GRAPHS[0], GRAPHS[1], graphOf(5, ring(5)), graphOf(5, pairs(5)), graphOf(6, star(6))])
      expect(largest(a)).toBeLessThan(bound(a) - 1e-3);
    // Attained: a ring of four, and beside a triangle, whose degrees are as great, or less.
    for (const [N, edges] of [
      [4, ring(4)],
      [7, besides([4, ring(4)], [3, ring(3)])],
      [6, besides([4, ring(4)], [2, chain(2)])],
    ] as const) {
      const a = graphOf(N, edges);
      expect(largest(a)).toBeCloseTo(bound(a), 12);
    }
    // 5: a star of five rays has the eigenvalue 6, where the bound is 10; a ring of five has 2 − 2 cos(4π/5).
    expect(largest(graphOf(6, star(6)))).toBeCloseTo(6, 12);
    expect(largest(graphOf(5, ring(5)))).toBeCloseTo(2 - 2 * Math.cos((4 * Math.PI) / 5), 12);
  },
  mutants: {
    'adds a unit to each degree': (a) => entries(a, (i, j, w, d) => (i === j ? d[i] + 1 : 0) - w),
    'adds the adjacency': signless,
    'is normalised': normalisedLaplacian,
    'halves the links': (a) => entries(a, (i, j, w, d) => (i === j ? d[i] : 0) - w / 2),
  },
});
