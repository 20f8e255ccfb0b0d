import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { segmentMax } from '../../tensor/internal.js';
import type { GraphAttentionParams } from './graph-attention.js';
import { checkEnds, type Edges } from './sparse-graph-convolution.js';
import { type SparseFeatures, sparseProduct } from './sparse-product.js';

/** Which node averages which: node `to[e]` averages node `from[e]`. */
export type Links = Pick<Edges, 'from' | 'to'>;

/** Who sees whom, as a list. */
export interface LinksOptions {
  /** E edges, `from` and `to` [E] int32; `normaliseEdges` gives both ways and each node itself. */
  readonly graph: Links;
}

/**
 * `graphAttention` over a list of edges instead of a mask [N, N]: its cost grows with E, not N².
 *
 *     e = leakyReLU(t[to] + s[from])    p = exp(e − m[to])    z[i] = Σ p over the edges to i    P = p / z[to]    y[i] = Σ P h[from]
 *
 *     ∂e = P ⊙ (∂y[to]·h[from] − ∂y[to]·y[to])    ∂t[i] and ∂s[j] sum it over the edges to i and from j    ∂h[j] = Σ P ∂y[to]
 *
 * @param params  w [F, H D], b [H D], source and target [H, D]
 * @param x       [N, F]; its entries that are not 0 cost less where these are few
 * @returns       [N, H D], the heads side by side; b alone for a node that averages none
 * @throws        when shapes do not fit, or an edge whose ends are known leaves the graph
 *
 * Veličković et al. 2018, eq. 1–5. m[i] is the largest score e of the edges to i, so that the largest p of each node is 1, whatever the
 * scores of other nodes are.
 */
export function sparseGraphAttention(params: GraphAttentionParams, x: tf.Tensor | SparseFeatures, options: LinksOptions): tf.Tensor {
  checkOptions('sparseGraphAttention', options, ['graph']);
  const { graph } = options;
  const { w, b, source, target } = params;
  const { from, to } = graph;
  const isDense = x instanceof tf.Tensor;
  const N = isDense ? x.shape[0] : x.rows;
  const [H, D] = source.shape;
  if ((isDense && (x.rank !== 2 || x.shape[1] !== w.shape[0])) || [w.shape[1], b.shape[0]].some((n) => n !== H * D))
    throw shapeError('sparseGraphAttention takes x [N, F], w [F, H D], b [H D] and source [H, D]', {
      ...(isDense && { x }),
      ...{ w, b, source, target },
    });
  if ([from, to].some(({ dtype, rank, size }) => dtype !== 'int32' || rank !== 1 || size !== from.size))
    throw shapeError(`sparseGraphAttention takes int32 from and to [E] (these are ${from.dtype} and ${to.dtype})`, { from, to });
  checkEnds('sparseGraphAttention', graph, N);
  const h = (isDense ? x.matMul(w) : sparseProduct(x, w, { rows: N })).reshape([N, H, D]);
  const score = (a: tf.Tensor) => h.mul(a).sum(-1, true); // [N, H, 1]
  return mixAlongLinks({ source: score(source), target: score(target) }, h, { graph })
    .reshape([N, H * D])
    .add(b);
}

const SLOPE = 0.2;
const leaky = (x: tf.Tensor) => x.maximum(x.mul(SLOPE));

/** Σ P h[from] of how nodes score [N, H, 1] and h [N, H, D]: the part of `sparseGraphAttention` whose backward is derived by hand. */
export const mixAlongLinks = layer({
  name: 'mixAlongLinks',
  forward({ source, target }: { readonly source: tf.Tensor; readonly target: tf.Tensor }, h: tf.Tensor, { graph }: LinksOptions) {
    const { from, to } = graph as { from: tf.Tensor1D; to: tf.Tensor1D };
    const N = h.shape[0];
    const S = target.gather(to).add(source.gather(from)); // [E, H, 1]
    const p = belowLargest(leaky(S), to, N).exp();
    const total = tf.unsortedSegmentSum(p, to, N);
    const P = p.div(total.gather(to));
    const y = tf.unsortedSegmentSum(h.gather(from).mul(P), to, N);
    return { value: y, saved: { from, to, h, S, P, y } };
  },
  backward(dy, { from, to, h, S, P, y }) {
    const taken = dy.gather(to); // [E, H, D]
    const dP = taken.mul(h.gather(from)).sum(-1, true);
    const dE = P.mul(dP.sub(dy.mul(y).sum(-1, true).gather(to)));
    const dS = tf.where(S.greater(0), dE, dE.mul(SLOPE));
    const onto = (edges: tf.Tensor, ends: tf.Tensor1D) => tf.unsortedSegmentSum(edges, ends, h.shape[0]);
    return [{ source: onto(dS, from), target: onto(dS, to) }, onto(taken.mul(P), from), null]; // edges may have weights, for others
  },
  plain({ source, target }, h, { graph }) {
    const { from, to } = graph as { from: tf.Tensor1D; to: tf.Tensor1D };
    const p = belowLargest(target.gather(to).add(source.gather(from)).leakyRelu(SLOPE), to, h.shape[0]).exp();
    const P = p.div(tf.unsortedSegmentSum(p, to, h.shape[0]).gather(to));
    return tf.unsortedSegmentSum(h.gather(from).mul(P), to, h.shape[0]);
  },
});

/** How far each score lies below the largest of the edges to its node. */
const belowLargest = (scores: tf.Tensor, to: tf.Tensor1D, N: number): tf.Tensor => scores.sub(segmentMax(scores, to, N).gather(to));
