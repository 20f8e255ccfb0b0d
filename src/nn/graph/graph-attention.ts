import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import { checkMask, visibleSoftmax } from '../attention/masks.js';
import { xavierUniform } from '../initialisers.js';

/** Weights of H heads of width D: w [F, H D], shift b [H D], and how a node scores as a source and as a target [H, D]. */
export interface GraphAttentionParams<T = tf.Tensor> {
  readonly w: T;
  readonly b: T;
  readonly source: T;
  readonly target: T;
}

export interface GraphAttentionConfig {
  readonly inputs: number;
  readonly width: number;
  readonly heads: number;
}

/** Weights uniform by Glorot's rule, as the authors', and shift 0. */
export function initGraphAttention(
  key: Key,
  { inputs, width, heads }: GraphAttentionConfig,
): GraphAttentionParams<HostArray<Float32Array>> {
  const [forW, forSource, forTarget] = split(key, 3);
  const scores = (k: Key) => xavierUniform(k, [heads, width]);
  const b = { data: new Float32Array(heads * width), shape: [heads * width] };
  return { w: xavierUniform(forW, [inputs, heads * width]), b, source: scores(forSource), target: scores(forTarget) };
}

/**
 * Graph attention: each node averages its neighbours with weights that it computes from itself and them.
 *
 *     h = x w    sⱼ = hⱼ·source    tᵢ = hᵢ·target    P = softmaxⱼ leakyReLU(tᵢ + sⱼ), over the neighbours j of i    y = P h + b
 *
 *     ∂E = P ⊙ (∂y hᵀ − Σ ∂y ⊙ P h)    ∂S = ∂E where tᵢ + sⱼ > 0, else 0.2 ∂E    ∂t = Σⱼ ∂S    ∂s = Σᵢ ∂S    ∂h = Pᵀ ∂y
 *
 * @param x        [N, F], or [B, N, F] for B states of a graph
 * @param visible  bool [N, N], or [B, 1, N, N] for B graphs: whether node i averages node j; each must see one, such as itself
 * @returns        [N, H D] or [B, N, H D], the heads side by side
 * @throws         when shapes do not fit, or a node sees none and the mask's values are known
 *
 * Veličković et al. 2018, eq. 1–5, without the nonlinearity behind it. It makes all N² weights: where a node has few neighbours,
 * `sparseGraphAttention` costs less.
 */
export function graphAttention(params: GraphAttentionParams, x: tf.Tensor, visible: tf.Tensor): tf.Tensor {
  const { w, b, source, target } = params;
  const [H, D] = source.shape;
  if (x.rank < 2 || x.rank > 3 || x.shape.at(-1) !== w.shape[0] || [w.shape[1], b.shape[0]].some((n) => n !== H * D))
    throw shapeError('graphAttention takes x [N, F] or [B, N, F], w [F, H D], b [H D] and source [H, D]', { x, w, b, source, target });
  checkMask('graphAttention', visible, scoresShape(x, H));
  return overHeads(params, x, mixNeighbours(visible));
}

/** `graphAttention` in operators that tfjs can differentiate any number of times. */
export const graphAttentionPlain = (params: GraphAttentionParams, x: tf.Tensor, visible: tf.Tensor): tf.Tensor =>
  overHeads(params, x, (h, s, t) => visibleSoftmax(t.add(s).leakyRelu(SLOPE), visible).matMul(h));

const SLOPE = 0.2;

/** [B, H, N, N]. */
const scoresShape = (x: tf.Tensor, H: number) => [x.rank === 3 ? x.shape[0] : 1, H, x.shape.at(-2)!, x.shape.at(-2)!];

function overHeads(
  { w, b, source, target }: GraphAttentionParams,
  x: tf.Tensor,
  mix: (h: tf.Tensor, s: tf.Tensor, t: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const [N, F] = x.shape.slice(-2);
  const [H, D] = source.shape;
  const h = x.reshape([-1, F]).matMul(w).reshape([-1, N, H, D]).transpose([0, 2, 1, 3]); // [B, H, N, D]
  const score = (a: tf.Tensor) => h.mul(a.expandDims(1)).sum(-1, true); // [B, H, N, 1]
  const y = mix(h, score(source).transpose([0, 1, 3, 2]), score(target)); // [B, H, N, D]
  return y
    .transpose([0, 2, 1, 3])
    .reshape([...x.shape.slice(0, -1), H * D])
    .add(b);
}

const mixNeighbours = (visible: tf.Tensor) =>
  firstOrder('graphAttention', ([h, s, t], save) => {
    const S = t.add(s); // [B, H, N, N]
    const P = visibleSoftmax(S.maximum(S.mul(SLOPE)), visible);
    const y = P.matMul(h);
    save([h, S, P, y]);
    return {
      value: y,
      backward: (dy, [h, S, P, y]) => {
        const dE = P.mul(dy.matMul(h, false, true).sub(dy.mul(y).sum(-1, true)));
        const dS = tf.where(S.greater(0), dE, dE.mul(SLOPE));
        return [P.matMul(dy, true), dS.sum(-2, true), dS.sum(-1, true)];
      },
    };
  });
