import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { key, split, uniform } from '../../src/base/index.js';
import { orderBook, replayMessages, type Side, simulate } from '../../src/market/index.js';
import { intervalOf, typical } from '../race.js';
import { shownLoad } from '../verdict.js';

// npm run bench -- book [--peers FOLDER] [--rounds 7]: messages a second through a limit order book, beside public ones for Node.

const { values: options } = parseArgs({
  allowPositionals: true,
  options: { peers: { type: 'string', default: '.' }, rounds: { type: 'string', default: '7' } },
});
const M = 200_000;
const GOAL = 1e6;
const PEERS = ['nodejs-order-book', 'hft-limit-order-book'];

/** The messages, the same for all: half limit orders, mostly near the other side's best price, two fifths cancellations, a tenth market orders. */
interface Stream {
  readonly kind: Uint8Array; // 0 limit, 1 cancel, 2 market
  readonly id: Float64Array;
  readonly side: Int8Array;
  readonly price: Float64Array;
  readonly size: Float64Array;
}

function stream(): Stream {
  const [u, v, w, x, y] = split(key(1), 5).map((k) => uniform(k, [M], 'float64').data);
  const numbers = () => new Float64Array(M);
  const messages = { kind: new Uint8Array(M), id: numbers(), side: new Int8Array(M), price: numbers(), size: numbers() };
  const book = orderBook();
  const live: number[] = [];
  for (let m = 0; m < M; m++) {
    const side: Side = v[m] < 0.5 ? 1 : -1;
    messages.side[m] = side;
    messages.size[m] = 1 + Math.floor(100 * w[m]);
    while (live.length > 0 && !book.has(live.at(-1)!)) live.pop(); // the last was filled
    if (u[m] >= 0.9) {
      messages.kind[m] = 2;
      book.market(side, messages.size[m]);
    } else if (u[m] >= 0.5 && live.length > 100) {
      const at = Math.floor(x[m] * live.length);
      const id = book.has(live[at]) ? live[at] : live.at(-1)!;
      live[at] = live.at(-1)!;
      live.pop();
      messages.kind[m] = 1;
      messages.id[m] = id;
      book.cancel(id);
    } else {
      const other = book.best(-side as Side);
      const distance = Math.min(500, Math.floor((1 - y[m]) ** (-1 / 0.8)));
      messages.id[m] = m + 1;
      messages.price[m] = (Number.isNaN(other) ? 10_000 : other) - side * distance;
      book.limit(m + 1, side, messages.price[m], messages.size[m]);
      live.push(m + 1);
    }
  }
  return messages;
}

const { kind, id, side, price, size } = stream();

/** Sends all messages, with the best prices read after each where that is cheap. Returns the best ask and bid that are left. */
interface Way {
  readonly name: string;
  run(): [ask: number, bid: number];
}

const ours: Way = {
  name: 'lemmata',
  run() {
    const book = orderBook();
    let seen = 0;
    for (let m = 0; m < M; m++) {
      if (kind[m] === 0) book.limit(id[m], side[m] as Side, price[m], size[m]);
      else if (kind[m] === 1) book.cancel(id[m]);
      else book.market(side[m] as Side, size[m]);
      seen += Number(book.best(-1) - book.best(1) === 1);
    }
    if (seen === 0) throw new Error('the spread was never a tick');
    return [book.best(-1), book.best(1)];
  },
};

interface PeerBook {
  limit(order: { id: string; side: string; price: number; size: number }): unknown;
  market(order: { side: string; size: number }): unknown;
  cancel(id: string): unknown;
  depth(): [asks: [price: number, size: number][], bids: [price: number, size: number][]];
}

const ids = Array.from(id, String);
const peers = PEERS.flatMap((name): Way[] => {
  try {
    const { OrderBook } = createRequire(resolve(options.peers, 'x.js'))(name) as { OrderBook: new () => PeerBook };
    const run = (): [number, number] => {
      const book = new OrderBook();
      for (let m = 0; m < M; m++) {
        const to = side[m] === 1 ? 'buy' : 'sell';
        if (kind[m] === 0) book.limit({ id: ids[m], side: to, price: price[m], size: size[m] });
        else if (kind[m] === 1) book.cancel(ids[m]);
        else book.market({ side: to, size: size[m] });
      }
      const [asks, bids] = book.depth();
      return [Math.min(...asks.map(([ask]) => ask)), Math.max(...bids.map(([bid]) => bid))];
    };
    return [{ name, run }];
  } catch {
    console.log(`${name} is absent: npm install --no-save ${name}, here or in a folder for --peers`);
    return [];
  }
});

const ways = [ours, ...peers];
const times = ways.map(() => ({ rounds: [] as number[] }));
for (let round = -1; round < Number(options.rounds); round++)
  for (const [i, way] of ways.entries()) {
    const start = performance.now();
    const best = way.run();
    if (round >= 0) times[i].rounds.push(performance.now() - start);
    const want = ours.run();
    if (best.join() !== want.join()) throw new Error(`${way.name} ends with ${best}, not with ${want}: not the same matching`);
  }

console.log(`${M.toLocaleString('en')} messages, one thread; load ${shownLoad(loadavg())}\n`);
for (const [i, { name }] of ways.entries()) {
  const rate = (1000 * M) / typical(times[i]);
  const { median, low, high } = intervalOf(times[0], times[i]);
  const goal =
    i === 0
      ? `   goal ≥ ${GOAL / 1e6}${rate < GOAL ? '   MISSED' : ''}`
      : `   ours ${median.toFixed(1)} times as fast, 95 % ${low.toFixed(1)} … ${high.toFixed(1)}`;
  console.log(`${name.padEnd(24)}${(rate / 1e6).toFixed(2).padStart(8)} million messages a second${goal}`);
}
const start = performance.now();
const flow = simulate.orderFlow(key(1), { until: 3600 });
const drawn = performance.now();
replayMessages(flow, { levels: 10 });
const done = performance.now();
const count = flow.time.length;
console.log(
  `\norderFlow draws ${(count / 1000 / (drawn - start)).toFixed(2)}, replayMessages with ten levels takes ${(count / 1000 / (done - drawn)).toFixed(2)} million messages a second`,
);
process.exitCode = (1000 * M) / typical(times[0]) < GOAL ? 1 : 0;
