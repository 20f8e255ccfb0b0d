import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { besides, chain, type Edge, graphOf, pairs, ring, star } from '../../../tests/support/graphs.js';
import { theorem } from '../../../tests/support/theorem.js';
import { eigenSymmetric, type Matrix, matMul, matVec } from '../../linalg/index.js';
import { connectedComponents, normalisedLaplacian, smoothingRate } from '../../stats/index.js';
import { normaliseAdjacency } from './graph-convolution.js';
import { normaliseEdges } from './sparse-graph-convolution.js';

// Entries are float32, so eigenvalues agree to 10⁻⁷ or so.

/** Â [N, N] of edges. */
type Normalise = (N: number, edges: readonly Edge[]) => Matrix;
const dense: Normalise = (N, edges) => ({ rows: N, cols: N, data: Float64Array.from(normaliseAdjacency(N, edges).data) });
const sparse: Normalise = (N, edges) => {
  const { from, to, weight } = normaliseEdges(N, edges);
  const data = new Float64Array(N * N);
  for (const [e, w] of weight.data.entries()) data[to.data[e] * N + from.data[e]] += w;
  return { rows: N, cols: N, data };
};
const degreesOf = (a: Matrix) =>
  Array.from({ length: a.rows }, (_, i) => a.data.subarray(i * a.rows, (i + 1) * a.rows).reduce((s, w) => s + w, 0));
/** Â with changes: how much a node links to itself, and by what a weight is divided. */
const by =
  (loop: number, divisor: (di: number, dj: number) => number): Normalise =>
  (N, edges) => {
    const a = graphOf(N, edges);
    const d = degreesOf(a).map((degree) => degree + loop);
    const entry = (w: number, at: number) => {
      const [i, j] = [Math.floor(at / N), at % N];
      const weight = i === j ? loop : w;
      return weight === 0 ? 0 : weight / divisor(d[i], d[j]);
    };
    return { ...a, data: a.data.map(entry) };
  };
const WRONG: Record<string, Normalise> = {
  'has no links to itself': by(0, (di, dj) => Math.sqrt(di * dj)),
  'links a node to itself twice': by(2, (di, dj) => Math.sqrt(di * dj)),
  'adds 1 after it divided': (N, edges) => {
    const s = WRONG['has no links to itself'](N, edges);
    return { ...s, data: s.data.map((w, at) => w + Number(at % (N + 1) === 0)) };
  },
  'divides by the degrees, without roots': by(1, (di, dj) => di * dj),
  'does not count the link to itself': by(1, (di, dj) => Math.sqrt(Math.max(di - 1, 1) * Math.max(dj - 1, 1))),
};
const GRAPHS: [N: number, edges: readonly Edge[]][] = [
  [6, star(6)],
  [7, [...chain(7), [1, 5]]],
  [7, besides([4, ring(4)], [3, chain(3)])],
  [9, besides([5, pairs(5)], [3, ring(3)], [1, []])],
];

const checkSpectrum = (normalise: Normalise) => {
  for (const [N, edges] of GRAPHS) {
    const a = graphOf(N, edges);
    const [part, d] = [connectedComponents(a), degreesOf(a)];
    const [hat, greatest] = [normalise(N, edges), Math.max(...d)];
    const { values } = eigenSymmetric(hat);
    const count = Math.max(...part) + 1;
    expect(values.filter((value) => Math.abs(value - 1) < 1e-6)).toHaveLength(count);
    expect(values[N - 1]).toBeLessThan(1 + 1e-6);
    expect(values[0]).toBeGreaterThan(-1 + 2 / (1 + greatest) - 1e-6);
    for (let r = 0; r < count; r++) {
      const root = Float64Array.from(d, (degree, i) => (part[i] === r ? Math.sqrt(degree + 1) : 0));
      expectClose(matVec(hat, root), root, 6);
    }
    if (!d.every((degree) => degree > 0)) continue;
    const frequencies = eigenSymmetric(normalisedLaplacian(a)).values;
    for (const [k, nu] of frequencies.entries()) {
      const renormalised = 1 - values[N - 1 - k];
      expect(renormalised).toBeLessThan((greatest / (1 + greatest)) * nu + 1e-6);
      expect(renormalised).toBeGreaterThan((Math.min(...d) / (1 + Math.min(...d))) * nu - 1e-6);
    }
  }
  // Attained: the least eigenvalue by a ring of four, but not by one of five; the bounds of all by graphs of one degree.
  const [four, five] = [4, 5].map((N) => eigenSymmetric(normalise(N, ring(N))).values);
  expect(four[0]).toBeCloseTo(-1 + 2 / 3, 6);
  expect(five[0]).toBeGreaterThan(-1 + 2 / 3 + 0.1);
  const nu = eigenSymmetric(normalisedLaplacian(graphOf(5, ring(5)))).values;
  expectClose(
    five,
    nu.map((_, k) => 1 - (2 / 3) * nu[4 - k]),
    6,
  );
  // A second graph of the least eigenvalue's case: the bipartite part of the greatest degree stands beside one of a lesser.
  expect(eigenSymmetric(normalise(...GRAPHS[2])).values[0]).toBeCloseTo(-1 + 2 / 3, 6);
};
theorem<Normalise>('thm:renormalisation', 'ab', { real: dense, check: checkSpectrum, mutants: WRONG });
theorem<Normalise>('thm:renormalisation', 'ab', { real: sparse, check: checkSpectrum, mutants: WRONG });

/** Two sets of four nodes, all linked across: its eigenvalue −3/5 is larger in size than its others, 1/5. */
const ACROSS: Edge[] = [0, 1, 2, 3].flatMap((i) => [4, 5, 6, 7].map((j): Edge => [i, j]));

/** Â^l − P and α. */
interface Smoothing {
  readonly normalise: Normalise;
  readonly rate: (a: Matrix) => number;
}
const rates =
  (pick: (values: Float64Array, count: number) => number) =>
  (a: Matrix): number => {
    const { values } = eigenSymmetric(normalisedLaplacian({ ...a, data: a.data.map((w, at) => w + Number(at % (a.rows + 1) === 0)) }));
    return pick(values, Math.max(...connectedComponents(a)) + 1);
  };
theorem<Smoothing>('thm:renormalisation', 'c', {
  real: { normalise: dense, rate: smoothingRate },
  check: ({ normalise, rate }) => {
    for (const [N, edges] of [...GRAPHS, [2, chain(2)], [4, ring(4)], [3, []], [8, ACROSS]] as typeof GRAPHS) {
      const a = graphOf(N, edges);
      const alpha = rate(a);
      expect(alpha).toBeLessThan(1);
      const hat = normalise(N, edges);
      const [part, d] = [connectedComponents(a), degreesOf(a)];
      const size = (r: number) => d.reduce((sum, degree, i) => (part[i] === r ? sum + degree + 1 : sum), 0);
      const p = hat.data.map((_, at) => {
        const [i, j] = [Math.floor(at / N), at % N];
        return part[i] === part[j] ? Math.sqrt((d[i] + 1) * (d[j] + 1)) / size(part[i]) : 0;
      });
      let power = hat;
      for (let l = 1; l <= 4; l++) {
        const sizes = (m: Matrix) => Math.max(...eigenSymmetric(m).values.map(Math.abs));
        expect(sizes(power)).toBeCloseTo(1, 5);
        expect(sizes({ ...power, data: power.data.map((value, at) => value - p[at]) })).toBeCloseTo(alpha ** l, 5);
        power = matMul(power, hat);
      }
    }
    // Links with weights, 1 and 2, from the middle of three nodes: d̃ = 2, 4, 3, the trace 13/12 and the determinant −4/24, so that the
    // two eigenvalues besides 1 have the sum 1/12 and the product −1/6.
    const uneven: Matrix = { rows: 3, cols: 3, data: Float64Array.of(0, 1, 0, 1, 0, 2, 0, 2, 0) };
    expect(rate(uneven)).toBeCloseTo((1 + Math.sqrt(97)) / 24, 12);
  },
  mutants: {
    'looks at the gap alone': { normalise: dense, rate: rates((nu, m) => Math.max(0, ...nu.subarray(m).map((value) => 1 - value))) },
    'counts links, not weights': { normalise: dense, rate: (a) => smoothingRate({ ...a, data: a.data.map((w) => Number(w > 0)) }) },
    'counts the eigenvalue 1': { normalise: dense, rate: rates((nu) => Math.max(...nu.map((value) => Math.abs(1 - value)))) },
    'leaves out one eigenvalue, whatever the parts': {
      normalise: dense,
      rate: rates((nu) => Math.max(0, ...nu.subarray(1).map((value) => Math.abs(1 - value)))),
    },
    'leaves out one too many': {
      normalise: dense,
      rate: rates((nu, m) => Math.max(0, ...nu.subarray(m + 1).map((value) => Math.abs(1 - value)))),
    },
    'does without links to itself': {
      normalise: dense,
      rate: (a) =>
        Math.max(
          ...eigenSymmetric(normalisedLaplacian(a))
            .values.subarray(1)
            .map((nu) => Math.abs(1 - nu)),
        ),
    },
    ...Object.fromEntries(Object.entries(WRONG).map(([name, normalise]) => [name, { normalise, rate: smoothingRate }])),
  },
});
