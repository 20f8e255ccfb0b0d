export { type EvidenceLowerBound, evidenceLowerBound } from './bayes/evidence-lower-bound.js';
export { type MeanFieldRegression, meanFieldRegression } from './bayes/mean-field-regression.js';
export { type EnsembleOptions, sampleThenOptimise } from './bayes/sample-then-optimise.js';
export { type ScoreGradient, type ScoreGradientOptions, scoreGradient } from './bayes/score-gradient.js';
export { clarkWest, dieboldMariano, type ForecastComparison } from './comparison/forecast-comparison.js';
export { type AveragedLosses, averageByDate, gainsOver, type Losses, lossesOf } from './comparison/losses.js';
export {
  type ConfidenceSetOptions,
  type ModelConfidenceSet,
  modelConfidenceSet,
  type SetStatistic,
} from './comparison/model-confidence-set.js';
export type { ComparisonOptions } from './comparison/resampled-means.js';
export { type SequentialLook, type SequentialOptions, sequentialComparison } from './comparison/sequential-comparison.js';
export { type SuperiorPredictiveAbility, superiorPredictiveAbility } from './comparison/superior-predictive-ability.js';
export { type AdaptiveConformal, type AdaptiveConformalOptions, adaptiveConformal } from './conformal/adaptive-conformal.js';
export { type ConformalQuantile, conformalQuantile } from './conformal/conformal-quantile.js';
export { type ConformalIntervals, conformalisedQuantiles, splitConformal } from './conformal/split-conformal.js';
export { type WeightedConformalIntervals, weightedConformal } from './conformal/weighted-conformal.js';
export { ledoitWolf, type ShrunkCovariance, sampleCovariance } from './covariance/ledoit-wolf.js';
export { type MarchenkoPastur, marchenkoPastur } from './covariance/marchenko-pastur.js';
export { type Descent, type DescentOptions, gradientDescent, optimalStep } from './descent/gradient-descent.js';
export { leastSquares, logisticLoss, type Objective } from './descent/objective.js';
export { drawRows, stochasticGradientDescent } from './descent/stochastic-gradient-descent.js';
export { jensenShannon, kullbackLeibler, optimalDiscriminator } from './distances/divergences.js';
export {
  gaussianKernel,
  type MeanDiscrepancy,
  maximumMeanDiscrepancy,
  medianDistance,
  type RowKernel,
} from './distances/mean-discrepancy.js';
export { type OptimalTransport, optimalTransport } from './distances/optimal-transport.js';
export { wassersteinDistance } from './distances/wasserstein.js';
export {
  chiSquared,
  confidenceInterval,
  type Distribution,
  fisherF,
  type Interval,
  standardNormal,
  studentT,
  twoSidedPValue,
} from './distributions/distributions.js';
export { type NormalLaw, normalDivergence } from './distributions/normal-divergence.js';
export { type DLinearRidgeOptions, type DLinearWeights, dLinearRidge } from './forecast/dlinear-ridge.js';
export { type NLinearRidgeOptions, type NLinearWeights, nLinearRidge, type RidgeForecast } from './forecast/nlinear-ridge.js';
export { correlationMatrix, laggedCorrelations, partialCorrelations, spanningTree, type TreeLink } from './graphs/asset-graphs.js';
export { type Colours, colourRefinement } from './graphs/colour-refinement.js';
export { connectedComponents } from './graphs/components.js';
export { graphLaplacian, normalisedLaplacian } from './graphs/laplacian.js';
export { distanceFromSmooth, smoothingRate } from './graphs/over-smoothing.js';
export { spectralFilter } from './graphs/spectral-filter.js';
export { type ArchTest, archTest } from './inference/arch-test.js';
export { autocorrelation, type LjungBox, ljungBox, whiteNoiseBand } from './inference/autocorrelation.js';
export { type BlockLength, blockLength } from './inference/block-length.js';
export { type BootstrapOptions, type Bootstrapped, bootstrap, movingBlockBootstrap, stationaryBootstrap } from './inference/bootstrap.js';
export { type Diagnostics, diagnostics } from './inference/diagnostics.js';
export { type HeteroskedasticKind, heteroskedasticCovariance } from './inference/heteroskedastic.js';
export { type JointBootstrap, jointBootstrap, type PairedBootstrap, pairedBootstrap } from './inference/joint-bootstrap.js';
export { hacMean, type SeriesMean } from './inference/mean.js';
export { holm, romanoWolf, type StepDown } from './inference/multiplicity.js';
export { type NeweyWest, neweyWest, neweyWestLags, type RobustCovariance, type Sandwiched } from './inference/newey-west.js';
export { type RelativeGain, relativeGain } from './inference/relative-gain.js';
export {
  type InnovationTest,
  type PredictiveModel,
  type PredictiveRegression,
  predictiveRegression,
  simulatePredictiveRegression,
} from './inference/stambaugh.js';
export { fisherExact, type WelchTest, welchTest } from './inference/two-samples.js';
export { hessian } from './optimise/differences.js';
export { likelihoodCovariance } from './optimise/likelihood-covariance.js';
export { type MinimiseOptions, type Minimum, minimise } from './optimise/minimise.js';
export { type Memorisation, memorisation } from './paths/nearest-neighbours.js';
export { type StylisedFacts, stylisedFactBands, stylisedFacts } from './paths/stylised-facts.js';
export { fitRegimes, type RegimeFit } from './regimes/fit-regimes.js';
export { type FilteredRegimes, filterRegimes, type Regimes, smoothRegimes } from './regimes/hamilton-filter.js';
export { drawMarkets, type MarketStates, marketPosterior, STATES } from './regimes/market-states.js';
export {
  type BayesianLinearRegression,
  bayesianLinearRegression,
  type NormalPrior,
  type PosteriorPredictive,
  posteriorPredictive,
} from './regression/bayesian-linear-regression.js';
export { design } from './regression/design.js';
export { type GammaRegression, gammaRegression, predictGamma } from './regression/gamma-regression.js';
export { type Hedge, type HedgeOptions, hedge } from './regression/hedge.js';
export { type Lasso, type LassoOptions, lasso, lassoPath } from './regression/lasso.js';
export { type LinearRegression, linearRegression, predict } from './regression/linear-regression.js';
export { type LogisticRegression, logisticRegression, predictProbability } from './regression/logistic-regression.js';
export { type MultivariateRidge, multivariateRidge } from './regression/multivariate-ridge.js';
export { type PartialRegression, partialRegression } from './regression/partial-regression.js';
export { ridgeGrid } from './regression/penalty-grid.js';
export { type Ridge, type RidgeOptions, type RidgePath, ridge, ridgePath } from './regression/ridge.js';
export { type RidgeRisk, ridgeRisk } from './regression/ridge-risk.js';
export { type RollingOptions, type RollingRegression, rollingRegression } from './regression/rolling-regression.js';
export { separatingDirection } from './regression/separation.js';
export { type ColumnScale, restoreScaler, type Scaler, type ScalerKind, type ScalerState, scaler } from './scaler.js';
export { areaUnderRoc, compareRocAreas, type RocArea, type RocDifference, rocArea } from './scores/auc.js';
export { type IntervalCoverage, intervalCoverage, type ProportionKind, proportionInterval } from './scores/coverage.js';
export { type ForecastLaw, mixtureForecast, normalForecast, type PerRow, studentForecast } from './scores/laws.js';
export { type PitHistogram, pit, pitHistogram, pitOfSample, randomisedPit } from './scores/pit.js';
export { crps, logDensityScores, qlike } from './scores/probability-scores.js';
export { crpsOfQuantiles, crpsOfSample, intervalScores, quantileScores } from './scores/sample-scores.js';
export {
  type CalibrationBin,
  calibration,
  logScore,
  logScores,
  outOfSampleRSquared,
  outOfSampleRSquaredInterval,
} from './scores/scores.js';
export { type Moments, moments, standardise } from './standardise.js';
export { barycentricMap, squaredDistances } from './transport/barycentric-map.js';
export { type Coral, type CoralOptions, coral } from './transport/coral.js';
export { type Sinkhorn, type SinkhornOptions, sinkhorn } from './transport/sinkhorn.js';
export { hilbertDistance, sinkhornRate } from './transport/sinkhorn-rate.js';
export { augmentedDickeyFuller, type DickeyFuller, type DickeyFullerOptions } from './unit-roots/augmented-dickey-fuller.js';
export { type Kpss, kpss } from './unit-roots/kpss.js';
export type { CriticalValues, Deterministic } from './unit-roots/mackinnon.js';
export {
  type ConstantCorrelation,
  fitConstantCorrelation,
  type JointPathOptions,
  simulateConstantCorrelation,
} from './volatility/constant-correlation.js';
export { type FilteredVolatility, filterVolatility } from './volatility/filter.js';
export { fitEgarch, fitGarch, type VolatilityFit, type VolatilityOptions } from './volatility/fit.js';
export { type ForecastOptions, forecastVolatility, type VolatilityForecast } from './volatility/forecast.js';
export { fitHar, type HarFit, type HarOptions, type HarSample, harSample } from './volatility/har.js';
export type { ShockLaw } from './volatility/innovations.js';
export type { Coefficients as VolatilityCoefficients } from './volatility/likelihood.js';
export { filteredHistoricalSimulation, type PathOptions, type SimulatedPaths } from './volatility/simulation.js';
export { type Windows, windows } from './windows.js';
