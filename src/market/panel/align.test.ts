import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { design, linearRegression } from '../../stats/index.js';
import { resample } from '../frame/resample.js';
import { align, sideBySide } from './align.js';
import { tradingDays } from './calendar.js';
import { loadPanel } from './load.js';
import { type Panel, seriesOf } from './panel.js';
import { simpleReturns } from './returns.js';
import { rowsOf } from './rows.js';

const DAYS = tradingDays('2020-01-02', '2020-03-31');
const on = (rows: readonly number[], source: string): Panel => ({
  dates: rows.map((t) => DAYS[t]),
  assets: [source],
  values: Float64Array.from(rows),
  field: 'close',
  source,
});
/** All days but a few, so that two of them may be joined. */
const mostDays = fc
  .uniqueArray(fc.integer({ min: 0, max: DAYS.length - 1 }), { maxLength: 5 })
  .map((missing) => [...DAYS.keys()].filter((t) => !missing.includes(t)));
/** Panels of one value a date, the date's own number. */
const dated = (dates: readonly string[], source: string): Panel => ({
  dates,
  assets: [source],
  values: Float64Array.from(dates, (_, t) => t),
  field: 'close',
  source,
});

describe('align', () => {
  it('keeps the common dates, or all of them with NaN for what is missing', () => {
    const [a, b] = [on([0, 1, 3], 'a'), on([1, 2, 3, 4], 'b')];
    expect(align([a, b]).map(({ dates, values }) => [dates, [...values]])).toEqual([
      [
        [DAYS[1], DAYS[3]],
        [1, 3],
      ],
      [
        [DAYS[1], DAYS[3]],
        [1, 3],
      ],
    ]);
    expect(align([a, b], 'outer').map(({ values }) => [...values])).toEqual([
      [0, 1, Number.NaN, 3, Number.NaN],
      [Number.NaN, 1, 2, 3, 4],
    ]);
  });

  it('moves no value to another date and invents none', () => {
    fc.assert(
      fc.property(mostDays, mostDays, fc.constantFrom('inner' as const, 'outer' as const), (first, second, join) => {
        const panels = [on(first, 'a'), on(second, 'b')];
        const aligned = align(panels, join);
        expect(aligned[0].dates).toEqual(aligned[1].dates);
        for (const [i, { dates, values }] of aligned.entries())
          for (const [t, date] of dates.entries()) expect(values[t]).toBe(panels[i].values[panels[i].dates.indexOf(date)] ?? Number.NaN);
        expect([...align(aligned, join)]).toEqual([...aligned]); // once is enough
        if (join === 'inner') expect(aligned.dropped).toEqual(panels.map(({ dates }) => dates.length - aligned[0].dates.length));
      }),
    );
  });

  it('names the spans when nothing is common', () => {
    expect(() => align([on([0, 1], 'a'), on([2], 'b')])).toThrow(
      "align: no date is common to all panels (a 2020-01-02 … 2020-01-03; b 2020-01-06 … 2020-01-06); choose overlapping ranges, or join 'outer'",
    );
  });

  it('joins months by the calendar, dated when the last of them is known', () => {
    const trading = dated(['1990-01-31', '1990-02-28', '1990-03-30', '1990-04-30'], 'stocks');
    const calendar = dated(['1990-02-28', '1990-03-31', '1990-04-30', '1990-05-31'], 'factors');
    const joined = align([trading, calendar]);
    expect(joined.map(({ dates, values }) => [dates, [...values]])).toEqual([
      [calendar.dates.slice(0, 3), [1, 2, 3]],
      [calendar.dates.slice(0, 3), [0, 1, 2]],
    ]);
    expect(joined.dropped).toEqual([1, 1]);
    expect(align([trading, calendar], 'outer')[0].dates).toEqual(['1990-01-31', ...calendar.dates]);
  });

  // The exchange of Shanghai closed from 24 January to 2 February 2020 for the New Year.
  const SHANGHAI = ['2019-11-29', '2019-12-31', '2020-01-23', '2020-02-28'];
  const NEW_YORK = ['2019-11-29', '2019-12-31', '2020-01-31', '2020-02-28'];

  it.each(['inner', 'outer'] as const)('joins months of which one ends early, %s', (join) => {
    const joined = align([dated(SHANGHAI, 'SSE'), dated(NEW_YORK, 'NYSE')], join);
    expect(joined.map(({ dates, values }) => [dates, [...values]])).toEqual([0, 1].map(() => [NEW_YORK, [0, 1, 2, 3]]));
    expect(joined.dropped).toEqual([0, 0]);
  });

  it('joins days of two exchanges whose months then end with the last value of each', () => {
    const shanghai = dated(['2020-01-02', '2020-01-23', '2020-02-03', '2020-02-28'], 'SSE');
    const newYork = dated(['2020-01-02', '2020-01-23', '2020-01-31', '2020-02-03', '2020-02-28'], 'NYSE');
    const [a, b] = align([shanghai, newYork], 'outer').map((panel) => resample(panel, 'month'));
    expect([a.dates, [...a.values], [...b.values]]).toEqual([
      ['2020-01-31', '2020-02-28'],
      [1, 3],
      [2, 4],
    ]);
  });

  it('finds for each month of shares its month of the factors: the market β of JPM is 1.480', async () => {
    const factors = await loadPanel('arch/french-factors', { from: '1990-01-01' });
    const shares = simpleReturns(resample(await loadPanel('skfolio/sp500-stocks', { to: '2018-11-30', assets: ['JPM'] }), 'month'));
    const [y, x] = align([shares, factors]);
    expect(y.dates).toHaveLength(shares.dates.length);
    const [excess, factor] = [seriesOf(y, 'JPM').map((r, t) => r - seriesOf(x, 'RF')[t]), (name: string) => seriesOf(x, name)];
    const beta = (rows: number[]) =>
      linearRegression(rowsOf(design({ MKT: factor('MKT'), SMB: factor('SMB'), HML: factor('HML') }), rows), rowsOf(excess, rows))
        .coefficients[1];
    // 103 of these 346 months end on a day without trade; a join by the day loses them and gives 1.373.
    const all = [...y.dates.keys()];
    expect(beta(all)).toBeCloseTo(1.48, 3);
    expect(beta(all.filter((t) => shares.dates[t] === x.dates[t]))).toBeCloseTo(1.373, 3);
  });

  it('refuses a join that would lose more than a tenth within the common span', async () => {
    const factors = await loadPanel('arch/french-factors', { from: '1990-01-01' });
    const daily = await loadPanel('skfolio/sp500-stocks');
    expect(() => align([daily, factors])).toThrow(
      /^align: 7\d{3} of 7\d{3} rows of skfolio\/sp500-stocks between 1990-01-31 and 2018-\d\d-\d\d have no partner in arch\/french-factors, the first on 1990-02-01; bring all to one calendar first \(resample/,
    );
    expect(align([daily, factors], 'outer').dropped).toEqual([0, 0]);
  });

  it('finds the histories of oil and shares of unequal length and days', async () => {
    const [stocks, oil] = align([await loadPanel('skfolio/sp500-stocks'), await loadPanel('arch/wti')]);
    expect(stocks.dates).toEqual(oil.dates);
    expect([stocks.dates[0], stocks.dates.at(-1)]).toEqual(['1990-01-02', '2019-01-03']);
  });
});

describe('sideBySide', () => {
  it('joins assets of equal dates', () => {
    const both = sideBySide(
      [
        panelOf(
          ['A', 'B'],
          [
            [1, 2],
            [3, 4],
          ],
        ),
        panelOf(['C'], [[5], [6]], { source: 'other' }),
      ],
      'close',
    );
    expect(both).toMatchObject({ assets: ['A', 'B', 'C'], values: Float64Array.of(1, 2, 5, 3, 4, 6), source: 'test + other' });
  });

  it('names the first and the last source of more than three', () => {
    const of = (count: number) =>
      sideBySide(
        Array.from({ length: count }, (_, n) => on([0], `own/A${n}`)),
        'close',
      ).source;
    expect([of(3), of(12)]).toEqual(['own/A0 + own/A1 + own/A2', 'own/A0 … own/A11 (12 datasets)']);
  });

  it('refuses other dates and the same asset twice', () => {
    expect(() => sideBySide([on([0, 1], 'a'), on([0, 2], 'b')], 'close')).toThrow(
      'a and b have different dates (2 and 2 rows); align them first',
    );
    expect(() => sideBySide([on([0], 'a'), on([0], 'a')], 'close')).toThrow(
      "sideBySide: asset 'a' occurs twice; select it from one panel only",
    );
  });
});
