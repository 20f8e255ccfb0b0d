import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { type Frame, frameOf } from '../../market/index.js';
import { proportional } from '../costs/costs.js';
import { bracketExit } from './bracket.js';
import { type BracketOrder, backtestOrders } from './orders.js';

/** Rows of open, high, low, close of one asset. */
const bars = (...rows: (readonly [number, number, number, number])[]): Frame =>
  frameOf(
    ['open', 'high', 'low', 'close'].map((field, j) =>
      panelOf(
        ['A'],
        rows.map((row) => [row[j]]),
        { field },
      ),
    ),
  );
const DATES = bars(...Array.from({ length: 9 }, () => [1, 1, 1, 1] as const)).dates;

describe('bracketExit', () => {
  const long = { stop: 95, target: 105 };

  it('takes the stop first, and a gap at its open (vectorbt 652, 57; backtesting.py 0.6.3)', () => {
    expect(bracketExit({ open: 100, high: 106, low: 94, close: 100 }, long, 1)).toEqual({ price: 95, reason: 'stop' });
    expect(bracketExit({ open: 93, high: 106, low: 92, close: 100 }, long, 1)).toEqual({ price: 93, reason: 'stop' });
    expect(bracketExit({ open: 107, high: 108, low: 94, close: 100 }, long, 1)).toEqual({ price: 107, reason: 'target' });
    expect(bracketExit({ open: 100, high: 104.9, low: 95.1, close: 100 }, long, 1)).toBeUndefined();
    expect(bracketExit({ open: 100, high: 105, low: 96, close: 100 }, long, 1)).toEqual({ price: 105, reason: 'target' });
  });

  it('is the same for a short, seen in a mirror', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 6, maxLength: 6 }), ([a, b, c, d, stop, target]) => {
        const bar = { open: a, close: b, high: Math.max(a, b, c, d), low: Math.min(a, b, c, d) };
        const mirror = { open: 200 - a, close: 200 - b, high: 200 - bar.low, low: 200 - bar.high };
        const found = bracketExit(bar, { stop: Math.min(stop, target), target: Math.max(stop, target) }, 1);
        const other = bracketExit(mirror, { stop: 200 - Math.min(stop, target), target: 200 - Math.max(stop, target) }, -1);
        expect(other && { ...other, price: 200 - other.price }).toEqual(found);
        if (found) expect(found.price >= bar.low && found.price <= bar.high).toBe(true);
      }),
    );
  });
});

describe('backtestOrders', () => {
  const order = (more: Partial<BracketOrder> = {}): BracketOrder => ({ asset: 'A', date: DATES[0], shares: 10, ...more });

  it('enters at the next open, and may leave on the same bar', () => {
    const prices = bars([99, 99, 99, 99], [100, 106, 94, 100], [100, 100, 100, 100]);
    const { trades, equity } = backtestOrders({ orders: [order({ stop: 95, target: 105 })], prices, capital: 2000 });
    expect(trades).toEqual([
      {
        asset: 'A',
        shares: 10,
        entryDate: DATES[1],
        entryPrice: 100,
        exitDate: DATES[1],
        exitPrice: 95,
        reason: 'stop',
        cost: 0,
        profit: -50,
      },
    ]);
    expect([...equity]).toEqual([1950, 1950]);
  });

  it('trails a stop by the bars before, not by the bar itself', () => {
    // The bar that rises to 110 and falls to 103 does not stop at 105; the next one does.
    const prices = bars([100, 100, 100, 100], [100, 101, 99, 100], [104, 110, 103, 108], [107, 108, 104, 104]);
    const { trades } = backtestOrders({ orders: [order({ trail: 5 })], prices });
    expect(trades.map(({ exitDate, exitPrice, reason }) => [exitDate, exitPrice, reason])).toEqual([[DATES[3], 105, 'stop']]);
    const [short] = backtestOrders({ orders: [order({ trail: 5, shares: -10 })], prices }).trades;
    expect([short.exitDate, short.exitPrice]).toEqual([DATES[2], 104]); // 99 + 5
  });

  it('leaves when its date says so, and values what is open at the close', () => {
    const prices = bars([100, 100, 100, 100], [100, 100, 100, 100], [102, 102, 102, 102], [103, 104, 103, 104]);
    const { trades } = backtestOrders({ orders: [order({ until: DATES[1] }), order()], prices, costs: proportional(0.001) });
    expect(trades.map(({ reason, exitPrice, cost, profit }) => [reason, exitPrice, cost, profit])).toEqual([
      ['until', 102, 2.02, 17.98],
      ['open', 104, 1, 39],
    ]);
  });

  /** Rows of one price each. */
  const flat = (...prices: number[]) => bars(...prices.map((price) => [price, price, price, price] as const));

  it('keeps the profits of open orders that cancel each other (backtesting.py 1289)', () => {
    const orders = [order(), order({ date: DATES[1], shares: -10 })];
    const { equity, trades } = backtestOrders({ orders, prices: flat(100, 100, 110, 110, 120), capital: 10_000 });
    expect([...equity]).toEqual([10_000, 10_100, 10_100, 10_100]);
    expect(trades.map(({ reason, exitPrice, profit }) => [reason, exitPrice, profit])).toEqual([
      ['open', 120, 200],
      ['open', 120, -100],
    ]);
    const earlier = backtestOrders({ orders, prices: flat(100, 100, 110), capital: 10_000 });
    expect(earlier.trades.map(({ profit }) => profit + 0)).toEqual([100, 0]);
  });

  it('reports ruin, leaves what is held at the next open, and enters nothing more', () => {
    const config = { prices: flat(100, 100, 210, 220, 200, 150), capital: 1000 };
    const run = backtestOrders({ ...config, orders: [order({ shares: -10 }), order({ date: DATES[2], shares: 1 })] });
    expect([run.ruined, [...run.equity], [...run.returns]]).toEqual([
      DATES[2],
      [1000, -100, -200, -200, -200],
      [0, expect.closeTo(-1.1, 12), 0, 0, 0],
    ]);
    expect(run.trades.map(({ exitDate, exitPrice, reason, profit }) => [exitDate, exitPrice, reason, profit])).toEqual([
      [DATES[3], 220, 'ruin', -1200],
    ]);
    expect(backtestOrders({ ...config, orders: [order()] }).ruined).toBeUndefined();
  });

  it('drops an entry that still waits when it is to be left', () => {
    const gone = [Number.NaN, Number.NaN, Number.NaN, Number.NaN] as const;
    const prices = bars([100, 100, 100, 100], gone, gone, [100, 100, 100, 100], [100, 100, 100, 100]);
    const run = (until: string) => backtestOrders({ orders: [order({ until })], prices }).trades.map(({ entryDate }) => entryDate);
    expect([run(DATES[2]), run(DATES[3])]).toEqual([[], [DATES[3]]]);
  });

  it('enters no more than equity, or the limit that is told', () => {
    const prices = flat(100, 100, 110, 110, 120);
    const run = (shares: number, limits?: { gross: number }) =>
      backtestOrders({ orders: [order({ shares: 1 }), order({ shares })], prices, capital: 1000, ...(limits && { limits }) });
    expect(() => run(1000)).toThrow(
      "backtestOrders: the order of 1000 'A' on 2020-01-02 makes Σ|shares · price| 100.1 × equity at the open of 2020-01-03, beyond limits.gross 1; order less",
    );
    expect(run(9).equity[0]).toBe(1000);
    expect(run(-11).equity[0]).toBe(1000); // 10 short in all
    expect(run(1000, { gross: 101 }).trades).toHaveLength(2);
    expect(() => run(1, { gross: Number.NaN })).toThrow('backtestOrders: limits: gross must be a finite number above 0, got NaN');
  });

  it('has profits that make up the change of equity, and fills between low and high (backtesting.py 1289, 153, 538, 633)', () => {
    const price = fc.integer({ min: 5000, max: 15_000 });
    const bar = fc
      .tuple(price, price, price, price)
      .map(([a, b, c, d]) => [a, Math.max(a, b, c, d), Math.min(a, b, c, d), b].map((x) => x / 100));
    const one = fc.record({
      day: fc.integer({ min: 0, max: 6 }),
      shares: fc.integer({ min: -50, max: 50 }).filter((n) => n !== 0),
      levels: fc.tuple(fc.integer({ min: 40, max: 99 }), fc.integer({ min: 101, max: 160 })),
      trail: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
      days: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(bar, { minLength: 9, maxLength: 9 }), fc.array(one, { minLength: 1, maxLength: 6 }), (rows, drawn) => {
        const prices = bars(...(rows as [number, number, number, number][]));
        const orders = drawn.map(({ day, shares, levels: [low, high], trail, days }) => ({
          ...{ asset: 'A', date: DATES[day], shares },
          ...(shares > 0 ? { stop: low, target: high } : { stop: high, target: low }),
          ...(trail !== undefined && { trail }),
          ...(days !== undefined && { until: DATES[Math.min(8, day + days)] }),
        }));
        const run = backtestOrders({ orders, prices, costs: proportional(0.002), tick: 0.01, lot: 1 });
        const profit = run.trades.reduce((sum, trade) => sum + trade.profit, 0);
        expect(run.equity.at(-1)! - run.capital).toBeCloseTo(profit, 6);
        for (const { entryDate, entryPrice, exitDate, exitPrice } of run.trades) {
          expect(entryPrice).toBe(rows[DATES.indexOf(entryDate)][0]);
          const [, high, low] = rows[DATES.indexOf(exitDate ?? DATES[8])];
          expect(exitPrice >= low && exitPrice <= high).toBe(true);
        }
      }),
    );
  });

  it('refuses what it cannot trade', () => {
    const prices = bars([100, 100, 100, 100], [100, 100, 100, 100]);
    const run = (more: Partial<BracketOrder>) => () => backtestOrders({ orders: [order(more)], prices });
    expect(run({ asset: 'B' })).toThrow("backtestOrders: order 0 of 'B' on 2020-01-02: test has no such asset; it has A");
    expect(run({ date: '2020-01-03' })).toThrow('it needs the date of a row that is followed by another; test has 2020-01-02 … 2020-01-03');
    expect(run({ stop: 105, target: 95 })).toThrow(
      'stop 105 and target 95 are the wrong way round for 10 shares; a long has its stop below',
    );
    expect(run({ shares: 0 })).toThrow('0 shares are no whole number of lots of 0.001');
    for (const until of ['2020-01-01', DATES[0]])
      expect(run({ until })).toThrow(
        `it is to be left on ${until}, before it is entered, at the open after 2020-01-02; until is a later date`,
      );
    const outside = bars([100, 100, 100, 100], [100, 101, 99, 100], [90, 99, 95, 97]);
    expect(() => backtestOrders({ orders: [order({ stop: 96 })], prices: outside })).toThrow(
      "the bar of 'A' on 2020-01-06 in test opens at 90 and closes at 97, outside its low 95 to its high 99",
    );
    const gone = bars(
      ...Array.from({ length: 9 }, (_, t): [number, number, number, number] =>
        t < 3 ? [9, 9, 9, 9] : [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      ),
    );
    const held = (until?: string) => () => backtestOrders({ orders: [order(until ? { until } : {})], prices: gone });
    expect(held()).toThrow(
      "backtestOrders: 'A' is held, and its last price in test is of 2020-01-06, 6 rows before the end; is it delisted",
    );
    expect(held(DATES[1])).not.toThrow();
    const twice = () => ['x', 'x'].map((name) => ({ name, rate: 0.01 }));
    expect(() => backtestOrders({ orders: [order()], prices, costs: twice })).toThrow(
      "costs: two costs are called 'x', and results list them",
    );
    expect(run({ stop: Number.NaN })).toThrow('stop must be a finite number above 0, got NaN');
    expect(() => backtestOrders({ orders: [order()], prices: frameOf(panelOf(['A'], [[1], [2]])) })).toThrow(
      'backtestOrders: prices need open, high, low and close: test has close; load bars',
    );
  });
});
