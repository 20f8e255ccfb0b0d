import { checkNumber, checkOptions } from '../../base/internal.js';
import { ACTION_FIELDS, type Frame, frameOf } from '../frame/frame.js';
import type { Panel } from '../panel/panel.js';
import { barRules } from './bars.js';
import { endRules } from './ends.js';
import { AUDIT_RULES, type AuditFinding, type AuditThresholds } from './finding.js';
import { priceRules } from './prices.js';

/**
 * What in prices and bars looks like a fault of the source, by rules that are fixed beforehand. Years are those of the calendar.
 *
 * | rule | finds | fields |
 * |---|---|---|
 * | `stale` | years in which a fifth of the returns or more are 0, and five rows or more without a change | the price |
 * | `quantised` | years with fewer than one distinct price in four rows: returns are steps of a grid | the price |
 * | `unit switch` | a price that becomes 100 or 1000 times what it was, or that part of it, and the rows until it goes back; where it never does, the shorter side | the price |
 * | `split not applied` | a price that becomes a whole part or multiple of what it was; told, since a half may be lost: `withActions` mends it | the price |
 * | `spike` | another move of 30 % and eight typical ones that the next row takes back, to a tenth of it: its row | the price |
 * | `jump` | one that it does not take back; told, not left out, since crashes are right | the price |
 * | `back-adjusted` | rows on which `adjClose` is not `close`: its level knows later dividends, its returns do not; told | `adjClose` |
 * | `ends before the others` | an asset whose last value comes more than a week, five rows, before the others'; told | all |
 * | `bars out of order` | a low above, or a high below, another price of its bar | open, high, low |
 * | `open is the previous close` | years in which half of the bars or more open where the bar before closed: there is no open | open |
 * | `no range` | bars whose high is their low | high, low |
 * | `no volume` | bars with a price and a volume of 0 | volume |
 *
 * A move that the fields `split` and `dividend` explain is none of these. The price is `close`, or `adjClose` where there is no close, and a panel's values; of moves it is `adjClose` first, since an applied split
 * moves the close alone. Before 1998 RRC is stale, and `arch/sp500` has no open from 1999 to 2005.
 *
 *     const raw = withActions(prices, actions);
 *     const findings = audit(raw);
 *     const frame = withUsable(adjust(raw), findings);
 *
 * That is the order: `withActions`, so that a split is no finding, `audit` of prices as they were paid, `adjust`, which needs the close before
 * each dividend, and what may not be used last. Where another order would give other numbers, `adjust` and `withUsable` throw.
 *
 * It looks at whole years, so it may tell a year's first row what comes later in it: it is for choosing what data to use, and no signal.
 *
 * @param data  prices or bars, not returns
 * @throws      when a threshold is out of range
 */
export function audit(data: Frame | Panel, thresholds: AuditThresholds = {}): AuditFinding[] {
  checkOptions('audit', thresholds, ['unchanged', 'unchangedRun', 'distinct', 'openIsClose']);
  const { unchanged = 0.2, unchangedRun = 5, distinct = 0.25, openIsClose = 0.5 } = thresholds;
  for (const [name, value] of Object.entries({ unchanged, distinct, openIsClose })) checkNumber('audit', name, value, { from: 0, to: 1 });
  checkNumber('audit', 'unchangedRun', unchangedRun, { from: 1 });
  const frame = 'fields' in data ? data : frameOf(data);
  const found = frame.assets.flatMap((_, n) => [
    ...priceRules(frame, n, { unchanged, unchangedRun, distinct }),
    ...barRules(frame, n, { openIsClose }),
  ]);
  found.push(...endRules(frame));
  return found.toSorted((a, b) => AUDIT_RULES.indexOf(a.rule) - AUDIT_RULES.indexOf(b.rule));
}

/**
 * Which values may be used: 1, or 0 where a finding that excludes concerns one of the fields. What concerns the close concerns `adjClose`,
 * which is made of it; `split` and `dividend` are no prices, and nothing concerns them.
 *
 * @param fields  those that are used, as `['close']`; all unless told
 * @returns       [T, N]
 */
export function usable(frame: Frame, findings: readonly AuditFinding[], fields: readonly string[] = Object.keys(frame.fields)): Uint8Array {
  const N = frame.assets.length;
  const mask = new Uint8Array(frame.dates.length * N).fill(1);
  const used = fields.flatMap((field) => (field === 'adjClose' ? ['close', field] : [field]));
  for (const { excludes, asset, rows, fields: concerned } of findings) {
    const n = frame.assets.indexOf(asset);
    if (!excludes || n < 0 || !concerned.some((field) => used.includes(field) && !ACTION_FIELDS.includes(field))) continue;
    for (const t of rows) mask[t * N + n] = 0;
  }
  return mask;
}

/**
 * The frame without what its audit excludes: each field is NaN where a finding concerns it, and stays where it does not, so that years without
 * an open lose their overnight features and keep those of closes. Its `split` and `dividend` stay: shares are split on days without a good price.
 *
 * @param findings  of `audit(frame)`, on the same dates; made anew unless given. Of an adjusted frame those of the raw one hold as well
 * @throws          when a wrong close comes before a dividend by which the frame was adjusted: leave it out before `adjust`
 */
export function withUsable(frame: Frame, findings: readonly AuditFinding[] = audit(frame)): Frame {
  refuseWrongFactor(frame, findings);
  const fields = Object.entries(frame.fields).map(([name, values]) => {
    const mask = usable(frame, findings, [name]);
    return [name, mask.includes(0) ? values.map((value, i) => (mask[i] ? value : Number.NaN)) : values] as const;
  });
  return { ...frame, fields: Object.fromEntries(fields) };
}

/** The factor of a dividend is of the close before it, in all that came earlier. */
function refuseWrongFactor({ assets, dates, fields: { dividend }, adjusted, source }: Frame, findings: readonly AuditFinding[]): void {
  if (!dividend || adjusted?.adjClose !== 'splits and dividends') return;
  for (const { rule, asset, rows } of findings) {
    const n = assets.indexOf(asset);
    if (n < 0 || (rule !== 'spike' && rule !== 'unit switch')) continue;
    const row = rows.find((t) => dividend[(t + 1) * assets.length + n] > 0);
    if (row !== undefined)
      throw new Error(
        `withUsable: '${asset}' of ${source} was adjusted by its close of ${dates[row]}, which is wrong (${rule}), for the dividend of ` +
          `${dates[row + 1]}, so every adjClose before it is; in this order: adjust(withUsable(withActions(prices, actions), findings))`,
      );
  }
}
