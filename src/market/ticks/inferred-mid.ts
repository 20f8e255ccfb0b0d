import { checkNumber, checkOptions } from '../../base/internal.js';

/** How far apart the quotes are that are inferred. */
export interface MidOptions {
  /** the spread, one tick: 0.25 index points of the E-mini */
  readonly tick: number;
}

/**
 * The mid price that trades alone imply, where the spread is one tick: trades at two neighbouring prices bounce between a bid and an ask that stand still.
 *
 *     [b, b + tick] stays while prices lie in it; a price above becomes the ask, a price below the bid        mid = b + tick/2
 *
 * The first change of price opens the band, with the new price as the ask after a rise and as the bid after a fall; the mid is NaN before it. No mid uses
 * a later trade.
 *
 * @param prices  [E] of trades, in their order
 * @returns       [E] the mid after each
 * @throws        when the tick is not above 0, or a price is no number
 */
export function inferredMid(prices: ArrayLike<number>, options: MidOptions): Float64Array {
  checkOptions('inferredMid', options, ['tick']);
  const { tick } = options;
  checkNumber('inferredMid', 'tick', tick, { above: 0 });
  const mids = new Float64Array(prices.length).fill(Number.NaN);
  let bid = Number.NaN;
  for (let e = 0; e < prices.length; e++) {
    const price = Math.round(prices[e] / tick); // in ticks
    if (!Number.isFinite(price)) throw new Error(`inferredMid: the price of trade ${e + 1} is ${prices[e]}; leave out what is no trade`);
    const before = e === 0 ? price : Math.round(prices[e - 1] / tick);
    if (Number.isNaN(bid)) {
      if (price !== before) bid = price > before ? price - 1 : price;
    } else if (price > bid + 1) bid = price - 1;
    else if (price < bid) bid = price;
    mids[e] = (bid + 0.5) * tick;
  }
  return mids;
}

/** Labels of events by the next change of a mid, [L] each, in their order. */
export interface MidChangeLabels {
  /** number of the event that is labelled: its features may use it and what came before */
  readonly starts: Int32Array;
  /** number of the event at which the mid changes, and the label is known */
  readonly ends: Int32Array;
  /** 1 where the mid rises, −1 where it falls */
  readonly directions: Int8Array;
  /** by how much, in the unit of the prices */
  readonly moves: Float64Array;
  /** which change it is, counted from 0: events that wait for the same change share their label, and are one observation of it */
  readonly intervals: Int32Array;
  /** time of the event, `2013-09-03T13:30:00.083000002Z`, as splits take dates: events of one millisecond, here the third, are counted on in nanoseconds */
  readonly dates: readonly string[];
  /** time at which the label is known: the `horizon` of splits */
  readonly knownAt: readonly string[];
}

/**
 * Labels each event with the next change of the mid. Events before the first mid and after the last change have none and are left out.
 *
 *     const labels = nextMidChange(events.times, inferredMid(events.prices, { tick: 0.25 }));
 *     walkForward(labels.dates, { train, test, horizon: labels.knownAt })        // trains on no label that is open when the test begins
 *
 * @param times  [E] milliseconds since 1970 UTC, never falling
 * @param mids   [E] NaN before the first is known
 * @throws       when times and mids differ in number, times fall, or the mid never changes
 */
export function nextMidChange(times: ArrayLike<number>, mids: ArrayLike<number>): MidChangeLabels {
  const E = times.length;
  if (mids.length !== E) throw new Error(`nextMidChange: ${E} times and ${mids.length} mids; each event has one of each`);
  const changes: number[] = [];
  for (let e = 1; e < E; e++) {
    if (!(times[e] >= times[e - 1])) throw new Error(`nextMidChange: the time of event ${e + 1} falls; sort the events by time`);
    if (mids[e] !== mids[e - 1] && !Number.isNaN(mids[e - 1])) changes.push(e);
  }
  if (changes.length === 0) throw new Error(`nextMidChange: the mid of ${E} events never changes; take a longer day`);
  const first = Array.from({ length: E }, (_, e) => e).find((e) => !Number.isNaN(mids[e]))!;
  const starts = Int32Array.from({ length: changes.at(-1)! - first }, (_, i) => first + i);
  const intervals = new Int32Array(starts.length);
  for (let i = 0, change = 0; i < starts.length; i++) {
    if (starts[i] >= changes[change]) change++;
    intervals[i] = change;
  }
  const ends = intervals.map((change) => changes[change]);
  const moves = Float64Array.from(ends, (end) => mids[end] - mids[end - 1]);
  let [former, order] = [-1, 0];
  // Events of one time follow one another: a label that ends later in it is not known at an earlier one.
  const stamps = Array.from(times, (time) => {
    [former, order] = [time, time === former ? order + 1 : 0];
    return `${new Date(time).toISOString().slice(0, -1)}${String(order).padStart(6, '0')}Z`;
  });
  return {
    starts,
    ends,
    directions: Int8Array.from(moves, Math.sign),
    moves,
    intervals,
    dates: Array.from(starts, (e) => stamps[e]),
    knownAt: Array.from(ends, (e) => stamps[e]),
  };
}
