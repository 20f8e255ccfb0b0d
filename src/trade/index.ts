export type { Account } from './backtest/account.js';
export { type Backtest, type BacktestConfig, backtest, previousWeights } from './backtest/backtest.js';
export type { Decision, Decisions, Limits } from './backtest/decisions.js';
export { type Ledger, type LedgerEntry, ledger, type Position } from './backtest/ledger.js';
export type { Fill } from './backtest/outcome.js';
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
export { type DatedReturns, type Estimated, onEveryDate, type Returns } from './metrics/returns.js';
export { type Sharpe, type SharpeError, type SharpeMoments, type SharpeOptions, sharpe } from './metrics/sharpe.js';
