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
export { type AnnualOptions, annualVolatility, calendarGrowth, countedGrowth, type Growth } from './metrics/growth.js';
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
