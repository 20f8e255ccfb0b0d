import type { HostArray } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { inferredMid } from './inferred-mid.js';
import type { TradeEvents } from './trade-events.js';

/** What the features of a tape are made over. */
export interface TradeFlowOptions {
  /** the spread, one tick: 0.25 index points of the E-mini */
  readonly tick: number;
  /** numbers of events over which flow is summed; 1, 5, 20 and 100 unless told */
  readonly windows?: readonly number[];
}

/** Features of events: `x` [E, F], and the names of its columns [F]. */
export interface TradeFlow {
  readonly x: HostArray<Float64Array>;
  readonly names: readonly string[];
}

/**
 * What a tape without quotes tells at each event, of this event and those before it:
 *
 *     sign              who began it, 1 a buyer
 *     flow w            Σ sign × volume / Σ volume over the last w events, fewer at the start: −1 all sold, 1 all bought
 *     place             (price − mid) / (tick/2) of the inferred mid: 1 at the ask, −1 at the bid
 *     last move         direction of the mid's last change, 0 before the first
 *     age               log(1 + events since that change)
 *     wait              log(1 + milliseconds since the event before), 0 at the first
 *     size              log volume
 *     trades            log number of trades
 *
 * `place` is 0 until the mid is known.
 *
 * @returns x [E, F], F = 7 + the number of windows
 * @throws  when the tick is not above 0, or a window is no whole number from 1 up
 */
export function tradeFlow(events: TradeEvents, options: TradeFlowOptions): TradeFlow {
  checkOptions('tradeFlow', options, ['tick', 'windows']);
  const { tick, windows = [1, 5, 20, 100] } = options;
  checkNumber('tradeFlow', 'tick', tick, { above: 0 });
  for (const w of windows) checkWhole('tradeFlow', 'windows', w);
  const { times, prices, volumes, trades, signs } = events;
  const E = times.length;
  const mids = inferredMid(prices, { tick });
  const [bought, all] = [new Float64Array(E + 1), new Float64Array(E + 1)]; // cumulated
  for (let e = 0; e < E; e++) {
    bought[e + 1] = bought[e] + signs[e] * volumes[e];
    all[e + 1] = all[e] + volumes[e];
  }
  const names = ['sign', ...windows.map((w) => `flow ${w}`), 'place', 'last move', 'age', 'wait', 'size', 'trades'];
  const x = new Float64Array(E * names.length);
  for (let e = 0, move = 0, since = 0; e < E; e++) {
    const change = e === 0 ? 0 : Math.sign(mids[e] - mids[e - 1]) || 0; // NaN before the mid is known
    if (change !== 0) [move, since] = [change, 0];
    else since++;
    const flows = windows.map((w) => {
      const from = Math.max(0, e + 1 - w);
      return (bought[e + 1] - bought[from]) / (all[e + 1] - all[from]);
    });
    const wait = e === 0 ? 0 : times[e] - times[e - 1];
    const place = Number.isNaN(mids[e]) ? 0 : (prices[e] - mids[e]) / (tick / 2);
    x.set(
      [signs[e], ...flows, place, move, Math.log1p(since), Math.log1p(wait), Math.log(volumes[e]), Math.log(trades[e])],
      e * names.length,
    );
  }
  return { x: { data: x, shape: [E, names.length] }, names };
}
