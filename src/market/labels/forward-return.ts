import { requireCount } from '../features/require-count.js';
import { mapValues, type Panel } from '../panel/panel.js';
import { requirePositive } from '../panel/returns.js';

/**
 * The label of a forecast over `horizon` rows: y_t = ln(p_{t+horizon} / p_t), NaN on the last rows. It is known only at
 * t + horizon, so splits must carry the same horizon.
 *
 * @throws at a price that is zero or negative, naming its date and asset
 */
export function forwardLogReturn(prices: Panel, horizon: number): Panel {
  requireCount('horizon', horizon, prices);
  requirePositive('forwardLogReturn', prices);
  const N = prices.assets.length;
  const T = prices.dates.length;
  return mapValues(prices, 'forwardLogReturn', (price, t, n) =>
    t + horizon < T ? Math.log(prices.values[(t + horizon) * N + n] / price) : Number.NaN,
  );
}
