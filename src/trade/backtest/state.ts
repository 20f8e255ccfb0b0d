import type { Charge } from '../costs/cost.js';
import type { Account, Opening } from './account.js';
import type { Decision, Schedule } from './decisions.js';
import type { Market } from './market.js';

/** What a run is made of. */
export interface Simulation {
  readonly market: Market;
  readonly decisions: Schedule;
  readonly charges: readonly Charge[];
  readonly delisting: number | undefined;
  readonly account: Opening;
}

/** The account of a run at the row where it stands: money in units, positions in lots, prices in ticks. */
export interface State {
  cash: number;
  /** equity at the prices that were read last: at a close, when a row ends */
  worth: number;
  /** money in positions there, long and short, and how much of it is in assets that had no price */
  size: number;
  old: number;
  /** whether an order waits */
  isWaiting: boolean;
  /** whether nothing was left at some close */
  isRuined: boolean;
  /** the next decision */
  next: number;
  /** [N] */
  readonly lots: Float64Array;
  /** [N] last prices, NaN before the first */
  readonly marks: Float64Array;
  /** [N] weights to trade to, NaN without an order */
  readonly waiting: Float64Array;
}

/** Cash, positions and last prices before the first row: those of an earlier run, or none and the prices so far. */
export function openState({ assets, columns, width, close }: Market, { start }: Schedule, { units, cash, end }: Opening): State {
  const N = assets.length;
  const [lots, marks, waiting] = [new Float64Array(N), new Float64Array(N).fill(Number.NaN), new Float64Array(N).fill(Number.NaN)];
  let worth = cash;
  for (let n = 0; n < N; n++) {
    for (let t = start; t >= 0 && Number.isNaN(marks[n]); t--) {
      const price = close[t * width + columns[n]];
      if (price > 0) marks[n] = Math.round(price * units.ticks);
    }
    const k = end?.assets.indexOf(assets[n]) ?? -1;
    if (!end || k < 0) continue;
    [lots[n], waiting[n]] = [end.lots[k], end.waiting[k]];
    if (!Number.isNaN(end.marks[k])) marks[n] = end.marks[k];
    if (lots[n] !== 0) worth += Math.round(lots[n] * marks[n]);
  }
  const isWaiting = waiting.some((w) => !Number.isNaN(w));
  return { cash, worth, size: 0, old: 0, isWaiting, isRuined: end?.isRuined ?? false, next: 0, lots, marks, waiting };
}

/** The account as another run goes on from it. */
export function closeState({ cash, lots, marks, waiting, isRuined }: State, { market, account }: Simulation): Account {
  const { dates, assets } = market;
  return { date: dates[dates.length - 1], assets, cash, lots, marks, waiting, tick: account.tick, lot: account.lot, isRuined };
}

/** What is decided at the close of row t takes the place of what still waits. Throws where an asset cannot be had. */
export function decide(state: State, { market, decisions, account }: Simulation, t: number): void {
  if (decisions.rows[state.next] !== t) return;
  const k = state.next++;
  if (state.isRuined) return;
  const { marks, waiting } = state;
  const { dates, columns, width, listed } = market;
  const chosen = decisions.weights ?? decisions.decide(k, currently(state, dates[t], account));
  const from = decisions.weights ? k * waiting.length : 0;
  for (let n = 0; n < waiting.length; n++) {
    const w = chosen[from + n];
    waiting[n] = w;
    if (w === 0) continue;
    if (listed && listed[t * width + columns[n]] === 0) refuseUnlisted(market, t, n, w);
    if (Number.isNaN(marks[n])) refuseEarly(market, t, n, w);
  }
  state.isWaiting = true;
}

const currently = ({ lots, marks, worth }: State, date: string, { units }: Opening): Decision => ({
  date,
  weights: lots.map((count, n) => (count === 0 ? 0 : Math.round(count * marks[n]) / worth)),
  equity: units.money(worth),
});

function refuseEarly({ dates, assets, source }: Market, t: number, n: number, w: number): never {
  throw new Error(
    `backtest: '${assets[n]}' has a weight of ${w} on ${dates[t]}, before its first price in ${source}; give it 0 until it is traded`,
  );
}

function refuseUnlisted({ dates, assets, source }: Market, t: number, n: number, w: number): never {
  throw new Error(
    `backtest: '${assets[n]}' has a weight of ${w} on ${dates[t]}, when ${source} does not list it; ` +
      'choose among those that are listed on the date: was the universe picked with later knowledge?',
  );
}
