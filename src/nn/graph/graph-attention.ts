import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split, zeros } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { checkMask, visibleSoftmax } from '../attention/masks.js';
import { xavierUniform } from '../initialisers.js';

/** Weights of H heads of width D: w [F, H D], shift b [H D], and how a node scores as a source and as a target [H, D]. */
export interface GraphAttentionParams<T = tf.Tensor> {
  readonly w: T;
  readonly b: T;
  readonly source: T;
  readonly target: T;
}

/** How many features a node has, and how many heads of which width look at its neighbours. */
export interface GraphAttentionConfig {
  /** F */
  readonly inputs: number;
  /** D, of a head. */
  readonly width: number;
  /** H */
  readonly heads: number;
}

/** Weights uniform by Glorot's rule, as the authors', and shift 0. */
export function initGraphAttention(key: Key, config: GraphAttentionConfig): GraphAttentionParams<HostArray<Float32Array>> {
  checkOptions('initGraphAttention', config, ['inputs', 'width', 'heads']);
  const { inputs, width, heads } = config;
  const [forW, forSource, forTarget] = split(key, 3);
  const scores = (k: Key) => xavierUniform(k, [heads, width]);
  return {
    w: xavierUniform(forW, [inputs, heads * width]),
    b: zeros([heads * width]),
    source: scores(forSource),
    target: scores(forTarget),
  };
}

/** Who sees whom, as a mask. */
export interface GraphMaskOptions {
  /** bool [N, N], or [B, 1, N, N] for B graphs: whether node i averages node j; each must see one, such as itself. */
  readonly graph: tf.Tensor;
}

/**
 * Graph attention: each node averages its neighbours with weights that it computes from itself and them.
 *
 *     h = x w    sⱼ = hⱼ·source    tᵢ = hᵢ·target    P = softmaxⱼ leakyReLU(tᵢ + sⱼ), over the neighbours j of i    y = P h + b
 *
 *     ∂E = P ⊙ (∂y hᵀ − Σ ∂y ⊙ P h)    ∂S = ∂E where tᵢ + sⱼ > 0, else 0.2 ∂E    ∂t = Σⱼ ∂S    ∂s = Σᵢ ∂S
 *
 *     ∂h = Pᵀ ∂y + ∂s source + ∂t target    ∂w = xᵀ ∂h    ∂x = ∂h wᵀ    ∂source = ∂sᵀ h    ∂target = ∂tᵀ h    ∂b = Σ ∂y
 *
 * @param params  w [F, H D], b [H D], source and target [H, D]
 * @param x       [N, F], or [B, N, F] for B states of a graph
 * @returns       [N, H D] or [B, N, H D], the heads side by side
 * @throws        when shapes do not fit, or a node sees none and the mask's values are known
 *
 * Veličković et al. 2018, eq. 1–5, without the nonlinearity behind it. It makes all N² weights: where a node has few neighbours,
 * `sparseGraphAttention` costs less.
 */
export function graphAttention(params: GraphAttentionParams, x: tf.Tensor, options: GraphMaskOptions): tf.Tensor {
  checkOptions('graphAttention', options, ['graph']);
  const { graph } = options;
  const { w, b, source, target } = params;
  const [N, F] = x.shape.slice(-2);
  const [H, D] = source.shape;
  if (x.rank < 2 || x.rank > 3 || x.shape.at(-1) !== w.shape[0] || [w.shape[1], b.shape[0]].some((n) => n !== H * D))
    throw shapeError('graphAttention takes x [N, F] or [B, N, F], w [F, H D], b [H D] and source [H, D]', { x, w, b, source, target });
  checkMask('graphAttention', graph, [x.rank === 3 ? x.shape[0] : 1, H, N, N]);
  const h = x.reshape([-1, F]).matMul(w).reshape([-1, N, H, D]).transpose([0, 2, 1, 3]); // [B, H, N, D]
  const score = (a: tf.Tensor) => h.mul(a.expandDims(1)).sum(-1, true); // [B, H, N, 1]
  const scores = { source: score(source).transpose([0, 1, 3, 2]), target: score(target) };
  return mixNeighbours(scores, h, { graph })
    .transpose([0, 2, 1, 3])
    .reshape([...x.shape.slice(0, -1), H * D])
    .add(b);
}

const SLOPE = 0.2;

/** How nodes score as a source, [B, H, 1, N], and as a target, [B, H, N, 1]. */
interface Scores {
  readonly source: tf.Tensor;
  readonly target: tf.Tensor;
}

/** P h of the scores and h [B, H, N, D]: the part of `graphAttention` whose backward is derived by hand. */
export const mixNeighbours = layer({
  name: 'mixNeighbours',
  forward({ source, target }: Scores, h: tf.Tensor, { graph }: GraphMaskOptions) {
    const S = target.add(source); // [B, H, N, N]
    const P = visibleSoftmax(S.maximum(S.mul(SLOPE)), graph);
    const y = P.matMul(h);
    return { value: y, saved: { h, S, P, y } };
  },
  backward(dy, { h, S, P, y }) {
    const dE = P.mul(dy.matMul(h, false, true).sub(dy.mul(y).sum(-1, true)));
    const dS = tf.where(S.greater(0), dE, dE.mul(SLOPE));
    return [{ source: dS.sum(-2, true), target: dS.sum(-1, true) }, P.matMul(dy, true)];
  },
  plain: ({ source, target }, h, { graph }) => visibleSoftmax(target.add(source).leakyRelu(SLOPE), graph).matMul(h),
});
