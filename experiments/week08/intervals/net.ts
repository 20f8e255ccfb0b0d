import type * as tf from '@tensorflow/tfjs';
import { conv2dBounds, type IntervalBounds, linearBounds, monotoneBounds, worstMargins } from '../../../src/attack/index.js';
import { conv2d, initConv2d, initLinear, linear, relu } from '../../../src/nn/index.js';
import type { Tensors } from '../../../src/optim/index.js';
import { type Key, split } from '../../../src/tensor/index.js';
import { EPSILON, PIXEL, SIDE } from '../digits/nets.js';

/** What a net is made of: convolutions one after the other, each of filters at every s-th pixel, and a hidden layer. */
export interface Form {
  /** Whether grey values go through `stretched` first. */
  readonly stretch: boolean;
  readonly filters: readonly { readonly count: number; readonly size: number; readonly stride: number }[];
  readonly hidden: number;
}

/** The first weights of a net for MNIST. */
export function initNet(k: Key, { filters, hidden }: Form) {
  const [forHidden, forOut, ...forFilters] = split(k, filters.length + 2);
  const side = filters.reduce((side, { stride }) => Math.ceil(side / stride), SIDE);
  const convolutions = filters.map(({ count, size }, i) =>
    initConv2d(forFilters[i], { inputs: filters[i - 1]?.count ?? 1, outputs: count, size }),
  );
  return {
    convolutions,
    hidden: initLinear(forHidden, { inputs: side ** 2 * filters.at(-1)!.count, outputs: hidden }),
    out: initLinear(forOut, { inputs: hidden, outputs: 10 }),
  };
}

/** Its weights, as tensors. */
export type NetParams = Tensors<ReturnType<typeof initNet>>;

/** What is left of the slope where grey values are told apart no more: an attack by gradients still sees which way is up. */
const SLOPE = 0.02;

/**
 * Grey values with what lies between ε and 1 − ε stretched over the whole range. Black stays black and white white while each moves by ε, up to
 * the small slope; so only the grey of the strokes' edges has wide intervals. It is monotone, two ReLUs a pixel.
 */
export function stretched(x: tf.Tensor): tf.Tensor {
  const rise = relu(x.sub(EPSILON)).sub(relu(x.sub(1 - EPSILON)));
  return rise.div(1 - 2 * EPSILON).add(x.mul(SLOPE));
}

const flat = (x: tf.Tensor): tf.Tensor => x.reshape([x.shape[0], -1]);

/** The logits of a form, and the worst that its intervals allow. */
export function netOf({ filters, stretch }: Form) {
  const read = stretch ? stretched : (x: tf.Tensor) => x;
  return {
    /** Logits [B, 10] of images [B, 28, 28, 1]. */
    logits({ convolutions, hidden, out }: NetParams, x: tf.Tensor): tf.Tensor {
      const features = convolutions.reduce(
        (h, params, i) => relu(conv2d(params, h, { padding: 'same', stride: filters[i].stride })),
        read(x),
      );
      return linear(out, relu(linear(hidden, flat(features))));
    },
    /** Logits that have the largest loss which the intervals allow while each pixel moves by ε, [B, 10]. */
    worst({ convolutions, hidden, out }: NetParams, x: tf.Tensor, y: tf.Tensor, epsilon: tf.Tensor | number): tf.Tensor {
      const pixels: IntervalBounds = { lower: x.sub(epsilon).maximum(PIXEL[0]), upper: x.add(epsilon).minimum(PIXEL[1]) };
      const { lower, upper } = convolutions.reduce(
        (h, params, i) => monotoneBounds(relu, conv2dBounds(params, h, { padding: 'same', stride: filters[i].stride })),
        monotoneBounds(read, pixels),
      );
      return worstMargins(out, monotoneBounds(relu, linearBounds(hidden, { lower: flat(lower), upper: flat(upper) })), y);
    },
  };
}
