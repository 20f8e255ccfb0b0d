import { fold, type Key } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import type { Side } from '../book/book.js';
import { MESSAGE, type Messages, messageLog } from '../book/messages.js';
import { orderBook } from '../book/order-book.js';
import { hawkes } from './hawkes.js';
import { uniforms } from './uniforms.js';

/** How orders come and go. The four kinds of events are limit orders to buy and to sell, then market orders to buy and to sell. */
export interface OrderFlowOptions {
  /** [4] a second; limit orders 2 and market orders 0.8 of either side unless told */
  readonly baseline?: readonly number[];
  /** [4, 4] as in `hawkes`; unless told, each kind causes 0.3 of itself, and each market order 0.3 limit orders of either side */
  readonly branching?: readonly (readonly number[])[];
  /** β of `hawkes`, a second; 5 unless told */
  readonly decay?: number;
  /** seconds that an order lives on average if nothing hits it; 10 unless told */
  readonly lifetime?: number;
  /** exponent of the distance from the other side's best price: P(d ticks or more) = d^−exponent, drawn anew beyond 200; 0.6 unless told */
  readonly exponent?: number;
  /** mean size in shares, in lots of 100; 200 unless told */
  readonly size?: number;
  /** the price to begin around, in ten-thousandths of a dollar; 1000000, 100 dollars, unless told */
  readonly start?: number;
  /** between two prices; 100, a cent, unless told */
  readonly tick?: number;
  /** seconds after midnight of the first message; 34200, 9:30, unless told */
  readonly open?: number;
  /** how many seconds it goes on */
  readonly until: number;
}

const DEEPEST = 200; // ticks from the other side's best
const LOT = 100;
const [BUY, SELL] = [1, -1] as const;

/**
 * A day of a limit order book that nobody saw: limit and market orders excite one another as a Hawkes process does, each order is cancelled after
 * an exponential lifetime if nothing hits it first, and all meet in an `orderBook`.
 *
 *     const messages = simulate.orderFlow(key(1), { until: 600 });
 *     writeLobster(files, { messages, book: replayMessages(messages, { levels: 10 }) });
 *
 * Limit orders come at a distance from the best price of the other side, so they never match; sizes are geometric. At the open each side has as many
 * orders as its rate and lifetime keep up. A market order that finds nothing is not seen.
 *
 * @returns messages as LOBSTER has them: submissions, deletions and executions, times in whole nanoseconds
 * @throws  on a number that is none, and as `hawkes` does
 *
 * Placement: Bouchaud, Mézard & Potters 2002. Lifetimes: Cont, Stoikov & Talreja 2010. Excitation of orders: Abergel & Jedidi 2015.
 * Theorem: thm:stationary-queues.
 */
export function orderFlow(k: Key, options: OrderFlowOptions): Messages {
  const names = ['baseline', 'branching', 'decay', 'lifetime', 'exponent', 'size', 'start', 'tick', 'open', 'until'] as const;
  checkOptions('orderFlow', options, names);
  const { baseline = [2, 2, 0.8, 0.8], decay = 5, lifetime = 10, exponent = 0.6, size = 200, until } = options;
  const { start = 1_000_000, tick = 100, open = 34_200 } = options;
  const { branching = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j || (i < 2 && j >= 2) ? 0.3 : 0))) } = options;
  if (baseline.length !== 4)
    throw new Error(
      `orderFlow: baseline must have the rates of 4 kinds: limit buy, limit sell, market buy, market sell; got ${baseline.length}`,
    );
  for (const [name, value] of Object.entries({ lifetime, exponent })) checkNumber('orderFlow', name, value, { above: 0 });
  checkNumber('orderFlow', 'size', size, { from: LOT }, 'it is a mean in shares of lots of 100');
  checkNumber('orderFlow', 'open', open, { from: 0 });
  for (const [name, value] of Object.entries({ start, tick })) checkWhole('orderFlow', name, value);

  const events = hawkes(fold(k, 0), { baseline, branching, decay, until });
  const draw = uniforms(fold(k, 1));
  const book = orderBook();
  const log = messageLog();
  const seen = { [BUY]: Math.floor(start / tick) - 1, [SELL]: Math.floor(start / tick) + 1 }; // best prices in ticks, of an empty side the last
  const live: number[] = [];
  const places: number[] = []; // of each id in `live`
  let nextId = 1;

  const note = (at: number, type: number, id: number, shares: number, price: number, side: number) =>
    log.add(Math.round((open + at) * 1e9) / 1e9, type, id, shares, price * tick, side);
  const look = () => {
    for (const side of [BUY, SELL] as const) if (book.depth(side) > 0) seen[side] = book.best(side);
  };
  const drawSize = () => LOT * (1 + Math.floor(size > LOT ? Math.log(1 - draw()) / Math.log(1 - LOT / size) : 0));
  const forget = (id: number) => {
    const last = live.pop()!;
    if (last === id) return;
    live[places[id]] = last;
    places[last] = places[id];
  };
  const submit = (at: number, side: Side) => {
    const distance = Math.floor((1 - draw() * (1 - (DEEPEST + 1) ** -exponent)) ** (-1 / exponent));
    const [id, price, shares] = [nextId++, seen[-side as Side] - side * distance, drawSize()];
    book.rest(id, side, price, shares);
    places[id] = live.push(id) - 1;
    note(at, MESSAGE.submission, id, shares, price, side);
    look();
  };
  const hit = (at: number, side: Side) => {
    book.market(side, drawSize());
    const { count, ids, prices, sizes } = book.fills;
    for (let i = 0; i < count; i++) {
      note(at, MESSAGE.execution, ids[i], sizes[i], prices[i], -side);
      if (!book.has(ids[i])) forget(ids[i]);
    }
    look();
  };
  const expire = (at: number) => {
    const id = live[Math.floor(draw() * live.length)];
    const [side, price] = [book.sideOf(id), book.priceOf(id)];
    note(at, MESSAGE.deletion, id, book.cancel(id), price, side);
    forget(id);
    look();
  };

  for (const side of [BUY, SELL] as const) for (let i = Math.round(baseline[side === BUY ? 0 : 1] * lifetime); i > 0; i--) submit(0, side);
  let now = 0;
  for (let e = 0; e <= events.times.length; e++) {
    const next = e < events.times.length ? events.times[e] : until;
    // Lifetimes have no memory, so the next of all n ends after an exponential time of mean lifetime / n, drawn anew whenever n changed.
    for (;;) {
      const ends = now - (Math.log(1 - draw()) * lifetime) / live.length;
      if (!(ends < next)) break;
      expire(ends);
      now = ends;
    }
    now = next;
    if (e === events.times.length) break;
    const kind = events.kinds[e];
    (kind < 2 ? submit : hit)(now, kind % 2 === 0 ? BUY : SELL);
  }
  return log.done();
}
