import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { forwardLogReturn } from '../labels/forward-return.js';
import { type Panel, seriesOf } from '../panel/panel.js';
import { lag, momentum } from './features.js';
import { realisedVolatility, rolling } from './rolling.js';

const { NaN: missing } = Number;
const PRICES = panelOf(['A'], [[1], [2], [4], [8], [32]]);
const values = (panel: Panel) => [...panel.values];

describe('features', () => {
  it('lag', () => expect(values(lag(PRICES, 2))).toEqual([missing, missing, 1, 2, 4]));

  it('rolling, and a window with a hole', () => {
    const sum = (x: Float64Array) => x.reduce((a, b) => a + b, 0);
    expect(values(rolling(PRICES, 3, 'sum', sum))).toEqual([missing, missing, 7, 14, 44]);
    expect(values(rolling(panelOf(['A'], [[1], [missing], [3], [4]]), 2, 'sum', sum))).toEqual([missing, missing, missing, 7]);
  });

  it('realised volatility of ±1 % a day is 15.87 % a year', () => {
    const returns = panelOf(
      ['A'],
      Array.from({ length: 21 }, (_, t) => [t % 2 ? 0.01 : -0.01]),
    );
    expect(seriesOf(realisedVolatility(returns, 21), 'A')[20]).toBeCloseTo(0.01 * Math.sqrt(252), 14);
  });

  it('momentum with and without the last row', () => {
    const ln2 = Math.LN2;
    expect(values(momentum(PRICES, 2))).toEqual([missing, missing, 2 * ln2, 2 * ln2, 3 * ln2]);
    expect(values(momentum(PRICES, 2, 1)).map((x) => x / ln2)).toEqual([missing, missing, 1, 1, 1]);
  });

  it('the label is the return of the rows that follow', () => {
    expect(values(forwardLogReturn(PRICES, 2)).map((x) => x / Math.LN2)).toEqual([2, 2, 3, missing, missing]);
  });

  it.each<[string, () => unknown, string]>([
    [
      'momentum of a negative price',
      () =>
        momentum(
          panelOf(
            ['A', 'B'],
            [
              [1, 2],
              [1, -2],
              [1, 2],
            ],
          ),
          1,
        ),
      "momentum of test: 'B' is -2 on 2020-01-03, and a ratio of prices needs positive ones",
    ],
    [
      'a label of a zero price',
      () => forwardLogReturn(panelOf(['A'], [[1], [0], [1]]), 1),
      "forwardLogReturn of test: 'A' is 0 on 2020-01-03",
    ],
    ['a negative lag', () => lag(PRICES, -1), 'lag must be a positive integer of rows, got -1'],
    ['a lag longer than the data', () => lag(PRICES, 5), 'lag 5 leaves no sample: test has 5 rows; shorten lag or load more history'],
    [
      'a window longer than the data',
      () => realisedVolatility(PRICES, 6),
      'window 6 leaves no sample: test has 5 rows; shorten window or load more history',
    ],
    ['a skip past the lookback', () => momentum(PRICES, 2, 2), 'momentum: skip must be a whole number from 0 to 1, got 2'],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
