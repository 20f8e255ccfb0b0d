import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../base/index.js';
import { checkOptions } from '../base/internal.js';
import { layer } from '../tensor/index.js';
import { asRows } from './axes.js';
import { uniformWithin } from './initialisers.js';

/** Weights of a linear layer: w [F, D], b [D]. */
export interface LinearParams<T = tf.Tensor> {
  readonly w: T;
  readonly b: T;
}

/** How many features come in and go out. */
export interface LinearConfig {
  /** F */
  readonly inputs: number;
  /** D */
  readonly outputs: number;
}

/** w and b uniform on ±1/√F, PyTorch's default. */
export function initLinear(key: Key, config: LinearConfig): LinearParams<HostArray<Float32Array>> {
  checkOptions('initLinear', config, ['inputs', 'outputs']);
  const { inputs, outputs } = config;
  const [forW, forB] = split(key);
  return { w: uniformWithin(1 / Math.sqrt(inputs), forW, [inputs, outputs]), b: uniformWithin(1 / Math.sqrt(inputs), forB, [outputs]) };
}

/**
 * An affine map of the last axis.
 *
 *     y = x w + b        ∂x = ∂y wᵀ    ∂w = xᵀ ∂y    ∂b = Σ ∂y
 *
 * @param params  w [F, D] and b [D]
 * @param x       [..., F]
 * @returns       [..., D]
 * @throws        when w does not take x's last axis, or b does not fit w
 */
export const linear = layer({
  name: 'linear',
  forward({ w, b }: LinearParams, x: tf.Tensor) {
    if (w.rank !== 2 || x.shape.at(-1) !== w.shape[0] || b.rank !== 1 || b.shape[0] !== w.shape[1])
      throw shapeError(
        `linear maps x [..., F] by w [F, D] and b [D]${w.rank === undefined ? ' that are tensors: toTf(fromTf(params)) makes them of host arrays' : ''}`,
        { x, w, b },
      );
    const rows = asRows(x);
    return { value: affine(w, b, x), saved: { rows, w, shape: x.shape } };
  },
  backward(dy, { rows, w, shape }) {
    const d = asRows(dy);
    return [{ w: rows.matMul(d, true), b: d.sum(0) }, d.matMul(w, false, true).reshape(shape)];
  },
  plain: ({ w, b }, x) => affine(w, b, x),
});

const affine = (w: tf.Tensor, b: tf.Tensor, x: tf.Tensor): tf.Tensor =>
  asRows(x)
    .matMul(w)
    .add(b)
    .reshape([...x.shape.slice(0, -1), w.shape[1]!]);
