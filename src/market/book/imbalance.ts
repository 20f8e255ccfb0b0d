import type { BookRows } from './messages.js';

/** Best prices and sizes of a row: an empty side rests infinitely far away, with nothing in it. */
function quotes({ data, shape: [, columns] }: BookRows, m: number): { ask: number; askSize: number; bid: number; bidSize: number } {
  const [ask, askSize, bid, bidSize] = data.subarray(columns * m, columns * m + 4);
  return { ask: Number.isNaN(ask) ? Infinity : ask, askSize, bid: Number.isNaN(bid) ? -Infinity : bid, bidSize };
}

/**
 * What each message did to the best queues: demand less supply, in shares.
 *
 *     e_m = 1{b_m ≥ b_{m−1}} q_m − 1{b_m ≤ b_{m−1}} q_{m−1} − 1{a_m ≤ a_{m−1}} r_m + 1{a_m ≥ a_{m−1}} r_{m−1}
 *
 * with the best bid b of size q and the best ask a of size r. Summed over an interval it is the order-flow imbalance: limit orders to buy, less their
 * cancellations, less market orders to sell, and the mirror of all that. A side that becomes empty takes its queue away; one that comes back brings it.
 *
 * @param rows  [M, 4 × levels] of `replayMessages` or `readLobster`; the first level alone is read
 * @returns     [M] in shares; 0 at the first row, which has none before it
 *
 * Cont, Kukanov & Stoikov 2014. Theorem: thm:order-flow-impact.
 */
export function orderFlowImbalance(rows: BookRows): Float64Array {
  const found = new Float64Array(rows.shape[0]);
  for (let m = 1; m < found.length; m++) {
    const [before, now] = [quotes(rows, m - 1), quotes(rows, m)];
    if (now.bid >= before.bid) found[m] += now.bidSize;
    if (now.bid <= before.bid) found[m] -= before.bidSize;
    if (now.ask <= before.ask) found[m] -= now.askSize;
    if (now.ask >= before.ask) found[m] += before.askSize;
  }
  return found;
}

/**
 * Queue imbalance: (q − r) / (q + r) of the sizes at the best bid and at the best ask, from −1, all is offered, to 1, all is bid for.
 *
 * @param rows  [M, 4 × levels]
 * @returns     [M]; NaN where both sides are empty
 *
 * Gould & Bonart 2016.
 */
export function queueImbalance(rows: BookRows): Float64Array {
  return Float64Array.from({ length: rows.shape[0] }, (_, m) => {
    const { askSize, bidSize } = quotes(rows, m);
    return (bidSize - askSize) / (bidSize + askSize);
  });
}

/**
 * The mid price, (b + a)/2.
 *
 * @param rows  [M, 4 × levels]
 * @returns     [M] in ticks, as the rows are; NaN where a side is empty
 */
export const midPrice = (rows: BookRows): Float64Array =>
  Float64Array.from({ length: rows.shape[0] }, (_, m) => {
    const { ask, bid } = quotes(rows, m);
    return Number.isFinite(ask) && Number.isFinite(bid) ? (ask + bid) / 2 : Number.NaN;
  });

/**
 * The mid price weighted by the queues, (q a + r b) / (q + r): a long queue at the bid pulls it to the ask.
 *
 * @param rows  [M, 4 × levels]
 * @returns     [M] in ticks, as the rows are; NaN where a side is empty
 *
 * Stoikov 2018.
 */
export const weightedMid = (rows: BookRows): Float64Array =>
  Float64Array.from({ length: rows.shape[0] }, (_, m) => {
    const { ask, askSize, bid, bidSize } = quotes(rows, m);
    return Number.isFinite(ask) && Number.isFinite(bid) ? (bidSize * ask + askSize * bid) / (bidSize + askSize) : Number.NaN;
  });
