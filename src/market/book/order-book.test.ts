import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderBook, Side } from './book.js';
import { orderBook } from './order-book.js';

const [BUY, SELL] = [1, -1] as const;
const fillsOf = ({ fills: { count, ids, prices, sizes } }: OrderBook) =>
  Array.from({ length: count }, (_, i) => [ids[i], prices[i], sizes[i]]);
const sum = (x: readonly number[]) => x.reduce((total, value) => total + value, 0);

describe('matches by price, then by time', () => {
  it('executes at the prices that rest, and keeps nothing of what is filled (AlphaTrade 49)', () => {
    const book = orderBook();
    book.limit(1, SELL, 100, 5);
    book.limit(2, SELL, 102, 5);
    expect(book.limit(3, BUY, 105, 10)).toBe(10);
    expect(fillsOf(book)).toEqual([
      [1, 100, 5],
      [2, 102, 5],
    ]);
    expect([book.best(BUY), book.best(SELL), book.depth(BUY), book.depth(SELL)]).toEqual([Number.NaN, Number.NaN, 0, 0]);
  });

  it('lets the rest of a limit order wait at its price (nodejs-order-book 156)', () => {
    const book = orderBook(); // 1.2 in ticks of 0.1
    book.limit(1, BUY, 12, 100);
    book.limit(2, BUY, 12, 100);
    expect(book.limit(3, SELL, 12, 309)).toBe(200);
    expect([book.sizeOf(3), book.best(SELL), book.bestSize(SELL), book.has(1)]).toEqual([109, 12, 109, false]);
    expect(Number.isNaN(book.best(BUY))).toBe(true);
  });

  it('leaves an order that executes in part at the head (OrderBook-rs 88)', () => {
    const book = orderBook();
    book.limit(1, SELL, 100, 10);
    book.limit(2, SELL, 100, 10);
    book.market(BUY, 4);
    book.market(BUY, 8);
    expect(fillsOf(book)).toEqual([
      [1, 100, 6],
      [2, 100, 2],
    ]);
  });

  it('takes the best price before the oldest order (MatchingEngine 3)', () => {
    const book = orderBook();
    book.limit(1, SELL, 103, 5);
    book.limit(2, SELL, 101, 5);
    book.limit(3, SELL, 102, 5);
    book.limit(4, BUY, 103, 12);
    expect(fillsOf(book).map(([id]) => id)).toEqual([2, 3, 1]);
    expect(book.sizeOf(1)).toBe(3);
  });

  it('lets what is left of a market order lapse', () => {
    const book = orderBook();
    book.limit(1, BUY, -5, 3); // a price below zero, as oil had
    expect(book.market(SELL, 10)).toBe(3);
    expect([book.depth(BUY), book.depth(SELL)]).toEqual([0, 0]);
  });
});

describe('the place in the queue', () => {
  it('moves up only by what was ahead (nautilus_trader 4370)', () => {
    const book = orderBook();
    for (const [id, size] of [
      [1, 5],
      [2, 7],
      [3, 100], // ours
      [4, 9],
    ])
      book.limit(id, BUY, 50, size);
    book.limit(5, BUY, 49, 30);
    expect(book.ahead(3)).toBe(12);
    book.cancel(4); // behind
    book.cancel(5); // at another price
    expect(book.ahead(3)).toBe(12);
    book.reduce(2, 3);
    expect(book.ahead(3)).toBe(9);
    book.cancel(1);
    expect(book.ahead(3)).toBe(4);
    book.market(SELL, 6); // 4 of order 2, then 2 of ours
    expect([book.ahead(3), book.sizeOf(3)]).toEqual([0, 98]);
  });

  it('is kept by a smaller size, and lost by a larger one or another price', () => {
    const book = orderBook();
    for (const id of [1, 2, 3]) book.limit(id, SELL, 10, 5);
    book.modify(1, 10, 2);
    expect([book.ahead(1), book.ahead(2), book.sizeAt(SELL, 10)]).toEqual([0, 2, 12]);
    book.modify(1, 10, 3);
    expect([book.ahead(1), book.ahead(2)]).toEqual([10, 0]);
    book.modify(2, 11, 5);
    book.modify(2, 10, 5);
    expect(book.ahead(2)).toBe(8);
  });

  it('of an order that is moved across the other side is none: it executes', () => {
    const book = orderBook();
    book.limit(1, SELL, 10, 5);
    book.limit(2, BUY, 8, 7);
    expect(book.modify(2, 10, 7)).toBe(5);
    expect(fillsOf(book)).toEqual([[1, 10, 5]]);
    expect([book.best(BUY), book.bestSize(BUY), book.sideOf(2), book.priceOf(2)]).toEqual([10, 2, BUY, 10]);
  });
});

/** The same rules in the plainest form: one list of orders in the order of their time, sorted at every question. */
function plainBook() {
  let time = 0;
  let orders: { id: number; side: Side; price: number; size: number; time: number }[] = [];
  const queueOf = (side: Side) => orders.filter((o) => o.side === side).sort((a, b) => side * (b.price - a.price) || a.time - b.time);
  const find = (id: number) => orders.find((o) => o.id === id)!;
  const match = (side: Side, reaches: (price: number) => boolean, size: number) => {
    const fills: number[][] = [];
    for (const order of queueOf(-side as Side)) {
      if (size === 0 || !reaches(order.price)) break;
      const executed = Math.min(size, order.size);
      fills.push([order.id, order.price, executed]);
      order.size -= executed;
      size -= executed;
    }
    orders = orders.filter((o) => o.size > 0);
    return { fills, left: size };
  };
  const limit = (id: number, side: Side, price: number, size: number) => {
    const { fills, left } = match(side, (other) => side * (price - other) >= 0, size);
    if (left > 0) orders.push({ id, side, price, size: left, time: time++ });
    return fills;
  };
  return {
    limit,
    market: (side: Side, size: number) => match(side, () => true, size).fills,
    remove(id: number, by = find(id).size) {
      find(id).size -= by;
      orders = orders.filter((o) => o.size > 0);
    },
    modify(id: number, price: number, size: number) {
      const order = find(id);
      if (price === order.price && size <= order.size) {
        order.size = size;
        return [];
      }
      orders = orders.filter((o) => o !== order);
      return limit(id, order.side, price, size);
    },
    queueOf,
    live: () => orders.map(({ id }) => id),
    ahead(id: number) {
      const { side, price, time } = find(id);
      return sum(orders.filter((o) => o.side === side && o.price === price && o.time < time).map(({ size }) => size));
    },
    levels(side: Side) {
      const prices = [...new Set(queueOf(side).map(({ price }) => price))];
      return prices.map((price) => [price, sum(queueOf(side).flatMap((o) => (o.price === price ? [o.size] : [])))]);
    },
  };
}

describe('after every message', () => {
  const message = fc.record({
    kind: fc.constantFrom('limit', 'limit', 'limit', 'market', 'cancel', 'reduce', 'modify'),
    side: fc.constantFrom<Side>(BUY, SELL),
    price: fc.integer({ min: -4, max: 12 }),
    size: fc.integer({ min: 1, max: 9 }),
    which: fc.nat(),
  });

  it('best prices, depth, places and fills equal a plain recomputation (orderbook 211)', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 120 }), (messages) => {
        const [book, plain] = [orderBook(), plainBook()];
        for (const [i, { kind, side, price, size, which }] of messages.entries()) {
          const live = plain.live();
          const id = live[which % live.length];
          let fills: number[][] = [];
          if (kind === 'limit') {
            fills = plain.limit(2 ** 33 * i + i, side, price, size); // ids beyond 32 bits
            expect(book.limit(2 ** 33 * i + i, side, price, size)).toBe(sum(fills.map((fill) => fill[2])));
          } else if (kind === 'market') {
            fills = plain.market(side, size);
            book.market(side, size);
          } else if (id === undefined) continue;
          else if (kind === 'modify') {
            fills = plain.modify(id, price, size);
            book.modify(id, price, size);
          } else {
            const by = kind === 'cancel' ? book.sizeOf(id) : Math.min(size, book.sizeOf(id));
            if (kind === 'cancel') expect(book.cancel(id)).toBe(by);
            else book.reduce(id, by);
            plain.remove(id, by);
          }
          if (['limit', 'market', 'modify'].includes(kind)) expect(fillsOf(book)).toEqual(fills);
          const rows = new Float64Array(40);
          book.snapshot(10, rows);
          for (const [at, one] of [
            [0, SELL],
            [2, BUY],
          ] as const) {
            const levels = plain.levels(one);
            expect([book.best(one), book.bestSize(one), book.depth(one)]).toEqual([...(levels[0] ?? [Number.NaN, 0]), levels.length]);
            for (let level = 0; level < 10; level++)
              expect([rows[4 * level + at], rows[4 * level + at + 1]]).toEqual(levels[level] ?? [Number.NaN, 0]);
          }
          expect(!(book.best(BUY) >= book.best(SELL))).toBe(true);
          for (const one of plain.live()) expect(book.ahead(one)).toBe(plain.ahead(one));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('holds for a book that outgrows its arrays, and forgets what left', () => {
    const book = orderBook();
    const n = 5000;
    for (let i = 0; i < n; i++) book.rest(i, BUY, 2 * ((i * 1237) % n), 1 + (i % 3)); // 1237 and 5000 share no factor: each price once
    expect([book.depth(BUY), book.best(BUY)]).toEqual([n, 2 * (n - 1)]);
    for (let i = 0; i < n; i += 2) book.cancel(i);
    expect(book.depth(BUY)).toBe(n / 2);
    for (let i = 0; i < n; i++) expect(book.has(i)).toBe(i % 2 === 1);
    expect(book.market(SELL, 10 * n)).toBe(sum(Array.from({ length: n / 2 }, (_, j) => 1 + ((2 * j + 1) % 3))));
    expect(book.depth(BUY)).toBe(0);
  });
});

describe('refuses', () => {
  const book = () => {
    const one = orderBook();
    one.limit(7, BUY, 100, 10);
    return one;
  };
  it.each<[what: string, message: (book: OrderBook) => void, error: string]>([
    ['an id that is not there', (b) => b.cancel(8), 'order 8 is not in the book: it never came, executed in full or was cancelled'],
    ['an id that is there', (b) => b.limit(7, SELL, 101, 1), 'order 7 rests in the book already; give each order its own id, or modify it'],
    ['a reduction by too much', (b) => b.reduce(7, 11), 'order 7 has 10 left and cannot be reduced by 11'],
    [
      'a price between ticks',
      (b) => b.limit(8, BUY, 100.5, 1),
      'price must be a whole number of ticks, got 100.5; divide the price by the tick',
    ],
    ['a price between ticks of a change', (b) => b.modify(7, 100.5, 1), 'order 7: price must be a whole number of ticks, got 100.5'],
    ['no size', (b) => b.limit(8, BUY, 100, 0), 'order 8: size must be a whole number from 1 up, got 0'],
    ['no size of a market order', (b) => b.market(SELL, -1), 'order sent to the market: size must be a whole number from 1 up, got -1'],
    ['a third side', (b) => b.market(0 as Side, 1), 'market order: side must be 1 to buy or -1 to sell, got 0'],
    ['an id that is no number', (b) => b.limit(Number.NaN, BUY, 1, 1), "order NaN: an order's id must be a whole number"],
    [
      'a crossed book',
      (b) => b.rest(8, SELL, 100, 1),
      'order 8 would cross the book: it sells at 100, and the best bid is 100; messages are',
    ],
  ])('%s', (_, message, error) => {
    const one = book();
    expect(() => message(one)).toThrow(error);
    expect([one.best(BUY), one.sizeOf(7), one.depth(SELL)]).toEqual([100, 10, 0]);
  });
});
