import { describe, expect, it } from 'vitest';
import reference from '../../../tests/references/vectorbt.json' with { type: 'json' };
import { panelOf } from '../../../tests/support/panels.js';
import { frameOf } from '../../market/index.js';
import { proportional } from '../costs/costs.js';
import { backtest } from './backtest.js';

const ASSETS = ['A', 'B', 'C', 'D'];
const panel = (field: string) => (rows: number[][]) => panelOf(ASSETS, rows, { field });

describe('backtest', () => {
  it('has the orders, cash and equity of vectorbt 1.2.0', () => {
    const prices = frameOf([panel('open')(reference.open), panel('close')(reference.close)]);
    const weights = { ...panel('weight')(reference.weights), dates: reference.decided.map((row) => prices.dates[row]) };
    const { fees, capital } = reference;
    // It trades any fraction of a share: lots of 1e-7 are nearly that.
    const run = backtest({ weights, prices, execution: 'nextOpen', costs: proportional(fees), capital, tick: 0.01, lot: 1e-7 });
    const fills = run.fills.map(({ date, asset, shares, price, cost }) => ({
      ...{ row: prices.dates.indexOf(date), asset: ASSETS.indexOf(asset), shares, price, fees: cost },
    }));
    expect(fills).toHaveLength(reference.orders.length);
    for (const [i, order] of reference.orders.entries())
      for (const [name, value] of Object.entries(order)) expect(fills[i][name as keyof typeof order]).toBeCloseTo(value, 5);
    const start = prices.dates.indexOf(run.dates[0]);
    for (let t = 0; t < run.dates.length; t++) {
      expect(run.equity[t]).toBeCloseTo(reference.equity[start + t], 3);
      expect(run.cash[t]).toBeCloseTo(reference.cash[start + t], 3);
    }
  });
});
