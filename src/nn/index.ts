/**
 * Layers and losses, called in one way: `f(params, x, { … })`, weights first, then what flows through, then everything else by name. What
 * has no weights is `f(x, { … })`, a loss `f(prediction, target, { … })`, attention `f(q, k, v, { … })`; a recurrence takes
 * `{ state }` and returns `{ outputs, state }`. `linear.plain` is `linear` in tfjs's operators, to differentiate it twice.
 */
export { gelu } from './activations/gelu.js';
export { geluTanh } from './activations/gelu-tanh.js';
export { logSigmoid } from './activations/log-sigmoid.js';
export { relu } from './activations/relu.js';
export { sigmoid } from './activations/sigmoid.js';
export { silu } from './activations/silu.js';
export { softplus } from './activations/softplus.js';
export { tanh } from './activations/tanh.js';
export {
  type AdditiveAttentionConfig,
  type AdditiveAttentionParams,
  additiveAttention,
  additiveAttentionWeights,
  initAdditiveAttention,
  type QueryOptions,
} from './attention/additive-attention.js';
export {
  type Attend,
  attention,
  initMultiHead,
  type MultiHeadOptions,
  type MultiHeadParams,
  multiHeadAttention,
} from './attention/attention.js';
export { type AutoCorrelationOptions, autoCorrelation } from './attention/auto-correlation.js';
export { type CrossAttentionOptions, crossAttention } from './attention/cross-attention.js';
export { attentionWeights, causalAttention, type MaskOptions, maskedAttention } from './attention/masked-attention.js';
export { causalMask, lastSteps, type Mask, paddingMask } from './attention/masks.js';
export { type NystromOptions, nystromAttention } from './attention/nystrom-attention.js';
export {
  type CausalPerformerOptions,
  causalPerformerAttention,
  orthogonalFeatures,
  type PerformerOptions,
  performerAttention,
  positiveFeatures,
} from './attention/performer-attention.js';
export { type ProbSparseOptions, probSparseAttention, sampleKeys } from './attention/prob-sparse-attention.js';
export { type BayesianLinearParams, bayesianLinear, type NoiseOptions } from './bayesian/bayesian-linear.js';
export { type ScaleMixture, scaleMixtureLogDensity } from './bayesian/scale-mixture.js';
export { type DecoderBlockOptions, type DecoderBlockParams, decoderBlock, initDecoderBlock } from './blocks/decoder-block.js';
export {
  type BlockSize,
  type EncoderBlockOptions,
  type EncoderBlockParams,
  encoderBlock,
  initEncoderBlock,
} from './blocks/encoder-block.js';
export { type FeedForwardParams, feedForward, initFeedForward } from './blocks/feed-forward.js';
export { type NormPlace, type ResidualOptions, residual } from './blocks/residual.js';
export { initTcnBlock, receptiveField, type TcnBlockOptions, type TcnBlockParams, tcnBlock } from './blocks/tcn-block.js';
export {
  type ConvolutionConfig,
  type ConvolutionOptions,
  type ConvolutionParams,
  causalConvolution,
  initCausalConvolution,
} from './convolution/causal-convolution.js';
export { type Conv2dConfig, type Conv2dOptions, type Conv2dParams, conv2d, initConv2d, type Padding } from './convolution/conv2d.js';
export { averagePool2d, maxPool2d, type PoolingOptions } from './convolution/pooling.js';
export { type DropoutOptions, dropout, dropoutMask, sparseDropoutMask, temporalDropoutMask } from './dropout.js';
export { type EmbeddingConfig, type EmbeddingOptions, embedding, initEmbedding } from './embedding/embedding.js';
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
  type ChebyshevConfig,
  type ChebyshevParams,
  chebyshevConvolution,
  initChebyshev,
  type LaplacianOptions,
} from './graph/chebyshev-convolution.js';
export {
  type GraphAttentionConfig,
  type GraphAttentionParams,
  type GraphMaskOptions,
  graphAttention,
  initGraphAttention,
} from './graph/graph-attention.js';
export { type AdjacencyOptions, graphConvolution, normaliseAdjacency } from './graph/graph-convolution.js';
export { type Neighbourhood, type NeighbourhoodOptions, neighbourhood } from './graph/neighbourhood.js';
export { type Links, type LinksOptions, sparseGraphAttention } from './graph/sparse-graph-attention.js';
export { type Edges, type EdgesOptions, normaliseEdges, sparseGraphConvolution } from './graph/sparse-graph-convolution.js';
export { type RowsOptions, type SparseFeatures, sparseLinear, sparseProduct, sparseRows } from './graph/sparse-product.js';
export { fanInUniform, kaimingNormal, kaimingUniform, orthogonal, xavierNormal, xavierUniform } from './initialisers.js';
export { initLinear, type LinearConfig, type LinearParams, linear } from './linear.js';
export { binaryCrossEntropy } from './losses/binary-cross-entropy.js';
export { type CrossEntropyOptions, crossEntropy } from './losses/cross-entropy.js';
export { type DiagonalGaussian, gaussianKl } from './losses/gaussian-kl.js';
export { type GaussianForecast, type GaussianNllOptions, gaussianNll, gaussianNllFromLog } from './losses/gaussian-nll.js';
export { hinge } from './losses/hinge.js';
export { type HuberOptions, huber } from './losses/huber.js';
export { type IcOptions, icLoss } from './losses/information-coefficient.js';
export { checkClassLabels } from './losses/labels.js';
export { meanAbsoluteError } from './losses/mean-absolute-error.js';
export { meanSquaredError } from './losses/mean-squared-error.js';
export { type QuantileOptions, quantileLoss } from './losses/quantile.js';
export { criticLoss, generatorLoss, gradientPenalty } from './losses/wasserstein.js';
export {
  type BatchNormConfig,
  type BatchNormOptions,
  type BatchNormParams,
  batchNorm,
  batchNormEval,
  initBatchNorm,
  type RunningAverages,
} from './normalisation/batch-norm.js';
export { denormalise, type Instance, normaliseInstance } from './normalisation/instance-norm.js';
export { initNorm, layerNorm, type NormOptions, type NormParams } from './normalisation/layer-norm.js';
export { type RmsNormParams, rmsNorm } from './normalisation/rms-norm.js';
export { initSpectralNorm, type SpectralNormOptions, spectralNorm } from './normalisation/spectral-norm.js';
export {
  type Bidirectional,
  type BidirectionalOptions,
  bidirectional,
  type Directions,
  initBidirectional,
  type RecurrentLayer,
} from './recurrent/bidirectional.js';
export { type GruConfig, type GruParams, gru, initGru } from './recurrent/gru.js';
export {
  initLstm,
  type LstmConfig,
  type LstmOptions,
  type LstmParams,
  type LstmStart,
  type LstmState,
  lstm,
  lstmLast,
} from './recurrent/lstm.js';
export type { LstmVariant } from './recurrent/lstm-recurrence.js';
export {
  initLstmVariant,
  type LstmVariantOptions,
  type LstmVariantParams,
  type LstmVariantState,
  lstmVariant,
} from './recurrent/lstm-variants.js';
export { initRnn, type Recurrence, type RnnConfig, type RnnOptions, type RnnParams, type RnnState, rnn } from './recurrent/rnn.js';
export { initStacked, type StackedOptions, stacked } from './recurrent/stacked.js';
