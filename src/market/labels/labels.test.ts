import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { realisedVolatility } from '../features/rolling.js';
import { type Frame, frameOf } from '../frame/frame.js';
import { assertNoLookahead } from '../lookahead/lookahead.js';
import { mapValues, type Panel, seriesOf } from '../panel/panel.js';
import { logReturns } from '../panel/returns.js';
import { assertNoLeak } from '../splits/no-leak.js';
import { purgedKFold } from '../splits/purged.js';
import { forwardDirection, forwardLogReturn, forwardVolatility } from './forward-return.js';
import { fitQuantileRegimes } from './quantile-regimes.js';
import { type Barriers, tripleBarrier } from './triple-barrier.js';
import { concurrency, uniqueness } from './uniqueness.js';

const { NaN: missing } = Number;
const PRICES = simulatedPrices(400);

/** A frame of one asset from bars [open, high, low, close]. */
const barsOf = (...bars: [number, number, number, number][]): Frame =>
  frameOf(
    ['open', 'high', 'low', 'close'].map((field, i) =>
      panelOf(
        ['A'],
        bars.map((bar) => [bar[i]]),
        { field },
      ),
    ),
  );
const ENTRY: [number, number, number, number] = [100, 100, 100, 100];
const FIRST = { horizon: 3, target: 0.05, stop: 0.05, rows: { start: 0, end: 1 } };

describe('labels', () => {
  it('direction is that of the rows that follow, and unknown on the last', () => {
    expect([...forwardDirection(panelOf(['A'], [[1], [2], [2], [1], [3]]), 1).values]).toEqual([1, 0, 0, 1, missing]);
  });

  it('volatility is that of the rows that follow: the realised volatility of the past, so many rows later', () => {
    const [ahead, back] = [forwardVolatility(PRICES, 20), realisedVolatility(logReturns(PRICES), 20)];
    for (let t = 0; t + 20 < 400; t++) expect(ahead.values[2 * t]).toBeCloseTo(back.values[2 * (t + 19)], 12);
    expect(ahead.values.slice(-40).every(Number.isNaN)).toBe(true);
  });

  it.each([
    ['return', forwardLogReturn],
    ['direction', forwardDirection],
    ['volatility', forwardVolatility],
  ] as const)('%s looks ahead by its horizon and no further', async (_, label) => {
    for (const horizon of [1, 5, 20]) {
      await assertNoLookahead((prices: Panel) => label(prices, horizon), PRICES, { horizon, cuts: 8 });
      await expect(assertNoLookahead((prices: Panel) => label(prices, horizon), PRICES, { horizon: horizon - 1 })).rejects.toThrow(
        'looks ahead',
      );
    }
  });

  it('regimes are parted by quantiles of the training rows, which no later row moves', () => {
    const panel = panelOf(
      ['A', 'B'],
      [1, 2, 3, 4, 5, 100, 200].map((value) => [value, 10 * value]),
    );
    const regimes = fitQuantileRegimes(panel, { start: 0, end: 5 }, { quantiles: [0.25, 0.75] });
    expect([...regimes.thresholds]).toEqual([
      ['A', [2, 4]],
      ['B', [20, 40]],
    ]);
    expect([...seriesOf(regimes.apply(panel), 'A')]).toEqual([0, 0, 1, 1, 2, 2, 2]);
    const other = mapValues(panel, 'close', (value, t) => (t >= 5 ? 1e6 : value));
    expect(fitQuantileRegimes(other, { start: 0, end: 5 }, { quantiles: [0.25, 0.75] }).thresholds).toEqual(regimes.thresholds);
    expect(() => regimes.apply(panelOf(['C'], [[1]]))).toThrow("fitQuantileRegimes: no thresholds of 'C': they were fitted to A, B");
    expect(() => fitQuantileRegimes(panel, [0, 1])).toThrow(
      "fitQuantileRegimes: 'A' has 2 values of close in the 2 training rows, and 3 regimes need as many",
    );
    expect(() => fitQuantileRegimes(panel, [0, 1], { quantiles: [0.6, 0.4] })).toThrow(
      'quantiles must be a finite number above 0.6, below 1, got 0.4',
    );
  });
});

describe('tripleBarrier', () => {
  it.each<[string, [number, number, number, number][], Partial<Barriers>, [row: number, label: number, price: number]]>([
    // Ouroboros 525: both barriers in one bar count as the stop. vectorbt 652, 57 and backtesting.py 0.6.3 have the gaps.
    ['both in one bar: the stop first', [[100, 106, 94, 100]], {}, [1, -1, 95]],
    [
      'the target',
      [
        [101, 104, 99, 103],
        [103, 106, 102, 104],
      ],
      {},
      [2, 1, 105],
    ],
    ['a jump below the stop: the open', [[93, 94, 92, 93]], {}, [1, -1, 93]],
    ['a jump above the target: the open', [[107, 108, 106, 107]], {}, [1, 1, 107]],
    [
      'time is up',
      [
        [100, 101, 99, 100],
        [100, 101, 99, 100],
        [100, 103, 99, 102],
      ],
      {},
      [3, 0, 102],
    ],
    ['a close above the target without a range', [[missing, missing, missing, 120]], { horizon: 1 }, [1, 1, 120]],
    ['a close below the stop without a range', [[missing, missing, missing, 90]], { horizon: 1 }, [1, -1, 90]],
    ['a short position: the high is its stop', [[100, 106, 99, 100]], { side: 'short' }, [1, -1, 105]],
    ['a short position: the low is its target', [[100, 101, 94, 95]], { side: 'short' }, [1, 1, 95]],
    [
      'a day without a price',
      [
        [missing, missing, missing, missing],
        [100, 100, 90, 91],
      ],
      {},
      [2, -1, 95],
    ],
    [
      'an asset that goes: its last price',
      [
        [98, 99, 97, 98],
        [missing, missing, missing, missing],
        [missing, missing, missing, missing],
      ],
      {},
      [3, 0, 98],
    ],
  ])('%s', (_, bars, change, [row, label, price]) => {
    const events = tripleBarrier(barsOf(ENTRY, ...bars), { ...FIRST, ...change });
    expect([events.ends[0], events.labels[0]]).toEqual([row, label]);
    expect(events.returns[0]).toBeCloseTo((change.side === 'short' ? -1 : 1) * (price / 100 - 1), 14);
  });

  it('takes barriers in units of what is usual, and leaves out what is not decided', () => {
    const prices = panelOf(['A'], [[100], [101], [103], [102], [96]]);
    const width = mapValues(prices, 'width', (_, t) => (t === 1 ? missing : 0.01));
    const events = tripleBarrier(prices, { horizon: 2, target: 2, stop: 3, width });
    // From 100: +2 % at 103 on row 2. From 103: −3 % at 96 on row 4. From 102: −3 % at 96. Row 1 has no width, row 4 no end.
    expect([...events.starts, ...events.ends, ...events.labels]).toEqual([0, 2, 3, 2, 4, 4, 1, -1, -1]);
    expect(events).toMatchObject({
      assets: ['A', 'A', 'A'],
      dates: [0, 2, 3].map((t) => prices.dates[t]),
      knownAt: [2, 4, 4].map((t) => prices.dates[t]),
    });
  });

  it('looks ahead by its horizon and no further, and folds are purged by when its labels are known', async () => {
    const barriers = { horizon: 10, target: 0.03, stop: 0.02 };
    const label = (prices: Panel) => {
      const events = tripleBarrier(prices, barriers);
      const at = new Map(events.dates.map((date, i) => [`${date} ${events.assets[i]}`, events.labels[i]]));
      return mapValues(prices, 'label', (_, t, n) => at.get(`${prices.dates[t]} ${prices.assets[n]}`) ?? missing);
    };
    await assertNoLookahead(label, PRICES, { horizon: 10, cuts: 8 });
    await expect(assertNoLookahead(label, PRICES, { horizon: 4 })).rejects.toThrow('looks ahead');
    const { dates, knownAt } = tripleBarrier(PRICES, barriers);
    const folds = purgedKFold(dates, { folds: 4, horizon: knownAt, embargo: 3 });
    for (const fold of folds) assertNoLeak(dates, fold);
    const all = [...dates.keys()].filter((i) => i < folds[1].test[0].start);
    expect(() => assertNoLeak(dates, { ...folds[1], train: all })).toThrow('split: horizon reaches past the purge of 0 rows: labels of');
  });

  it('names what is wrong', () => {
    expect(() => tripleBarrier(PRICES, { ...FIRST, stop: 0 })).toThrow('tripleBarrier: stop must be a finite number above 0, got 0');
    expect(() => tripleBarrier(PRICES, { ...FIRST, horizon: 0 })).toThrow('tripleBarrier: horizon must be a whole number from 1 up, got 0');
    expect(() => tripleBarrier(panelOf(['A'], [[1], [-1]]), FIRST)).toThrow("tripleBarrier of test: 'A' is -1 on");
    expect(() => tripleBarrier(PRICES, { ...FIRST, width: logReturns(PRICES) })).toThrow('width has 399 dates from 2020-01-03');
    const width = mapValues(PRICES, 'width', () => 0.02);
    const reordered = { ...width, assets: ['B', 'A'] };
    expect(() => tripleBarrier(PRICES, { ...FIRST, width: reordered })).toThrow('asset 0 of width is B, of the prices A');
    const dates = width.dates.map((date, t) => (t === 7 ? '2020-01-12' : date));
    expect(() => tripleBarrier(PRICES, { ...FIRST, width: { ...width, dates } })).toThrow('date 7 of width is 2020-01-12, of the prices');
  });

  it('opens at the rows that are told, in their order, and at none that is not there', () => {
    const T = PRICES.dates.length;
    const { starts } = tripleBarrier(PRICES, { ...FIRST, rows: [5, 0] });
    expect([...new Set(starts)]).toEqual([0, 5]);
    expect(() => tripleBarrier(PRICES, { ...FIRST, rows: [-1] })).toThrow(
      `tripleBarrier: the choice is rows -1 … -1 of ${T}; it must hold a row`,
    );
    expect(() => fitQuantileRegimes(PRICES, { start: 0, end: T + 1 })).toThrow(`fitQuantileRegimes: the choice is rows 0 … ${T} of ${T}`);
  });
});

describe('uniqueness', () => {
  it('of spans [0, 2] and [1, 3]: one, two, two, one open, two thirds each (Fynance PR 248)', () => {
    const spans = { starts: [0, 1], ends: [2, 3] };
    expect([...concurrency(spans)]).toEqual([1, 2, 2, 1]);
    for (const weight of uniqueness(spans)) expect(weight).toBeCloseTo(2 / 3, 15);
    expect([...uniqueness({ ...spans, assets: ['A', 'B'] })]).toEqual([1, 1]);
  });

  it('is the mean of one over the number that are open, and adds up to the rows that are covered', () => {
    const span = fc.record({ start: fc.nat(40), length: fc.nat(12) });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 30 }), (list) => {
        const spans = { starts: list.map(({ start }) => start), ends: list.map(({ start, length }) => start + length) };
        const open = (t: number) => list.filter(({ start, length }) => start <= t && t <= start + length).length;
        const weights = uniqueness(spans);
        for (const [i, { start, length }] of list.entries()) {
          let sum = 0;
          for (let t = start; t <= start + length; t++) sum += 1 / open(t);
          expect(weights[i]).toBeCloseTo(sum / (length + 1), 12);
        }
        const covered = Array.from({ length: 60 }, (_, t) => Number(open(t) > 0)).reduce((a, b) => a + b, 0);
        expect(weights.reduce((sum, weight, i) => sum + weight * (list[i].length + 1), 0)).toBeCloseTo(covered, 9);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('refuses a label that ends before it starts', () => {
    expect(() => concurrency({ starts: [2], ends: [1] })).toThrow('concurrency: label 0 spans rows 2 … 1');
    expect(() => uniqueness({ starts: [0, 1], ends: [2] })).toThrow('uniqueness: 2 labels start and 1 end; each does both');
    expect(() => uniqueness({ starts: [0], ends: [2], assets: [] })).toThrow(
      'uniqueness: there are 1 labels and the assets of 0; name one',
    );
  });
});
