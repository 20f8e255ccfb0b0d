import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { adjust, audit, frameOf, joinFrames, mapValues, type Panel, select, withActions, withUsable } from '../../market/index.js';
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

describe('backtest of prices that end', () => {
  const LONG = simulatedPrices(100);
  const ends = (row: number): Panel => mapValues(LONG, 'close', (price, t, n) => (n === 1 && t > row ? missing : price));
  const weights = (held: number): Panel => ({
    ...panelOf(LONG.assets, [
      [0.5, 0.5],
      [0.5, held],
    ]),
    dates: [LONG.dates[0], LONG.dates[48]],
    field: 'weight',
  });
  const config = { execution: 'nextClose', costs: undefined } as const;

  it('stops where one is held that has no price to the end, and settles it where it is listed to its last', () => {
    const prices = frameOf(ends(49));
    expect(() => backtest({ ...config, weights: weights(0.5), prices })).toThrow(
      `backtest: 'B' is held, and its last price in test is of ${LONG.dates[49]}, 50 rows before the end`,
    );
    expect(() => backtest({ ...config, weights: weights(0), prices })).not.toThrow();
    const [a, b] = ['A', 'B'].map((asset) => select(LONG, { assets: [asset] }));
    const ended = { ...b, dates: b.dates.slice(0, 50), values: b.values.slice(0, 50) };
    const joined = joinFrames([frameOf(a), frameOf(ended)], { join: 'outer' });
    expect(() => backtest({ ...config, weights: weights(0.5), prices: joined })).toThrow("'B' is delisted on");
    const run = backtest({ ...config, weights: weights(0.5), prices: joined, delisting: -0.3 });
    expect(run.fills.at(-1)).toMatchObject({
      date: LONG.dates[50],
      asset: 'B',
      kind: 'delisting',
      price: expect.closeTo(0.7 * b.values[49], 3),
    });
    const half = run.weights.values[2 * 48] * run.equity[48];
    expect(run.equity.at(-1)).toBeCloseTo(half * (LONG.values[2 * 99] / LONG.values[2 * 49]) + 0.7 * (run.equity[48] - half), -1);
  });

  it('values it at its last price where a week or less is missing', () => {
    expect(backtest({ ...config, weights: weights(0.5), prices: frameOf(ends(94)) }).stale.at(-1)).toBeGreaterThan(0.3);
    expect(() => backtest({ ...config, weights: weights(0.5), prices: frameOf(ends(93)) })).toThrow('6 rows before the end');
  });
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
