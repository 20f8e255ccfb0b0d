import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { linearRegression, logisticRegression, predict, predictProbability, ridge, scaler } from '../../stats/index.js';
import { computeFeatures } from '../features/compute.js';
import { frameOf } from '../frame/frame.js';
import { forwardDirection, forwardLogReturn } from '../labels/forward-return.js';
import { purgedKFold } from '../splits/purged.js';
import { walkForward } from '../splits/walk-forward.js';
import { mapValues } from './panel.js';
import { stack, unstack } from './stack.js';

const VALUE = panelOf(
  ['A', 'B'],
  [
    [1, 10],
    [2, Number.NaN],
    [3, 30],
    [4, 40],
  ],
  { field: 'value' },
);
const SIZE = { ...VALUE, field: 'size', values: Float64Array.of(Number.NaN, 100, 200, 300, 400, 500, 600, 700) };
const LABEL = { ...VALUE, field: 'label', values: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, Number.NaN, Number.NaN) };

describe('stack', () => {
  it('has a row for each date and asset that has all values, by date and then by asset', () => {
    const { x, y, cells } = stack([VALUE, SIZE], { label: LABEL });
    expect(x).toEqual({ rows: 4, cols: 2, data: Float64Array.of(10, 100, 2, 200, 3, 400, 30, 500), names: ['value', 'size'] });
    expect(y).toEqual(Float64Array.of(0.2, 0.3, 0.5, 0.6));
    expect(cells).toEqual(Int32Array.of(1, 2, 4, 5));
  });

  it('needs no label, and then keeps the rows whose label is not known yet', () => {
    const stacked = stack([VALUE, SIZE]);
    expect(stacked.x.rows).toBe(6);
    expect('y' in stacked).toBe(false);
  });

  it('takes rows as splits give them: a range, several, a list in its order', () => {
    const cellsOf = (rows: Parameters<typeof stack>[1]) => [...stack([VALUE], rows).cells];
    const [{ train, test }] = walkForward(VALUE.dates, { train: 2, test: 2, horizon: 1 });
    expect(cellsOf({ rows: train })).toEqual([0, 1, 2]);
    expect(cellsOf({ rows: test })).toEqual([4, 5, 6, 7]);
    const ranges = [
      { start: 0, end: 1 },
      { start: 3, end: 4 },
    ];
    expect(cellsOf({ rows: ranges })).toEqual([0, 1, 6, 7]);
    expect(cellsOf({ rows: [3, 1] })).toEqual([6, 7, 2]);
  });

  it('names what is wrong', () => {
    expect(() => stack([])).toThrow('stack needs a panel or more: got none');
    expect(() => stack([VALUE, VALUE])).toThrow("stack: two columns would be named 'value'; give the panels different fields");
    const short = panelOf(['A', 'B'], [[1, 1]], { field: 'short' });
    expect(() => stack([VALUE, short])).toThrow(
      `stack: 'value' has 4 dates and 'short' 1, and at place 1 ${VALUE.dates[1]} and none; align them first`,
    );
    const late = { ...LABEL, dates: [...VALUE.dates.slice(0, 3), '2021-01-04'] };
    expect(() => stack([VALUE], { label: late })).toThrow(
      `stack: 'value' has 4 dates and 'label' 4, and at place 3 ${VALUE.dates[3]} and 2021-01-04; align them first`,
    );
    expect(() => stack([VALUE, { ...SIZE, assets: ['B', 'A'] }])).toThrow('at place 0 A and B; select the assets of them first');
    expect(() => stack([VALUE], { label: LABEL, rows: [3] })).toThrow(
      `stack: on 1 date from ${VALUE.dates[3]} to ${VALUE.dates[3]} no asset has a value of all of value, label: 'label' has none there`,
    );
    expect(() => stack([VALUE], { rows: [4] })).toThrow('rowsOf: there is no row 4, only 0 … 3');
    expect(() => stack([VALUE], { labels: LABEL } as never)).toThrow("stack: there is no option 'labels'");
  });
});

describe('unstack', () => {
  it('puts each row back where it is from, and NaN elsewhere', () => {
    const stacked = stack([VALUE, SIZE], { label: LABEL });
    const back = unstack(stacked.y, stacked, 'forecast');
    expect(back).toEqual({
      ...{ dates: VALUE.dates, assets: VALUE.assets, source: 'test', field: 'forecast' },
      values: Float64Array.of(Number.NaN, 0.2, 0.3, Number.NaN, 0.5, 0.6, Number.NaN, Number.NaN),
    });
    expect(() => unstack([1, 2], stacked, 'forecast')).toThrow('unstack: forecast has 2 values and 4 rows were stacked');
  });
});

describe('a pooled regression', () => {
  const prices = simulatedPrices(200, ['A', 'B', 'C', 'D']);
  const names = ['momentum-63-21', 'volatility-change-21'];
  const features = computeFeatures(frameOf(prices), names);

  it('finds the coefficients of every asset together, and forecasts rows that it has not seen', () => {
    const [momentum, volatility] = names.map((name) => features.column(name));
    // A label that is 0.01 + 2 momentum − volatility wherever it is known.
    const label = mapValues(prices, 'label', (_, t, n) => 0.01 + 2 * momentum[t * 4 + n] - volatility[t * 4 + n]);
    const [fold] = walkForward(prices.dates, { train: 120, test: 40, horizon: 1 });
    const { x, y } = stack(features, { label, rows: fold.train });
    expect(x.names).toEqual(names);
    const test = stack(features, { rows: fold.test });
    expect(test.x.rows).toBe(40 * 4);

    const { apply } = scaler('standard').fit(x);
    const forecasts = [
      predict(ridge(x, y, { lambda: 1e-9 }), test.x),
      predict(ridge(apply(x), y, { lambda: 1e-9 }), apply(test.x)),
      predict(
        linearRegression(
          x,
          y.map((value) => value - 0.01),
        ),
        test.x,
      ).map((value) => value + 0.01),
    ];
    for (const forecast of forecasts) {
      const panel = unstack(forecast, test, 'forecast');
      for (const [cell, value] of panel.values.entries()) {
        const isTest = cell >= fold.test.start * 4 && cell < fold.test.end * 4;
        if (isTest) expect(value).toBeCloseTo(label.values[cell], 6);
        else expect(value).toBeNaN();
      }
    }
  });

  it('takes purged folds of several ranges, and labels of 0 and 1', () => {
    const label = forwardDirection(prices, 5);
    const folds = purgedKFold(prices.dates, { folds: 4, horizon: 5, embargo: 0 });
    for (const { train, test } of folds.slice(1)) {
      // features warm up in the first
      const { x, y } = stack(features, { label, rows: train });
      const held = stack(features, { rows: test, label: forwardLogReturn(prices, 5) });
      const probability = unstack(predictProbability(logisticRegression(x, y, { lambda: 1 }), held.x), held, 'probability');
      const known = probability.values.filter((p) => !Number.isNaN(p));
      expect(known.length).toBe(held.y.length);
      for (const p of known) expect(p > 0 && p < 1).toBe(true);
    }
  });
});
