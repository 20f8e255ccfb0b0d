import { knownOrder } from './dates.js';
import type { Panel } from './panel.js';
import { type Period, periodOf } from './periods.js';

/**
 * Panels of one row a period, each row dated by the latest date on which one of them was known: of the last trading day, 1990-03-30, and of the last
 * day, 1990-03-31, the second.
 *
 * @param knownAt  [T_i] of each panel, when its rows were known
 */
export function onPeriods(panels: readonly Panel[], knownAt: readonly (readonly string[])[], period: Period): Panel[] {
  const latest = new Map<string, string>();
  for (const [i, { dates }] of panels.entries())
    for (const [t, date] of dates.entries()) {
      const [name, known] = [periodOf(date, period), knownAt[i][t]];
      const before = latest.get(name);
      if (before === undefined || knownOrder(known) > knownOrder(before)) latest.set(name, known);
    }
  return panels.map((panel) => ({ ...panel, dates: panel.dates.map((date) => latest.get(periodOf(date, period))!) }));
}
