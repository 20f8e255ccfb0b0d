import { checkWhole } from '../../base/internal.js';
import { FIRST_DATE, isTradingDay, nextTradingDay } from '../panel/calendar.js';
import { monthOf, nextWeekday } from '../panel/dates.js';
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

/**
 * The last row of each calendar month that is over. A month is over when a row of a later one follows, or when its last row is as late as a
 * row can be: on its last weekday or after, or for a panel of NYSE days on the last of those. A month that is still running has no row.
 *
 * An asset that has no value on that row has its last one of the month, so a join of exchanges that close on other days loses no month; no
 * value goes into another month.
 *
 * Of an exchange other than the NYSE, whose holidays are not known here, a last month that ends with a holiday counts as running.
 *
 * @param panel  [T, N] of any frequency: daily, weekly, or monthly already
 * @throws       when no month ends within the panel's dates
 */
export function monthEnds(panel: Panel): Panel {
  const { dates } = panel;
  const last = dates.length - 1;
  const rows = [...dates.keys()].filter((t) => (t < last ? monthOf(dates[t]) < monthOf(dates[t + 1]) : endsMonth(panel)));
  if (rows.length === 0)
    throw new Error(`${panel.source}: no month ends within ${dates[0]} … ${dates.at(-1)} (${dates.length} rows); widen the range`);
  const N = panel.assets.length;
  const values = new Float64Array(rows.length * N);
  for (const [t, row] of rows.entries())
    for (let n = 0; n < N; n++) {
      let from = row;
      while (from > 0 && Number.isNaN(panel.values[from * N + n]) && monthOf(dates[from - 1]) === monthOf(dates[row])) from--;
      values[t * N + n] = panel.values[from * N + n];
    }
  return { ...panel, dates: rows.map((t) => dates[t]), values };
}

/** Whether no row of the same month can follow the last one. */
function endsMonth({ dates }: Panel): boolean {
  const date = dates.at(-1)!;
  if (monthOf(nextWeekday(date)) > monthOf(date)) return true;
  const recent = dates.slice(-260); // a year of daily rows: enough to meet a holiday that other markets do not keep
  const nyse = recent[0] >= FIRST_DATE && recent.every(isTradingDay);
  return nyse && monthOf(nextTradingDay(date)) > monthOf(date);
}
