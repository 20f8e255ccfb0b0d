import { tickRule } from './tick-rule.js';
import { checkTicks, type Ticks } from './ticks.js';

/** Trades of one time and one price as one event, [E] each: what one order did at one price, as far as a tape tells. */
export interface TradeEvents {
  /** that of the ticks */
  readonly asset: string;
  /** milliseconds since 1970 UTC, never falling */
  readonly times: Float64Array;
  /** in the asset's currency or in index points */
  readonly prices: Float64Array;
  /** sizes, summed: shares, contracts or coins */
  readonly volumes: Float64Array;
  /** how many trades */
  readonly trades: Float64Array;
  /** by `tickRule`: 1 a buyer began it, −1 a seller, 0 unknown */
  readonly signs: Int8Array;
  /** that of the ticks */
  readonly source: string;
}

/**
 * Trades as events: an order that meets several resting ones at a price is printed as several trades of one time, and is one decision.
 *
 *     const events = tradeEvents(loadTicks('mlfinpy/e-mini-trades'));
 *
 * An event ends where the time or the price changes, so it is known with the first trade after it, or when its millisecond is over.
 *
 * @throws on ticks that are out of order or no numbers
 */
export function tradeEvents(ticks: Ticks): TradeEvents {
  checkTicks(ticks);
  const { times, prices, sizes } = ticks;
  const rows: [time: number, price: number, volume: number, trades: number][] = [];
  for (let k = 0; k < times.length; k++) {
    const last = rows.at(-1);
    if (last && last[0] === times[k] && last[1] === prices[k]) {
      last[2] += sizes[k];
      last[3]++;
    } else rows.push([times[k], prices[k], sizes[k], 1]);
  }
  const column = (c: number) => Float64Array.from(rows, (row) => row[c]);
  return {
    asset: ticks.asset,
    times: column(0),
    prices: column(1),
    volumes: column(2),
    trades: column(3),
    signs: tickRule(column(1)),
    source: ticks.source,
  };
}
