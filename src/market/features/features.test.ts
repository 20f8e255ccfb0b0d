import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { forwardLogReturn } from '../labels/forward-return.js';
import { loadPanel } from '../panel/load.js';
import { type Panel, seriesOf } from '../panel/panel.js';
import { lag, momentum, monthEnds } from './features.js';
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

  it('month ends are those of the calendar, and a running month has none', async () => {
    const { dates } = monthEnds(await loadPanel('skfolio/sp500-index', { from: '2022-10-03' }));
    expect(dates).toEqual(['2022-10-31', '2022-11-30']); // the data end on 28 December, two trading days before the month does
  });

  it.each<[string, string[], string[]]>([
    // Tokyo closes on 31 December, and 30 December 2024 was its last day.
    [
      'another exchange',
      ['2024-11-28', '2024-11-29', '2024-12-27', '2024-12-30', '2025-01-06', '2025-01-31'],
      ['2024-11-29', '2024-12-30', '2025-01-31'],
    ],
    ['the calendar', ['1990-02-28', '1990-03-31', '1990-04-30'], ['1990-02-28', '1990-03-31', '1990-04-30']], // a Saturday and two weekdays
    ['a weekly series', ['2024-05-24', '2024-05-31', '2024-06-07', '2024-06-28', '2024-07-05'], ['2024-05-31', '2024-06-28']],
    ['the NYSE, closed on Good Friday', ['2024-03-27', '2024-03-28'], ['2024-03-28']],
    ['an exchange that was open when the NYSE was not', ['2024-02-19', '2024-03-28'], ['2024-02-19']], // Washington's Birthday; March may go on
  ])('month ends of %s', (_, dates, ends) => {
    const panel = { dates, assets: ['A'], values: Float64Array.from(dates, (_, t) => t), field: 'close', source: 'test' };
    expect(monthEnds(panel)).toMatchObject({ dates: ends, values: Float64Array.from(ends, (date) => dates.indexOf(date)) });
  });

  it('month ends carry no value into another month', () => {
    const panel = {
      ...panelOf(['A'], [[1], [2], [missing], [missing], [5]]),
      dates: ['2020-01-30', '2020-02-27', '2020-02-28', '2020-03-31', '2020-04-30'],
    };
    expect([...monthEnds(panel).values]).toEqual([1, 2, missing, 5]);
  });

  it('keeps each month of a monthly dataset', async () => {
    const factors = await loadPanel('arch/french-factors');
    expect(monthEnds(factors).dates).toEqual(factors.dates);
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
    ['no month end', () => monthEnds(PRICES), 'test: no month ends within 2020-01-02 … 2020-01-08 (5 rows); widen the range'],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
