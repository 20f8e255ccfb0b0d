/**
 * Layers by hand: forward and backward in loops over `Float64Array`, as the thirty-day path writes them. They say how a layer is
 * computed, and `lemmata/nn` computes it. Sizes follow from lengths; one that does not is named: `attentionForward({ q, k, v }, { width })`. A
 * backward takes the gradient of the result first, then what the forward took: `linearBackward(dy, params, x)` of `linearForward(params, x)`.
 */
export { erf, geluBackward, geluForward, reluBackward, reluForward } from './activations.js';
export { type AgreementOptions, agreement } from './agreement.js';
export { attentionBackward, attentionForward, type Looked, type Looking, softmaxRows } from './attention.js';
export { type EncoderLayer, type EncoderSize, encoderLayerForward } from './encoder-layer.js';
export { type Branch, type Gate, gateBackward, gateForward } from './gate.js';
export { type GainShift, layerNormForward } from './layer-norm.js';
export { type Affine, linearBackward, linearForward } from './linear.js';
export { meanAbsoluteErrorBackward, meanAbsoluteErrorForward, meanSquaredErrorBackward, meanSquaredErrorForward } from './losses.js';
export { maskedAttentionForward, maskedHeadsForward, maskedSoftmaxRows } from './masked-attention.js';
export { type Mlp, mlpBackward, mlpForward } from './mlp.js';
export {
  type AffineGradient,
  type Heads,
  type HeadsSaved,
  joinHeads,
  multiHeadBackward,
  multiHeadForward,
  splitHeads,
} from './multi-head.js';
