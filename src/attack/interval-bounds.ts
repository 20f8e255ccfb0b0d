import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../base/index.js';
import { type Conv2dOptions, type Conv2dParams, conv2d, type LinearParams, linear } from '../nn/index.js';
import { type Ball, checkBall } from './ball.js';

/** What activations may be at most and at least while the input moves in its ball: an interval for each. */
export interface IntervalBounds {
  /** [B, ...] */
  readonly lower: tf.Tensor;
  /** [B, ...] */
  readonly upper: tf.Tensor;
}

/**
 * The interval of each input: x ± ε, cut at the box. An L1 or L2 ball lies inside the L∞ ball of its radius, so that the intervals hold for
 * these too, only less tightly.
 *
 *     let bounds = ballBounds(images, { epsilon: 0.3, box: [0, 1] });
 *     bounds = monotoneBounds(relu, linearBounds(hidden, bounds));
 *     const certified = worstMargins(out, bounds, labels).less(0).sum(1).equal(C - 1);
 *
 * @param x  [B, ...], inside the box where there is one
 * @throws   when the ball or the box is not one
 */
export function ballBounds(x: tf.Tensor, ball: Ball): IntervalBounds {
  checkBall('ballBounds', ball);
  const { epsilon, box = [-Infinity, Infinity] } = ball;
  return { lower: tf.maximum(x.sub(epsilon), box[0]), upper: tf.minimum(x.add(epsilon), box[1]) };
}

/**
 * Intervals through an affine map. With the centre c and the radius r of the input's,
 *
 *     y ∈ c w + b ± r |w|
 *
 * @param params  of `linear`
 * @param bounds  [B, F]
 * @returns       [B, D], for each output the smallest interval that holds all its values over the box
 * @throws        as `linear`
 *
 * Gowal et al. 2018, equation 6. Theorem: thm:interval-bounds.
 */
export const linearBounds = (params: LinearParams, bounds: IntervalBounds): IntervalBounds =>
  affineBounds(params, bounds, (params, x) => linear(params, x));

/**
 * Intervals through a convolution, which is an affine map.
 *
 * @param params   of `conv2d`
 * @param bounds   [B, rows, columns, F]
 * @param options  as of `conv2d`
 * @returns        [B, rows, columns, D]
 * @throws         as `conv2d`
 */
export const conv2dBounds = (params: Conv2dParams, bounds: IntervalBounds, options: Conv2dOptions = {}): IntervalBounds =>
  affineBounds(params, bounds, (params, x) => conv2d(params, x, options));

function affineBounds(
  { w, b }: LinearParams,
  { lower, upper }: IntervalBounds,
  map: (params: LinearParams, x: tf.Tensor) => tf.Tensor,
): IntervalBounds {
  const centre = map({ w, b }, lower.add(upper).div(2));
  const radius = map({ w: w.abs(), b: tf.zerosLike(b) }, upper.sub(lower).div(2));
  return { lower: centre.sub(radius), upper: centre.add(radius) };
}

/** Intervals through a map that is nondecreasing in every input, as ReLU, tanh and the largest of a window: both ends are mapped. */
export const monotoneBounds = (map: (x: tf.Tensor) => tf.Tensor, { lower, upper }: IntervalBounds): IntervalBounds => ({
  lower: map(lower),
  upper: map(upper),
});

/**
 * How far the logit of each class can at most be above the label's, over the intervals of what the last layer sees. Where every other class has
 * less than the 0 of the label itself, no point of the ball is classified otherwise: the sample is certified. As logits they have the largest
 * cross-entropy that the intervals allow, which is what training minimises.
 *
 *     m_k = max over h of (w_k − w_y) · h + b_k − b_y = (w_k − w_y) · c + |w_k − w_y| · r + b_k − b_y        m_y = 0
 *
 * @param params  of the last `linear`, w [F, C] and b [C]
 * @param bounds  [B, F] of its inputs
 * @param labels  [B] int32, classes 0 … C − 1, which is not checked: of another number the margins mean nothing
 * @returns       [B, C]
 * @throws        when the shapes do not fit
 *
 * Gowal et al. 2018, equations 9 to 11, with the last layer taken into the difference (their section 3, "elision").
 */
export function worstMargins({ w, b }: LinearParams, { lower, upper }: IntervalBounds, labels: tf.Tensor): tf.Tensor {
  const [F, C] = w.shape as [number, number];
  if (lower.rank !== 2 || lower.shape[1] !== F || labels.rank !== 1 || labels.shape[0] !== lower.shape[0])
    throw shapeError('worstMargins takes bounds [B, F], w [F, C] and labels [B]', { lower, w, labels });
  const chosen = tf.oneHot(labels.cast('int32'), C).cast('float32'); // [B, C]
  const [centre, radius] = [lower.add(upper).div(2), upper.sub(lower).div(2)];
  const logits = centre.matMul(w).add(b);
  const middle = logits.sub(logits.mul(chosen).sum(1, true));
  // |w_k − w_y| for all pairs of classes, [F, C · C]; each sample then takes those of its label.
  const apart = w
    .expandDims(2)
    .sub(w.expandDims(1))
    .abs()
    .reshape([F, C * C]);
  const reach = radius.matMul(apart).reshape([-1, C, C]).mul(chosen.expandDims(1)).sum(2);
  return middle.add(reach).mul(tf.sub(1, chosen));
}
