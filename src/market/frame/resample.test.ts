import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { assertNoLookahead } from '../lookahead/lookahead.js';
import { loadPanel } from '../panel/load.js';
import { type Panel, select, seriesOf } from '../panel/panel.js';
import { endOfPeriod, type Period, periodOf } from '../panel/periods.js';
import { logReturns, simpleReturns } from '../panel/returns.js';
import { adjust, withActions } from './actions.js';
import { fieldOf, frameOf } from './frame.js';
import { resample } from './resample.js';

const { NaN: missing } = Number;
const of = (dates: readonly string[], values: ArrayLike<number> = dates.map((_, t) => t), field = 'close'): Panel => ({
  dates,
  assets: ['A'],
  values: Float64Array.from(values),
  field,
  source: 'test',
});
const PRICES = panelOf(['A'], [[1], [2], [4], [8], [16]]);

describe('resample', () => {
  it('ends months where the calendar does, and a running month has no row', async () => {
    const { dates } = resample(await loadPanel('skfolio/sp500-index', { from: '2022-10-03' }), 'month');
    expect(dates).toEqual(['2022-10-31', '2022-11-30']); // the data end on 28 December, two trading days before the month does
  });

  it.each<[string, Period, string[], string[]]>([
    // Tokyo closes on 31 December, and 30 December 2024 was its last day.
    [
      'months of another exchange',
      'month',
      ['2024-11-28', '2024-11-29', '2024-12-27', '2024-12-30', '2025-01-06', '2025-01-31'],
      ['2024-11-29', '2024-12-30', '2025-01-31'],
    ],
    ['months of the calendar', 'month', ['1990-02-28', '1990-03-31', '1990-04-30'], ['1990-02-28', '1990-03-31', '1990-04-30']], // a Saturday and two weekdays
    ['months of weeks', 'month', ['2024-05-24', '2024-05-31', '2024-06-07', '2024-06-28', '2024-07-05'], ['2024-05-31', '2024-06-28']],
    ['a month of the NYSE, closed on Good Friday', 'month', ['2024-03-27', '2024-03-28'], ['2024-03-28']],
    ['a week of it', 'week', ['2024-03-22', '2024-03-27', '2024-03-28'], ['2024-03-22', '2024-03-28']],
    ['an exchange that was open when the NYSE was not', 'month', ['2024-02-19', '2024-03-28'], ['2024-02-19']], // Washington's Birthday; March may go on
    ['weeks of a market that never closes', 'week', ['2024-03-23', '2024-03-24', '2024-03-29'], ['2024-03-24']],
    // Hours are dated by their end: the one to midnight is of the day that it ends.
    ['days of hours', 'day', ['2024-03-28T10:00', '2024-03-29T00:00', '2024-03-29T01:00'], ['2024-03-29T00:00']],
    ['a month that ends at midnight', 'month', ['2024-03-31T23:00', '2024-04-01T00:00'], ['2024-04-01T00:00']],
    ['a month whose last minutes may follow', 'month', ['2024-02-29T23:00', '2024-03-29T23:00'], ['2024-02-29T23:00']],
    ['quarters', 'quarter', ['2024-03-28', '2024-04-01', '2024-06-28', '2024-07-01'], ['2024-03-28', '2024-06-28']],
  ])('has the last row of %s', (_, period, dates, ends) => {
    expect(resample(of(dates), period)).toMatchObject({ dates: ends, values: Float64Array.from(ends, (date) => dates.indexOf(date)) });
  });

  it('carries no value into another month, and passes over those that are missing', () => {
    const dates = ['2020-01-30', '2020-02-27', '2020-02-28', '2020-03-31', '2020-04-30'];
    expect([...resample(of(dates, [1, 2, missing, missing, 5]), 'month').values]).toEqual([1, 2, missing, 5]);
  });

  it('keeps each month of a monthly dataset', async () => {
    const factors = await loadPanel('arch/french-factors');
    expect(resample(factors, 'month')).toEqual(factors);
  });

  const days = fc.uniqueArray(fc.integer({ min: 7300, max: 7700 }), { minLength: 2, maxLength: 60 });
  const periods = fc.constantFrom<Period>('day', 'week', 'month', 'quarter');

  it('has of each period that is over one row, the last, and nothing of another', () => {
    fc.assert(
      fc.property(days, periods, (numbers, period) => {
        const dates = [...numbers].sort((a, b) => a - b).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
        const names = [...new Set(dates.map((date) => periodOf(date, period)))].slice(0, -1); // the last may be running
        if (names.length === 0) return;
        const { dates: ends, values } = resample(of(dates), period);
        const expected = names.map((name) => dates.findLastIndex((date) => periodOf(date, period) === name));
        expect(ends.slice(0, names.length)).toEqual(expected.map((t) => dates[t]));
        expect([...values.slice(0, names.length)]).toEqual(expected);
        expect(
          ends.every((date) => date <= endOfPeriod(date, period) && periodOf(endOfPeriod(date, period), period) === periodOf(date, period)),
        ).toBe(true);
      }),
    );
  });

  it('makes bars of bars: first open, highest high, lowest low, last close, volume in all', () => {
    const dates = ['2020-01-02', '2020-01-03', '2020-01-06', '2020-01-10', '2020-01-13'];
    const bars = frameOf([
      of(dates, [missing, 2, 3, 4, 5], 'open'),
      of(dates, [9, 7, 3, 5, 6], 'high'),
      of(dates, [2, 1, 3, 2, 5], 'low'),
      of(dates, [5, 6, 3, 3, 6], 'close'),
      of(dates, [10, 20, 30, missing, 50], 'volume'),
    ]);
    const weeks = resample(bars, 'week');
    expect(weeks.dates).toEqual(['2020-01-03', '2020-01-10']);
    expect(Object.fromEntries(Object.entries(weeks.fields).map(([field, values]) => [field, [...values]]))).toEqual({
      open: [2, 3],
      high: [9, 5],
      low: [1, 2],
      close: [6, 3],
      volume: [30, 30],
    });
  });

  it('makes the returns of months out of those of days, as the prices of months have them', async () => {
    const prices = await loadPanel('skfolio/sp500-stocks', { from: '2021-12-31', assets: ['AAPL', 'KO'] });
    for (const returns of [simpleReturns, logReturns]) {
      const [ofDays, ofMonths] = [resample(returns(prices), 'month'), returns(resample(prices, 'month'))];
      expect(ofDays).toMatchObject({ dates: ofMonths.dates, field: ofMonths.field, adjusted: 'splits and dividends' });
      for (const [i, r] of ofMonths.values.entries()) expect(ofDays.values[i]).toBeCloseTo(r, 13);
    }
    const gap = of(['2020-01-02', '2020-01-31', '2020-02-28'], [0.1, missing, 0.2], 'simpleReturn');
    expect([...resample(gap, 'month').values]).toEqual([missing, 0.2]);
    expect([...resample({ ...gap, values: Float64Array.of(missing, 0.1, 0.2), field: 'logReturn' }, 'month').values]).toEqual([
      missing,
      0.2,
    ]);
  });

  it('adds dividends up, and takes prices with splits when they are adjusted', () => {
    const raw = frameOf([of(['2020-01-02', '2020-01-03', '2020-01-10'], [100, 51, 52])]);
    const actions = withActions(raw, [
      { asset: 'A', exDate: '2020-01-03', split: 2 },
      { asset: 'A', exDate: '2020-01-03', dividend: 1 },
    ]);
    expect(() => resample(actions, 'week')).toThrow(
      'resample: test has splits, and prices on both sides of one make no bar; adjust(frame) first',
    );
    const weeks = resample(adjust(actions), 'week');
    expect([[...weeks.fields.close], [...weeks.fields.dividend]]).toEqual([
      [51, 52],
      [1, 0],
    ]);
  });

  it('keeps the series of a frame, and lists who is listed when a period ends', () => {
    const prices = simulatedPrices(60);
    const series = { VIX: { values: Float64Array.of(20), knownAt: ['2020-01-02'] } };
    const listed = new Uint8Array(120).fill(1).fill(0, 60); // both leave after 30 rows
    const months = resample(frameOf(prices, { series, listed }), 'month');
    expect(months.series).toBe(series);
    expect([...months.listed!]).toEqual(months.dates.flatMap((date) => (prices.dates.indexOf(date) < 30 ? [1, 1] : [0, 0])));
    expect(seriesOf(fieldOf(months, 'close'), 'A')[0]).toBe(seriesOf(prices, 'A')[prices.dates.indexOf('2020-01-31')]);
  });

  it('of returns knows nothing of what comes later', () =>
    assertNoLookahead((prices) => resample(simpleReturns(prices), 'week'), simulatedPrices(600)));

  it.each<[string, () => unknown, string]>([
    [
      'a range without an end',
      () => resample(PRICES, 'month'),
      'resample: no month of test ends within 2020-01-02 … 2020-01-08 (5 rows); widen the range, or take a shorter period',
    ],
    ['a period that is none', () => resample(PRICES, 'year' as Period), "resample: period must be day, week, month or quarter, got 'year'"],
    [
      'a label',
      () => resample(select({ ...PRICES, field: 'forwardLogReturn' }, {}), 'week'),
      'resample: test holds forwardLogReturn, and returns of a period are known from simpleReturn or logReturn only; resample the prices, then compute it',
    ],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
