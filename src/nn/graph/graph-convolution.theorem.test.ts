import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { dot, type Rows, rowsOf, zeros } from '../../../tests/support/dense.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { matrixWork } from '../../../tests/support/matrix-work.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { trace } from '../../tensor/trace/trace.js';
import { graphConvolution } from './graph-convolution.js';
import { sparseGraphConvolution } from './sparse-graph-convolution.js';

/** B [N, N], or the weights [E] of edges; X [N, F], W [F, D], b [D] and the gradient [N, D] of the outputs. */
interface At {
  readonly N: number;
  readonly F: number;
  readonly D: number;
  readonly graph: Float64Array;
  readonly x: Float64Array;
  readonly w: Float64Array;
  readonly b: Float64Array;
  readonly dy: Float64Array;
}
interface Found {
  readonly y: ArrayLike<number>;
  readonly graph: ArrayLike<number>;
  readonly x: ArrayLike<number>;
  readonly w: ArrayLike<number>;
  readonly b: ArrayLike<number>;
}
type Layer = (at: At) => Found;
const draw = (seed: number, N: number, F: number, D: number, graph = N * N): At => ({
  N,
  F,
  D,
  graph: gaussian(seed, graph),
  x: gaussian(seed + 1, N * F),
  w: gaussian(seed + 2, F * D),
  b: gaussian(seed + 3, D),
  dy: gaussian(seed + 4, N * D),
});

type Call = (graph: tf.Tensor, x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const found = (call: Call, graph: readonly number[], { N, F, D, ...at }: At): Found => {
  const points = [
    { data: at.graph, shape: graph },
    { data: at.x, shape: [N, F] },
    { data: at.w, shape: [F, D] },
    { data: at.b, shape: [D] },
  ];
  const { y, grads } = inDouble(call, points, { data: at.dy, shape: [N, D] });
  const [g, x, w, b] = grads as ArrayLike<number>[];
  return { y, graph: g, x, w, b };
};
const dense: Layer = (at) => found((graph, x, w, b) => graphConvolution({ w, b }, x, { graph }), [at.N, at.N], at);

const product = (a: Rows, b: Rows): number[][] =>
  a.map((row) => b[0].map((_, k) => row.reduce((sum, value, j) => sum + value * b[j][k], 0)));
const turned = (a: Rows): number[][] => a[0].map((_, j) => a.map((row) => row[j]));
const rule = {
  /** G of B and ∂Y. */
  back: (B: Rows, dY: Rows) => product(turned(B), dY),
  toX: (G: Rows, W: Rows) => product(G, turned(W)),
  toW: (X: Rows, G: Rows, _B: Rows, _dY: Rows) => product(turned(X), G),
  toB: (dY: Rows, X: Rows, W: Rows) => product(dY, turned(product(X, W))),
  shift: (dY: Rows) => turned(dY).map((column) => column.reduce((sum, value) => sum + value, 0)),
};
/** The theorem's formulas in plain numbers, with changes. */
const byRule =
  (changes: Partial<typeof rule> = {}): Layer =>
  ({ N, F, D, ...at }) => {
    const { back, toX, toW, toB, shift } = { ...rule, ...changes };
    const [B, X, W, dY] = [rowsOf(at.graph, N), rowsOf(at.x, F), rowsOf(at.w, D), rowsOf(at.dy, D)];
    const G = back(B, dY);
    const y = product(B, product(X, W)).map((row) => row.map((value, k) => value + at.b[k]));
    return { y: y.flat(), graph: toB(dY, X, W).flat(), x: toX(G, W).flat(), w: toW(X, G, B, dY).flat(), b: shift(dY) };
  };

theorem<Layer>('thm:gcn-backward', 'a', {
  real: dense,
  check: (layer) => {
    const right = byRule();
    for (const at of [draw(10, 4, 3, 2), draw(20, 3, 2, 4), draw(30, 5, 3, 3)]) {
      const [got, want] = [layer(at), right(at)];
      for (const name of ['y', 'graph', 'x', 'w', 'b'] as const) expectClose(got[name], want[name], 11);
      // ∂W as (BX)ᵀ∂Y.
      const BX = product(rowsOf(at.graph, at.N), rowsOf(at.x, at.F));
      expectClose(got.w, product(turned(BX), rowsOf(at.dy, at.D)).flat(), 11);
      // None of it is a difference: Σ ∂Y ⊙ Y is linear in W, and in B.
      const linear = dot(at.dy, got.y) - dot(got.b, at.b);
      expect(dot(got.w, at.w)).toBeCloseTo(linear, 10);
      expect(dot(got.graph, at.graph)).toBeCloseTo(linear, 10);
      expect(dot(got.x, at.x)).toBeCloseTo(linear, 10);
    }
  },
  mutants: {
    'does not turn the graph': byRule({ back: product }),
    'goes back past the graph': byRule({ back: (_, dY) => dY.map((row) => [...row]) }),
    'does not turn the features': byRule({ toW: (X, G) => product(turned(X).reverse(), G) }),
    'takes the outputs for the messages': byRule({
      toB: (dY, X, W) => product(dY, turned(product(X, W).map((row) => row.map((v) => 2 * v)))),
    }),
    'turns the gradient of the graph': byRule({ toB: (dY, X, W) => turned(rule.toB(dY, X, W)) }),
    'averages the shift': byRule({ shift: (dY) => rule.shift(dY).map((sum) => sum / dY.length) }),
  },
});

/** Edges from j to i, one of them listed twice, one to itself; node 4 gets nothing. */
const FROM = [0, 1, 1, 2, 3, 4, 1];
const TO = [1, 0, 2, 2, 1, 3, 0];
const sparse: Layer = (at) => {
  const ends = { from: tf.tensor1d(FROM, 'int32'), to: tf.tensor1d(TO, 'int32') };
  return found((weight, x, w, b) => sparseGraphConvolution({ w, b }, x, { graph: { ...ends, weight } }), [FROM.length], at);
};
/** By the matrix that the edges add up to. */
const byMatrix =
  (from = FROM, to = TO, of = (e: number) => e, changes: Partial<typeof rule> = {}): Layer =>
  (at) => {
    const B = zeros(at.N, at.N);
    for (const [e, weight] of at.graph.entries()) B[to[e]][from[e]] += weight;
    const whole = byRule(changes)({ ...at, graph: Float64Array.from(B.flat()) });
    return { ...whole, graph: Float64Array.from(at.graph, (_, e) => whole.graph[to[of(e)] * at.N + from[of(e)]]) };
  };
theorem<Layer>('thm:gcn-backward', 'b', {
  real: sparse,
  check: (layer) => {
    for (const at of [draw(40, 5, 3, 2, FROM.length), draw(50, 5, 2, 3, FROM.length)]) {
      const [got, want] = [layer(at), byMatrix()(at)];
      for (const name of ['y', 'graph', 'x', 'w', 'b'] as const) expectClose(got[name], want[name], 11);
      // An edge that is listed twice has its gradient twice.
      expect(got.graph[1]).toBeCloseTo(got.graph[6], 12);
    }
  },
  mutants: {
    'turns the edges round': byMatrix(TO, FROM),
    'takes the gradients of the next edges': byMatrix(FROM, TO, (e) => (e + 1) % FROM.length),
    'does not turn the graph': byMatrix(FROM, TO, (e) => e, { back: product }),
    'halves an edge that is listed twice': (at) => {
      const whole = byMatrix()(at);
      return { ...whole, graph: Float64Array.from(whole.graph, (g, e) => (e === 6 ? g / 2 : g)) };
    },
  },
});

const workOf = (call: Call, N: number, F: number, D: number) =>
  matrixWork(
    trace(
      (graph, x, w, b) => [call(graph, x, w, b)],
      [[N, N], [N, F], [F, D], [D]].map((shape) => ({ shape, dtype: 'float32' as const })),
    ),
  );
theorem<Call>('thm:gcn-backward', 'e', {
  real: (graph, x, w, b) => graphConvolution({ w, b }, x, { graph }),
  check: (call) => {
    for (const [N, F, D] of [
      [7, 5, 3],
      [7, 3, 5],
      [4, 3, 3],
      [9, 1, 6],
    ]) {
      const [inner, outer] = [N * D * (F + N), N * F * (D + N)];
      expect(inner < outer).toBe(D < F);
      expect(workOf(call, N, F, D)).toBe(Math.min(inner, outer));
    }
  },
  mutants: {
    'maps the features first': (graph, x, w, b) => graph.matMul(x.matMul(w)).add(b),
    'averages the neighbours first': (graph, x, w, b) => graph.matMul(x).matMul(w).add(b),
    'does both': (graph, x, w, b) => graph.matMul(x.matMul(w)).add(graph.matMul(x).matMul(w)).add(b),
  },
});
