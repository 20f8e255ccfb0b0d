import type { HostArray } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { MESSAGE, type Messages, midPrice, queueImbalance, replayMessages } from '../../market/index.js';

/** Books as a seller meets them: E episodes of N + 1 looks, the last of which only says what the price came to. */
export interface BookTape {
  /** [E, N + 1] mid prices in ticks. */
  readonly mid: HostArray<Float64Array>;
  /** [E, N + 1, L, 2] bid prices in ticks, best first, each with its shares; NaN and 0 of a level that is not there. */
  readonly bids: HostArray<Float64Array>;
  /** [E, N + 1] shares that market orders bought less those that they sold, since the look before. */
  readonly flow: HostArray<Float64Array>;
  /** [E, N + 1] shares that were traded since the look before. */
  readonly volume: HostArray<Float64Array>;
  /** [E, N + 1] imbalance of the queues at the best prices, from −1, all is offered, to 1. */
  readonly imbalance: HostArray<Float64Array>;
}

/** When a book is looked at. */
export interface BookTapeOptions {
  /** N, slices of an episode. */
  readonly slices: number;
  /** Seconds of a slice. */
  readonly seconds: number;
  /** Seconds after midnight of the first look. */
  readonly from: number;
  /** L, the best bids that are kept. */
  readonly levels: number;
}

/**
 * Looks at the book of each episode at the beginning of N slices and at the end.
 *
 * @param episodes  all messages of each, as `simulate.orderFlow` makes them
 * @returns         the episodes whose book has a price on both sides at each look
 * @throws          when a number is out of range, or no episode is left
 */
export function bookTape(episodes: Iterable<Messages>, options: BookTapeOptions): BookTape {
  checkOptions('bookTape', options, ['slices', 'seconds', 'from', 'levels']);
  const { slices: N, seconds, from, levels: L } = options;
  for (const [name, value] of Object.entries({ slices: N, levels: L })) checkWhole('bookTape', name, value);
  checkNumber('bookTape', 'seconds', seconds, { above: 0 });
  checkNumber('bookTape', 'from', from, { from: 0 });
  const found: Look[][] = [];
  for (const messages of episodes) {
    const looks = looksAt(messages, options);
    if (looks.every(({ mid }) => Number.isFinite(mid))) found.push(looks);
  }
  if (found.length === 0)
    throw new Error('bookTape: no episode has a price on both sides at each look; begin later, or take a fuller book');
  const of = (pick: (look: Look) => number | readonly number[], more: readonly number[] = []) => ({
    data: Float64Array.from(found.flatMap((looks) => looks.flatMap(pick))),
    shape: [found.length, N + 1, ...more],
  });
  return {
    mid: of(({ mid }) => mid),
    bids: of(({ bids }) => bids, [L, 2]),
    flow: of(({ flow }) => flow),
    volume: of(({ volume }) => volume),
    imbalance: of(({ imbalance }) => imbalance),
  };
}

interface Look {
  readonly mid: number;
  readonly bids: readonly number[];
  readonly flow: number;
  readonly volume: number;
  readonly imbalance: number;
}

function looksAt(messages: Messages, { slices: N, seconds, from, levels: L }: BookTapeOptions): Look[] {
  const rows = replayMessages(messages, { levels: L });
  const [mids, imbalances] = [midPrice(rows), queueImbalance(rows)];
  let m = 0;
  return Array.from({ length: N + 1 }, (_, k) => {
    const end = from + k * seconds;
    let [flow, volume] = [0, 0];
    for (; m < messages.time.length && messages.time[m] <= end; m++) {
      if (messages.type[m] !== MESSAGE.execution || messages.time[m] <= end - seconds) continue;
      flow -= messages.direction[m] * messages.size[m];
      volume += messages.size[m];
    }
    const row = rows.data.subarray(4 * L * (m - 1), 4 * L * m);
    const bids = Array.from({ length: L }, (_, l) => [row[4 * l + 2], row[4 * l + 3]]).flat();
    return { mid: mids[m - 1] ?? Number.NaN, bids, flow, volume, imbalance: imbalances[m - 1] ?? Number.NaN };
  });
}

/**
 * What selling n shares at a look brings, by walking down the bids; what the levels do not hold goes a tick below the last of them.
 *
 * @returns Σ price × shares, in ticks
 */
export function soldInto({ bids }: BookTape, e: number, k: number, n: number, tick: number): number {
  const [, looks, L] = bids.shape;
  const base = 2 * L * (e * looks + k);
  let [left, brought, last] = [n, 0, Number.NaN];
  for (let l = 0; l < L && left > 0; l++) {
    const [price, size] = [bids.data[base + 2 * l], bids.data[base + 2 * l + 1]];
    if (!(size > 0)) break;
    const taken = Math.min(left, size);
    brought += price * taken;
    left -= taken;
    last = price;
  }
  return left > 0 ? brought + left * (last - tick) : brought;
}
