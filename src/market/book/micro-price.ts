import { checkOptions, checkWhole } from '../../base/internal.js';
import { backSubstitute, type Matrix, qr, transposeVec } from '../../linalg/index.js';
import { midPrice, queueImbalance } from './imbalance.js';
import type { BookRows } from './messages.js';

/** The states in which a micro-price sees a book. */
export interface MicroPriceOptions {
  /** between two prices, in the unit of the rows: 100 of LOBSTER's cents */
  readonly tick: number;
  /** parts into which the queue imbalance is cut, an even number; 10 unless told */
  readonly buckets?: number;
  /** spreads that are told apart, from one tick up; wider ones count as the widest; 2 unless told */
  readonly spreads?: number;
}

/** Where the mid is expected to end, by imbalance and spread. */
export interface MicroPrice {
  /** [spreads, buckets] of the adjustment, in the unit of the rows; buckets ascend from all offered to all bid for; 0 of a state that was not seen */
  readonly adjustments: Matrix;
  /** [spreads, buckets] how many rows were seen in each state, a row and its mirror as one each, balanced ones left out */
  readonly counts: Matrix;
  /** The micro-price after each row, [M]: mid + adjustment, the mid where the queues are equal; NaN where a side is empty. */
  price(rows: BookRows): Float64Array;
}

/**
 * The micro-price: the mid that is expected in the end, of a book that is a Markov chain in its spread and its queue imbalance.
 *
 *     P = mid + G(state)        G = E[Δmid | state] + E[G(next state) | state]        G(mirror) = −G(state)
 *
 * Each row counts with its mirror image, bids for asks, so the chain has no drift; a row whose queues are equal is its own, and G is 0 there.
 * Stoikov sums G = Σ Bᵏ G₁ over changes of the mid; the sum solves the equation above, which holds from row to row, and is solved here once, on
 * the half of the states that the mirror leaves.
 *
 * @param rows  [M, 4 × levels] to estimate from; rows with an empty side cut the chain
 * @throws      when buckets is odd, when nothing is seen, or when a state is never left for another
 *
 * Stoikov 2018.
 */
export function fitMicroPrice(rows: BookRows, options: MicroPriceOptions): MicroPrice {
  checkOptions('fitMicroPrice', options, ['tick', 'buckets', 'spreads']);
  const { tick, buckets = 10, spreads = 2 } = options;
  checkWhole('fitMicroPrice', 'tick', tick);
  checkWhole('fitMicroPrice', 'spreads', spreads);
  checkWhole('fitMicroPrice', 'buckets', buckets, { from: 2 });
  if (buckets % 2 !== 0) throw new Error(`fitMicroPrice: buckets must be even, got ${buckets}; a middle one would have no mirror image`);
  const S = spreads * buckets;
  const mirrorOf = (s: number) => s - (s % buckets) + buckets - 1 - (s % buckets);
  const { states, mids } = statesOf(rows, { tick, buckets, spreads });
  const [seen, drift, moves] = [new Float64Array(S), new Float64Array(S), new Float64Array(S * S)];
  for (let m = 0; m + 1 < states.length; m++) {
    const [from, to] = [states[m], states[m + 1]];
    if (from < 0 || to < 0 || from === S) continue;
    for (const [a, b, sign] of [
      [from, to, 1],
      [mirrorOf(from), mirrorOf(to), -1],
    ]) {
      seen[a]++;
      drift[a] += sign * (mids[m + 1] - mids[m]);
      if (to < S) moves[a * S + b]++;
    }
  }
  // The states of the half that leans to the ask; a state of the other half has the adjustment of its mirror, with its sign changed.
  const half = Array.from({ length: S }, (_, s) => s).filter((s) => s % buckets >= buckets / 2 && seen[s] > 0);
  if (half.length === 0) throw new Error('fitMicroPrice: no two rows follow one another with both sides of the book; give more rows');
  const n = half.length;
  const system: Matrix = { rows: n, cols: n, data: new Float64Array(n * n) };
  half.forEach((a, i) => {
    half.forEach((b, j) => {
      system.data[i * n + j] = Number(i === j) - (moves[a * S + b] - moves[a * S + mirrorOf(b)]) / seen[a];
    });
  });
  const { q, r, dependent } = qr(system);
  if (dependent >= 0)
    throw new Error(
      'fitMicroPrice: from some states the book never leans the other way, so where its mid ends is open; give more rows or fewer buckets',
    );
  const solved = backSubstitute(
    r,
    transposeVec(
      q,
      Float64Array.from(half, (s) => drift[s] / seen[s]),
    ),
  );
  const adjustments: Matrix = { rows: spreads, cols: buckets, data: new Float64Array(S) };
  half.forEach((s, i) => {
    adjustments.data[s] = solved[i];
    adjustments.data[mirrorOf(s)] = -solved[i];
  });
  return {
    adjustments,
    counts: { rows: spreads, cols: buckets, data: seen },
    price(others) {
      const { states, mids } = statesOf(others, { tick, buckets, spreads });
      return mids.map((mid, m) => (states[m] < 0 ? Number.NaN : mid + (adjustments.data[states[m]] ?? 0)));
    },
  };
}

/** The state of each row, spread × buckets + bucket, spreads × buckets where the queues are equal, or −1 where a side is empty; and its mid. */
function statesOf(rows: BookRows, { tick, buckets, spreads }: Required<MicroPriceOptions>): { states: Int32Array; mids: Float64Array } {
  const [mids, imbalances, columns] = [midPrice(rows), queueImbalance(rows), rows.shape[1]];
  const states = Int32Array.from(mids, (mid, m) => {
    if (Number.isNaN(mid)) return -1;
    const spread = Math.min(spreads, Math.max(1, Math.round((rows.data[columns * m] - rows.data[columns * m + 2]) / tick)));
    if (imbalances[m] === 0) return spreads * buckets;
    // By the size of the imbalance, so that one on the edge of two buckets and its mirror image fall into buckets that mirror each other.
    const bucket = Math.min(buckets - 1, Math.floor(((Math.abs(imbalances[m]) + 1) / 2) * buckets));
    return (spread - 1) * buckets + (imbalances[m] > 0 ? bucket : buckets - 1 - bucket);
  });
  return { states, mids };
}
