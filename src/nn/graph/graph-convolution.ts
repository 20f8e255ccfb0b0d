import type * as tf from '@tensorflow/tfjs';
import { type HostArray, shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import type { LinearParams } from '../linear.js';

/** Who sees whom, as a matrix. */
export interface AdjacencyOptions {
  /** Â [N, N], from `normaliseAdjacency`: what node i takes of node j. */
  readonly graph: tf.Tensor;
}

/**
 * One layer of a graph convolutional network: each node averages its neighbours' features, mapped linearly.
 *
 *     y = A x w + b
 *
 *     G = Aᵀ ∂y    ∂x = G wᵀ    ∂w = xᵀ G    ∂b = Σ ∂y    ∂A = ∂y (x w)ᵀ
 *
 * A takes part where the features are fewer: as A (x w) for F > D, else as (A x) w with ∂w = (A x)ᵀ ∂y, whose backward does without A
 * in a first layer, where nothing asks for ∂x.
 *
 * @param params  w [F, D] and b [D]
 * @param x       [N, F]
 * @returns       [N, D]
 * @throws        when the shapes do not fit
 *
 * Kipf & Welling 2017, eq. 2, without its nonlinearity and with a shift b.
 */
export const graphConvolution = layer({
  name: 'graphConvolution',
  forward({ w, b }: LinearParams, x: tf.Tensor, options: AdjacencyOptions) {
    checkOptions('graphConvolution', options, ['graph']);
    const { graph: A } = options;
    const N = x.shape[0];
    if (A.shape[0] !== N || A.shape[1] !== N || x.shape[1] !== w.shape[0] || b.shape[0] !== w.shape[1])
      throw shapeError('graphConvolution maps x [N, F] over A [N, N] by w [F, D] and b [D]', { A, x, w, b });
    const narrows = x.shape[1]! > w.shape[1]!;
    const inner = narrows ? x.matMul(w) : A.matMul(x); // [N, D] or [N, F]
    return { value: (narrows ? A.matMul(inner) : inner.matMul(w)).add(b), saved: { A, x, w, inner, narrows } };
  },
  backward(dy, { A, x, w, inner, narrows }) {
    const b = dy.sum(0);
    if (narrows) {
      const G = A.matMul(dy, true);
      return [{ w: x.matMul(G, true), b }, G.matMul(w, false, true), { graph: dy.matMul(inner, false, true) }];
    }
    const dAx = dy.matMul(w, false, true);
    return [{ w: inner.matMul(dy, true), b }, A.matMul(dAx, true), { graph: dAx.matMul(x, false, true) }];
  },
  plain: ({ w, b }, x, { graph: A }) => A.matMul(x.matMul(w)).add(b),
});

/**
 * The renormalised adjacency of an undirected graph, dense.
 *
 *     Â = D^(−½) (A + I) D^(−½)        D the degrees of A + I
 *
 * @param edges  pairs of nodes; direction, repetition and self-loops do not matter
 * @returns      [N, N]
 * @throws       when an edge names a node that is none of the N
 *
 * Kipf & Welling 2017, section 2.2.
 */
export function normaliseAdjacency(N: number, edges: Iterable<readonly [number, number]>): HostArray<Float32Array> {
  const linked = new Float32Array(N * N);
  for (let i = 0; i < N; i++) linked[i * N + i] = 1;
  for (const [i, j] of edges) {
    checkEdge('normaliseAdjacency', N, i, j);
    linked[i * N + j] = linked[j * N + i] = 1;
  }
  const root = Float64Array.from({ length: N }, (_, i) =>
    Math.sqrt(linked.subarray(i * N, (i + 1) * N).reduce((degree, a) => degree + a, 0)),
  );
  return { data: linked.map((a, k) => a / (root[Math.floor(k / N)] * root[k % N])), shape: [N, N] };
}

/** Throws when an edge leads from or to no node. */
export function checkEdge(who: string, N: number, i: number, j: number): void {
  const node = (i: number) => Number.isInteger(i) && i >= 0 && i < N;
  if (!node(i) || !node(j)) throw new Error(`${who}: nodes are 0 to ${N - 1}, got an edge from ${i} to ${j}`);
}
