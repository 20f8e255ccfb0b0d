import * as tf from '@tensorflow/tfjs';
import { type HostArray, shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import type { LinearParams } from '../linear.js';
import { checkValues } from '../losses/labels.js';
import { checkEdge } from './graph-convolution.js';

/** A graph by its E edges: node `to[e]` takes `weight[e]` of node `from[e]`. */
export interface Edges<I = tf.Tensor, W = tf.Tensor> {
  /** [E] int32. */
  readonly from: I;
  /** [E] int32. */
  readonly to: I;
  /** [E]. */
  readonly weight: W;
}

/** Who sees whom, as a list with weights. */
export interface EdgesOptions {
  /** See `normaliseEdges`; an edge of weight 0 adds nothing, so graphs that differ can share one compiled function. */
  readonly graph: Edges;
}

/**
 * `graphConvolution` over a list of edges instead of an adjacency [N, N]: its cost grows with E, not N².
 *
 *     y[i] = Σ weight[e] m[from[e]] + b, over the edges e to i        m = x w
 *
 *     ∂m[j] = Σ weight[e] ∂y[to[e]], over the edges e from j    ∂weight[e] = m[from[e]]·∂y[to[e]]    ∂x = ∂m wᵀ    ∂w = xᵀ ∂m    ∂b = Σ ∂y
 *
 * @param params  w [F, D] and b [D]
 * @param x       [N, F]
 * @returns       [N, D]
 * @throws        when the shapes do not fit, or an edge whose ends are known leaves the graph
 *
 * Kipf & Welling 2017, eq. 2, without its nonlinearity and with a shift b.
 */
export const sparseGraphConvolution = layer({
  name: 'sparseGraphConvolution',
  forward({ w, b }: LinearParams, x: tf.Tensor, options: EdgesOptions) {
    checkOptions('sparseGraphConvolution', options, ['graph']);
    const { graph } = options;
    const { from, to, weight } = graph as { from: tf.Tensor1D; to: tf.Tensor1D; weight: tf.Tensor1D };
    if (x.rank !== 2 || x.shape[1] !== w.shape[0] || b.shape[0] !== w.shape[1])
      throw shapeError('sparseGraphConvolution maps x [N, F] by w [F, D] and b [D]', { x, w, b });
    if ([from, to].some(({ dtype }) => dtype !== 'int32') || [from, to, weight].some(({ rank, size }) => rank !== 1 || size !== from.size))
      throw shapeError('sparseGraphConvolution takes int32 from and to [E] and weight [E]', { from, to, weight });
    checkEnds('sparseGraphConvolution', graph, x.shape[0]!);
    const m = x.matMul(w);
    const scale = weight.expandDims(1);
    const value = tf.unsortedSegmentSum(m.gather(from).mul(scale), to, x.shape[0]).add(b);
    return { value, saved: { from, to, x, scale, w, m } };
  },
  backward(dy, { from, to, x, scale, w, m }) {
    const taken = dy.gather(to); // [E, D]
    const dm = tf.unsortedSegmentSum(taken.mul(scale), from, x.shape[0]);
    const weight = taken.mul(m.gather(from)).sum(1);
    // xᵀ ∂m turns the larger of the two round before it multiplies; (∂mᵀ x)ᵀ the smaller.
    const dw = x.shape[1]! > dm.shape[1]! ? dm.matMul(x, true).transpose() : x.matMul(dm, true);
    return [{ w: dw, b: dy.sum(0) }, dm.matMul(w, false, true), { graph: { weight } }];
  },
  plain({ w, b }, x, { graph: { from, to, weight } }) {
    const messages = x
      .matMul(w)
      .gather(from as tf.Tensor1D)
      .mul(weight.expandDims(1));
    return tf.unsortedSegmentSum(messages, to as tf.Tensor1D, x.shape[0]).add(b);
  },
});

/** Throws at the first end that is no node, where the ends are known. */
export function checkEnds(layer: string, { from, to }: Pick<Edges, 'from' | 'to'>, N: number): void {
  for (const [name, ends] of Object.entries({ from, to }))
    checkValues(`${layer}, ${name}`, ends, (node) => node >= 0 && node < N, `nodes are 0 to ${N - 1}`);
}

/**
 * The renormalised adjacency of an undirected graph as a list: each edge both ways, and each node to itself.
 *
 *     weight = 1 / √(dᵢ dⱼ)        d the degrees, self-loops counted
 *
 * @param N      nodes
 * @param edges  pairs of nodes; direction, repetition and self-loops do not matter
 * @returns      E edges: each node's, by the node that is pointed to
 * @throws       when an edge names a node that is none of the N
 *
 * Kipf & Welling 2017, section 2.2; the entries of `normaliseAdjacency` that are not 0.
 */
export function normaliseEdges(
  N: number,
  edges: Iterable<readonly [number, number]>,
): Edges<HostArray<Int32Array>, HostArray<Float32Array>> {
  const neighbours = Array.from({ length: N }, (_, i) => new Set([i]));
  for (const [i, j] of edges) {
    checkEdge('normaliseEdges', N, i, j);
    neighbours[i].add(j);
    neighbours[j].add(i);
  }
  const pairs = neighbours.flatMap((others, i) => [...others].sort((a, b) => a - b).map((j) => [j, i] as const));
  const weights = pairs.map(([j, i]) => 1 / Math.sqrt(neighbours[i].size * neighbours[j].size));
  const column = <D>(data: D) => ({ data, shape: [pairs.length] });
  return {
    from: column(Int32Array.from(pairs, ([j]) => j)),
    to: column(Int32Array.from(pairs, ([, i]) => i)),
    weight: column(Float32Array.from(weights)),
  };
}
