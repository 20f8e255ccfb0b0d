import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { fold, key } from '../../base/random.js';
import { MESSAGE, replayMessages } from '../book/messages.js';
import { readLobster, writeLobster } from '../sources/lobster.js';
import { hawkes } from './hawkes.js';
import { orderFlow } from './order-flow.js';

const none = [0, 1, 2, 3].map(() => [0, 0, 0, 0]);
const count = (types: Uint8Array, type: number) => types.filter((one) => one === type).length;

describe('orderFlow', () => {
  const messages = orderFlow(key(1), { until: 900 });
  const book = replayMessages(messages, { levels: 5 }); // refuses what does not fit: ids, prices, sizes, sides, times

  it.each([
    [{ baseline: [1, 1] }, 'orderFlow: baseline must have the rates of 4 kinds: limit buy, limit sell, market buy, market sell; got 2'],
    [{ lifetime: 0 }, 'orderFlow: lifetime must be a finite number above 0, got 0'],
    [{ open: -1 }, 'orderFlow: open must be a finite number from 0 up, got -1'],
    [{ size: 50 }, 'orderFlow: size must be a finite number from 100 up, got 50; it is a mean in shares of lots of 100'],
    [{ tick: 0.5 }, 'orderFlow: tick must be a whole number from 1 up, got 0.5'],
    [{ ticks: 5 }, "orderFlow: there is no option 'ticks'"],
  ])('refuses %o', (wrong, error) => {
    expect(() => orderFlow(key(1), { until: 5, ...wrong })).toThrow(error);
  });

  it('is the same for the same key, and keeps its messages when it goes on for longer', () => {
    const short = orderFlow(key(3), { until: 30 });
    const long = orderFlow(key(3), { until: 60 });
    expect(orderFlow(key(3), { until: 30 })).toEqual(short);
    expect(orderFlow(key(1), { until: 900 })).toEqual(messages);
    expect([...long.price.slice(0, short.price.length)]).toEqual([...short.price]);
    expect([...long.time.slice(0, short.time.length)]).toEqual([...short.time]);
  });

  it('never crosses its book, whose two sides move', () => {
    const [asks, bids] = [0, 2].map((c) => Float64Array.from({ length: book.shape[0] }, (_, m) => book.data[20 * m + c]));
    expect(asks.every((ask, m) => !(ask <= bids[m]))).toBe(true);
    const middles = new Set(asks.map((ask, m) => (ask + bids[m]) / 2));
    expect(middles.size).toBeGreaterThan(20);
    expect(messages.price.every((price) => price % 100 === 0)).toBe(true);
    expect(messages.size.every((size, m) => size > 0 && size % 100 === 0 && messages.time[m] >= 34_200 && messages.time[m] <= 35_100)).toBe(
      true,
    );
  });

  it('submits an order at every limit event of its Hawkes process, beside those of the open', () => {
    const branching = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j || (i < 2 && j >= 2) ? 0.3 : 0)));
    const events = hawkes(fold(key(1), 0), { baseline: [2, 2, 0.8, 0.8], branching, decay: 5, until: 900 });
    const limits = events.times.filter((_, e) => events.kinds[e] < 2);
    const submitted = messages.time.filter((_, m) => messages.type[m] === MESSAGE.submission);
    expect(submitted.length).toBe(40 + limits.length);
    const ids = messages.id.filter((_, m) => messages.type[m] === MESSAGE.submission);
    expect([...ids]).toEqual(Array.from(ids, (_, i) => i + 1));
    expect([...submitted.slice(40)]).toEqual([...limits].map((t) => Math.round((34_200 + t) * 1e9) / 1e9));
  });

  it('goes through LOBSTER files and comes back the same', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lemmata-flow-'));
    const files = { messages: join(folder, 'SIM_2024-01-02_34200000_35100000_message_5.csv'), book: join(folder, 'SIM_orderbook_5.csv') };
    writeLobster(files, { messages, book });
    expect(readLobster(files)).toEqual({ messages, book });
    rmSync(folder, { recursive: true });
  });

  it('places orders as a power law of the distance, and draws sizes of the mean asked for', () => {
    // Buys only, against an ask that never comes: the distance is from the price that an ask was last seen at, 100.01 here.
    const { type, price, size } = orderFlow(key(2), { baseline: [50, 0, 0, 0], branching: none, exponent: 0.8, size: 300, until: 200 });
    const at = (x: Float64Array) => x.filter((_, m) => type[m] === MESSAGE.submission);
    const distances = at(price).map((p) => (1_000_100 - p) / 100);
    for (const d of [2, 5, 50])
      expectMean(
        distances.map((x) => Number(x >= d)),
        (d ** -0.8 - 201 ** -0.8) / (1 - 201 ** -0.8), // as it is cut off at 200
      );
    expect([Math.min(...distances), Math.max(...distances) <= 200]).toEqual([1, true]);
    expectMean(at(size), 300);
  });

  it('places sells from the bid that was seen last, a tick below the start, up to 200 ticks away', () => {
    const { type, price } = orderFlow(key(7), { baseline: [0, 50, 0, 0], branching: none, exponent: 0.1, until: 200 });
    const distances = price.filter((_, m) => type[m] === MESSAGE.submission).map((p) => (p - 999_900) / 100);
    expect([Math.min(...distances), Math.max(...distances)]).toEqual([1, 200]);
  });

  it('has the defaults that are written down', () => {
    const branching = [
      [0.3, 0, 0.3, 0.3],
      [0, 0.3, 0.3, 0.3],
      [0, 0, 0.3, 0],
      [0, 0, 0, 0.3],
    ];
    const told = {
      baseline: [2, 2, 0.8, 0.8],
      branching,
      decay: 5,
      lifetime: 10,
      exponent: 0.6,
      size: 200,
      start: 1_000_000,
      tick: 100,
      open: 34_200,
    };
    expect(orderFlow(key(4), { until: 60 })).toEqual(orderFlow(key(4), { ...told, until: 60 }));
    for (const [name, value] of Object.entries({
      decay: 4,
      lifetime: 9,
      exponent: 0.7,
      size: 300,
      start: 1_000_100,
      tick: 50,
      open: 34_201,
    }))
      expect(orderFlow(key(4), { until: 60, [name]: value }), name).not.toEqual(orderFlow(key(4), { until: 60 }));
  });

  it("places orders by their distance from the other side's best price, as it is when they come", () => {
    const { shape, data } = book;
    const columns = shape[1];
    let last = { ask: 10_001, bid: 9_999 }; // of an empty side the last that was seen; in ticks, around 100 dollars
    const distances: number[] = [];
    for (let m = 0; m < shape[0]; m++) {
      if (messages.type[m] === MESSAGE.submission)
        distances.push(messages.direction[m] === 1 ? last.ask - messages.price[m] / 100 : messages.price[m] / 100 - last.bid);
      const [ask, bid] = [data[columns * m] / 100, data[columns * m + 2] / 100];
      last = { ask: Number.isNaN(ask) ? last.ask : ask, bid: Number.isNaN(bid) ? last.bid : bid };
    }
    expect([Math.min(...distances), Math.max(...distances) <= 200]).toEqual([1, true]);
    for (const d of [2, 4, 20, 100])
      expectMean(
        distances.map((x) => Number(x >= d)),
        (d ** -0.6 - 201 ** -0.6) / (1 - 201 ** -0.6),
      );
  });

  it('executes market orders of whole lots of the mean asked for, against the best price first', () => {
    // Sells alone hit a bid side that is long; what one event executed is its size.
    const { time, type, size, price } = orderFlow(key(6), {
      baseline: [20, 0, 0, 2],
      branching: none,
      lifetime: 50,
      size: 300,
      until: 120,
    });
    const hits = new Map<number, { size: number; prices: number[] }>();
    for (let m = 0; m < time.length; m++) {
      if (type[m] !== MESSAGE.execution) continue;
      const hit = hits.get(time[m]) ?? { size: 0, prices: [] };
      hits.set(time[m], { size: hit.size + size[m], prices: [...hit.prices, price[m]] });
    }
    expectMean(
      [...hits.values()].map((hit) => hit.size),
      300,
    );
    for (const { prices } of hits.values()) expect(prices).toEqual(prices.toSorted((a, b) => b - a));
    expectMean(
      [...hits.values()].slice(1).map((_, i) => [...hits.keys()][i + 1] - [...hits.keys()][i]),
      0.5,
    );
  });

  it('without market orders keeps a Poisson number of orders: rate × lifetime in the mean and in the variance', () => {
    // An M/M/∞ queue after five lifetimes, from as many orders as its mean: e⁻¹⁰ of the variance is missing. Buys and sells together.
    const alive = Array.from({ length: 1500 }, (_, i) => {
      const { type } = orderFlow(key(100 + i), { baseline: [3, 2, 0, 0], branching: none, lifetime: 2, until: 10 });
      return count(type, MESSAGE.submission) - count(type, MESSAGE.deletion);
    });
    expectMean(alive, 10);
    expectMean(
      alive.map((orders) => (orders - 10) ** 2),
      10,
    );
  });
});
