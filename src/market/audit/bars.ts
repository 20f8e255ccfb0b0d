import type { Frame } from '../frame/frame.js';
import { type AuditFinding, type AuditThresholds, columnOf, finding, inPercent, yearsOf } from './finding.js';
import { highTooLow, lowTooHigh } from './moves.js';

/** What is wrong with the open, the range and the volume of one asset; nothing where a frame has closes only. */
export function barRules(frame: Frame, n: number, { openIsClose }: Required<Pick<AuditThresholds, 'openIsClose'>>): AuditFinding[] {
  const { fields, dates } = frame;
  const has = (...names: string[]) => names.every((name) => name in fields);
  const column = (field: string) => columnOf(frame, field, n);
  const found: AuditFinding[] = [];
  const rows = (holds: (t: number) => boolean) => [...dates.keys()].filter(holds);

  if (has('open', 'high', 'low', 'close')) {
    const [open, high, low, close] = ['open', 'high', 'low', 'close'].map(column);
    const bar = (t: number) => ({ open: open[t], high: high[t], low: low[t], close: close[t] });
    const wrong = rows((t) => lowTooHigh(bar(t)) || highTooLow(bar(t)));
    const words = wrong.length > 0 ? `the first on ${dates[wrong[0]]}: ${Object.entries(bar(wrong[0])).flat().join(' ')}` : '';
    found.push(
      ...finding(frame, n, 'bars out of order', wrong, {
        fields: ['open', 'high', 'low'],
        what: `${wrong.length} bars whose low or high is not theirs, ${words}`,
      }),
    );
  }
  if (has('open', 'close')) {
    const [open, close] = ['open', 'close'].map(column);
    const repeats = (t: number) => t > 0 && Math.abs(open[t] - close[t - 1]) <= 1e-9 * Math.abs(close[t - 1]);
    const share = (all: readonly number[]) => all.filter(repeats).length / all.length;
    const years = yearsOf(dates)
      .map(({ rows: all }) => all.filter((t) => !Number.isNaN(open[t])))
      .filter((all) => all.length >= 60 && share(all) >= openIsClose);
    const all = years.flat();
    found.push(
      ...finding(frame, n, 'open is the previous close', all, {
        fields: ['open'],
        what: `${all.filter(repeats).length} of ${all.length} bars open where the bar before closed, ${inPercent(share(all))}: overnight returns and ranges that use the open mean nothing`,
      }),
    );
  }
  if (has('high', 'low')) {
    const [high, low] = ['high', 'low'].map(column);
    const flat = rows((t) => high[t] === low[t]);
    found.push(...finding(frame, n, 'no range', flat, { fields: ['high', 'low'], what: `${flat.length} bars whose high is their low` }));
  }
  if (has('volume', 'close')) {
    const [volume, close] = ['volume', 'close'].map(column);
    const none = rows((t) => volume[t] === 0 && !Number.isNaN(close[t]));
    found.push(...finding(frame, n, 'no volume', none, { fields: ['volume'], what: `${none.length} bars with a price and no volume` }));
  }
  return found;
}
