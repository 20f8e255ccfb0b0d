/**
 * The mean squared error, by hand: (1/n) Σ (ŷ − y)².
 *
 * @param prediction  ŷ [n]
 * @param target      y [n]
 */
export const meanSquaredErrorForward = (prediction: Float64Array, target: Float64Array): number =>
  prediction.reduce((sum, value, i) => sum + (value - target[i]) ** 2, 0) / prediction.length;

/**
 * The gradient of `meanSquaredErrorForward` in the prediction: 2 (ŷ − y) / n.
 *
 * @param prediction  ŷ [n]
 * @param target      y [n]
 */
export const meanSquaredErrorBackward = (prediction: Float64Array, target: Float64Array): Float64Array =>
  prediction.map((value, i) => (2 * (value - target[i])) / prediction.length);

/**
 * The mean absolute error, by hand: (1/n) Σ |ŷ − y|.
 *
 * @param prediction  ŷ [n]
 * @param target      y [n]
 */
export const meanAbsoluteErrorForward = (prediction: Float64Array, target: Float64Array): number =>
  prediction.reduce((sum, value, i) => sum + Math.abs(value - target[i]), 0) / prediction.length;

/**
 * The gradient of `meanAbsoluteErrorForward` in the prediction: the sign of ŷ − y over n, 0 where they are equal.
 *
 * @param prediction  ŷ [n]
 * @param target      y [n]
 */
export const meanAbsoluteErrorBackward = (prediction: Float64Array, target: Float64Array): Float64Array =>
  prediction.map((value, i) => Math.sign(value - target[i]) / prediction.length);
