import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ledger, ledger, wholeLots } from './ledger.js';

const chargesOf = ({ charges }: Ledger) => Object.values(charges).reduce((sum, amount) => sum + amount, 0);

describe('ledger', () => {
  it('shorts 10 at 453.50 and covers them at 353.50: 10,000.00 becomes 11,000.00 (vectorbt 440)', () => {
    const book = ledger(1_000_000);
    book.trade('A', -10, 45_350);
    expect([book.cash, book.equity(), book.open()]).toEqual([1_453_500, 1_000_000, 0]);
    book.mark('A', 35_350);
    expect([book.equity(), book.open(), book.closed]).toEqual([1_100_000, 100_000, 0]);
    book.trade('A', 10, 35_350);
    expect([book.cash, book.equity(), book.open(), book.closed]).toEqual([1_100_000, 1_100_000, 0, 100_000]);
    expect(book.positions.size).toBe(0);
  });

  it('takes the dividend of the ex-date from a short and gives it to a long (zipline 1799, 1468)', () => {
    const book = ledger(100_000);
    book.trade('A', 100, 500);
    book.trade('B', -100, 500);
    book.dividend('A', 25);
    book.dividend('B', 14.25);
    expect([book.cash, book.income, book.equity()]).toEqual([100_000 + 2500 - 1425, 1075, 101_075]);
  });

  it('pays the part of a share that a split leaves, at the price after it', () => {
    const book = ledger(0);
    book.trade('A', 15, 1000);
    book.split('A', 0.1); // one for ten: 1.5 new shares at 10,000
    expect([book.positions.get('A'), book.cash, book.equity()]).toEqual([{ lots: 1, cost: 10_000, mark: 10_000 }, -15_000 + 5000, 0]);
    expect(wholeLots(100 * 1.15)).toBe(115); // 114.99999999999999 in doubles
    expect(wholeLots(-1.5)).toBe(-1);
  });

  it('books profit at average cost, through zero too', () => {
    const book = ledger(0);
    book.trade('A', 2, 100);
    book.trade('A', 2, 200);
    book.trade('A', -1, 250); // average cost 150
    expect([book.closed, book.positions.get('A')]).toEqual([100, { lots: 3, cost: 450, mark: 250 }]);
    book.trade('A', -5, 200); // closes 3 at 200, shorts 2 at 200
    expect([book.closed, book.positions.get('A')]).toEqual([100 + 150, { lots: -2, cost: -400, mark: 200 }]);
  });

  it('settles a delisted position without a trade', () => {
    const book = ledger(0);
    book.trade('A', 10, 100);
    book.settle('A', 700);
    expect([book.cash, book.closed, book.positions.size, book.entries.at(-1)?.kind]).toEqual([-300, -300, 0, 'settle']);
  });

  const lots = fc.integer({ min: -1000, max: 1000 });
  const price = fc.integer({ min: 1, max: 100_000 });
  const asset = fc.constantFrom('A', 'B', 'C');
  const events: fc.Arbitrary<(book: Ledger) => void> = fc.oneof(
    fc.tuple(asset, lots, price).map(
      ([a, n, p]) =>
        (book: Ledger) =>
          book.trade(a, n, p),
    ),
    fc.tuple(asset, price).map(
      ([a, p]) =>
        (book: Ledger) =>
          book.mark(a, p),
    ),
    fc.tuple(asset, fc.constantFrom(2, 3, 7, 1.5, 0.5, 0.1)).map(
      ([a, ratio]) =>
        (book: Ledger) =>
          book.split(a, ratio),
    ),
    fc.tuple(asset, fc.double({ min: 0, max: 500, noNaN: true })).map(
      ([a, paid]) =>
        (book: Ledger) =>
          book.dividend(a, paid),
    ),
    fc.tuple(fc.constantFrom('commission', 'borrow'), fc.integer({ min: -50, max: 500 })).map(
      ([name, amount]) =>
        (book: Ledger) =>
          book.charge(name, amount),
    ),
    fc.tuple(asset, fc.integer({ min: -5000, max: 5000 })).map(
      ([a, proceeds]) =>
        (book: Ledger) =>
          book.settle(a, proceeds),
    ),
  );

  it('ties at every event: cash + positions = start + closed + open + income − charges (nautilus_trader 1035, 2637; backtesting.py 1289)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e8 }), fc.array(events, { maxLength: 40 }), (start, all) => {
        const book = ledger(start);
        for (const event of all) {
          event(book);
          expect(book.equity()).toBe(start + book.closed + book.open() + book.income - chargesOf(book));
          const cash = book.entries.reduce((sum, entry) => sum + entry.cash, start);
          expect([book.cash, book.entries.at(-1)?.equity ?? start]).toEqual([cash, book.equity()]);
        }
      }),
    );
  });

  it('is worth the same to the unit before and after a split (zipline 1799)', () => {
    fc.assert(
      fc.property(lots, price, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (n, p, to, from) => {
        const book = ledger(0);
        book.trade('A', n, p);
        const before = book.equity();
        book.split('A', to / from);
        expect(book.equity()).toBe(before);
        expect(Math.abs(book.positions.get('A')?.lots ?? 0)).toBe(Math.floor((Math.abs(n) * to) / from + 1e-9));
      }),
    );
  });

  it('counts in whole numbers only', () => {
    expect(() => ledger(0.5)).toThrow('ledger: start must be a whole number below 2^53, got 0.5; count money in its smallest unit');
    expect(() => ledger(0).trade('A', 1, 99.5)).toThrow('ledger: price must be a whole number');
    const book = ledger(1000);
    book.trade('A', 1, 100);
    expect(() => book.split('A', 0)).toThrow("ledger: a split makes a finite number of new lots above 0 of each old one, got 0 for 'A'");
    expect(() => book.dividend('A', Number.NaN)).toThrow("ledger: a dividend is a finite number of units a lot, got NaN for 'A'");
    expect([book.cash, book.equity()]).toEqual([900, 1000]);
    expect(() => ledger(0).trade('A', Number.NaN, 1)).toThrow('ledger: lots must be a whole number below 2^53, got NaN');
  });
});
