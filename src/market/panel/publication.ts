import { fromDay, knownOrder, toDay } from './dates.js';
import type { Panel } from './panel.js';
import { endOfPeriod, type Period } from './periods.js';

/** When the value of a row was first known, by the row's date. */
export type KnownAt = (date: string) => string;

/** A panel whose dates say what its rows speak of, and when each was known: that of the CPI of January, dated 1 January, in the middle of February. */
export interface Published {
  /** [T, N] dated by what a row speaks of */
  readonly panel: Panel;
  /** when a row was known, by its date: `knownAfter('month', 15)` */
  readonly knownAt: KnownAt;
}

/**
 * Known some days after the period that a date lies in is over.
 *
 *     knownAfter('month', 15)('2020-01-01')        '2020-02-15', of a statistic of January that is dated by its first day
 *
 * A lag that is certain is no lookahead; a revision is known later still, so take first releases.
 *
 * @param days  0 is the last day of the period
 * @throws      when days is no whole number from 0 on
 */
export function knownAfter(period: Period, days: number): KnownAt {
  if (!(Number.isInteger(days) && days >= 0))
    throw new Error(
      `knownAfter: days must be a whole number from 0 on, got ${days}; what speaks of a ${period} is not known before it ends`,
    );
  return (date) => fromDay(toDay(endOfPeriod(date, period)) + days);
}

/**
 * The panel, and when each row of it was known: at its date, unless it is told otherwise.
 *
 * @throws when rows are dated by the first day of a month, which says no such thing, and when they were known before their dates or not in their order
 */
export function publicationOf(who: string, given: Panel | Published): { panel: Panel; knownAt: readonly string[] } {
  if (!('panel' in given)) {
    const { dates, source } = given;
    if (dates.length > 1 && dates.every((date) => date.endsWith('-01')))
      throw new Error(
        `${who}: the rows of ${source} are dated by the first day of a month, ${dates[0]}, ${dates[1]}, …: that is the month they speak of, not when ` +
          "they were known; pass { panel, knownAt: knownAfter('month', 15) } with the days that publication takes",
      );
    return { panel: given, knownAt: dates };
  }
  const { panel } = given;
  const knownAt = panel.dates.map(given.knownAt);
  const early = knownAt.findIndex((known, t) => Number.isNaN(toDay(known)) || knownOrder(known) < panel.dates[t]);
  if (early >= 0)
    throw new Error(
      `${who}: knownAt of ${panel.source} says ${knownAt[early]} for the row of ${panel.dates[early]}; give a date that is not before the row's own`,
    );
  const back = knownAt.findIndex((known, t) => t > 0 && knownOrder(known) < knownOrder(knownAt[t - 1]));
  if (back >= 0)
    throw new Error(
      `${who}: knownAt of ${panel.source} has ${panel.dates[back]} known on ${knownAt[back]}, before ${panel.dates[back - 1]} on ${knownAt[back - 1]}; ` +
        'rows must become known in their order: leave out what came too late to matter',
    );
  return { panel, knownAt };
}
