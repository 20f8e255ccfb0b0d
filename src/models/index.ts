/** Models in closed form or by descent, in double precision; networks and their losses in tensors, for `compile`. */
export { chosen } from './actions.js';
export { type ActorCriticParams, actorCritic, initActorCritic } from './actor-critic.js';
export {
  type BayesBatch,
  type BayesNetParams,
  bayesNet,
  bayesNetNoise,
  initBayesNet,
  minibatchWeight,
  negativeElbo,
  negativeElboOfDraw,
} from './bayes-by-backprop.js';
export {
  categoricalEntropy,
  categoricalEntropyPlain,
  categoricalLogProbability,
  categoricalLogProbabilityPlain,
  sampleCategorical,
} from './categorical-policy.js';
export { type CnnConfig, type CnnParams, cnn, initCnn } from './cnn.js';
export { design } from './design.js';
export { type Diagnostics, diagnostics } from './diagnostics.js';
export { type DLinearParams, dLinear, dLinearRidge, initDLinear } from './dlinear.js';
export { dueling, duelingPlain } from './dueling.js';
export { type Adversaries, type Game, type GanBatch, type GanState, ganStep, nonSaturating, wassersteinGp } from './gan.js';
export { type GatConfig, type GatParams, gat, initGat } from './gat.js';
export { gaussianEntropy, gaussianLogProbability, gaussianLogProbabilityPlain, sampleGaussian } from './gaussian-policy.js';
export { type GcnParams, gcn, initGcn } from './gcn.js';
export { generalisedAdvantage, type Rollout } from './generalised-advantage.js';
export { type Descent, type DescentOptions, gradientDescent, optimalStep } from './gradient-descent.js';
export { gradientStep, logLoss, type Rows, squaredError, type Weights } from './gradient-step.js';
export { type Lasso, type LassoOptions, lasso, lassoPath } from './lasso.js';
export { backSubstitute, inverseGram, type QR, qr } from './linear-algebra.js';
export { type LinearRegression, linearRegression, predict } from './linear-regression.js';
export { type LogisticRegression, logisticRegression, predictProbability } from './logistic-regression.js';
export {
  initLstmAttention,
  type LstmAttentionConfig,
  type LstmAttentionParams,
  lstmAttention,
  lstmAttentionWeights,
} from './lstm-attention.js';
export { column, diagonal, fromColumns, type Matrix, matMul, matVec, transpose, transposeVec } from './matrix.js';
export { dropoutNet, dropoutNetMasks, dropoutPrecision } from './mc-dropout.js';
export { deviations, drawWeights, gaussianDivergence, initMeanField, type MeanField, mixtureDivergence } from './mean-field.js';
export { initMlp, type MlpParams, mlp, mlpPlain } from './mlp.js';
export { type MultivariateRidge, multivariateRidge } from './multivariate-ridge.js';
export { type NeweyWest, neweyWest, neweyWestLags } from './newey-west.js';
export { initNLinear, type LinearForecastConfig, nLinear, nLinearRidge, type RidgeForecast } from './nlinear.js';
export { leastSquares, logisticLoss, type Objective } from './objective.js';
export { type PartialRegression, partialRegression } from './partial-regression.js';
export { initPatchTst, type PatchTstConfig, type PatchTstParams, patchTst } from './patchtst.js';
export { type ActorCriticWeights, actorCriticLoss, policyGradientLoss, ppoLoss, ppoLossPlain } from './policy-gradient.js';
export { type DqnState, dqnStep, duelingNetwork, initDuelingNetwork, type Transitions, tdTarget } from './q-network.js';
export { type Ridge, type RidgePath, ridge, ridgePath } from './ridge.js';
export { type RidgeRisk, ridgeRisk } from './ridge-risk.js';
export { areaUnderRoc, type CalibrationBin, calibration, logScore, outOfSampleRSquared } from './scores.js';
export { separatingDirection } from './separation.js';
export { seriesCritic, seriesGenerator } from './series-gan.js';
export { type PredictiveRegression, predictiveRegression } from './stambaugh.js';
export { drawRows, stochasticGradientDescent } from './stochastic-gradient-descent.js';
export { type SVD, svd } from './svd.js';
export { initTcn, type TcnConfig, type TcnParams, tcn } from './tcn.js';
export {
  initTransformer,
  type TransformerConfig,
  type TransformerOptions,
  type TransformerParams,
  transformer,
  transformerMasks,
  transformerSequence,
} from './transformer.js';
export { decomposeEntropy, decomposeVariance, type Predictive, perDraw } from './uncertainty.js';
export { type Windows, windows } from './windows.js';
