import { checkOneOf } from '../../base/internal.js';
import { onPeriods } from './by-period.js';
import { fromDay, isTimed, monthOf, toDay } from './dates.js';
import { type Panel, sourceOfAll } from './panel.js';

/** Panels on the same dates, and what that cost: `dropped[i]` rows of panel i have no place on them. */
export type Aligned = Panel[] & { readonly dropped: readonly number[] };

/**
 * Puts panels of unequal histories on the same dates.
 *
 * `inner` keeps the dates that all of them have; `outer` keeps every date and leaves NaN where a panel has no row. Nothing is
 * filled: yesterday's price is not today's, and a filled one would make a zero return and hide a gap.
 *
 * Where all panels are monthly, one row in each month and most of them late in it, rows meet by the calendar month, and the latest of their dates is that of the
 * row: of the last trading day, 1990-03-30, and of the last day, 1990-03-31, the second, when all were known.
 *
 * An inner join may cut what one history has before or after the others. Within the span that all have it may cost no panel more than a
 * tenth of its rows, if these are more than two: that means calendars that do not fit, and a sample chosen by holidays. Who wants that joins `outer` and calls
 * `dropMissing`.
 *
 * @param panels each [T_i, N_i]
 * @returns      each [T, N_i], in the order given, and how many rows of each were dropped
 * @throws       when no date is common to all, or a panel would lose more than a tenth of its rows within the common span
 */
export function align(panels: readonly Panel[], join: 'inner' | 'outer' = 'inner'): Aligned {
  checkOneOf('align', 'join', join, ['inner', 'outer']);
  const dates = panels.map((panel) => panel.dates);
  return meet(panels.every(isMonthly) ? onPeriods(panels, dates, 'month') : panels, panels, join);
}

/** The panels on the dates that they share or all of them; `given` is what they were before their rows were dated anew. */
export function meet(panels: readonly Panel[], given: readonly Panel[], join: 'inner' | 'outer'): Aligned {
  const dates = join === 'inner' ? commonDates(panels) : allDates(panels);
  if (join === 'inner') refuseHoles(panels, given, dates);
  const other = dates.find((date) => isTimed(date) !== isTimed(dates[0]));
  if (other) throw new Error(`align: ${dates[0]} and ${other} are dates of two kinds; give all panels a time in UTC, or none`);
  const aligned = panels.map((panel) => onDates(panel, dates));
  return Object.assign(aligned, { dropped: panels.map((panel) => (join === 'outer' ? 0 : panel.dates.length - dates.length)) });
}

/**
 * No month twice, and most rows in the last week of theirs: which day it is depends on the exchange, or on none, and holidays may end a
 * month of one exchange early, as those of the New Year in Shanghai in January 2020.
 */
function isMonthly({ dates }: Panel): boolean {
  if (dates.length < 2 || dates.some((date, t) => t > 0 && monthOf(dates[t - 1]) >= monthOf(date))) return false;
  return 2 * dates.filter((date) => monthOf(fromDay(toDay(date) + 7)) > monthOf(date)).length >= dates.length;
}

function refuseHoles(panels: readonly Panel[], given: readonly Panel[], common: readonly string[]): void {
  const [from, to] = [
    panels
      .map(({ dates }) => dates[0])
      .sort()
      .at(-1)!,
    panels.map(({ dates }) => dates.at(-1)!).sort()[0],
  ];
  const kept = new Set(common);
  for (const [i, { dates, source }] of panels.entries()) {
    const within = [...dates.keys()].filter((t) => dates[t] >= from && dates[t] <= to);
    const lost = within.filter((t) => !kept.has(dates[t]));
    if (lost.length <= 2 || lost.length <= within.length / 10) continue;
    const others = panels.filter((_, j) => j !== i).map((panel) => panel.source);
    throw new Error(
      `align: ${lost.length} of ${within.length} rows of ${source} between ${from} and ${to} have no partner in ${others.join(' and ')}, ` +
        `the first on ${given[i].dates[lost[0]]}; bring all to one calendar first (resample(panel, 'month') makes daily rows monthly), ` +
        "or join 'outer' and dropMissing to go on with what is left",
    );
  }
}

/**
 * One panel of all assets side by side: [T, N₁], [T, N₂], … become [T, N₁ + N₂ + …].
 *
 * @throws when dates differ (align first), an asset occurs twice, or there is no panel
 */
export function sideBySide(panels: readonly Panel[], field: string): Panel {
  const [first, ...others] = panels;
  if (!first) throw new Error('sideBySide needs a panel or more: got none');
  const other = others.find(({ dates }) => dates.length !== first.dates.length || dates.some((date, t) => date !== first.dates[t]));
  if (other)
    throw new Error(
      `${first.source} and ${other.source} have different dates (${first.dates.length} and ${other.dates.length} rows); align them first`,
    );
  const assets = panels.flatMap((panel) => panel.assets);
  const twice = assets.find((asset, n) => assets.indexOf(asset) !== n);
  if (twice !== undefined) throw new Error(`sideBySide: asset '${twice}' occurs twice; select it from one panel only`);
  const values = new Float64Array(first.dates.length * assets.length);
  let offset = 0;
  for (const panel of panels) {
    const N = panel.assets.length;
    for (let t = 0; t < first.dates.length; t++) values.set(panel.values.subarray(t * N, (t + 1) * N), t * assets.length + offset);
    offset += N;
  }
  const adjusted = panels.every((panel) => panel.adjusted === first.adjusted) ? first.adjusted : undefined;
  const source = sourceOfAll(panels.map((panel) => panel.source));
  return { dates: first.dates, assets, values, field, source, ...(adjusted && { adjusted }) };
}

function commonDates(panels: readonly Panel[]): readonly string[] {
  const [first, ...others] = panels;
  const sets = others.map((panel) => new Set(panel.dates));
  const dates = first?.dates.filter((date) => sets.every((set) => set.has(date))) ?? [];
  if (panels.length > 0 && dates.length === 0) {
    const spans = panels.map((panel) => `${panel.source} ${panel.dates[0]} … ${panel.dates.at(-1)}`).join('; ');
    throw new Error(`align: no date is common to all panels (${spans}); choose overlapping ranges, or join 'outer'`);
  }
  return dates;
}

const allDates = (panels: readonly Panel[]): string[] => [...new Set(panels.flatMap((panel) => panel.dates))].sort();

/** The panel on other dates, NaN where it has no row. */
export function onDates(panel: Panel, dates: readonly string[]): Panel {
  const N = panel.assets.length;
  const rowOf = new Map(panel.dates.map((date, t) => [date, t]));
  const values = new Float64Array(dates.length * N).fill(Number.NaN);
  dates.forEach((date, t) => {
    const row = rowOf.get(date);
    if (row !== undefined) values.set(panel.values.subarray(row * N, (row + 1) * N), t * N);
  });
  return { ...panel, dates, values };
}
