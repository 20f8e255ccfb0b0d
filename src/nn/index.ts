export { attention, attentionPlain, initMultiHead, type MultiHeadParams, multiHeadAttention } from './attention.js';
export { gelu, geluPlain } from './gelu.js';
export { graphConvolution, graphConvolutionPlain, normaliseAdjacency } from './graph-convolution.js';
export { layerNorm, layerNormPlain } from './layer-norm.js';
export { initLinear, type LinearConfig, type LinearParams, linear, linearPlain } from './linear.js';
export { crossEntropy, crossEntropyPlain, huber, huberPlain, meanSquaredError, meanSquaredErrorPlain } from './losses.js';
export { initLstm, type LstmConfig, type LstmParams, lstm, lstmLast, lstmPlain } from './lstm.js';
export { sinusoidalPositions } from './positions.js';
export { relu } from './relu.js';
