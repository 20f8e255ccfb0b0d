import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { fromMinute } from '../panel/dates.js';
import type { Panel } from '../panel/panel.js';
import { checkTicks, type Ticks } from './ticks.js';

/** When a bar ends: after so many minutes of the clock, or with the trade that fills it with so many trades, so much volume, or so much money. */
export type BarRule =
  | { readonly minutes: number }
  | { readonly ticks: number }
  | { readonly volume: number }
  | { readonly dollars: number };

/** Bars of trades, of one asset, [B] each. */
export interface TradeBars {
  readonly asset: string;
  /** when each is known, in milliseconds since 1970: at its last trade, or at its last minute's end */
  readonly times: Float64Array;
  /** price of the first trade */
  readonly open: Float64Array;
  /** highest price */
  readonly high: Float64Array;
  /** lowest price */
  readonly low: Float64Array;
  /** price of the last trade */
  readonly close: Float64Array;
  /** sizes, summed */
  readonly volume: Float64Array;
  /** prices times sizes, summed: `dollars / volume` is the average price */
  readonly dollars: Float64Array;
  /** how many trades */
  readonly trades: Float64Array;
  /** the trades after the last bar, which fill none: nobody knew its end */
  readonly left: { readonly trades: number; readonly volume: number; readonly dollars: number };
  /** that of the ticks */
  readonly source: string;
}

/**
 * Ticks as bars of time, of trades, of volume, or of money traded.
 *
 *     tradeBars(ticks, { minutes: 5 })        tradeBars(ticks, { dollars: 50_000_000 })
 *
 * A trade is never split, so a bar of volume or money may hold more than it must. Minutes without a trade make no bar; bars of time begin at
 * whole multiples since midnight UTC. What comes after the last whole bar is `left`, so that volume is conserved: Σ volume + left.volume is all.
 *
 * @throws when the rule is none of the four or not above zero, when bars of money meet a price that is not, and on ticks that are out of order or no numbers
 *
 * López de Prado 2018, §2.3.
 */
export function tradeBars(ticks: Ticks, rule: BarRule): TradeBars {
  checkOptions('tradeBars', rule as Record<string, number>, ['minutes', 'ticks', 'volume', 'dollars']);
  checkTicks(ticks);
  const entries = Object.entries(rule) as ['minutes' | 'ticks' | 'volume' | 'dollars', number][];
  if (entries.length !== 1)
    throw new Error(`tradeBars: needs one of { minutes }, { ticks }, { volume } and { dollars }, got ${JSON.stringify(rule)}`);
  const [[kind, threshold]] = entries;
  if (kind === 'minutes' || kind === 'ticks') checkWhole('tradeBars', kind, threshold);
  else checkNumber('tradeBars', kind, threshold, { above: 0 });

  const { times, prices, sizes } = ticks;
  const unpaid = kind === 'dollars' ? prices.findIndex((price) => price <= 0) : -1;
  if (unpaid >= 0)
    throw new Error(
      `tradeBars: bars of money need prices above 0, and tick ${unpaid + 1} of ${ticks.source} is at ${prices[unpaid]}; ask for bars of volume`,
    );
  const span = threshold * 60_000;
  const bars: number[][] = [];
  let bar = empty();
  for (let i = 0; i < times.length; i++) {
    if (kind === 'minutes' && bar.trades > 0 && times[i] >= bar.until) {
      bars.push(rowOf(bar, bar.until));
      bar = empty();
    }
    if (bar.trades === 0) {
      bar.open = prices[i];
      bar.until = (Math.floor(times[i] / span) + 1) * span;
    }
    bar.high = Math.max(bar.high, prices[i]);
    bar.low = Math.min(bar.low, prices[i]);
    bar.close = prices[i];
    bar.trades++;
    bar.volume += sizes[i];
    bar.dollars += prices[i] * sizes[i];
    if (kind !== 'minutes' && (kind === 'ticks' ? bar.trades : bar[kind]) >= threshold) {
      bars.push(rowOf(bar, times[i]));
      bar = empty();
    }
  }
  const [time, open, high, low, close, volume, dollars, trades] = Array.from({ length: 8 }, (_, c) =>
    Float64Array.from(bars, (row) => row[c]),
  );
  const left = { trades: bar.trades, volume: bar.volume, dollars: bar.dollars };
  return { asset: ticks.asset, times: time, open, high, low, close, volume, dollars, trades, left, source: ticks.source };
}

const empty = () => ({ open: 0, high: -Infinity, low: Infinity, close: 0, volume: 0, dollars: 0, trades: 0, until: 0 });

const rowOf = ({ open, high, low, close, volume, dollars, trades }: ReturnType<typeof empty>, time: number): number[] => [
  time,
  open,
  high,
  low,
  close,
  volume,
  dollars,
  trades,
];

/**
 * Bars as panels [B, 1] of open, high, low, close, volume, dollars and trades, for `frameOf`; each is dated by the minute, in UTC, by which it is known.
 *
 * @throws when two bars end in one minute: a frame has a row a minute at most
 */
export function barPanels({ asset, times, source, left: _, ...fields }: TradeBars): Panel[] {
  const minutes = times.map((time) => Math.ceil(time / 60_000));
  const twice = minutes.findIndex((minute, b) => b > 0 && minute === minutes[b - 1]);
  if (twice > 0)
    throw new Error(
      `${source}: bars ${twice} and ${twice + 1} both end in the minute to ${fromMinute(minutes[twice])}, and a frame has a row a minute at most; ` +
        'ask for larger bars, or use the bars as they are',
    );
  const dates = Array.from(minutes, fromMinute);
  return Object.entries(fields).map(([field, values]) => ({ dates, assets: [asset], values, field, source }));
}
