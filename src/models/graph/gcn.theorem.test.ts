import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { type Rows, rowsOf } from '../../../tests/support/dense.js';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { besides, chain, type Edge, ring } from '../../../tests/support/graphs.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { svd } from '../../linalg/index.js';
import { normaliseAdjacency } from '../../nn/index.js';
import { gcn } from './gcn.js';

const WIDTHS = [3, 4, 3, 2];
const SHAPES = WIDTHS.slice(1).flatMap((D, l) => [[WIDTHS[l], D], [D]]);
/** Outputs of a network of three layers of w and b over B [N, N], and gradients of B, X and the weights. */
type Network = (at: {
  readonly graph: Float64Array;
  readonly x: Float64Array;
  readonly weights: readonly Float64Array[];
  readonly dy: Float64Array;
}) => { readonly y: ArrayLike<number>; readonly grads: readonly ArrayLike<number>[] };

const layersOf = (weights: readonly tf.Tensor[]) =>
  SHAPES.filter((_, i) => i % 2 === 0).map((_, l) => ({ w: weights[2 * l], b: weights[2 * l + 1] }));
const byTensors =
  (call: (graph: tf.Tensor, x: tf.Tensor, layers: { w: tf.Tensor; b: tf.Tensor }[]) => tf.Tensor): Network =>
  ({ graph, x, weights, dy }) => {
    const N = x.length / WIDTHS[0];
    const points = [
      { data: graph, shape: [N, N] },
      { data: x, shape: [N, WIDTHS[0]] },
      ...weights.map((data, i) => ({ data, shape: SHAPES[i] })),
    ];
    return inDouble((graph, x, ...weights) => call(graph, x, layersOf(weights)), points, { data: dy, shape: [N, WIDTHS.at(-1)!] });
  };
const real = byTensors((graph, x, layers) => gcn({ layers }, x, { graph }));

const times = (a: Rows, b: Rows) => a.map((row) => b[0].map((_, k) => row.reduce((sum, value, j) => sum + value * b[j][k], 0)));
const turned = (a: Rows) => a[0].map((_, j) => a.map((row) => row[j]));
const rule = {
  cut: (z: number) => Math.max(z, 0),
  open: (dx: number, z: number) => (z > 0 ? dx : 0),
  back: (B: Rows, dZ: Rows) => times(turned(B), dZ),
  last: false,
};
/** The layers forward: B, the Wₗ, X₀ … Xₙ and Z₁ … Zₙ. */
const forward = ({ graph, x, weights }: Omit<Parameters<Network>[0], 'dy'>, { cut, last }: Pick<typeof rule, 'cut' | 'last'> = rule) => {
  const N = x.length / WIDTHS[0];
  const B = rowsOf(graph, N);
  const W = weights.filter((_, i) => i % 2 === 0).map((data, l) => rowsOf(data, WIDTHS[l + 1]));
  const [X, Z]: number[][][][] = [[rowsOf(x, WIDTHS[0])], []];
  for (const [l, w] of W.entries()) {
    Z.push(times(B, times(X[l], w)).map((row) => row.map((value, k) => value + weights[2 * l + 1][k])));
    X.push(Z[l].map((row) => row.map((z) => (l < W.length - 1 || last ? cut(z) : z))));
  }
  return { B, W, X, Z };
};
/** The theorem's recursion in plain numbers, with changes. */
const byRule =
  (changes: Partial<typeof rule> = {}): Network =>
  ({ dy, ...at }) => {
    const { cut, open, back, last } = { ...rule, ...changes };
    const { B, W, X, Z } = forward(at, { cut, last });
    let dZ = rowsOf(dy, WIDTHS.at(-1)!);
    const grads: number[][] = [];
    let dX = dZ;
    for (let l = W.length - 1; l >= 0; l--) {
      if (l < W.length - 1) dZ = dX.map((row, i) => row.map((value, k) => open(value, Z[l][i][k])));
      const G = back(B, dZ);
      grads.unshift(
        times(turned(X[l]), G).flat(),
        turned(dZ).map((column) => column.reduce((sum, value) => sum + value, 0)),
      );
      dX = times(G, turned(W[l]));
    }
    return { y: X.at(-1)!.flat(), grads: [[], dX.flat(), ...grads] };
  };

const draw = (seed: number, N: number) => ({
  x: gaussian(seed, N * WIDTHS[0]),
  weights: SHAPES.map((shape, i) =>
    gaussian(
      seed + 10 + i,
      shape.reduce((a, b) => a * b),
    ).map((v) => 0.8 * v),
  ),
  dy: gaussian(seed + 1, N * WIDTHS.at(-1)!),
});
const hat = (N: number, edges: readonly Edge[]) => Float64Array.from(normaliseAdjacency(N, edges).data);
/** The theorem asks that no entry between layers is 0, where a relu has no derivative. */
const expectNoZeros = (at: Parameters<Network>[0]) =>
  expect(Math.min(...forward(at).Z.slice(0, -1).flat(2).map(Math.abs))).toBeGreaterThan(1e-3);
const size = (v: ArrayLike<number>) => Math.sqrt(Array.from(v).reduce((sum, value) => sum + value * value, 0));
const greatest = (data: Float64Array, cols: number) => svd({ rows: data.length / cols, cols, data }).s[0];

theorem<Network>('thm:gcn-backward', 'c', {
  real,
  check: (network) => {
    const graphs = [hat(4, ring(4)), gaussian(7, 16), hat(5, [...chain(4), [1, 4]])];
    for (const [i, graph] of graphs.entries()) {
      const N = Math.sqrt(graph.length);
      const at = { ...draw(100 * i, N), graph };
      expectNoZeros(at);
      const [got, want] = [network(at), byRule()(at)];
      expect(distance(got.y, want.y)).toBeLessThan(1e-10);
      for (const [k, grad] of got.grads.entries()) if (k > 0) expect(distance(grad, want.grads[k]), `gradient ${k}`).toBeLessThan(1e-10);
      const weights = at.weights.filter((_, k) => k % 2 === 0).map((w, l) => greatest(w, WIDTHS[l + 1]));
      const bound = greatest(graph, N) ** 3 * weights.reduce((a, b) => a * b) * size(at.dy);
      expect(size(got.grads[1])).toBeLessThan(bound);
    }
    // Attained for Â: all weights 2 I but for the widths, shifts 1 so that all is positive, and ∂Y the same along √d̃ at every node of a ring.
    const unit = SHAPES.map(([a, b]) =>
      Float64Array.from({ length: a * (b ?? 1) }, (_, k) => (b ? 2 * Number(Math.floor(k / b) === k % b) : 1)),
    );
    const dy = Float64Array.of(3, 4, 3, 4, 3, 4, 3, 4);
    const at = { graph: hat(4, ring(4)), x: new Float64Array(12).fill(1), weights: unit, dy };
    expectNoZeros(at);
    const { grads } = network(at);
    expect(size(grads[1])).toBeCloseTo(2 ** 3 * size(dy), 4);
  },
  mutants: {
    'does not turn the graph': byRule({ back: times }),
    'is open everywhere': byRule({ open: (dx) => dx }),
    'is open where it is closed': byRule({ open: (dx, z) => (z > 0 ? 0 : dx) }),
    'cuts the outputs': byRule({ last: true }),
    leaks: byRule({ cut: (z) => Math.max(z, 0.1 * z) }),
  },
});

theorem<Network>('thm:gcn-backward', 'd', {
  real,
  check: (network) => {
    const N = 8;
    const graph = hat(N, besides([6, chain(6)], [2, chain(2)]));
    const links = (i: number, j: number) => (i < 6 === j < 6 ? Math.abs(i - j) : Infinity);
    const drawn = draw(5, N);
    const positive = { x: drawn.x.map(Math.abs), weights: drawn.weights.map((w, k) => w.map((v) => (k % 2 === 0 ? Math.abs(v) : 0))) };
    for (const at of [drawn, positive])
      for (let i = 0; i < N; i++) {
        const dy = Float64Array.from({ length: 2 * N }, (_, k) => Number(Math.floor(k / 2) === i));
        const { y, grads } = network({ ...at, graph, dy });
        for (const [j, row] of rowsOf(grads[1], WIDTHS[0]).entries()) {
          if (links(i, j) > 3) expectClose(row, [0, 0, 0], 15);
          else if (at === positive) expect(Math.min(...row)).toBeGreaterThan(1e-3);
        }
        // Not the gradient alone: a node four links away or more may change as it likes.
        const far = at.x.map((value, k) => (links(i, Math.floor(k / WIDTHS[0])) > 3 ? value + 5 : value));
        const other = network({ ...at, x: far, graph, dy });
        expectClose([other.y[2 * i], other.y[2 * i + 1]], [y[2 * i], y[2 * i + 1]], 12);
      }
  },
  mutants: {
    'has a layer more': byTensors((graph, x, layers) => graph.matMul(gcn({ layers }, x, { graph }))),
    'has a layer less': byTensors((graph, x, [first, ...rest]) => gcn({ layers: rest }, x.matMul(first.w).add(first.b).relu(), { graph })),
    'sees the mean of all': byTensors((graph, x, layers) => gcn({ layers }, x.add(x.mean(0)), { graph })),
    'does not see its neighbours': byTensors((graph, x, layers) => gcn({ layers }, x, { graph: tf.eye(8).mul(graph) })),
  },
});
