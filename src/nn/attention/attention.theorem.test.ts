import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { dot, plus, rowsOf, zeros } from '../../../tests/support/dense.js';
import { centralDifferences } from '../../../tests/support/differences.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { attention } from './attention.js';
import { maskedAttention } from './masked-attention.js';

// Constants such as 1/√D are rounded to float32 in a program, so values agree to 10⁻⁷ or so; what is 0 or cancels is exact.

const [T, N, D, E] = [3, 4, 3, 2];
/** Queries [T, D], keys [N, D], values [N, E] and the gradient [T, E] of the outputs. */
interface At {
  readonly q: Float64Array;
  readonly k: Float64Array;
  readonly v: Float64Array;
  readonly dy: Float64Array;
  /** Row by row; all keys when left out. */
  readonly visible?: readonly number[];
}
interface Found {
  readonly y: Float64Array;
  readonly q: Float64Array;
  readonly k: Float64Array;
  readonly v: Float64Array;
}
type Attention = (at: At) => Found;

const draw = (seed: number): At => ({
  q: gaussian(seed, T * D),
  k: gaussian(seed + 1, N * D),
  v: gaussian(seed + 2, N * E),
  dy: gaussian(seed + 3, T * E),
});
/** The last key is hidden from all, and other ones from some. */
const SOME = [1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0];
const PLACES: At[] = [draw(10), draw(20), { ...draw(30), visible: SOME }, { ...draw(40), visible: SOME }];

const real: Attention = ({ q, k, v, dy, visible }) => {
  const layer = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) =>
    visible ? maskedAttention(q, k, v, { visible: tf.tensor2d([...visible], [T, N], 'bool') }) : attention(q, k, v);
  const points = [
    { data: q, shape: [T, D] },
    { data: k, shape: [N, D] },
    { data: v, shape: [N, E] },
  ];
  const { y, grads } = inDouble(layer as never, points, { data: dy, shape: [T, E] });
  const [gq, gk, gv] = grads.map((g) => Float64Array.from(g));
  return { y: Float64Array.from(y), q: gq, k: gk, v: gv };
};

const rule = {
  score: (product: number) => product / Math.sqrt(D),
  weight: (e: number) => e,
  centre: (p: number[], dp: number[], _dy: number[], _y: number[]) => dot(p, dp),
  slope: (p: number, dp: number, c: number) => p * (dp - c),
  back: (x: number) => x / Math.sqrt(D),
  values: (p: number, _a: number) => p,
  hidden: 0,
};
/** The theorem's formulas in plain numbers, with changes. */
const byRule =
  (changes: Partial<typeof rule> = {}): Attention =>
  ({ q, k, v, dy, visible }) => {
    const { score, weight, centre, slope, back, values, hidden } = { ...rule, ...changes };
    const [Q, K, V, dY] = [rowsOf(q, D), rowsOf(k, D), rowsOf(v, E), rowsOf(dy, E)];
    const [gq, gk, gv, Y] = [zeros(T, D), zeros(N, D), zeros(N, E), zeros(T, E)];
    for (let t = 0; t < T; t++) {
      const a = K.map((key) => score(dot(Q[t], key)));
      const e = a.map((x, s) => (visible && !visible[t * N + s] ? hidden : weight(Math.exp(x))));
      const all = e.reduce((sum, x) => sum + x, 0);
      const p = e.map((x) => x / all);
      Y[t] = V.reduce(
        (sum, value, s) =>
          plus(
            sum,
            value.map((x) => p[s] * x),
          ),
        Y[t],
      );
      const dp = V.map((value) => dot(dY[t], value));
      const c = centre(p, dp, dY[t], Y[t]);
      for (let s = 0; s < N; s++) {
        const da = slope(p[s], dp[s], c);
        gq[t] = plus(
          gq[t],
          K[s].map((x) => back(da * x)),
        );
        gk[s] = plus(
          gk[s],
          Q[t].map((x) => back(da * x)),
        );
        gv[s] = plus(
          gv[s],
          dY[t].map((x) => values(p[s], a[s]) * x),
        );
      }
    }
    const flat = (rows: number[][]) => Float64Array.from(rows.flat());
    return { y: flat(Y), q: flat(gq), k: flat(gk), v: flat(gv) };
  };
const right = byRule();
const FORWARD: Record<string, Attention> = {
  'does not divide the scores': byRule({ score: (x) => x }),
  'divides the scores by D': byRule({ score: (x) => x / D }),
  'squares the weights': byRule({ weight: (e) => e * e }),
  'shows what is hidden a little': byRule({ hidden: 0.01 }),
};
const BACKWARD: Record<string, Attention> = {
  'forgets the centre': byRule({ centre: () => 0 }),
  'centres by the plain mean': byRule({ centre: (_, dp) => dp.reduce((sum, x) => sum + x, 0) / N }),
  'adds the centre': byRule({ slope: (p, dp, c) => p * (dp + c) }),
  'forgets the weights at the scores': byRule({ slope: (_, dp, c) => dp - c }),
  'is a logistic slope': byRule({ slope: (p, dp) => p * (1 - p) * dp }),
  'does not divide going back': byRule({ back: (x) => x }),
  'divides by D going back': byRule({ back: (x) => x / D }),
  'sends the scores to the values': byRule({ values: (_, a) => a }),
};

theorem<Attention>('thm:attention-backward', 'a', {
  real,
  check: (f) => {
    for (const at of PLACES) {
      const found = f(at);
      expectClose(found.y, right(at).y, 6);
      const { q, k, v } = { q: at.q.slice(), k: at.k.slice(), v: at.v.slice() };
      const differences = centralDifferences(() => dot([...right({ ...at, q, k, v }).y], [...at.dy]), [q, k, v]);
      for (const [i, name] of (['q', 'k', 'v'] as const).entries()) expectClose(found[name], differences[i], 6);
    }
  },
  mutants: { ...FORWARD, ...BACKWARD },
});

theorem<Attention>('thm:attention-backward', 'b', {
  real,
  check: (f) => {
    for (const at of PLACES) {
      const { y, k } = f(at);
      const [Y, dY] = [rowsOf(y, E), rowsOf(at.dy, E)];
      // With the output's own products as the centre, the formulas give the gradients that the function has.
      const byOutput = byRule({ centre: (_p, _dp, dy) => dot(dy, Y[dY.findIndex((row) => row.every((x, j) => x === dy[j]))]) })(at);
      expectClose(f(at).q, byOutput.q, 6);
      expectClose(k, byOutput.k, 6);
      // ∂K = ∂Aᵀ Q/√D, whose rows sum to 0 with those of ∂A.
      for (let j = 0; j < D; j++) expect(rowsOf(k, D).reduce((sum, row) => sum + row[j], 0)).toBeCloseTo(0, 10);
    }
  },
  // The values' gradient is not in it.
  mutants: Object.fromEntries(Object.entries(BACKWARD).filter(([name]) => !name.includes('values'))),
});

theorem<Attention>('thm:attention-backward', 'c', {
  real,
  check: (f) => {
    for (const at of PLACES) {
      const { y, k, v } = f(at);
      const V = rowsOf(at.v, E);
      for (const [t, row] of rowsOf(y, E).entries())
        for (const [j, x] of row.entries()) {
          const seen = V.filter((_, s) => !at.visible || at.visible[t * N + s]).map((value) => value[j]);
          expect(x).toBeGreaterThanOrEqual(Math.min(...seen) - 1e-12);
          expect(x).toBeLessThanOrEqual(Math.max(...seen) + 1e-12);
        }
      if (!at.visible) continue;
      for (const x of rowsOf(k, D)[N - 1]) expect(x).toBe(0);
      for (const x of rowsOf(v, E)[N - 1]) expect(x).toBe(0);
      // A query that sees one key answers with its value.
      expectClose(rowsOf(y, E)[0], V[0], 10);
    }
  },
  mutants: {
    'shows what is hidden a little': FORWARD['shows what is hidden a little'],
    'shows everything': (at) => right({ ...at, visible: undefined }),
    'sums without a mean': (at) => ({ ...right(at), y: right(at).y.map((x) => 2 * x) }),
    'sends the scores to the values': BACKWARD['sends the scores to the values'],
    'forgets the weights at the scores': BACKWARD['forgets the weights at the scores'],
  },
});

theorem<Attention>('thm:attention-backward', 'd', {
  real,
  check: (f) => {
    for (const at of PLACES) {
      const { y, k } = f(at);
      const u = [0.7, -2, 0.4];
      expectClose(f({ ...at, k: at.k.map((x, i) => x + u[i % D]) }).y, y, 9);
      expectClose(
        f({ ...at, v: at.v.map((x, i) => x + u[i % E]) }).y,
        y.map((x, i) => x + u[i % E]),
        9,
      );
      for (let j = 0; j < D; j++) expect(rowsOf(k, D).reduce((sum, row) => sum + row[j], 0)).toBeCloseTo(0, 10);
    }
  },
  mutants: {
    'adds a constant to the weights': byRule({ weight: (e) => e + 1 }),
    'takes scores for weights': byRule({ weight: (e) => Math.log(e) ** 2 }),
    'has logistic weights': byRule({ weight: (e) => e / (1 + e) }),
    'forgets the centre': BACKWARD['forgets the centre'],
    'is a logistic slope': BACKWARD['is a logistic slope'],
    'sums without a mean': (at) => ({ ...right(at), y: right(at).y.map((x) => 2 * x) }),
  },
});
