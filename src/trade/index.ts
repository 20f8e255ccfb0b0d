export { type DatedReturns, type Estimated, onEveryDate, type Returns } from './metrics/returns.js';
export { type Sharpe, type SharpeError, type SharpeMoments, type SharpeOptions, sharpe } from './metrics/sharpe.js';
