import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { design, linearRegression } from '../../stats/index.js';
import { fromDay } from '../panel/dates.js';
import { loadPanel } from '../panel/load.js';
import { type Panel, seriesOf } from '../panel/panel.js';
import { knownAfter } from '../panel/publication.js';
import { simpleReturns } from '../panel/returns.js';
import { joinAsOf, joinByPeriod } from './join.js';
import { resample } from './resample.js';

const { NaN: missing } = Number;
const of = (dates: readonly string[], values: ArrayLike<number> = dates.map((_, t) => t), source = 'test'): Panel => ({
  dates,
  assets: [source],
  values: Float64Array.from(values),
  field: 'value',
  source,
});
const MONTHS = of(['2020-01-31', '2020-02-28', '2020-03-31'], [10, 20, 30], 'shares');
/** As FRED dates a statistic of January: by its first day. */
const CPI = of(['2020-01-01', '2020-02-01', '2020-03-01'], [1, 2, 3], 'cpi');

describe('joinByPeriod', () => {
  it('finds for each month of shares its month of the factors: 346 of 346, and the market β of JPM is 1.480', async () => {
    const factors = await loadPanel('arch/french-factors', { from: '1990-01-01' });
    const shares = simpleReturns(resample(await loadPanel('skfolio/sp500-stocks', { to: '2018-11-30', assets: ['JPM'] }), 'month'));
    const joined = joinByPeriod([shares, factors], 'month');
    const [y, x] = joined;
    expect(y.dates).toHaveLength(346);
    expect(joined.dropped).toEqual([0, factors.dates.length - 346]);
    const column = (name: string) => seriesOf(x, name);
    const excess = seriesOf(y, 'JPM').map((r, t) => r - column('RF')[t]);
    const { coefficients } = linearRegression(design({ MKT: column('MKT'), SMB: column('SMB'), HML: column('HML') }), excess);
    expect(coefficients[1]).toBeCloseTo(1.48, 3);
  });

  it('joins a statistic to the month that it speaks of, dated when it was published', () => {
    const [shares, cpi] = joinByPeriod([MONTHS, { panel: CPI, knownAt: knownAfter('month', 15) }], 'month');
    expect(shares.dates).toEqual(['2020-02-15', '2020-03-15', '2020-04-15']);
    expect([[...shares.values], [...cpi.values], cpi.dates]).toEqual([[10, 20, 30], [1, 2, 3], shares.dates]);
  });

  it('joins weeks that end on other days, and keeps what one has alone where it is asked to', () => {
    const [fridays, thursdays] = [of(['2020-04-03', '2020-04-09'], [1, 2]), of(['2020-04-02', '2020-04-09', '2020-04-16'], [5, 6, 7])];
    expect(joinByPeriod([fridays, thursdays], 'week').map(({ dates, values }) => [dates, [...values]])).toEqual([
      [
        ['2020-04-03', '2020-04-09'],
        [1, 2],
      ],
      [
        ['2020-04-03', '2020-04-09'],
        [5, 6],
      ],
    ]);
    expect([...joinByPeriod([fridays, thursdays], 'week', 'outer')[0].values]).toEqual([1, 2, missing]);
  });
});

describe('joinAsOf', () => {
  it('takes what was last known, each column on its own', () => {
    const yields = { ...of(['2020-01-03', '2020-01-07']), assets: ['AAA', 'BAA'], values: Float64Array.of(3, 4, missing, 5) };
    const prices = panelOf(['A'], [[1], [1], [1], [1], [1]]); // 2, 3, 6, 7 and 8 January
    const joined = joinAsOf(prices, yields);
    expect(joined.dates).toBe(prices.dates);
    expect([...joined.values]).toEqual([missing, missing, 3, 4, 3, 4, 3, 5, 3, 5]);
  });

  it('takes a statistic when it was published, and not for ever', () => {
    const days = of(['2020-02-14', '2020-02-15', '2020-03-14', '2020-03-15', '2020-07-24', '2020-07-25']);
    const joined = joinAsOf(days, { panel: CPI, knownAt: knownAfter('month', 15) });
    expect([...joined.values]).toEqual([missing, 1, 1, 2, 3, missing]); // March's was known on 15 April, 100 days before 24 July
    expect([...joinAsOf(days, { panel: CPI, knownAt: knownAfter('month', 15) }, { maxAge: 0 }).values]).toEqual([
      missing,
      1,
      missing,
      2,
      missing,
      missing,
    ]);
  });

  const dates = fc
    .uniqueArray(fc.integer({ min: 18_000, max: 18_200 }), { minLength: 1, maxLength: 30 })
    .map((days) => days.sort((a, b) => a - b).map(fromDay));

  it('never takes anything from later, and nothing older than the last that was known', () => {
    fc.assert(
      fc.property(dates, dates, fc.integer({ min: 0, max: 40 }), (rows, events, delay) => {
        const other = { panel: of(events), knownAt: knownAfter('day', delay) };
        const known = (date: string) => events.findLastIndex((event) => knownAfter('day', delay)(event) <= date);
        const expected = rows.map((date) => known(date)).map((k) => (k < 0 ? missing : k));
        if (expected.every(Number.isNaN)) expect(() => joinAsOf(of(rows), other, { maxAge: 1000 })).toThrow('nothing of test is known');
        else expect([...joinAsOf(of(rows), other, { maxAge: 1000 }).values]).toEqual(expected);
      }),
    );
  });

  it.each([
    [knownAfter('month', 0)('2020-02-01'), '2020-02-29'],
    [knownAfter('month', 15)('2020-01-31'), '2020-02-15'],
    [knownAfter('quarter', 30)('2020-01-01'), '2020-04-30'],
    [knownAfter('week', 1)('2020-01-01'), '2020-01-06'],
    [knownAfter('day', 2)('2020-02-28T12:00'), '2020-03-01'],
  ])('a lag after a period: %s', (date, expected) => expect(date).toBe(expected));
});

describe('a join', () => {
  const early = { panel: CPI, knownAt: () => '2020-01-15' };
  it.each<[string, () => unknown, string]>([
    [
      'dates of the first day of months by period',
      () => joinByPeriod([MONTHS, CPI], 'month'),
      "joinByPeriod: the rows of cpi are dated by the first day of a month, 2020-01-01, 2020-02-01, …: that is the month they speak of, not when they were known; pass { panel, knownAt: knownAfter('month', 15) }",
    ],
    ['dates of the first day of months as of a date', () => joinAsOf(MONTHS, CPI), 'joinAsOf: the rows of cpi are dated by the first day'],
    [
      'two rows in a month',
      () => joinByPeriod([MONTHS, of(['2020-01-02', '2020-01-03'])], 'month'),
      "joinByPeriod: test has two rows in a month, 2020-01-02 and 2020-01-03; resample(panel, 'month') first",
    ],
    [
      'what was known before its date',
      () => joinAsOf(MONTHS, early),
      "joinAsOf: knownAt of cpi says 2020-01-15 for the row of 2020-02-01; give a date that is not before the row's own",
    ],
    [
      'what was known in another order',
      () => joinAsOf(MONTHS, { panel: CPI, knownAt: (date) => (date === '2020-01-01' ? '2020-06-01' : '2020-05-01') }),
      'joinAsOf: knownAt of cpi has 2020-02-01 known on 2020-05-01, before 2020-01-01 on 2020-06-01',
    ],
    [
      'what is too old',
      () => joinAsOf(of(['2021-01-04']), MONTHS),
      'joinAsOf: nothing of shares is known from 2021-01-04 to 2021-01-04: it became known from 2020-01-31 to 2020-03-31, and is too old after 100 days; choose overlapping ranges, or raise maxAge',
    ],
    [
      'days and minutes in one',
      () => joinByPeriod([of(['2020-01-31']), of(['2020-01-31T12:00', '2020-02-28T12:00'])], 'month', 'outer'),
      'align: 2020-01-31 and 2020-02-28T12:00 are dates of two kinds; give all panels a time in UTC, or none',
    ],
    [
      'months that were published at once',
      () => joinByPeriod([MONTHS, { panel: CPI, knownAt: () => '2020-04-15' }], 'month'),
      'joinByPeriod: the rows of shares of 2020-01-31 and 2020-02-28 meet what was known on 2020-04-15 and 2020-04-15, and rows ascend; joinAsOf takes',
    ],
    [
      'months that were published in another order',
      () => joinByPeriod([MONTHS, { panel: of(['2020-01-01']), knownAt: () => '2020-03-01' }], 'month', 'outer'),
      'of 2020-01-31 and 2020-02-28 meet what was known on 2020-03-01 and 2020-02-28',
    ],
    [
      'a lag that is none',
      () => knownAfter('month', -1),
      'knownAfter: days must be a whole number from 0 on, got -1; what speaks of a month is not known before it ends',
    ],
    [
      'an option that is none',
      () => joinAsOf(MONTHS, MONTHS, { limit: 3 } as object),
      "joinAsOf: there is no option 'limit'; it takes maxAge",
    ],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
