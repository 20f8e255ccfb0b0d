import type { Kind, Table } from '../store/table.js';

/**
 * What in prices looks like a fault of the source, in words: it may be right, so it is told and not refused. Bars whose low or high is not
 * the lowest or the highest of the day; a price that becomes a hundred or a thousand times what it was, or that part of it, as where pence
 * and pounds are mixed; and one that becomes a whole multiple or part of what it was, as where a split is not applied.
 *
 * @param columns  of bars or of prices; a series has no such rules
 */
export function findingsOf({ dates, columns }: Table, kind: Kind): string[] {
  if (kind === 'series') return [];
  if (kind === 'prices') return [...columns].flatMap(([name, prices]) => jumps(name, dates, prices));
  const adjusted = columns.has('adjClose') ? 'adjClose' : 'close'; // an applied split moves the close alone
  return [...disorder(dates, columns), ...jumps(adjusted, dates, columns.get(adjusted)!)];
}

/** Prices in a file are rounded, adjusted ones each on its own. */
const ROUNDING = 1e-6;

function disorder(dates: readonly string[], columns: ReadonlyMap<string, Float64Array>): string[] {
  const [open, high, low, close] = ['open', 'high', 'low', 'close'].map((name) => columns.get(name)!);
  const above = (a: number, b: number) => a > b * (1 + ROUNDING);
  const told = (what: string, wrong: (t: number) => boolean, bound: Float64Array, name: string): string[] => {
    const days = [...dates.keys()].filter(wrong);
    if (days.length === 0) return [];
    const t = days[0];
    return [
      `${what} on ${days.length} ${days.length === 1 ? 'day' : 'days'}, the first ${dates[t]} ` +
        `(${name} ${bound[t]}, open ${open[t]}, close ${close[t]}); correct the source, or use closes only`,
    ];
  };
  return [
    ...told('the low lies above the open, the close or the high', (t) => above(low[t], Math.min(open[t], close[t], high[t])), low, 'low'),
    ...told('the high lies below the open or the close', (t) => above(Math.max(open[t], close[t]), high[t]), high, 'high'),
  ];
}

const UNITS = [100, 1000];
/** Not 3:2, since a fall by a third happens. */
const SPLITS = [...Array.from({ length: 19 }, (_, i) => i + 2), 25, 30, 40, 50];

function jumps(name: string, dates: readonly string[], prices: Float64Array): string[] {
  const moves: { t: number; move: number }[] = [];
  let before = Number.NaN;
  for (const [t, price] of prices.entries()) {
    if (Number.isNaN(price)) continue;
    if (!Number.isNaN(before)) moves.push({ t, move: Math.log(price / before) });
    before = price;
  }
  // A day that other days do not make likely: eight typical ones, and 30 % at least.
  const sizes = moves.map(({ move }) => Math.abs(move)).filter((size) => size > 0);
  const typical = (sizes.sort((a, b) => a - b)[sizes.length >> 1] ?? 0) / 0.6745;
  return moves.flatMap(({ t, move }) => {
    const size = Math.abs(move);
    if (size < Math.max(0.3, 8 * typical)) return [];
    const ratio = Math.exp(size);
    const what = `'${name}' goes from ${lastBefore(prices, t)} to ${prices[t]} on ${dates[t]}`;
    const unit = UNITS.find((factor) => Math.abs(Math.log(ratio / factor)) < 0.2);
    if (unit) return [`${what}, ${times(unit, move)}: another unit, as pence for pounds? Bring all rows to one`];
    const split = SPLITS.find((factor) => Math.abs(Math.log(ratio / factor)) < 0.04);
    return split ? [`${what}, about ${times(split, move)}: a split that is not applied? Then divide the earlier prices`] : [];
  });
}

const times = (factor: number, move: number) => (move > 0 ? `${factor} times as much` : `1/${factor} of it`);

function lastBefore(prices: Float64Array, t: number): number {
  let row = t - 1;
  while (Number.isNaN(prices[row])) row--;
  return prices[row];
}
