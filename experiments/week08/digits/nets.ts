import type * as tf from '@tensorflow/tfjs';
import { conv2dBounds, type IntervalBounds, linearBounds, monotoneBounds, worstMargins } from '../../../src/attack/index.js';
import { type Conv2dOptions, conv2d, initConv2d, initLinear, linear, relu } from '../../../src/nn/index.js';
import type { Tensors } from '../../../src/optim/index.js';
import { type Key, split } from '../../../src/tensor/index.js';

/** ε, and what a pixel may be. */
export const EPSILON = 0.3;
export const PIXEL = [0, 1] as const;
/** [B, SIDE, SIDE, 1] are images. */
export const SIDE = 28;

const HALVED: Conv2dOptions = { padding: 'same', stride: 2 };

/** Wong, Rice & Kolter's net for MNIST: filters of 4 × 4 at every second pixel, twice, and a hidden layer of 100. */
export function initNet(k: Key, [first, second]: readonly [number, number]) {
  const [forFirst, forSecond, forHidden, forOut] = split(k, 4);
  return {
    first: initConv2d(forFirst, { inputs: 1, outputs: first, size: 4 }),
    second: initConv2d(forSecond, { inputs: first, outputs: second, size: 4 }),
    hidden: initLinear(forHidden, { inputs: (SIDE / 4) ** 2 * second, outputs: 100 }),
    out: initLinear(forOut, { inputs: 100, outputs: 10 }),
  };
}

/** Its weights, as tensors. */
export type NetParams = Tensors<ReturnType<typeof initNet>>;

const flat = (x: tf.Tensor): tf.Tensor => x.reshape([x.shape[0], -1]);

/** Logits [B, 10] of images [B, 28, 28, 1]. */
export function logitsOf({ first, second, hidden, out }: NetParams, x: tf.Tensor): tf.Tensor {
  const features = relu(conv2d(second, relu(conv2d(first, x, HALVED)), HALVED));
  return linear(out, relu(linear(hidden, flat(features))));
}

/** Logits that have the largest loss which the intervals allow while each pixel moves by ε, [B, 10]. */
export function worstOf({ first, second, hidden, out }: NetParams, x: tf.Tensor, y: tf.Tensor, epsilon: tf.Tensor | number): tf.Tensor {
  let bounds: IntervalBounds = { lower: x.sub(epsilon).maximum(PIXEL[0]), upper: x.add(epsilon).minimum(PIXEL[1]) };
  bounds = monotoneBounds(relu, conv2dBounds(first, bounds, HALVED));
  bounds = monotoneBounds(relu, conv2dBounds(second, bounds, HALVED));
  bounds = monotoneBounds(relu, linearBounds(hidden, { lower: flat(bounds.lower), upper: flat(bounds.upper) }));
  return worstMargins(out, bounds, y);
}
