import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../base/index.js';
import { firstOrder } from '../tensor/index.js';
import { asRows } from './axes.js';
import { uniformWithin } from './initialisers.js';

/** Weights of a linear layer: w [F, D], b [D]. */
export interface LinearParams<T = tf.Tensor> {
  readonly w: T;
  readonly b: T;
}

export interface LinearConfig {
  readonly inputs: number;
  readonly outputs: number;
}

/** w and b uniform on ±1/√F, PyTorch's default. */
export function initLinear(key: Key, { inputs, outputs }: LinearConfig): LinearParams<HostArray<Float32Array>> {
  const [forW, forB] = split(key);
  return { w: uniformWithin(1 / Math.sqrt(inputs), forW, [inputs, outputs]), b: uniformWithin(1 / Math.sqrt(inputs), forB, [outputs]) };
}

/**
 * An affine map of the last axis.
 *
 *     y = x w + b        ∂x = ∂y wᵀ    ∂w = xᵀ ∂y    ∂b = Σ ∂y
 *
 * @param x  [..., F]
 * @returns  [..., D]
 * @throws   when w does not take x's last axis, or b does not fit w
 */
export function linear({ w, b }: LinearParams, x: tf.Tensor): tf.Tensor {
  if (w.rank !== 2 || x.shape.at(-1) !== w.shape[0] || b.rank !== 1 || b.shape[0] !== w.shape[1])
    throw shapeError('linear maps x [..., F] by w [F, D] and b [D]', { x, w, b });
  return affine(asRows(x), w, b).reshape([...x.shape.slice(0, -1), w.shape[1]]);
}

const affine = firstOrder('linear', ([x, w, b], save) => {
  save([x, w]);
  return {
    value: x.matMul(w).add(b),
    backward: (dy, [x, w]) => [dy.matMul(w, false, true), x.matMul(dy, true), dy.sum(0)],
  };
});

/** `linear` in operators that tfjs can differentiate any number of times. */
export const linearPlain = ({ w, b }: LinearParams, x: tf.Tensor): tf.Tensor =>
  tf
    .matMul(asRows(x), w)
    .add(b)
    .reshape([...x.shape.slice(0, -1), w.shape[1]!]);
