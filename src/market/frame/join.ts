import { checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { type Aligned, meet } from '../panel/align.js';
import { onPeriods } from '../panel/by-period.js';
import { dayOf, toDay } from '../panel/dates.js';
import type { Panel } from '../panel/panel.js';
import { PERIODS, type Period, periodOf } from '../panel/periods.js';
import { type Published, publicationOf } from '../panel/publication.js';
import { asKnown, type Series } from './frame.js';

/**
 * Panels of unequal dates on the rows of their periods: months of shares with months of factors, whatever day each is dated by.
 *
 *     const [returns, inflation] = joinByPeriod([monthly, { panel: cpi, knownAt: knownAfter('month', 15) }], 'month');
 *
 * Rows of the same period meet, dated when the last of them was known, so that a split by date keeps what was not known out of the past.
 *
 * @param panels  each [T_i, N_i], of one row a period at most
 * @param join    `inner` keeps the periods that all have, `outer` all of them, NaN where a panel has no row
 * @returns       each [T, N_i], in the order given, and how many rows of each were dropped
 * @throws        when a panel has two rows in a period, or dates that do not say when it was known, when the rows of two periods were known at once or
 *                in another order, and as `align`
 */
export function joinByPeriod(panels: readonly (Panel | Published)[], period: Period, join: 'inner' | 'outer' = 'inner'): Aligned {
  checkOneOf('joinByPeriod', 'period', period, PERIODS);
  const all = panels.map((panel) => publicationOf('joinByPeriod', panel));
  for (const { panel } of all) {
    const twice = panel.dates.findIndex((date, t) => t > 0 && periodOf(date, period) === periodOf(panel.dates[t - 1], period));
    if (twice > 0)
      throw new Error(
        `joinByPeriod: ${panel.source} has two rows in a ${period}, ${panel.dates[twice - 1]} and ${panel.dates[twice]}; resample(panel, '${period}') first`,
      );
  }
  const given = all.map(({ panel }) => panel);
  const known = all.map(({ knownAt }) => knownAt);
  const dated = onPeriods(given, known, period);
  for (const [i, { dates, source }] of dated.entries()) {
    const back = dates.findIndex((date, t) => t > 0 && dates[t - 1] >= date);
    if (back > 0)
      throw new Error(
        `joinByPeriod: the rows of ${source} of ${given[i].dates[back - 1]} and ${given[i].dates[back]} meet what was known on ${dates[back - 1]} and ` +
          `${dates[back]}, and rows ascend; joinAsOf takes what is published late, or several periods at once`,
      );
  }
  return meet(dated, given, join);
}

/** How long a value may stand for the present in `joinAsOf`. */
export interface AsOfOptions {
  /** in days of the calendar since it was known, after which it is missing; 100 unless told, a quarter and its delay */
  readonly maxAge?: number;
}

/**
 * What was last known of another panel on each date of this one: the yields of last month beside the prices of today.
 *
 *     joinAsOf(prices, { panel: gdp, knownAt: knownAfter('quarter', 30) })
 *
 * A row is known at the close of its date, or when it is told; a day's row is not known at the minutes of that day. A missing value is no news: the
 * one before it stays, each asset's on its own, until it is too old.
 *
 * @param panel  [T, N], whose dates are taken
 * @param other  [T_2, M]
 * @returns      [T, M], the values of `other`, to be put beside the panel by `matrixOf` or `sideBySide`
 * @throws       when nothing of the other is known on any of the dates, or its dates do not say when it was known
 */
export function joinAsOf(panel: Panel, other: Panel | Published, options: AsOfOptions = {}): Panel {
  checkOptions('joinAsOf', options, ['maxAge']);
  const { maxAge = 100 } = options;
  checkWhole('joinAsOf', 'maxAge', maxAge, { from: 0 });
  const columns = Object.entries(seriesFrom('joinAsOf', other));
  const { dates } = panel;
  const days = dates.map(dayNumber);
  const values = new Float64Array(dates.length * columns.length).fill(Number.NaN);
  for (const [n, [, series]] of columns.entries()) {
    const known = asKnown(series, dates);
    const since = asKnown({ values: Float64Array.from(series.knownAt, dayNumber), knownAt: series.knownAt }, dates);
    for (const [t, day] of days.entries()) if (day - since[t] <= maxAge) values[t * columns.length + n] = known[t];
  }
  const joined = { ...('panel' in other ? other.panel : other), dates, values };
  if (values.every(Number.isNaN)) {
    const first = columns.map(([, { knownAt }]) => knownAt[0]).sort()[0];
    const last = columns
      .map(([, { knownAt }]) => knownAt.at(-1) ?? '')
      .sort()
      .at(-1);
    throw new Error(
      `joinAsOf: nothing of ${joined.source} is known from ${dates[0]} to ${dates.at(-1)}: it became known from ${first} to ${last}, and is too old ` +
        `after ${maxAge} days; choose overlapping ranges, or raise maxAge`,
    );
  }
  return joined;
}

const dayNumber = (date: string): number => toDay(dayOf(date));

/** Each asset of a panel as a series of the values that it has, dated by when they were known. */
export function seriesFrom(who: string, given: Panel | Published): Record<string, Series> {
  const { panel, knownAt } = publicationOf(who, given);
  const N = panel.assets.length;
  return Object.fromEntries(
    panel.assets.map((asset, n) => {
      const rows = [...panel.dates.keys()].filter((t) => !Number.isNaN(panel.values[t * N + n]));
      return [asset, { values: Float64Array.from(rows, (t) => panel.values[t * N + n]), knownAt: rows.map((t) => knownAt[t]) }];
    }),
  );
}
