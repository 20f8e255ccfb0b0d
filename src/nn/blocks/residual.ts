import type * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../../base/index.js';
import { layerNorm } from '../normalisation/layer-norm.js';

/** Weights of a layer norm: gain and shift [D]. */
export interface NormParams<T = tf.Tensor> {
  readonly gamma: T;
  readonly beta: T;
}

/** Gain 1 and shift 0. */
export const initNorm = (width: number): NormParams<HostArray<Float32Array>> => ({
  gamma: { data: new Float32Array(width).fill(1), shape: [width] },
  beta: { data: new Float32Array(width), shape: [width] },
});

/** Where a residual block normalises: its branch's input, or the sum. */
export type NormPlace = 'pre' | 'post';

/**
 * A residual branch with its layer norm.
 *
 *     pre:  y = x + f(norm x)        post:  y = norm(x + f(x))
 *
 * Vaswani et al. 2017 (post); Xiong et al. 2020 (pre): the sum is then free of norms from end to end, so that a deep stack trains
 * without a warm-up, and needs one more norm at its end.
 */
export function residual(place: NormPlace, { gamma, beta }: NormParams, x: tf.Tensor, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  return place === 'pre' ? x.add(f(layerNorm(x, gamma, beta))) : layerNorm(x.add(f(x)), gamma, beta);
}
