/**
 * What features are made of: expressions [T, N] of prices, fields and series, to be named in a `Feature` of your own.
 *
 *     const { field, log, price, ratio, subtract, windowMean } = operators;
 *     const mine = { name: 'gap', …, expression: ratio(subtract(price, windowMean(price, 20)), price) };
 *     computeFeatures(panel, ['return-1', mine])
 */
export { day, type Expression, field, listed, price, series } from '../expression.js';
export * from './arithmetic.js';
export { crossCount, crossDeviation, crossMean, crossRank } from './cross-section.js';
export { cumulativeMax, cumulativeSum, rowsSince } from './cumulative.js';
export { ema, ewma, wilder } from './ewma.js';
export { difference, lag } from './lag.js';
export { sinceMax, sinceMin, windowFall, windowMax, windowMin } from './window-extremes.js';
export { windowCovariance, windowVariance } from './window-moments.js';
export { windowMeanDeviation, windowQuantile, windowRank } from './window-order.js';
export { windowKurtosis, windowSkewness } from './window-shape.js';
export { windowMean, windowSum, windowTrend } from './window-sum.js';
