import { describe, expect, it } from 'vitest';
import { inUnits, ledgerBacktest, randomCase } from '../../../tests/support/ledger-backtest.js';
import { backtest } from './backtest.js';

describe('backtest', () => {
  it('equals the ledger to the unit on 1,000 random cases: every trade, cash and equity at each close, costs by name', () => {
    const seen = { trades: 0, delistings: 0, ruins: 0, splits: 0 };
    for (let seed = 0; seed < 1000; seed++) {
      const one = randomCase(seed);
      const run = backtest({ ...one, limits: { gross: 3 } });
      const { book, ...expected } = ledgerBacktest(one);
      expect({ seed, ...inUnits(run, one) }).toEqual({ seed, ...expected });
      const perMoney = Math.round(1 / one.tick) * Math.round(1 / one.lot);
      for (const [name, amounts] of Object.entries(run.costs))
        expect(Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * perMoney)).toBe(book.charges[name] ?? 0);
      seen.trades += expected.trades.length;
      seen.delistings += run.fills.filter(({ kind }) => kind === 'delisting').length;
      seen.ruins += run.ruined ? 1 : 0;
      seen.splits += book.entries.filter(({ kind }) => kind === 'split').length;
    }
    // The cases are of every kind.
    expect(seen.trades).toBeGreaterThan(10_000);
    for (const count of [seen.delistings, seen.ruins, seen.splits]) expect(count).toBeGreaterThan(50);
  });
});
