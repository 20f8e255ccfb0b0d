import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';

/** @throws when queries [..., T, D], keys [..., S, D] and values [..., S, D'] do not fit each other */
export function checkAttention(layer: string, q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): void {
  const [heads, ...others] = [q, k, v].map(({ shape }) => shape.slice(0, -2));
  if (q.shape.at(-1) !== k.shape.at(-1) || k.shape.at(-2) !== v.shape.at(-2) || others.some((axes) => !tf.util.arraysEqual(axes, heads)))
    throw shapeError(`${layer} compares q [..., T, D] with k [..., S, D] and mixes v [..., S, D'], with equal axes before`, { q, k, v });
}
