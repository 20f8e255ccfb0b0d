import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { type Cost, chargeOn, sumCosts } from './cost.js';
import { borrow, financing, halfSpread, proportional, squareRoot } from './costs.js';

const MARKET = { dates: ['2020-01-02', '2020-01-03', '2020-01-06'], assets: ['A', 'B'] };
const trade = { value: 100_000, shares: -1000, price: 100, row: 1, asset: 1 };
const ofTrade = (cost: Cost) => chargeOn(cost(MARKET)[0], trade, 1e6 * trade.value, 1e6) / 1e6;

describe('costs', () => {
  it('are what their docstrings say by example', () => {
    expect(ofTrade(proportional(0.0005))).toBeCloseTo(50, 10);
    expect(ofTrade(halfSpread(0.0004))).toBeCloseTo(20, 10);
    // 1 % of a day's value at 2 % volatility: 0.02 · √0.01 = 0.2 %.
    expect(ofTrade(squareRoot({ volatility: 0.02, dailyValue: 1e7 }))).toBeCloseTo(200, 10);
    expect(ofTrade(squareRoot({ volatility: 0.02, dailyValue: 1e7, coefficient: 0.5 }))).toBeCloseTo(100, 10);
    const [{ onHolding }] = borrow(0.01)(MARKET);
    const short = { value: -100_000, row: 1, asset: 0 };
    expect([onHolding!({ ...short, years: 1 / 365 }), onHolding!({ ...short, years: 3 / 365 })].map((x) => x.toFixed(2))).toEqual([
      '2.74',
      '8.22',
    ]);
    expect(onHolding!({ ...short, value: 100_000, years: 1 })).toBe(0);
    const [{ onCash }] = financing({ debit: 0.05, credit: 0.02 })(MARKET);
    expect([onCash!(-100_000, 1 / 365).toFixed(2), onCash!(100_000, 1).toFixed(2)]).toEqual(['13.70', '-2000.00']);
  });

  it('charge each under its own name', () => {
    const all = sumCosts(proportional(0.001), proportional(0.005, { name: 'stampDuty' }), borrow(0.01));
    expect(all(MARKET).map(({ name }) => name)).toEqual(['commission', 'stampDuty', 'borrow']);
    expect(() => sumCosts(proportional(0.001), proportional(0.002))(MARKET)).toThrow(
      "sumCosts: two costs are called 'commission', and results list them by name; give one another, { name: '…' }",
    );
  });

  it('take impact from the row before the fill, which was known', () => {
    const volatility = panelOf(
      ['A', 'B'],
      [
        [0.01, 0.02],
        [0.5, 0.5],
        [0.5, 0.5],
      ],
    );
    const panel = { ...volatility, dates: MARKET.dates };
    expect(ofTrade(squareRoot({ volatility: panel, dailyValue: 1e7 }))).toBeCloseTo(200, 10);
    const gap = { ...panel, values: panel.values.with(1, Number.NaN) };
    expect(() => ofTrade(squareRoot({ volatility: gap, dailyValue: 1e7 }))).toThrow(
      "squareRoot: volatility of 'B' is NaN on 2020-01-02, where an order was given; start trading later, or fill it",
    );
    expect(() => ofTrade(squareRoot({ volatility: { ...panel, assets: ['A', 'C'] }, dailyValue: 1e7 }))).toThrow(
      'squareRoot: volatility has 3 dates from 2020-01-02 of A, C, and the prices have 3 from 2020-01-02 of A, B; compute it of the same frame',
    );
  });

  it('refuse impact of other dates, though first, last and number be those of the prices', () => {
    const rows = [1, 2, 3, 4].map(() => [0.02]);
    const dates = ['2020-01-01', '2020-01-02', '2020-01-03', '2020-01-04'];
    const panel = (second: string) => ({ ...panelOf(['A'], rows), dates: ['2020-01-01', '2020-01-02', second, '2020-01-04'] });
    const cost = (second: string) => () => squareRoot({ volatility: panel(second), dailyValue: 1e8 })({ dates, assets: ['A'] });
    expect(cost('2020-01-02')).toThrow(
      'squareRoot: volatility has 2020-01-02 where the prices have 2020-01-03; compute it of the same frame',
    );
    expect(cost('2020-01-03')).not.toThrow();
  });

  it('refuse percentages and typing errors', () => {
    expect(() => proportional(5)).toThrow(
      'proportional: rate must be a finite number from 0 to 0.1, got 5; it is a fraction of the value: 5 basis points are 0.0005',
    );
    expect(() => halfSpread(-0.001)).toThrow('halfSpread: spread must be a finite number from 0 to 0.2, got -0.001');
    expect(() => borrow(Number.NaN)).toThrow('borrow: rate must be a finite number from 0 to 5, got NaN');
    expect(() => financing({ debit: 5 })).toThrow('financing: debit must be a finite number from -0.1 to 1, got 5');
    expect(() => squareRoot({ volatility: 0, dailyValue: 1 })).toThrow('squareRoot: volatility must be a finite number above 0, got 0');
  });
});
