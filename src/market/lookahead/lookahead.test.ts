import { describe, expect, it } from 'vitest';
import { simulatedPrices } from '../../../tests/support/panels.js';
import { design, linearRegression, predict } from '../../stats/index.js';
import { lag, momentum } from '../features/features.js';
import { realisedVolatility, rollingStandardDeviation } from '../features/rolling.js';
import { asKnown, type Frame, frameOf } from '../frame/frame.js';
import { resample } from '../frame/resample.js';
import { forwardLogReturn } from '../labels/forward-return.js';
import { loadPanel } from '../panel/load.js';
import { dropMissing } from '../panel/missing.js';
import { mapValues, type Panel, select, seriesOf } from '../panel/panel.js';
import { logReturns } from '../panel/returns.js';
import { rowsOf } from '../panel/rows.js';
import { CHANGES } from './changes.js';
import { Lookahead } from './compare.js';
import { assertNoLookahead } from './lookahead.js';

const { NaN: missing } = Number;

describe('assertNoLookahead', () => {
  const data = simulatedPrices(300);

  it.each<[string, (prices: Panel) => Panel]>([
    ['log returns', logReturns],
    ['lag', (prices) => lag(prices, 3)],
    ['realised volatility', (prices) => realisedVolatility(logReturns(prices), 21)],
    ['momentum', (prices) => momentum(prices, 60, 5)],
    ['month ends', (prices) => resample(prices, 'month')],
    ['month-end momentum', (prices) => momentum(resample(prices, 'month'), 6, 1)],
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
    await expect(assertNoLookahead(survivors, data)).rejects.toThrow(/go from A, B to (A|B|none) when values after .* go missing/); // none is delisted
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

  it('finds a universe that is chosen by what came of it: by size, by never losing nine tenths, by being there at the end', async () => {
    const three = simulatedPrices(1_000, ['A', 'B', 'C']);
    const universe = (keep: (prices: Float64Array) => boolean) => (prices: Panel) =>
      select(prices, { assets: prices.assets.filter((asset) => keep(seriesOf(prices, asset))) });
    const neverLost = universe((prices) => {
      let peak = 0;
      for (const price of prices) {
        if (price < 0.1 * peak) return false;
        peak = Math.max(peak, price);
      }
      return true;
    });
    await expect(assertNoLookahead(neverLost, three, { changes: ['shock', 'crash'] })).rejects.toThrow(
      /columns up to .* fall to a hundredth or rise a hundredfold/,
    );
    await expect(
      assertNoLookahead(
        universe((prices) => prices.at(-1)! > 0.5 * prices[0]),
        three,
      ),
    ).rejects.toThrow('its columns up to');
    const late = mapValues(three, 'close', (value, t, n) => (n === 2 && t < 700 ? missing : value)); // C lists at row 700
    const there = universe((prices) => !Number.isNaN(prices.at(-1)!));
    await expect(assertNoLookahead(there, late)).rejects.toThrow('its columns up to');
    await expect(assertNoLookahead(there, late, { changes: ['list late'] })).rejects.toThrow(
      /columns up to .* go from A, B, C to A, B when assets that come after .* do not come/,
    );
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
      [300, [101, 103]], // in the middle of the series, where no other gap is
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

  it('gives a pipeline of a year on 20 assets and 8,313 days no more rows than 60 runs would', async () => {
    const prices = await loadPanel('skfolio/sp500-stocks');
    let rows = 0;
    await assertNoLookahead((panel) => {
      rows += panel.dates.length;
      return rollingStandardDeviation(logReturns(panel), 252);
    }, prices);
    expect(rows / prices.dates.length).toBeLessThan(60);
  });

  it('changes all fields of a frame, a bar as one, and its series by the date on which they were known', async () => {
    const close = data;
    const [high, low] = [1.01, 0.99].map((factor) => mapValues(data, factor > 1 ? 'high' : 'low', (price) => factor * price));
    // A month's inflation is published in the middle of the next.
    const months = data.dates.filter((date, t) => t > 0 && date.slice(0, 7) !== data.dates[t - 1].slice(0, 7));
    const inflation = {
      values: Float64Array.from(months, (_, k) => 0.02 + 0.001 * k),
      knownAt: months.map((date) => `${date.slice(0, 7)}-15`),
    };
    const frame = frameOf([close, high, low], { series: { inflation } });
    const range = ({ dates, fields }: Frame) => {
      if (fields.low.some((price, i) => price > fields.close[i])) throw new Error('a low above its close');
      return { dates, values: fields.high.map((price, i) => Math.log(price / fields.low[i])) };
    };
    await assertNoLookahead(range, frame, { changes: ['truncate', 'shock', 'crash', 'permute the tail'] });
    const known = ({ dates, series }: Frame) => ({ dates, values: asKnown(series.inflation, dates) });
    await assertNoLookahead(known, frame);
    const early = ({ dates, series }: Frame) => {
      const knownAt = series.inflation.knownAt.map((date) => `${date.slice(0, 7)}-01`); // by the month that it speaks of
      return { dates, values: asKnown({ ...series.inflation, knownAt }, dates) };
    };
    await expect(assertNoLookahead(early, frame)).rejects.toThrow('the pipeline looks ahead');
    const tomorrow = ({ dates, fields }: Frame) => ({ dates, values: fields.low.map((low, i) => fields.low[i + 2] ?? low) });
    await expect(assertNoLookahead(tomorrow, frame)).rejects.toThrow('the pipeline looks ahead');
  });

  it('compares each of several outputs, and names the one that looks ahead', async () => {
    const outputs = (prices: Panel): Panel[] => [lag(prices, 1), { ...forwardLogReturn(prices, 1), field: 'target' }];
    await expect(assertNoLookahead(outputs, data)).rejects.toThrow('the pipeline looks ahead: its target of');
    await assertNoLookahead(outputs, data, { horizon: 1 });
  });

  it('demands of positions that earn a row that they were known a row earlier', async () => {
    const sign = (prices: Panel) => mapValues(prices, 'position', (price, t, n) => Math.sign(price - prices.values[2 * (t - 1) + n]));
    await assertNoLookahead(sign, data);
    await expect(assertNoLookahead(sign, data, { horizon: -1 })).rejects.toThrow('the pipeline looks ahead');
    await assertNoLookahead((prices) => lag(sign(prices), 1), data, { horizon: -1 });
  });

  // FinRL_Crypto 6: what the agent sees at t holds nothing of t + 1.
  it('tells what an agent observes: each step as one row', async () => {
    const episode = (seesNext: boolean) => (prices: Panel) => {
      const T = prices.dates.length - 1; // the last row can be no step, since its reward never comes
      const observe = (t: number) =>
        [0, 1].map((n) => prices.values[2 * (t + Number(seesNext)) + n] / prices.values[2 * Math.max(0, t - 1) + n]);
      return { dates: prices.dates.slice(0, T), values: Array.from({ length: T }, (_, t) => observe(t)).flat() };
    };
    await expect(assertNoLookahead(episode(true), data)).rejects.toThrow('the pipeline looks ahead');
    // That the last step goes when rows are dropped is no leak: an observation of t needs that there is a t + 1.
    await assertNoLookahead(episode(false), data, { changes: CHANGES.filter((name) => name !== 'truncate') });
  });

  // neuralforecast 853: forecasts of the test are bitwise the same when its targets are set to zero.
  it('finds a forecast that has seen the targets of its test', async () => {
    const first = 200;
    const forecasts = (trained: number) => (returns: Panel) => {
      const [x, y] = [seriesOf(returns, 'A'), seriesOf(returns, 'B').subarray(1)]; // of tomorrow's B by today's A
      const rows = { start: 0, end: trained };
      const fit = linearRegression(design({ x: rowsOf(x, rows) }), rowsOf(y, rows));
      return { dates: returns.dates.slice(first), values: predict(fit, design({ x: x.subarray(first) })) };
    };
    const returns = logReturns(data);
    const zeroed = { at: [returns.dates[first]], changes: ['set to zero'] as const };
    await assertNoLookahead(forecasts(first), returns, zeroed);
    await expect(assertNoLookahead(forecasts(first + 1), returns, zeroed)).rejects.toThrow('are set to zero');
  });

  it('passes a history that is too short for the pipeline, also at dates that are told, unless each of them is', async () => {
    const needs = (rows: number) => (prices: Panel) => {
      if (prices.dates.length < rows) throw new Error(`needs ${rows} rows`);
      return logReturns(prices);
    };
    const at = [data.dates[100], data.dates[250]];
    await assertNoLookahead(needs(200), data, { at });
    await expect(assertNoLookahead(needs(260), data, { at })).rejects.toThrow('needs 260 rows');
    const leak = (prices: Panel) => ahead(needs(200)(prices), (_, next) => next);
    await expect(assertNoLookahead(leak, data, { at })).rejects.toThrow('the pipeline looks ahead');
  });

  it('tells a leak by the name of its error from a pipeline that fails', async () => {
    const centred = (prices: Panel) => ahead(prices, (value, next) => (value + next) / 2);
    await expect(assertNoLookahead(centred, data)).rejects.toThrow(Lookahead);
    await expect(assertNoLookahead(centred, data)).rejects.toMatchObject({ name: 'Lookahead' });
    const failing = (prices: Panel) => {
      if (prices.values.some((value, i) => value !== data.values[i])) throw new RangeError('out of reach');
      return logReturns(prices);
    };
    await expect(assertNoLookahead(failing, data, { changes: ['shock'] })).rejects.toMatchObject({
      name: 'Error',
      message: expect.stringMatching(/^assertNoLookahead: the pipeline fails when values after .* change: out of reach$/),
      cause: new RangeError('out of reach'),
    });
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
