import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import type { GraphAttentionParams } from './graph-attention.js';
import { checkEnds, type Edges } from './sparse-graph-convolution.js';

/** Which node averages which: node `to[e]` averages node `from[e]`. */
export type Links = Pick<Edges, 'from' | 'to'>;

/**
 * `graphAttention` over a list of edges instead of a mask [N, N]: its cost grows with E, not N².
 *
 *     e = leakyReLU(t[to] + s[from])    p = exp(e − b[to])    z[i] = Σ p over the edges to i    P = p / z[to]    y[i] = Σ P h[from]
 *
 *     ∂e = P ⊙ (∂y[to]·h[from] − ∂y[to]·y[to])    ∂t[i] and ∂s[j] sum it over the edges to i and from j    ∂h[j] = Σ P ∂y[to]
 *
 * @param links  E edges, `from` and `to` [E] int32; `normaliseEdges` gives both ways and each node itself
 * @param x      [N, F]
 * @returns      [N, H D], the heads side by side; b alone for a node that averages none
 * @throws       when shapes do not fit, or an edge whose ends are known leaves the graph
 *
 * Veličković et al. 2018, eq. 1–5. b[i] = leakyReLU(t[i] + max s) is no less than any score of i, so that p is at most 1: a largest score
 * of each node alone would need a maximum over segments, which ONNX has not.
 */
export function sparseGraphAttention(params: GraphAttentionParams, links: Links, x: tf.Tensor): tf.Tensor {
  const { w, b, source, target } = params;
  const { from, to } = links;
  const [H, D] = source.shape;
  if (x.rank !== 2 || x.shape[1] !== w.shape[0] || [w.shape[1], b.shape[0]].some((n) => n !== H * D))
    throw shapeError('sparseGraphAttention takes x [N, F], w [F, H D], b [H D] and source [H, D]', { x, w, b, source, target });
  if ([from, to].some(({ dtype, rank, size }) => dtype !== 'int32' || rank !== 1 || size !== from.size))
    throw shapeError(`sparseGraphAttention takes int32 from and to [E] (these are ${from.dtype} and ${to.dtype})`, { from, to });
  checkEnds('sparseGraphAttention', links, x.shape[0]!);
  return overHeads(params, x, averageAlong(from as tf.Tensor1D, to as tf.Tensor1D));
}

/** `sparseGraphAttention` in operators that tfjs can differentiate any number of times. */
export const sparseGraphAttentionPlain = (params: GraphAttentionParams, { from, to }: Links, x: tf.Tensor): tf.Tensor =>
  overHeads(params, x, (h, s, t) => {
    const [sources, targets] = [from as tf.Tensor1D, to as tf.Tensor1D];
    const p = t.gather(targets).add(s.gather(sources)).leakyRelu(SLOPE).exp();
    const total = tf.unsortedSegmentSum(p, targets, h.shape[0]);
    return tf.unsortedSegmentSum(h.gather(sources).mul(p), targets, h.shape[0]).div(total);
  });

const SLOPE = 0.2;
const leaky = (x: tf.Tensor) => x.maximum(x.mul(SLOPE));

function overHeads(
  { w, b, source, target }: GraphAttentionParams,
  x: tf.Tensor,
  average: (h: tf.Tensor, s: tf.Tensor, t: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const N = x.shape[0];
  const [H, D] = source.shape;
  const h = x.matMul(w).reshape([N, H, D]);
  const score = (a: tf.Tensor) => h.mul(a).sum(-1, true); // [N, H, 1]
  return average(h, score(source), score(target))
    .reshape([N, H * D])
    .add(b);
}

const averageAlong = (from: tf.Tensor1D, to: tf.Tensor1D) =>
  firstOrder('sparseGraphAttention', ([h, s, t], save) => {
    const N = h.shape[0];
    const S = t.gather(to).add(s.gather(from)); // [E, H, 1]
    const p = leaky(S)
      .sub(leaky(t.add(s.max(0, true))).gather(to))
      .exp();
    const total = tf.unsortedSegmentSum(p, to, N).maximum(1e-37);
    const P = p.div(total.gather(to));
    const y = tf.unsortedSegmentSum(h.gather(from).mul(P), to, N);
    save([from, to, h, S, P, y]);
    return {
      value: y,
      backward: (dy, saved) => {
        const [from, to] = saved as tf.Tensor1D[];
        const [, , h, S, P, y] = saved;
        const taken = dy.gather(to); // [E, H, D]
        const dP = taken.mul(h.gather(from)).sum(-1, true);
        const dE = P.mul(dP.sub(dy.mul(y).sum(-1, true).gather(to)));
        const dS = tf.where(S.greater(0), dE, dE.mul(SLOPE));
        const onto = (edges: tf.Tensor, ends: tf.Tensor1D) => tf.unsortedSegmentSum(edges, ends, N);
        return [onto(taken.mul(P), from), onto(dS, from), onto(dS, to)];
      },
    };
  });
