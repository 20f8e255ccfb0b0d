import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { frameOf, type Panel } from '../../market/index.js';
import { proportional } from '../costs/costs.js';
import { backtest } from './backtest.js';
import { topWeights } from './top-weights.js';

const NONE = Number.NaN;
const SCORES = panelOf(
  ['A', 'B', 'C', 'D'],
  [
    [1, 4, 3, 2],
    [NONE, 1, NONE, 2],
    [NONE, NONE, NONE, NONE],
    [5, 5, 5, 5],
    [Infinity, -Infinity, NONE, 0],
    [NONE, NONE, 7, NONE],
  ],
  { field: 'forecast' },
);
const rowsOf = ({ dates, assets, values }: Panel) =>
  dates.map((_, t) => [...values.subarray(t * assets.length, (t + 1) * assets.length)].map((w) => w + 0));

describe('topWeights', () => {
  it('invests all in equal parts of the highest, none of it in what is missing', () => {
    const weights = topWeights(SCORES, { count: 2 });
    expect(weights.dates).toEqual(SCORES.dates.filter((_, t) => t !== 2)); // a date without a score is left out
    expect(rowsOf(weights)).toEqual([
      [0, 0.5, 0.5, 0],
      [0, 0.5, 0, 0.5],
      [0.5, 0.5, 0, 0], // of equal scores those that stand first
      [0.5, 0, 0, 0.5],
      [0, 0, 1, 0], // fewer than two: all of them
    ]);
    expect([weights.field, weights.assets]).toEqual(['weight', SCORES.assets]);
  });

  it('takes a share of those that have a score, one at least', () => {
    expect(rowsOf(topWeights(SCORES, { share: 0.5 })).slice(0, 2)).toEqual([
      [0, 0.5, 0.5, 0],
      [0, 0, 0, 1],
    ]);
    expect(rowsOf(topWeights(SCORES, { share: 0.2 }))[0]).toEqual([0, 1, 0, 0]);
    const hundred = panelOf(
      Array.from({ length: 100 }, (_, n) => `A${n}`),
      [Array.from({ length: 100 }, (_, n) => n)],
    );
    expect(topWeights(hundred, { share: 0.29 }).values.filter((w) => w > 0)).toHaveLength(29); // 0.29 · 100 = 28.999999999999996
  });

  it('sells as many short as it buys, and no asset is both', () => {
    const weights = topWeights(SCORES, { count: 2, short: true });
    expect(rowsOf(weights)).toEqual([
      [-0.25, 0.25, 0.25, -0.25],
      [0, -0.5, 0, 0.5],
      [0.25, 0.25, -0.25, -0.25],
      [0.5, -0.5, 0, 0], // one each of three
    ]);
    for (const row of rowsOf(weights)) {
      expect(row.reduce((sum, w) => sum + w, 0)).toBeCloseTo(0, 15);
      expect(row.reduce((sum, w) => sum + Math.abs(w), 0)).toBeCloseTo(1, 15);
    }
  });

  it('leaves in cash what a limit of the position leaves', () => {
    expect(rowsOf(topWeights(SCORES, { count: 2, position: 0.4 }))[4]).toEqual([0, 0, 0.4, 0]);
    expect(rowsOf(topWeights(SCORES, { count: 2, position: 0.4, short: true }))[1]).toEqual([0, -0.4, 0, 0.4]);
  });

  it('gives weights that a backtest takes under its limits, whose executed weights pass them by the costs', () => {
    const prices = simulatedPrices(60, ['A', 'B', 'C', 'D', 'E', 'F', 'G']);
    const weights = topWeights({ ...prices, field: 'score' }, { count: 3 });
    const limits = { gross: 1, net: [1, 1] as const, position: 1 / 3 };
    const run = backtest({ weights, prices: frameOf(prices), execution: 'nextClose', limits, costs: proportional(0.001) });
    const first = run.executed.values.subarray(0, 7).reduce((sum, w) => sum + w, 0);
    expect(first).toBeCloseTo(1 / (1 - 0.001), 6);
    expect(run.turnover[0]).toBeCloseTo(1, 6);
    const short = topWeights({ ...prices, field: 'score' }, { share: 0.3, short: true });
    const flat = { gross: 1, net: [0, 0] as const, position: 0.25 };
    expect(() => backtest({ weights: short, prices: frameOf(prices), execution: 'nextClose', limits: flat })).not.toThrow();
  });

  it('names what is wrong', () => {
    expect(() => topWeights(SCORES, {} as never)).toThrow(
      'topWeights: choose by count or by share, one of the two: got neither; as in { count: 5 }',
    );
    expect(() => topWeights(SCORES, { count: 1, share: 0.5 } as never)).toThrow('got both');
    expect(() => topWeights(SCORES, { count: 0 })).toThrow('topWeights: count must be a whole number from 1 up, got 0');
    expect(() => topWeights(SCORES, { share: 20 })).toThrow('topWeights: share must be a finite number');
    expect(() => topWeights(SCORES, { count: 1, cap: 1 } as never)).toThrow("topWeights: there is no option 'cap'");
    const none = { ...SCORES, values: SCORES.values.map(() => NONE) };
    expect(() => topWeights(none, { count: 1 })).toThrow('topWeights: on none of the 6 dates of forecast an asset has a score');
  });
});
