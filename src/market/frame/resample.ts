import { checkOneOf } from '../../base/internal.js';
import type { Panel } from '../panel/panel.js';
import { PERIODS, type Period, periodEnds } from '../panel/periods.js';
import { type Frame, fieldOf, frameOf } from './frame.js';

/** How the values of an asset in a period become one, two at a time, from the first on. */
interface Rule {
  readonly fold: (before: number, value: number) => number;
  /** whether a missing value leaves the whole period's unknown; others are passed over */
  readonly whole?: true;
}

const LAST: Rule = { fold: (_, value) => value };
const SUM: Rule = { fold: (before, value) => before + value };

const RULES: Readonly<Record<string, Rule>> = {
  open: { fold: (before) => before },
  high: { fold: Math.max },
  low: { fold: Math.min },
  volume: SUM,
  dividend: SUM,
  logReturn: { ...SUM, whole: true },
  simpleReturn: { fold: (before, value) => (1 + before) * (1 + value) - 1, whole: true },
};

/**
 * Rows of days, weeks, months or quarters, each dated by the panel's own last row in it; a period that is still running has none.
 *
 *     resample(prices, 'month')        closes of months, for monthly momentum
 *
 * By its field, an asset has of a period: `open` the first value, `high` the highest, `low` the lowest, `volume` and `dividend` the sum; `simpleReturn` is compounded,
 * Π (1 + r) − 1, `logReturn` summed; of every other field, a level, it is the last. Of bars and levels missing values are passed over, so that a join of
 * exchanges which close on other days loses no month; a missing return leaves that of its period missing. No value goes into another period.
 *
 * A period is over when a row of a later one follows, or its last day of trading is there, by the days that the panel keeps; of dates with a time,
 * when a row of a later one follows or the midnight that ends it is there: an hour is dated by its end. The first one begins where the panel does. Who is listed on the last row of a period is listed in it.
 *
 * @param data    a panel [T, N] or a frame, of any frequency that is not lower: daily, or monthly already
 * @param period  `day`, `week` (Monday to Sunday), `month` or `quarter`
 * @throws        when no period ends within the dates, at a field of other returns, whose sum or product is none
 *                (resample the prices first), and at splits (adjust first)
 */
export function resample(data: Panel, period: Period): Panel;
export function resample(data: Frame, period: Period): Frame;
export function resample(data: Panel | Frame, period: Period): Panel | Frame {
  checkOneOf('resample', 'period', period, PERIODS);
  const { dates, source } = data;
  const ends = periodEnds(dates, period);
  if (ends.length === 0)
    throw new Error(
      `resample: no ${period} of ${source} ends within ${dates[0]} … ${dates.at(-1)} (${dates.length} rows); widen the range, ` +
        'or take a shorter period',
    );
  if (!('fields' in data)) return resampled(data, ends);
  const panels = Object.keys(data.fields).map((field) => resampled(fieldOf(data, field), ends));
  const { listed, series } = data;
  const N = data.assets.length;
  const then = listed && Uint8Array.from({ length: ends.length * N }, (_, i) => listed[ends[Math.floor(i / N)] * N + (i % N)]);
  return frameOf(panels, { series, source, ...(then && { listed: then }) });
}

function resampled(panel: Panel, ends: readonly number[]): Panel {
  const { field, assets, values, dates } = panel;
  if (/return/i.test(field) && !(field in RULES))
    throw new Error(
      `resample: ${panel.source} holds ${field}, and returns of a period are known from simpleReturn or logReturn only; resample the prices, then compute it`,
    );
  if (field === 'split' && values.some((ratio) => ratio !== 1 && !Number.isNaN(ratio)))
    throw new Error(
      `resample: ${panel.source} has splits, and prices on both sides of one make no bar; adjust(frame) first, which leaves none`,
    );
  const { fold, whole = false } = RULES[field] ?? LAST;
  const N = assets.length;
  const out = new Float64Array(ends.length * N);
  for (const [k, end] of ends.entries())
    for (let n = 0; n < N; n++) {
      let [folded, count] = [Number.NaN, 0];
      for (let t = k === 0 ? 0 : ends[k - 1] + 1; t <= end; t++) {
        const value = values[t * N + n];
        if (whole || !Number.isNaN(value)) folded = count++ === 0 ? value : fold(folded, value);
      }
      out[k * N + n] = folded;
    }
  return { ...panel, dates: ends.map((t) => dates[t]), values: out };
}
