import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulatedBars } from '../../../tests/support/bars.js';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { temporaryStore } from '../../../tests/support/temporary-store.js';
import { type Frame, frameOf, selectFrame } from '../frame/frame.js';
import { loadFrame } from '../frame/load-frame.js';
import { mapValues, select } from '../panel/panel.js';
import { computeFeatures, resumeFeatures, streamFeatures } from './compute.js';
import type { Feature } from './feature.js';
import * as operators from './operators/index.js';
import { explainFeature, features } from './registry.js';

const bars = simulatedBars(120);
const { NaN: missing } = Number;
const ohlc = (rows: readonly (readonly [high: number, low: number, close: number])[]): Frame =>
  frameOf(
    (['high', 'low', 'close'] as const).map((field, j) =>
      panelOf(
        ['A'],
        rows.map((row) => [row[j]]),
        { field },
      ),
    ),
  );

describe('features of bars as users of other tools asked for them', () => {
  it('ATR has two seeds: no true range on the first row, or H − L (pandas-ta 189)', () => {
    const frame = ohlc(Array.from({ length: 20 }, (_, t) => [11 + t, 9 + t + (t === 0 ? 1 : 0), 10 + t] as const));
    // True ranges: H − L = 1 on the first row, then max(H, C₋₁) − min(L, C₋₁) = 2.
    const { column } = computeFeatures(frame, ['atr-14', 'atr-14-with-first', 'true-range-1']);
    expect([...column('true-range-1').subarray(0, 3)]).toEqual([missing, 2, 2]);
    expect([...column('atr-14').subarray(12, 15)]).toEqual([missing, missing, 2]);
    expect([...column('atr-14-with-first').subarray(12, 14)]).toEqual([missing, 27 / 14]);
  });

  it('RSI is seeded by exactly n changes (pandas-ta 671)', () => {
    // Seven changes: four of +2 and three of −1, so u = 8/7, d = 3/7.
    const prices = panelOf(
      ['A'],
      [10, 12, 11, 13, 12, 14, 13, 15, 14].map((p) => [p]),
    );
    const { column } = computeFeatures(prices, ['rsi-7']);
    expect([...column('rsi-7').subarray(0, 7)]).toEqual(Array(7).fill(missing));
    expect(column('rsi-7')[7]).toBeCloseTo((100 * 8) / 11, 12);
    // Then Wilder: u = 8/7 · 6/7, d = 3/7 · 6/7 + 1/7.
    expect(column('rsi-7')[8]).toBeCloseTo((100 * 48) / (48 + 18 + 7), 12);
  });

  it('equal moves up and down are movements of neither direction (pandas-ta 40)', () => {
    const frame = ohlc(Array.from({ length: 60 }, (_, t) => [110 + t, 90 - t, 100] as const));
    const { column } = computeFeatures(frame, ['plus-di-14', 'minus-di-14']);
    expect([column('plus-di-14')[59], column('minus-di-14')[59]]).toEqual([0, 0]);
  });
});

describe('computeFeatures', () => {
  it('takes a panel of prices, and gives columns, panels and a tensor of the assets one below the other', () => {
    const prices = simulatedPrices(40, ['A', 'B', 'C']);
    const computed = computeFeatures(prices, ['return-1', 'return-5']);
    const panel = computed.panel('return-5');
    expect(panel).toMatchObject({ field: 'return-5', dates: prices.dates, assets: prices.assets, source: prices.source });
    expect(panel.values).toBe(computed.column('return-5'));
    expect(panel.values[3 * 9 + 1]).toBeCloseTo(Math.log(prices.values[3 * 9 + 1] / prices.values[3 * 4 + 1]), 14);
    const { data, shape } = computed.tensor(['return-5', 'return-1']);
    expect(shape).toEqual([120, 2]);
    expect(data[2 * (40 * 1 + 9)]).toBe(Math.fround(panel.values[3 * 9 + 1]));
  });

  it('takes adjusted closes for prices where there are some', () => {
    const computed = computeFeatures(bars, ['return-1']);
    expect(computed.column('return-1')[5 * 4]).toBeCloseTo(Math.log(bars.fields.adjClose[20] / bars.fields.adjClose[16]), 14);
  });

  it('takes all that the data have the fields and the rows for', () => {
    const { names } = computeFeatures(simulatedPrices(30));
    expect(names).toContain('return-21');
    expect(names).not.toContain('return-42');
    expect(names).not.toContain('range-1');
  });

  it('takes features of your own, made of operators, in a batch and row by row', () => {
    const { price, ratio, subtract, windowMean } = operators;
    const gap = (window: number): Feature => ({
      name: 'gap',
      family: 'mine',
      formula: 'x',
      unit: 'a fraction',
      source: 'this test',
      scaling: { price: 0, volume: 0 },
      expression: ratio(subtract(price, windowMean(price, window)), price),
    });
    const prices = simulatedPrices(60);
    const { names, column } = computeFeatures(prices, ['return-1', gap(3), 'rsi-14']);
    expect(names).toEqual(['return-1', 'gap', 'rsi-14']);
    const [a, b, c] = [40, 42, 44].map((i) => prices.values[i]);
    expect(column('gap')[44]).toBeCloseTo(1 - (a + b + c) / 3 / c, 14);
    const folder = temporaryStore();
    const file = join(folder, 'mine.safetensors');
    streamFeatures(select(prices, { to: prices.dates[49] }), [gap(3)]).save(file);
    const rest = resumeFeatures(file, [gap(3)]).push(select(prices, { from: prices.dates[50] }));
    expect(rest.column('gap')).toEqual(column('gap').subarray(100));
    expect(() => resumeFeatures(file, [gap(4)])).toThrow('compute it anew from the history');
    expect(() => gap(0)).toThrow('windowMean: window must be a whole number from 1 up, got 0');
    expect(() => operators.windowKurtosis(price, 3)).toThrow('windowKurtosis: window must be a whole number from 4 up, got 3');
    expect(() => operators.lag(price, -1)).toThrow('lag: k must be');
  });

  it('keeps the last value of a series that was known', () => {
    const prices = simulatedPrices(12);
    const VIX = { values: Float64Array.of(20, missing, 25), knownAt: [prices.dates[2], prices.dates[4], prices.dates[5]] };
    const { column } = computeFeatures(frameOf(prices, { series: { VIX } }), ['vix']);
    expect([...column('vix')].filter((_, i) => i % 2 === 0)).toEqual([missing, missing, 20, 20, 20, 25, 25, 25, 25, 25, 25, 25]);
  });

  const broken = (field: string, i: number, value: number): Frame => ({
    ...bars,
    fields: { ...bars.fields, [field]: bars.fields[field].map((was, k) => (k === i ? value : was)) },
  });
  it.each<[string, () => unknown, string]>([
    [
      'a field that is not there',
      () => computeFeatures(frameOf(simulatedPrices(30)), ['atr-14']),
      'atr-14 needs high, low: test has close only',
    ],
    ['a series that is not there', () => computeFeatures(simulatedPrices(30), ['vix']), 'vix needs series VIX: test has close only'],
    [
      'no price',
      () => computeFeatures({ ...simulatedPrices(30), field: 'yield' }, ['return-1']),
      'return-1 needs adjClose or close: test has yield only',
    ],
    [
      'nothing to compute',
      () => computeFeatures({ ...simulatedPrices(1), field: 'yield' }, []),
      'no feature can be computed of test: it has yield on 1 dates',
    ],
    [
      'a look-back longer than the history',
      () => computeFeatures(simulatedPrices(100), ['momentum-252-21']),
      'momentum-252-21 leaves no value: it looks back 252 rows and test has 100; load more history',
    ],
    [
      'data that are all missing',
      () => computeFeatures(panelOf(['A'], Array(20).fill([missing])), ['return-1']),
      'return-1 has no value on any of the 20 dates of test: price have no 2 rows in a row without a missing value',
    ],
    ['an unknown name', () => computeFeatures(bars, ['rsi-15']), "there is no feature 'rsi-15'; near it are rsi-7, rsi-14, rsi-28"],
    [
      'an unknown family',
      () => features({ family: 'volatilities' }),
      "there is no family of features 'volatilities': there are returns, momentum",
    ],
    ['a name twice', () => computeFeatures(bars, ['rsi-14', 'rsi-14']), "two features are named 'rsi-14'; name each once"],
    ['a price of 0', () => computeFeatures(broken('low', 9, 0), ['range-1']), `test: low of 'B' is 0 on ${bars.dates[2]}`],
    ['a negative volume', () => computeFeatures(broken('volume', 8, -1), ['volume-ratio-21']), "volume of 'A' is -1 on"],
    ['a column that was not asked for', () => computeFeatures(bars, ['rsi-14']).column('rsi-7'), "have no 'rsi-7': they are rsi-14"],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});

describe('a stream of features', () => {
  const row = (t: number) => selectFrame(bars, { from: bars.dates[t], to: bars.dates[t] });
  const history = selectFrame(bars, { to: bars.dates[99] });
  const names = ['return-1', 'vix', 'atr-14'];

  it('keeps the last value of a series of which a row holds none', () => {
    const stream = streamFeatures(history, names);
    const known = stream.push(row(100)).column('vix')[0];
    expect([...stream.push({ ...row(101), series: {} }).column('vix')]).toEqual(Array(4).fill(known));
  });

  const { adjClose, ...others } = row(100).fields;
  it.each<[string, Frame, string]>([
    ['a row that it has seen', row(99), `have seen ${bars.dates[99]}: got ${bars.dates[99]}`],
    ['other assets', selectFrame(row(100), { assets: ['B', 'A', 'C', 'D'] }), 'are of 4 assets from A: got 4 from B'],
    ['a field less', { ...row(100), fields: { adjClose } }, 'atr-14 needs close, high, low: these rows of test have adjClose only'],
    ['another price', { ...row(100), fields: others }, 'the price of these features is adjClose: these rows of test have'],
    ['a price of 0', { ...row(100), fields: { ...others, adjClose: Float64Array.of(1, 1, 0, 1) } }, "adjClose of 'C' is 0 on"],
    [
      'values that are not of its dates and assets',
      { ...row(100), fields: { ...others, adjClose: Float64Array.of(1) } },
      'adjClose has 1 values',
    ],
    ['dates that go back', { ...bars, dates: bars.dates.toReversed() }, 'dates must ascend'],
  ])('refuses %s, and goes on as if it had not been asked', (_, rows, message) => {
    const stream = streamFeatures(history, names);
    expect(() => stream.push(rows)).toThrow(message);
    const [whole, next] = [computeFeatures(bars, names), stream.push(row(100))];
    for (const name of names) expect(next.column(name)).toEqual(whole.column(name).subarray(400, 404));
  });

  it('is not resumed from a file that is damaged, of another kind or of other features', () => {
    const folder = temporaryStore();
    const file = join(folder, 'features.safetensors');
    streamFeatures(history, names).save(file);
    expect(resumeFeatures(file)).toMatchObject({ names, date: bars.dates[99], price: 'adjClose', assets: bars.assets });
    expect(() => resumeFeatures(file, ['return-1'])).toThrow(
      'holds return-1, vix, atr-14: got return-1; ask for the same in the same order',
    );
    writeFileSync(join(folder, 'no.safetensors'), 'nothing of the kind');
    expect(() => resumeFeatures(join(folder, 'no.safetensors'))).toThrow(
      /resumeFeatures: .*no\.safetensors is truncated, or no checkpoint.* Make it anew/,
    );
    expect(() => resumeFeatures(join(folder, 'none.safetensors'))).toThrow('no such file');
  });
});

describe('features of one asset', () => {
  const one = simulatedPrices(400, ['A']);

  it('that compare assets have no value, and say why', () => {
    expect(() => computeFeatures(one, ['dispersion-21'])).toThrow(
      'dispersion-21 has no value on any of the 400 dates of test: it is undefined for one asset',
    );
    for (const name of ['average-correlation-63', 'average-correlation-252'])
      expect(() => computeFeatures(one, [name])).toThrow('it is undefined for one asset');
  });

  it.each([1.01, 1.003, 1.0003, 1.0001, 1.00001])('take what rounding leaves of equal returns for no signal: times %d a row', (growth) => {
    const growing = mapValues(one, 'close', (_, t) => 100 * growth ** t);
    const names = ['autocorrelation-21', 'skewness-21', 'kurtosis-63', 'variance-ratio-5-126'];
    for (const name of names) expect(() => computeFeatures(growing, [name])).toThrow('it is undefined for one asset, as what');
    const stirred = mapValues(growing, 'close', (price, t) => price * (1 + 1e-9 * ((t * 7919) % 13)));
    for (const name of names) expect(computeFeatures(stirred, [name]).column(name).at(-1)).not.toBeNaN();
  });

  it('with gaps in every window say so', () => {
    const holes = mapValues(one, 'close', (price, t) => (t % 10 === 0 ? Number.NaN : price));
    expect(() => computeFeatures(holes, ['realised-volatility-21'])).toThrow('price have no 22 rows in a row without a missing value');
  });

  it('the CCI of the S&P 500 lies between −100 and 100 on 55 % of days', async () => {
    const cci = computeFeatures(await loadFrame('arch/sp500'), ['cci-20'])
      .column('cci-20')
      .filter((value) => !Number.isNaN(value));
    expect(cci.filter((value) => Math.abs(value) < 100).length / cci.length).toBeCloseTo(0.551, 3);
  });
});

it('explainFeature says what a feature is, reads and looks back', () => {
  const said = explainFeature('atr-14');
  for (const part of [
    '**atr-14** (range)',
    '$$',
    'close, high, low',
    '14 rows, and from row 294 on its start weighs less than 1e-9 in it',
    'times c when prices',
  ])
    expect(said).toContain(part);
  expect(explainFeature('drawdown')).toContain('it never forgets where the data begin');
  expect(explainFeature('weekday')).toContain('dates alone');
});
