import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { dropMissing } from '../panel/align.js';
import { loadPanel } from '../panel/load.js';
import { mapValues, type Panel, select, seriesOf } from '../panel/panel.js';
import { logReturns } from '../panel/returns.js';
import { forwardLogReturn, lag, momentum, monthEnds } from './features.js';
import { assertNoLookahead } from './lookahead.js';
import { realisedVolatility, rolling, rollingStandardDeviation } from './rolling.js';

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

describe('assertNoLookahead', () => {
  const data = simulatedPrices(300);

  it.each<[string, (prices: Panel) => Panel]>([
    ['log returns', logReturns],
    ['lag', (prices) => lag(prices, 3)],
    ['realised volatility', (prices) => realisedVolatility(logReturns(prices), 21)],
    ['momentum', (prices) => momentum(prices, 60, 5)],
    ['month ends', monthEnds],
    ['month-end momentum', (prices) => momentum(monthEnds(prices), 6, 1)],
  ])('passes %s', async (_, feature) => {
    await assertNoLookahead(feature, data);
  });

  it('passes a label at its horizon, not below', async () => {
    const label = (prices: Panel) => forwardLogReturn(prices, 5);
    await assertNoLookahead(label, data, { horizon: 5 });
    await expect(assertNoLookahead(label, data, { horizon: 4 })).rejects.toThrow('the pipeline looks ahead');
  });

  it.each<[string, (prices: Panel) => Panel]>([
    ['a full-sample mean', (prices) => mapValues(prices, 'demeaned', (value, _, n) => value - mean(seriesOf(prices, prices.assets[n])))],
    ['a centred window', (prices) => mapValues(prices, 'centred', (value, t) => (value + (prices.values[(t + 1) * 2] ?? value)) / 2)],
    [
      'a crash warning, though none rings in these data', // only changed values make it ring
      (prices) => mapValues(prices, 'warning', (value, t, n) => Number((prices.values[(t + 1) * 2 + n] ?? value) < 0.7 * value)),
    ],
    [
      'backward filling',
      (prices) => mapValues(prices, 'filled', (value, t, n) => (t % 7 === 0 ? (prices.values[(t + 1) * 2 + n] ?? value) : value)),
    ],
    [
      'rows that depend on where the data end',
      (prices) => ({
        ...prices,
        dates: prices.dates.filter((_, t) => (prices.dates.length - t) % 5 === 0),
        values: prices.values.filter((_, i) => (prices.dates.length - Math.floor(i / 2)) % 5 === 0),
      }),
    ],
  ])('finds %s', async (_, leak) => {
    await expect(assertNoLookahead(leak, data)).rejects.toThrow(
      /^assertNoLookahead: the pipeline looks ahead: its output of 20\d\d-\d\d-\d\d.* when (values|rows) after /,
    );
  });

  it('finds a universe that is chosen with the future, by the columns and by what they hold', async () => {
    // B is delisted after row 240 of 248; up to then it is in the universe.
    const gone = mapValues(simulatedPrices(248), 'close', (value, t, n) => (n === 1 && t > 240 ? missing : value));
    const survivors = (prices: Panel) =>
      select(prices, { assets: prices.assets.filter((asset) => !seriesOf(prices, asset).some(Number.isNaN)) });
    await expect(assertNoLookahead(survivors, gone)).rejects.toThrow(
      /^assertNoLookahead: the pipeline looks ahead: its columns up to 20\d\d-\d\d-\d\d go from A to A, B when rows after 20\d\d-\d\d-\d\d are dropped; /,
    );
    await expect(assertNoLookahead(survivors, data)).rejects.toThrow(/go from A, B to (A|B)? ?when values after .* go missing/); // none is delisted
    const nameless = (prices: Panel) => ({ dates: prices.dates, values: survivors(prices).values });
    await expect(assertNoLookahead(nameless, gone)).rejects.toThrow('go from 1 of them to 2 of them when');
  });

  it('finds a universe that is chosen by coverage of the whole', async () => {
    const covered = (prices: Panel) =>
      select(prices, {
        assets: prices.assets.filter((asset) => seriesOf(prices, asset).filter(Number.isNaN).length <= 0.4 * prices.dates.length),
      });
    for (const last of [50, 300]) {
      const gone = mapValues(simulatedPrices(1_000), 'close', (value, t, n) => (n === 1 && t > last ? missing : value));
      await expect(assertNoLookahead(covered, gone)).rejects.toThrow(
        /its columns up to .* go from A to A, B when rows after .* are dropped/,
      );
    }
  });

  it('passes what needs more rows than come before an early gap', async () => {
    const listed = mapValues(simulatedPrices(1_000), 'close', (value, t, n) => (n === 1 && t < 60 ? missing : value));
    await assertNoLookahead((prices) => momentum(prices, 252), listed);
    await assertNoLookahead((prices) => dropMissing(momentum(prices, 252)), listed);
  });

  it('finds backward filling wherever the gap lies', async () => {
    const backward = (prices: Panel) => {
      const values = prices.values.slice();
      for (let i = values.length - 1 - prices.assets.length; i >= 0; i--)
        if (Number.isNaN(values[i])) values[i] = values[i + prices.assets.length];
      return { ...prices, values };
    };
    for (const [rows, gap] of [
      [250, [0, 60]],
      [250, [100, 103]],
      [1200, [400, 402]],
      [1200, [0, 800]],
    ] as const) {
      const holed = mapValues(simulatedPrices(rows), 'close', (value, t, n) => (n === 0 && t >= gap[0] && t < gap[1] ? missing : value));
      await expect(assertNoLookahead(backward, holed)).rejects.toThrow(/the pipeline looks ahead: its output of .*, column A, goes from/);
      await assertNoLookahead((prices) => lag(prices, 1), holed);
    }
  });

  it.each<[string, (prices: Panel) => Panel]>([
    ['the sign of what comes', (prices) => ahead(prices, (value, next) => (next < 0 ? -value : value))],
    ['whether what comes is missing', (prices) => ahead(prices, (value, next) => (Number.isNaN(next) ? 0 : value))],
    ['its size', (prices) => ahead(prices, (value, next) => (next > 100 * value ? 0 : value))],
    [
      'its order',
      (prices) =>
        mapValues(prices, 'late', (value, t, n) => value + Number(prices.values[2 * (t + 1) + n] > prices.values[2 * (t + 2) + n])),
    ],
  ])('finds what depends on %s', async (_, leak) => {
    await expect(assertNoLookahead(leak, data)).rejects.toThrow('the pipeline looks ahead');
  });

  it('takes an answer by error to missing or negative values for no leak, and others for a fault', async () => {
    await assertNoLookahead((prices) => {
      if (prices.values.some(Number.isNaN)) throw new Error('a value is missing');
      return logReturns(prices);
    }, data);
    const failing = (prices: Panel) => {
      if (prices.dates.length < 300) throw new Error('it needs 300 rows');
      return prices;
    };
    await expect(assertNoLookahead(failing, data)).rejects.toThrow('it needs 300 rows');
  });

  it('lengthens a stretch for a pipeline that needs more rows', async () => {
    const long = simulatedPrices(1_250);
    await assertNoLookahead((prices) => momentum(prices, 900), long);
    const leak = (prices: Panel) =>
      mapValues(momentum(prices, 900), 'leak', (value, t, n) => value + 0 * (prices.values[2 * (t + 1) + n] ?? 0));
    await expect(
      assertNoLookahead(
        leak,
        mapValues(long, 'close', (value, t) => (t === 1_200 ? missing : value)),
      ),
    ).rejects.toThrow('looks ahead');
  });

  it('takes less than a second around a rolling deviation of 20 assets and 8,313 days, and three times the rows of one run', async () => {
    const prices = await loadPanel('skfolio/sp500-stocks');
    let rows = 0;
    const cpu = process.cpuUsage();
    await assertNoLookahead((panel) => {
      rows += panel.dates.length;
      return rollingStandardDeviation(panel, 252);
    }, prices);
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1e6).toBeLessThan(1); // seconds of this process, whatever else the machine does
    expect(rows / prices.dates.length).toBeLessThan(4);
  });

  it('says so when it would check nothing', async () => {
    await expect(
      assertNoLookahead((prices) => ({ ...prices, dates: prices.dates.slice(-1), values: prices.values.slice(-2) }), data),
    ).rejects.toThrow(
      "assertNoLookahead: the pipeline's first output is dated 2021-03-11, after every date tried, so nothing would be checked",
    );
    await expect(assertNoLookahead(logReturns, data, { at: ['2020-01-01'] })).rejects.toThrow(
      'assertNoLookahead: 2020-01-01 is no date of test',
    );
  });
});

/** A panel that makes of each value and the next one what it should not. */
const ahead = (prices: Panel, f: (value: number, next: number) => number): Panel =>
  mapValues(prices, 'leak', (value, t, n) => f(value, prices.values[(t + 1) * prices.assets.length + n] ?? value));

const mean = (x: Float64Array) => x.reduce((sum, v) => sum + v, 0) / x.length;
