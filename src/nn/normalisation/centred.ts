import type * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../../tensor/index.js';

/**
 * Deviations from the mean along an axis, and the mean, whose axis is kept.
 *
 *     c = d − mean d        μ = x₀ + mean d        d = x − x₀, x₀ the first along the axis
 *
 * Sums of d instead of x: equal numbers deviate by exactly 0, and a large mean costs no digits, where ε is all that a rounded sum of
 * x is measured against. μ and c do not depend on x₀, so it is a constant for gradients.
 */
export function centred(x: tf.Tensor, axis: number): { mean: tf.Tensor; deviations: tf.Tensor } {
  const at = axis < 0 ? axis + x.rank : axis;
  const first = stopGradient(() =>
    x.slice(
      x.shape.map(() => 0),
      x.shape.map((n, i) => (i === at ? 1 : n)),
    ),
  );
  const apart = x.sub(first);
  const mean = apart.mean(axis, true);
  return { mean: first.add(mean), deviations: apart.sub(mean) };
}
