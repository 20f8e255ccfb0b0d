import { describe, expect, it } from 'vitest';
import reference from '../../../tests/references/backtesting.json' with { type: 'json' };
import { panelOf } from '../../../tests/support/panels.js';
import { frameOf } from '../../market/index.js';
import { proportional } from '../costs/costs.js';
import { type BracketOrder, backtestOrders } from './orders.js';

describe('backtestOrders', () => {
  it('has the trades and the equity of backtesting.py 0.6.6', () => {
    const { open, high, low, close, fees, capital } = reference;
    const panels = Object.entries({ open, high, low, close }).map(([field, values]) =>
      panelOf(
        ['A'],
        values.map((price) => [price]),
        { field },
      ),
    );
    const prices = frameOf(panels);
    const orders = reference.orders.map(
      ({ row, until, ...order }): BracketOrder => ({
        ...{ asset: 'A', date: prices.dates[row], until: prices.dates[until] },
        ...order,
      }),
    );
    const run = backtestOrders({ orders, prices, costs: proportional(fees), capital });
    const trades = run.trades.map(({ entryDate, exitDate, entryPrice, exitPrice, profit, cost }) => ({
      ...{ entryRow: prices.dates.indexOf(entryDate), exitRow: prices.dates.indexOf(exitDate ?? '') },
      ...{ entry: entryPrice, exit: exitPrice, profit, cost },
    }));
    expect(trades).toHaveLength(reference.trades.length);
    for (const [i, { order, ...trade }] of reference.trades.entries())
      for (const [name, value] of Object.entries(trade)) expect(Math.abs(trades[i][name as keyof typeof trade] - value)).toBeLessThan(1e-6);
    const start = prices.dates.indexOf(run.dates[0]);
    for (let t = 0; t < run.dates.length; t++) expect(Math.abs(run.equity[t] - reference.equity[start + t])).toBeLessThan(1e-5);
    // Stops, targets and dates, within the entry's bar and over gaps, all have a part.
    expect(new Set(run.trades.map(({ reason }) => reason))).toEqual(new Set(['stop', 'target', 'until']));
    expect(trades.filter(({ entryRow, exitRow }) => entryRow === exitRow).length).toBeGreaterThan(3);
  });
});
