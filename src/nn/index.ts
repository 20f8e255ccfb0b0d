export { gelu, geluPlain } from './activations/gelu.js';
export { geluTanh, geluTanhPlain } from './activations/gelu-tanh.js';
export { relu } from './activations/relu.js';
export { sigmoid } from './activations/sigmoid.js';
export { silu, siluPlain } from './activations/silu.js';
export { softplus, softplusPlain } from './activations/softplus.js';
export { tanh } from './activations/tanh.js';
export {
  type AdditiveAttentionConfig,
  type AdditiveAttentionParams,
  additiveAttention,
  additiveAttentionPlain,
  additiveAttentionWeights,
  initAdditiveAttention,
} from './attention/additive-attention.js';
export { type Attend, attention, attentionPlain, initMultiHead, type MultiHeadParams, multiHeadAttention } from './attention/attention.js';
export { autoCorrelation, autoCorrelationPlain } from './attention/auto-correlation.js';
export { crossAttention } from './attention/cross-attention.js';
export { attentionWeights, causalAttention, maskedAttention, maskedAttentionPlain } from './attention/masked-attention.js';
export { causalMask, lastSteps, type Mask, paddingMask } from './attention/masks.js';
export { type NystromConfig, nystromAttention, nystromAttentionPlain } from './attention/nystrom-attention.js';
export {
  causalPerformerAttention,
  orthogonalFeatures,
  performerAttention,
  performerAttentionPlain,
} from './attention/performer-attention.js';
export { probSparseAttention, probSparseAttentionPlain, sampleKeys } from './attention/prob-sparse-attention.js';
export { bayesianLinear, bayesianLinearPlain } from './bayesian/bayesian-linear.js';
export { type ScaleMixture, scaleMixtureLogDensity, scaleMixtureLogDensityPlain } from './bayesian/scale-mixture.js';
export { type DecoderBlockConfig, type DecoderBlockParams, decoderBlock, initDecoderBlock } from './blocks/decoder-block.js';
export {
  type BlockSize,
  type EncoderBlockConfig,
  type EncoderBlockParams,
  encoderBlock,
  initEncoderBlock,
} from './blocks/encoder-block.js';
export { type FeedForwardParams, feedForward, initFeedForward } from './blocks/feed-forward.js';
export { initNorm, type NormParams, type NormPlace, residual } from './blocks/residual.js';
export { initTcnBlock, receptiveField, type TcnBlockParams, tcnBlock } from './blocks/tcn-block.js';
export {
  type ConvolutionConfig,
  type ConvolutionParams,
  causalConvolution,
  causalConvolutionPlain,
  initCausalConvolution,
} from './convolution/causal-convolution.js';
export { type Conv2dConfig, type Conv2dParams, conv2d, conv2dPlain, initConv2d, type Padding } from './convolution/conv2d.js';
export { averagePool2d, averagePool2dPlain, maxPool2d, maxPool2dPlain } from './convolution/pooling.js';
export { dropout, dropoutMask, temporalDropoutMask } from './dropout.js';
export { type EmbeddingConfig, embedding, embeddingPlain, initEmbedding } from './embedding/embedding.js';
export { addPositions, initPositions, type PositionsConfig, sinusoidalPositions } from './embedding/positions.js';
export {
  CALENDAR,
  type CalendarField,
  calendarFeatures,
  calendarFields,
  initTimestamps,
  type TimestampConfig,
  type TimestampTables,
  timestampPositions,
} from './embedding/timestamps.js';
export {
  type GraphAttentionConfig,
  type GraphAttentionParams,
  graphAttention,
  graphAttentionPlain,
  initGraphAttention,
} from './graph/graph-attention.js';
export { graphConvolution, graphConvolutionPlain, normaliseAdjacency } from './graph/graph-convolution.js';
export { type Links, sparseGraphAttention, sparseGraphAttentionPlain } from './graph/sparse-graph-attention.js';
export { type Edges, normaliseEdges, sparseGraphConvolution, sparseGraphConvolutionPlain } from './graph/sparse-graph-convolution.js';
export { fanInUniform, kaimingNormal, kaimingUniform, orthogonal, xavierNormal, xavierUniform } from './initialisers.js';
export { initLinear, type LinearConfig, type LinearParams, linear, linearPlain } from './linear.js';
export { binaryCrossEntropy, binaryCrossEntropyPlain } from './losses/binary-cross-entropy.js';
export { crossEntropy, crossEntropyPlain } from './losses/cross-entropy.js';
export { type DiagonalGaussian, gaussianKl, gaussianKlPlain } from './losses/gaussian-kl.js';
export { gaussianNll, gaussianNllFromLog, gaussianNllFromLogPlain, gaussianNllPlain } from './losses/gaussian-nll.js';
export { hinge, hingePlain } from './losses/hinge.js';
export { huber, huberPlain } from './losses/huber.js';
export { icLoss, icLossPlain } from './losses/information-coefficient.js';
export { checkLabels } from './losses/labels.js';
export { meanAbsoluteError, meanAbsoluteErrorPlain } from './losses/mean-absolute-error.js';
export { meanSquaredError, meanSquaredErrorPlain } from './losses/mean-squared-error.js';
export { quantileLoss, quantileLossPlain } from './losses/quantile.js';
export { criticLoss, generatorLoss, gradientPenalty } from './losses/wasserstein.js';
export {
  type BatchNormConfig,
  type BatchNormParams,
  batchNorm,
  batchNormEval,
  batchNormPlain,
  initBatchNorm,
  type RunningAverages,
} from './normalisation/batch-norm.js';
export { denormalise, type Instance, normaliseInstance } from './normalisation/instance-norm.js';
export { layerNorm, layerNormPlain } from './normalisation/layer-norm.js';
export { rmsNorm, rmsNormPlain } from './normalisation/rms-norm.js';
export { initSpectralNorm, spectralNorm, spectralNormPlain } from './normalisation/spectral-norm.js';
export { type GruConfig, type GruParams, gru, gruPlain, initGru } from './recurrent/gru.js';
export { initLstm, type LstmConfig, type LstmParams, lstm, lstmLast, lstmPlain } from './recurrent/lstm.js';
export {
  initLstmVariant,
  type LstmState,
  type LstmVariant,
  type LstmVariantParams,
  lstmStart,
  lstmVariant,
  lstmVariantPlain,
} from './recurrent/lstm-variants.js';
export { initRnn, type RnnConfig, type RnnParams, rnn, rnnPlain } from './recurrent/rnn.js';
