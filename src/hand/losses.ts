/** (1/n) Σ (ŷ − y)², by hand, of a prediction and a target of one length. */
export const meanSquaredError = (prediction: Float64Array, target: Float64Array): number =>
  prediction.reduce((sum, value, i) => sum + (value - target[i]) ** 2, 0) / prediction.length;

/** The gradient of `meanSquaredError` in the prediction: 2 (ŷ − y) / n. */
export const meanSquaredErrorBackward = (prediction: Float64Array, target: Float64Array): Float64Array =>
  prediction.map((value, i) => (2 * (value - target[i])) / prediction.length);

/** (1/n) Σ |ŷ − y|, by hand, of a prediction and a target of one length. */
export const meanAbsoluteError = (prediction: Float64Array, target: Float64Array): number =>
  prediction.reduce((sum, value, i) => sum + Math.abs(value - target[i]), 0) / prediction.length;

/** The gradient of `meanAbsoluteError` in the prediction: the sign of ŷ − y over n, 0 where they are equal. */
export const meanAbsoluteErrorBackward = (prediction: Float64Array, target: Float64Array): Float64Array =>
  prediction.map((value, i) => Math.sign(value - target[i]) / prediction.length);
