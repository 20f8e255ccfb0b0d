/** Networks built from the layers of `lemmata/nn`, for `compile`. */
export { assertPosterior } from './bayes/assert-posterior.js';
export {
  type BayesBatch,
  type BayesNetOptions,
  type BayesNetParams,
  bayesNet,
  bayesNetNoise,
  type DrawOptions,
  type ElboOptions,
  initBayesNet,
  minibatchWeight,
  negativeElbo,
  negativeElboOfDraw,
} from './bayes/bayes-by-backprop.js';
export { importanceWeightedBound } from './bayes/importance-weighted.js';
export { type DropoutNetOptions, dropoutNet, dropoutNetMasks, dropoutPrecision } from './bayes/mc-dropout.js';
export {
  type DrawNoise,
  deviations,
  drawWeights,
  gaussianDivergence,
  initMeanField,
  type MeanField,
  mixtureDivergence,
} from './bayes/mean-field.js';
export { decomposeEntropy, decomposeVariance, type Predictive, perDraw } from './bayes/uncertainty.js';
export { type CnnConfig, type CnnParams, cnn, initCnn } from './cnn.js';
export { type DLinearOptions, type DLinearParams, dLinear, initDLinear } from './forecast/dlinear.js';
export {
  initLstmAttention,
  type LstmAttentionConfig,
  type LstmAttentionParams,
  lstmAttention,
  lstmAttentionWeights,
} from './forecast/lstm-attention.js';
export { initNLinear, type LinearForecastConfig, nLinear } from './forecast/nlinear.js';
export { initPatchTst, type PatchTstConfig, type PatchTstOptions, type PatchTstParams, patchTst } from './forecast/patchtst.js';
export { initTcn, type TcnConfig, type TcnOptions, type TcnParams, tcn } from './forecast/tcn.js';
export {
  initTransformer,
  type TransformerConfig,
  type TransformerOptions,
  type TransformerParams,
  transformer,
  transformerMasks,
  transformerSequence,
} from './forecast/transformer.js';
export { type ConditionalSeriesOptions, conditionalSeriesGenerator } from './gan/conditional-series.js';
export { type DiracGanOptions, type DiracGanPath, diracGan } from './gan/dirac-gan.js';
export { type Adversaries, type Game, type GanBatch, type GanState, ganStep, nonSaturating, saturating, wassersteinGp } from './gan/gan.js';
export { seriesCritic, seriesGenerator } from './gan/series-gan.js';
export { type GptCache, type GptStepOptions, gptCache, gptStep } from './gpt/decode.js';
export {
  type GptBatch,
  type GptConfig,
  type GptLossOptions,
  type GptOptions,
  type GptParams,
  type GptPrefix,
  gpt,
  gptLoss,
  initGpt,
} from './gpt/gpt.js';
export {
  initMarketText,
  type MarketTextBatch,
  type MarketTextConfig,
  type MarketTextParams,
  marketEmbedding,
  marketTextLoss,
  marketWriter,
} from './gpt/market-text.js';
export { type ChoiceOptions, chooseToken, gptSampler, type SampleOptions, type Sampler } from './gpt/sample.js';
export { type GatConfig, type GatOptions, type GatParams, gat, initGat } from './graph/gat.js';
export { type GcnOptions, type GcnParams, gcn, initGcn } from './graph/gcn.js';
export { type LabelPropagationOptions, labelPropagation } from './graph/label-propagation.js';
export { type HostEdges, type SgcOptions, sgcFeatures } from './graph/sgc.js';
export type { MarketAttentionParams, MarketBlockOptions, MarketBlockParams } from './market/market-block.js';
export {
  initMarketTransformer,
  type MarketTransformerConfig,
  type MarketTransformerOptions,
  type MarketTransformerParams,
  marketTransformer,
  marketTransformerSequence,
} from './market/market-transformer.js';
export { initMlp, type MlpOptions, type MlpParams, mlp } from './mlp.js';
export { type BoostedTrees, type BoostedTreesOptions, boostedTrees, predictTrees, type TreeRows } from './trees/boosted-trees.js';
