import { checkWhole } from '../../base/internal.js';
import { mapValues, type Panel } from '../panel/panel.js';
import { requirePositive } from '../panel/returns.js';
import { requireCount } from './require-count.js';

/* Features are point-in-time: the value on date t is computed from rows up to t alone, and is NaN until enough of them exist. */

/** The value k rows ago, x_{t−k}. Throws unless k is a positive integer: a negative lag would be the future. */
export function lag(panel: Panel, k: number): Panel {
  requireCount('lag', k, panel);
  const N = panel.assets.length;
  return mapValues(panel, panel.field, (_, t, n) => (t >= k ? panel.values[(t - k) * N + n] : Number.NaN));
}

/**
 * Momentum: the log return from `lookback` rows ago to `skip` rows ago, ln(p_{t−skip} / p_{t−lookback}).
 *
 * With monthly prices, lookback 12 and skip 1 is the 12–1 momentum of Jegadeesh & Titman 1993.
 *
 * @throws unless 0 ≤ skip < lookback, and at a price that is zero or negative, naming its date and asset
 */
export function momentum(prices: Panel, lookback: number, skip = 0): Panel {
  requireCount('lookback', lookback, prices);
  checkWhole('momentum', 'skip', skip, { from: 0, to: lookback - 1 }, 'it is less than the lookback');
  requirePositive('momentum', prices);
  const N = prices.assets.length;
  return mapValues(prices, 'momentum', (_, t, n) =>
    t >= lookback ? Math.log(prices.values[(t - skip) * N + n] / prices.values[(t - lookback) * N + n]) : Number.NaN,
  );
}
