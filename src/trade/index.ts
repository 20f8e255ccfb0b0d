export type { Account } from './backtest/account.js';
export { type Backtest, type BacktestConfig, backtest, previousWeights } from './backtest/backtest.js';
export type { Decision, Decisions, Limits } from './backtest/decisions.js';
export { type Ledger, type LedgerEntry, ledger, type Position } from './backtest/ledger.js';
export type { Fill } from './backtest/outcome.js';
export { type TopChoice, topWeights } from './backtest/top-weights.js';
export { type Charge, type Cost, type CostMarket, type Holding, sumCosts, type Trade } from './costs/cost.js';
export {
  borrow,
  type CostName,
  type FinancingConfig,
  financing,
  halfSpread,
  type ImpactConfig,
  proportional,
  squareRoot,
} from './costs/costs.js';
export {
  type CostMoments,
  costMoments,
  type ExecutionFrontierPoint,
  type ExecutionProblem,
  executionCost,
  executionFrontier,
  executionUrgency,
  optimalHoldings,
} from './execution/almgren-chriss.js';
export { type BookTape, type BookTapeOptions, bookTape } from './execution/book-tape.js';
export { type BookRule, type BookState, type BookWorldConfig, bookAgent, bookWorld, sellIntoBook } from './execution/book-world.js';
export { immediate, twap, vwap } from './execution/schedules.js';
export { implementationShortfall } from './execution/shortfall.js';
export { type Execution, type ExecutionRule, type ExecutionState, fasterWhenAhead, simulateExecution } from './execution/simulate.js';
export { agentRule, type ExecutionWorldConfig, executionWorld } from './execution/world.js';
export { byAsset } from './metrics/by-asset.js';
export {
  type Calmar,
  calmar,
  type Drawdown,
  drawdownOfEquity,
  drawdowns,
  maximumDrawdown,
  type Resampled,
  type ResampleOptions,
} from './metrics/drawdown.js';
export { informationRatio, type MarketModel, marketModel } from './metrics/exposure.js';
export { type HitRate, hitRate } from './metrics/forecasts/hit-rate.js';
export {
  type ICOptions,
  type InformationCoefficient,
  icDecay,
  informationCoefficient,
  predictionStability,
  rankIC,
} from './metrics/forecasts/information-coefficient.js';
export { type QuantileReturns, type QuantileReturnsOptions, quantileReturns } from './metrics/forecasts/quantile-returns.js';
export { type AnnualOptions, annualVolatility, calendarGrowth, countedGrowth, type Growth } from './metrics/growth.js';
export type { ErrorOptions } from './metrics/mean-error.js';
export { type Overfitting, type OverfittingNoise, type OverfittingOptions, overfittingProbability } from './metrics/overfitting.js';
export {
  type DeflatedSharpe,
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  type Tried,
} from './metrics/probabilistic-sharpe.js';
export { type DatedReturns, type Estimated, onEveryDate, type Returns } from './metrics/returns.js';
export { type Sharpe, type SharpeError, type SharpeMoments, type SharpeOptions, sharpe } from './metrics/sharpe.js';
export { type Sortino, sortino } from './metrics/sortino.js';
export { type Christoffersen, christoffersen, type Kupiec, kupiec, type LikelihoodRatio } from './metrics/tail-coverage.js';
export { expectedShortfall, type TailOptions, valueAtRisk } from './metrics/tail-risk.js';
export { type Turnover, turnover } from './metrics/turnover.js';
export { type Bar, type Bracket, type BracketExit, bracketExit } from './orders/bracket.js';
export { type BracketOrder, backtestOrders, type OrdersConfig, type OrdersRun, type RoundTrip } from './orders/orders.js';
export { type BlackLitterman, type BlackLittermanOptions, blackLitterman, type View } from './portfolio/black-litterman.js';
export { box, type Constraint, group, longOnly, maximumLeverage, maximumTurnover } from './portfolio/constraints.js';
export { type EfficientFrontier, efficientFrontier } from './portfolio/frontier.js';
export { type HierarchicalOptions, hierarchicalRiskParity } from './portfolio/hierarchical-risk-parity.js';
export { type Bet, type BetOptions, growthRate, kellyBet, ruinChance } from './portfolio/kelly.js';
export type { Linkage } from './portfolio/linkage.js';
export {
  atMean,
  atVolatility,
  type MeanVarianceOptions,
  type MeanVariancePortfolio,
  meanVariance,
  minimumVariance,
  type Portfolio,
  type WeightOptions,
} from './portfolio/mean-variance.js';
export { type PlugInOptions, type PlugInUtility, plugInUtility } from './portfolio/plug-in-utility.js';
export { driftedWeights, type Rebalanced, type RebalanceOptions, rebalance } from './portfolio/rebalance.js';
export { impliedReturns, optimalWeights, type RiskAversionOptions } from './portfolio/reverse-optimisation.js';
export { riskParity } from './portfolio/risk-parity.js';
export { minimumShortfall, type ShortfallOptions, type ShortfallPortfolio } from './portfolio/shortfall.js';
export { deflatedSharpeOf, type EffectiveTrials, effectiveTrials, type LoggedDeflatedSharpe } from './trials/effective-trials.js';
export type { Json } from './trials/log.js';
export { type Evaluation, record, type Trial, trialsOf } from './trials/trials.js';
export { assertResearch, openVault, RESEARCH, VAULT, type VaultOpening, type VaultRequest, vaultOpenings } from './trials/vault.js';
