import { checkOneOf } from '../../base/internal.js';
import type { Panel } from './panel.js';

const OPERATORS = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => (b === 0 ? Number.NaN : a / b),
} as const;

/**
 * Two panels by date and asset, a panel by a panel of one column, or by a number.
 *
 *     combine(returns, '-', select(factors, { assets: ['RF'] }))        excess returns [T, N]
 *     combine(close, '/', rollingMean(close, 200))
 *     combine(100, '*', returns)
 *
 * What is missing in one is missing in the result, as is a quotient by zero.
 *
 * @param a         [T, N], or a number
 * @param operator  `+`, `-`, `*` or `/`
 * @param b         [T, N] of the same dates and assets, [T, 1] for all assets alike, or a number
 * @returns         [T, N]; its field is what was computed, `close / rollingMean`, or that of the one panel
 * @throws          when dates or assets differ (align, select), or neither is a panel
 */
export function combine(a: Panel, operator: keyof typeof OPERATORS, b: Panel | number): Panel;
export function combine(a: Panel | number, operator: keyof typeof OPERATORS, b: Panel): Panel;
export function combine(a: Panel | number, operator: keyof typeof OPERATORS, b: Panel | number): Panel {
  checkOneOf('combine', 'operator', operator, Object.keys(OPERATORS));
  const f = OPERATORS[operator];
  if (typeof a === 'number' && typeof b === 'number')
    throw new Error(`combine: ${a} ${operator} ${b} has no panel; one of the two must be one`);
  if (typeof b === 'number') return { ...(a as Panel), values: (a as Panel).values.map((value) => f(value, b)) };
  if (typeof a === 'number') return { ...b, values: b.values.map((value) => f(a, value)) };
  refuseOther(a, operator, b);
  const N = a.assets.length;
  const one = b.assets.length === 1;
  const values = a.values.map((value, i) => f(value, b.values[one ? Math.floor(i / N) : i]));
  const { adjusted: _, ...whole } = a;
  const adjusted = a.adjusted === b.adjusted ? a.adjusted : undefined;
  const source = a.source === b.source ? a.source : `${a.source} + ${b.source}`;
  return { ...whole, values, field: `${a.field} ${operator} ${b.field}`, source, ...(adjusted && { adjusted }) };
}

function refuseOther(a: Panel, operator: string, b: Panel): void {
  const who = `combine: ${a.source} ${operator} ${b.source}`;
  const t = a.dates === b.dates ? -1 : a.dates.findIndex((date, i) => date !== b.dates[i]);
  if (t >= 0 || a.dates.length !== b.dates.length) {
    const first = t >= 0 ? `: row ${t} is ${a.dates[t]} in one and ${b.dates[t] ?? 'absent'} in the other` : '';
    throw new Error(`${who} needs the same dates: ${a.dates.length} and ${b.dates.length} rows${first}; align them first`);
  }
  if (b.assets.length === 1) return;
  const n = a.assets.findIndex((asset, i) => asset !== b.assets[i]);
  if (n < 0 && a.assets.length === b.assets.length) return;
  throw new Error(
    `${who} needs the same assets in the same order, or one on the right for all: got ${a.assets.length} (${a.assets.slice(0, 3).join(', ')}, …) and ` +
      `${b.assets.length} (${b.assets.slice(0, 3).join(', ')}, …); select(…, { assets }) both`,
  );
}
