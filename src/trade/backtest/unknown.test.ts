import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { adjust, audit, frameOf, withActions, withUsable } from '../../market/index.js';
import { backtest } from './backtest.js';

const { NaN: missing } = Number;
const field = (name: string, ...values: number[]) =>
  panelOf(
    ['A'],
    values.map((value) => [value]),
    { field: name },
  );
const run = (prices: ReturnType<typeof frameOf>) =>
  backtest({
    weights: { ...field('weight', 1), dates: prices.dates.slice(0, 1) },
    prices,
    execution: 'nextClose',
    capital: 1000,
  });

describe('backtest of actions', () => {
  it.each<[string, number, number]>([
    ['split', missing, 0],
    ['dividend', 1, missing],
    ['split', 0, 0],
  ])('refuses a %s that says nothing while it is held: %s, %s', (_, split, dividend) => {
    const prices = frameOf([field('close', 10, 10, 5, 5), field('split', 1, 1, split, 1), field('dividend', 0, 0, dividend, 0)]);
    expect(() => run(prices)).toThrow(
      `backtest: 'A' of test on ${prices.dates[2]}: split is ${split} and dividend ${dividend}; a split is positive, 1 where there is none`,
    );
  });

  it('keeps the shares of a split on a day whose price an audit leaves out', () => {
    const closes = Array.from({ length: 80 }, (_, t) => (100 + Math.sin(t)) / (t < 40 ? 1 : 4));
    closes[40] *= 2;
    const raw = frameOf(field('close', ...closes));
    const told = withActions(raw, [{ asset: 'A', exDate: raw.dates[40], split: 4 }]);
    const masked = withUsable(told);
    expect([...masked.fields.close.keys()].filter((t) => Number.isNaN(masked.fields.close[t]))).toEqual([40]);
    const equity = 1000 * (closes[79] / closes[1]) * 4;
    expect(run(masked).equity.at(-1)).toBeCloseTo(equity, 0);
    expect(run(withUsable(adjust(told), audit(told))).equity.at(-1)).toBeCloseTo(equity, 0);
  });
});
