import { rollingMoments } from '../../stats/internal.js';
import { mapValues, type Panel } from '../panel/panel.js';
import { requireCount } from './require-count.js';

/**
 * A statistic of the last `window` rows of each asset, the current one included: f(x_{t−window+1}, …, x_t).
 * NaN where a value in the window is missing.
 *
 * It reads each window anew: mean, deviation and volatility have functions of their own, whose time does not grow with the window.
 */
export function rolling(panel: Panel, window: number, field: string, f: (values: Float64Array) => number): Panel {
  requireCount('window', window, panel);
  const N = panel.assets.length;
  const recent = new Float64Array(window);
  return mapValues(panel, field, (_, t, n) => {
    if (t < window - 1) return Number.NaN;
    for (let i = 0; i < window; i++) recent[i] = panel.values[(t - window + 1 + i) * N + n];
    return recent.some(Number.isNaN) ? Number.NaN : f(recent);
  });
}

/** The mean of the last `window` rows of each asset, the current one included; NaN where one of them is missing or infinite. */
export const rollingMean = (panel: Panel, window: number): Panel => ofMoments(panel, window, 'rollingMean', (mean) => mean);

/**
 * The standard deviation of the last `window` rows of each asset, √(Σ (x − x̄)²/(window − 1)), as pandas has it; 0 where they are all the same,
 * NaN where one of them is missing or infinite.
 *
 * Units: of daily returns `0.01` is 1 % a day.
 *
 * @throws unless there are two rows or more to a window
 */
export function rollingStandardDeviation(panel: Panel, window: number): Panel {
  if (window === 1) throw new Error('rollingStandardDeviation: a window of 1 row has no deviation; take 2 rows or more');
  return ofMoments(panel, window, 'rollingStandardDeviation', (_, squares) => Math.sqrt(squares / (window - 1)));
}

/**
 * Realised volatility over the last `window` returns, annualised:
 *
 *     σ_t = √( periodsPerYear / window · Σ r² )
 *
 * Units: `0.16` is 16 % a year. The mean is taken as zero, which over a month costs less than estimating it.
 */
export const realisedVolatility = (returns: Panel, window: number, periodsPerYear = 252): Panel =>
  ofMoments(returns, window, 'realisedVolatility', (mean, squares) => Math.sqrt(periodsPerYear * (squares / window + mean * mean)));

function ofMoments(panel: Panel, window: number, field: string, f: (mean: number, squares: number) => number): Panel {
  requireCount('window', window, panel);
  const values = rollingMoments({ rows: panel.dates.length, cols: panel.assets.length, data: panel.values }, window, f);
  return { ...panel, field, values };
}
