import { requireCount } from '../features/require-count.js';
import { mapValues, type Panel } from '../panel/panel.js';
import { requirePositive } from '../panel/returns.js';

/*
 * Labels look ahead, and say how far: over `horizon` rows they are known at t + horizon, so splits must carry the same horizon, and
 * `assertNoLookahead` is told it.
 */

/**
 * The label of a forecast over `horizon` rows, of days over 1, 5 or 20: y_t = ln(p_{t+horizon} / p_t), NaN on the last rows. It is known only
 * at t + horizon. NaN, too, where the asset has gone by t + horizon: what its delisting lost leaves a training set; `tripleBarrier` closes at the last price.
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

/**
 * Whether the price is higher `horizon` rows later: 1 where it is, 0 where it is not, as a logistic regression takes it; NaN where that is not
 * known.
 *
 * @throws as `forwardLogReturn`
 */
export function forwardDirection(prices: Panel, horizon: number): Panel {
  const returns = forwardLogReturn(prices, horizon);
  return mapValues(returns, 'forwardDirection', (r) => (Number.isNaN(r) ? r : Number(r > 0)));
}

/**
 * Volatility over the `horizon` rows that follow, annualised, its mean taken as zero as `realisedVolatility` does of the past:
 *
 *     y_t = √( periodsPerYear / horizon · Σ_{k=1…horizon} r_{t+k}² ),   r log returns
 *
 * Units: `0.16` is 16 % a year. NaN on the last rows, and where a price in between is missing.
 *
 * @throws as `forwardLogReturn`
 */
export function forwardVolatility(prices: Panel, horizon: number, periodsPerYear = 252): Panel {
  requireCount('horizon', horizon, prices);
  requirePositive('forwardVolatility', prices);
  const [T, N] = [prices.dates.length, prices.assets.length];
  return mapValues(prices, 'forwardVolatility', (price, t, n) => {
    if (t + horizon >= T) return Number.NaN;
    let [before, squares] = [price, 0];
    for (let k = 1; k <= horizon; k++) {
      const next = prices.values[(t + k) * N + n];
      squares += Math.log(next / before) ** 2;
      before = next;
    }
    return Math.sqrt((periodsPerYear / horizon) * squares);
  });
}
