import { type Bar, highTooLow, lowTooHigh, unlikelyMoves } from '../audit/moves.js';
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

function disorder(dates: readonly string[], columns: ReadonlyMap<string, Float64Array>): string[] {
  const [open, high, low, close] = ['open', 'high', 'low', 'close'].map((name) => columns.get(name)!);
  const bar = (t: number): Bar => ({ open: open[t], high: high[t], low: low[t], close: close[t] });
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
    ...told('the low lies above the open, the close or the high', (t) => lowTooHigh(bar(t)), low, 'low'),
    ...told('the high lies below the open or the close', (t) => highTooLow(bar(t)), high, 'high'),
  ];
}

function jumps(name: string, dates: readonly string[], prices: Float64Array): string[] {
  return unlikelyMoves(prices).flatMap(({ row, before, move, unit, split }) => {
    const what = `'${name}' goes from ${prices[before]} to ${prices[row]} on ${dates[row]}`;
    if (unit) return [`${what}, ${times(unit, move)}: another unit, as pence for pounds? Bring all rows to one`];
    return split ? [`${what}, about ${times(split, move)}: a split that is not applied? Then divide the earlier prices`] : [];
  });
}

const times = (factor: number, move: number) => (move > 0 ? `${factor} times as much` : `1/${factor} of it`);
