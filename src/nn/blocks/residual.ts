import type * as tf from '@tensorflow/tfjs';
import { checkOneOf, checkOptions } from '../../base/internal.js';
import { layerNorm, type NormParams } from '../normalisation/layer-norm.js';

/** Where a residual block normalises: its branch's input, or the sum. */
export type NormPlace = 'pre' | 'post';

/** The branch, and where it is normalised. */
export interface ResidualOptions {
  /** 'pre' or 'post'. */
  readonly norm: NormPlace;
  /** f, of [..., D] to [..., D]. */
  readonly branch: (x: tf.Tensor) => tf.Tensor;
}

/**
 * A residual branch with its layer norm.
 *
 *     pre:  y = x + f(norm x)        post:  y = norm(x + f(x))
 *
 * @param params  of the norm, [D]
 * @param x       [..., D]
 * @returns       [..., D]
 *
 * Vaswani et al. 2017 (post); Xiong et al. 2020 (pre): the sum is then free of norms from end to end, so that a deep stack trains
 * without a warm-up, and needs one more norm at its end.
 */
export function residual(params: NormParams, x: tf.Tensor, options: ResidualOptions): tf.Tensor {
  checkOptions('residual', options, ['norm', 'branch']);
  const { norm, branch } = options;
  checkOneOf('residual', 'norm', norm, ['pre', 'post']);
  return norm === 'pre' ? x.add(branch(layerNorm(params, x))) : layerNorm(params, x.add(branch(x)));
}
