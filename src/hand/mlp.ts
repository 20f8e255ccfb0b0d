import { reluBackward, reluForward } from './activations.js';
import { type Affine, linearBackward, linearForward } from './linear.js';
import type { AffineGradient } from './multi-head.js';

/** Weights of two linear layers with a ReLU between, by hand. */
export interface Mlp {
  /** [F, H]. */
  readonly first: Affine;
  /** [H, D]. */
  readonly second: Affine;
}

/**
 * Two linear layers with a ReLU between, by hand.
 *
 *     y = max(x w₁ + b₁, 0) w₂ + b₂
 *
 * @param params  w₁ [F, H], b₁ [H], w₂ [H, D] and b₂ [D]
 * @param x       [N, F], row by row
 * @returns       y [N, D], and what the ReLU took, `hidden` [N, H]
 */
export function mlpForward({ first, second }: Mlp, x: Float64Array): { y: Float64Array; hidden: Float64Array } {
  const hidden = linearForward(first, x);
  return { y: linearForward(second, reluForward(hidden)), hidden };
}

/**
 * The backward of `mlpForward`: through the second layer, the ReLU and the first.
 *
 * @param dy      [N, D]
 * @param params  those of the forward
 * @param x       [N, F]
 * @param hidden  [N, H], of the forward
 * @returns       ∂x [N, F], and of each layer ∂w and ∂b
 */
export function mlpBackward(
  dy: Float64Array,
  { first, second }: Mlp,
  x: Float64Array,
  hidden: Float64Array,
): { dx: Float64Array; first: AffineGradient; second: AffineGradient } {
  const { dx: dActive, ...ofSecond } = linearBackward(dy, second, reluForward(hidden));
  const { dx, ...ofFirst } = linearBackward(reluBackward(dActive, hidden), first, x);
  return { dx, first: ofFirst, second: ofSecond };
}
