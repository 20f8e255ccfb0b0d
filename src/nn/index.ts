export {
  type AdditiveAttentionConfig,
  type AdditiveAttentionParams,
  additiveAttention,
  additiveAttentionPlain,
  additiveAttentionWeights,
  initAdditiveAttention,
} from './additive-attention.js';
export { type Attend, attention, attentionPlain, initMultiHead, type MultiHeadParams, multiHeadAttention } from './attention.js';
export { autoCorrelation, autoCorrelationPlain } from './auto-correlation.js';
export {
  type BatchNormConfig,
  type BatchNormParams,
  batchNorm,
  batchNormEval,
  batchNormPlain,
  initBatchNorm,
  type RunningAverages,
} from './batch-norm.js';
export { bayesianLinear, bayesianLinearPlain } from './bayesian-linear.js';
export {
  type ConvolutionConfig,
  type ConvolutionParams,
  causalConvolution,
  causalConvolutionPlain,
  initCausalConvolution,
} from './causal-convolution.js';
export { type Conv2dConfig, type Conv2dParams, conv2d, conv2dPlain, initConv2d, type Padding } from './conv2d.js';
export { crossAttention } from './cross-attention.js';
export { type DecoderBlockConfig, type DecoderBlockParams, decoderBlock, initDecoderBlock } from './decoder-block.js';
export { dropout, dropoutMask, temporalDropoutMask } from './dropout.js';
export { type EmbeddingConfig, embedding, embeddingPlain, initEmbedding } from './embedding.js';
export { type BlockSize, type EncoderBlockConfig, type EncoderBlockParams, encoderBlock, initEncoderBlock } from './encoder-block.js';
export { type FeedForwardParams, feedForward, initFeedForward } from './feed-forward.js';
export { gelu, geluPlain } from './gelu.js';
export { geluTanh, geluTanhPlain } from './gelu-tanh.js';
export {
  type GraphAttentionConfig,
  type GraphAttentionParams,
  graphAttention,
  graphAttentionPlain,
  initGraphAttention,
} from './graph-attention.js';
export { graphConvolution, graphConvolutionPlain, normaliseAdjacency } from './graph-convolution.js';
export { type GruConfig, type GruParams, gru, gruPlain, initGru } from './gru.js';
export { fanInUniform, kaimingNormal, kaimingUniform, orthogonal, xavierNormal, xavierUniform } from './initialisers.js';
export { denormalise, type Instance, normaliseInstance } from './instance-norm.js';
export { checkLabels } from './labels.js';
export { layerNorm, layerNormPlain } from './layer-norm.js';
export { initLinear, type LinearConfig, type LinearParams, linear, linearPlain } from './linear.js';
export { binaryCrossEntropy, binaryCrossEntropyPlain } from './losses/binary-cross-entropy.js';
export { crossEntropy, crossEntropyPlain } from './losses/cross-entropy.js';
export { type DiagonalGaussian, gaussianKl, gaussianKlPlain } from './losses/gaussian-kl.js';
export { gaussianNll, gaussianNllFromLog, gaussianNllFromLogPlain, gaussianNllPlain } from './losses/gaussian-nll.js';
export { hinge, hingePlain } from './losses/hinge.js';
export { huber, huberPlain } from './losses/huber.js';
export { icLoss, icLossPlain } from './losses/information-coefficient.js';
export { meanAbsoluteError, meanAbsoluteErrorPlain } from './losses/mean-absolute-error.js';
export { meanSquaredError, meanSquaredErrorPlain } from './losses/mean-squared-error.js';
export { quantileLoss, quantileLossPlain } from './losses/quantile.js';
export { criticLoss, generatorLoss, gradientPenalty } from './losses/wasserstein.js';
export { initLstm, type LstmConfig, type LstmParams, lstm, lstmLast, lstmPlain } from './lstm.js';
export {
  initLstmVariant,
  type LstmState,
  type LstmVariant,
  type LstmVariantParams,
  lstmStart,
  lstmVariant,
  lstmVariantPlain,
} from './lstm-variants.js';
export { attentionWeights, causalAttention, maskedAttention, maskedAttentionPlain } from './masked-attention.js';
export { causalMask, lastSteps, type Mask, paddingMask } from './masks.js';
export { type NystromConfig, nystromAttention, nystromAttentionPlain } from './nystrom-attention.js';
export { causalPerformerAttention, orthogonalFeatures, performerAttention, performerAttentionPlain } from './performer-attention.js';
export { averagePool2d, averagePool2dPlain, maxPool2d, maxPool2dPlain } from './pooling.js';
export { addPositions, initPositions, type PositionsConfig, sinusoidalPositions } from './positions.js';
export { probSparseAttention, probSparseAttentionPlain, sampleKeys } from './prob-sparse-attention.js';
export { relu } from './relu.js';
export { initNorm, type NormParams, type NormPlace, residual } from './residual.js';
export { rmsNorm, rmsNormPlain } from './rms-norm.js';
export { initRnn, type RnnConfig, type RnnParams, rnn, rnnPlain } from './rnn.js';
export { type ScaleMixture, scaleMixtureLogDensity, scaleMixtureLogDensityPlain } from './scale-mixture.js';
export { sigmoid } from './sigmoid.js';
export { silu, siluPlain } from './silu.js';
export { softplus, softplusPlain } from './softplus.js';
export { type Links, sparseGraphAttention, sparseGraphAttentionPlain } from './sparse-graph-attention.js';
export { type Edges, normaliseEdges, sparseGraphConvolution, sparseGraphConvolutionPlain } from './sparse-graph-convolution.js';
export { initSpectralNorm, spectralNorm, spectralNormPlain } from './spectral-norm.js';
export { tanh } from './tanh.js';
export { initTcnBlock, receptiveField, type TcnBlockParams, tcnBlock } from './tcn-block.js';
export {
  CALENDAR,
  type CalendarField,
  calendarFeatures,
  calendarFields,
  initTimestamps,
  type TimestampConfig,
  type TimestampTables,
  timestampPositions,
} from './timestamps.js';
