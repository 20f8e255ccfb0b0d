/**
 * Layers by hand: forward and backward in loops over `Float64Array`, as the thirty-day path writes them. They say how a layer is
 * computed, and `lemmata/nn` computes it. Sizes follow from lengths; one that does not is named: `attention({ q, k, v }, { width })`. A
 * backward takes the gradient of the result first, then what the forward took: `linearBackward(dy, params, x)`.
 */
export { erf, gelu, geluBackward, relu, reluBackward } from './activations.js';
export { type AgreementOptions, agreement } from './agreement.js';
export { attention, attentionBackward, type Looked, type Looking, softmaxRows } from './attention.js';
export { type EncoderLayer, type EncoderSize, encoderLayer } from './encoder-layer.js';
export { layerNorm, type Norm } from './layer-norm.js';
export { type Affine, linear, linearBackward } from './linear.js';
export { meanAbsoluteError, meanAbsoluteErrorBackward, meanSquaredError, meanSquaredErrorBackward } from './losses.js';
export {
  type AffineGradient,
  type Heads,
  type HeadsSaved,
  joinHeads,
  multiHead,
  multiHeadBackward,
  splitHeads,
} from './multi-head.js';
