import { describe, expect, it } from 'vitest';
import ml4t from '../../../../tests/references/ml4t.json' with { type: 'json' }; // made by tests/references/ml4t.py
import { panelOf } from '../../../../tests/support/panels.js';
import { fold, key, normal } from '../../../base/random.js';
import { hitRate } from './hit-rate.js';
import { icDecay, informationCoefficient, predictionStability, rankIC } from './information-coefficient.js';
import { returnsAhead } from './panels.js';
import { quantileReturns } from './quantile-returns.js';

const assets = Array.from({ length: 12 }, (_, n) => `A${n}`);
const prices = panelOf(assets, ml4t.prices);
const forecast = panelOf(
  assets,
  ml4t.forecast.map((row) => row.map((value) => value ?? Number.NaN)),
);
const ahead = returnsAhead(prices, 1);
const near = (value: number | null) => (value === null ? Number.NaN : expect.closeTo(value, 12));

describe('information coefficients', () => {
  it.each([
    ['of values', informationCoefficient, ml4t.pearson],
    ['of ranks', rankIC, ml4t.spearman],
  ])('%s are those of ml4t-diagnostic, with its HAC error', (_, of, want) => {
    const { values, mean } = of(forecast, ahead, { lags: 3 });
    expect([...values]).toEqual(want.values.map(near));
    expect(mean).toMatchObject({ value: near(want.mean), standardError: near(want.hacError3) });
  });

  it('have no value where all forecasts tie, and the mean is of the others (ml4t/diagnostic PR 44)', () => {
    const { values, mean, missing } = rankIC(forecast, ahead);
    expect(values[7]).toBeNaN();
    expect(missing).toBe(2); // that date, and the last, after which nothing came
    const others = [...values].filter((value) => !Number.isNaN(value));
    expect(mean.value).toBeCloseTo(others.reduce((a, b) => a + b) / 38, 14);
  });

  it('are 1 of a perfect forecast, which has no ratio', () => {
    const part = panelOf(assets, ml4t.prices.slice(0, 10));
    const { mean, ratio } = rankIC(part, part);
    expect(mean).toMatchObject({ value: 1, standardError: 0 });
    expect(ratio).toBeUndefined();
    expect(rankIC(forecast, ahead).ratio?.value).toBeGreaterThan(0.5);
  });

  it('take more lags where outcomes overlap, and no horizon changes another (alphalens 74)', () => {
    const few = icDecay(forecast, prices, { horizons: [1, 3] });
    const more = icDecay(forecast, prices, { horizons: [1, 3, 10, 37] });
    expect(more.slice(0, 2)).toEqual(few);
    expect(few[0].values).toEqual(rankIC(forecast, ahead).values);
    expect(more.map(({ lags }) => lags)).toEqual([3, 6, 14, 1]);
  });

  it('cover what overlaps: returns over 20 rows of a forecast that never changes, .85 with lags of h − 1', () => {
    const [draws, T, N, horizon] = [400, 250, 6, 20];
    let [ic, spread] = [0, 0];
    for (let i = 0; i < draws; i++) {
      const moves = normal(fold(key(31), i), [T, N], 'float64').data;
      const walk = Float64Array.from(moves);
      for (let at = 0; at < walk.length; at++) walk[at] = (at < N ? 100 : walk[at - N]) * (1 + 0.01 * moves[at]);
      const frame = { ...panelOf(assets.slice(0, N), new Array(T).fill(new Array(N).fill(0))), values: walk };
      const still = { ...frame, values: walk.map((_, at) => at % N) };
      const [{ mean }] = icDecay(still, frame, { horizons: [horizon] });
      const { interval } = quantileReturns(still, frame, { quantiles: 3, horizon }).spread;
      ic += Number(mean.interval.low <= 0 && 0 <= mean.interval.high);
      spread += Number(interval.low <= 0 && 0 <= interval.high);
    }
    const error = Math.sqrt((0.95 * 0.05) / draws);
    expect(Math.abs(ic / draws - 0.94)).toBeLessThan(3 * error);
    expect(Math.abs(spread / draws - 0.94)).toBeLessThan(3 * error);
  });

  it('between dates are the stability of the forecasts', () => {
    const kept = {
      ...forecast,
      dates: forecast.dates.filter((_, t) => t !== 7),
      values: forecast.values.filter((_, i) => Math.floor(i / 12) !== 7),
    };
    const found = [1, 2].map((rows) => predictionStability(kept, { rows }).mean.value);
    expect(found).toEqual(ml4t.stability.map(near));
  });

  it.each<[string, () => unknown, string]>([
    [
      'other dates',
      () => rankIC(forecast, { ...ahead, dates: ahead.dates.slice(1) }),
      'row 0 is of 2020-01-02 in close and of 2020-01-03 in 1-period',
    ],
    ['other assets', () => rankIC(forecast, { ...ahead, assets: ['B', ...assets.slice(1)] }), 'column 0 is A0 in close and B in 1-period'],
    [
      'too few assets',
      () =>
        rankIC(
          panelOf(
            ['A', 'B'],
            [
              [1, 2],
              [2, 1],
            ],
          ),
          panelOf(
            ['A', 'B'],
            [
              [1, 2],
              [2, 1],
            ],
          ),
        ),
      '0 of 2 dates have a correlation',
    ],
    [
      'a horizon beyond history',
      () => icDecay(forecast, prices, { horizons: [40] }),
      'a horizon must be a whole number from 1 to 39, got 40',
    ],
  ])('refuse %s', (_, f, message) => expect(f).toThrow(message));
});

describe('quantileReturns', () => {
  it('are those of ml4t-diagnostic by date', () => {
    const { means } = quantileReturns(forecast, prices, { quantiles: 4 });
    expect(means.map(({ value }) => value)).toEqual(ml4t.quantiles.map(near));
  });

  it('count 21 % over two days as 10 % a day (alphalens 102)', () => {
    const rows = Array.from({ length: 9 }, (_, t) => [100, 100, 100 * 1.1 ** t, 100 * 1.1 ** t]);
    const grown = panelOf(['A', 'B', 'C', 'D'], rows);
    const order = panelOf(
      ['A', 'B', 'C', 'D'],
      rows.map(() => [1, 2, 3, 4]),
    );
    const { means, spread } = quantileReturns(order, grown, { quantiles: 2, horizon: 2 });
    expect(means.map(({ value }) => value)).toEqual([0, expect.closeTo(0.1, 12)]);
    expect(spread.value).toBeCloseTo(0.1, 12);
  });

  it('take the root of the mean, so that horizons compare: up 44 % and down 20 % by turns is 5.8 % a day over two, not 3.7 %', () => {
    const path = Array.from({ length: 9 }, (_, t) => 100 * 1.152 ** Math.floor(t / 4) * [1, 1.2, 1.44, 1.3][t % 4]);
    const prices = panelOf(
      ['A', 'B'],
      path.map((price) => [100, price]),
    );
    const ranked = panelOf(
      ['A', 'B'],
      path.map(() => [1, 2]),
    );
    const every = { ...ranked, values: ranked.values.map((value, i) => (Math.floor(i / 2) % 2 ? Number.NaN : value)) };
    const { means, spread } = quantileReturns(every, prices, { quantiles: 2, horizon: 2 });
    expect(means[1].value).toBeCloseTo(Math.sqrt(1.12) - 1, 12); // the mean of the roots, (1.2 + √.8)/2 − 1, is .047
    expect(spread.value).toBeCloseTo(Math.sqrt(1.12) - 1, 12);
  });

  it('rank before it is known who has a price later', () => {
    const prices = [
      [100, 100, 100, 100],
      [110, Number.NaN, 90, 90],
      [110, Number.NaN, 90, 90],
      [121, Number.NaN, 81, 81],
    ];
    const ranked = panelOf(['A', 'B', 'C', 'D'], [[1, 2, 3, 4], ...new Array(3).fill([1, Number.NaN, 3, 4])]);
    const { values } = quantileReturns(ranked, panelOf(['A', 'B', 'C', 'D'], prices), { quantiles: 2 });
    expect([...values.subarray(0, 2)]).toEqual([expect.closeTo(0.1, 12), expect.closeTo(-0.1, 12)]); // among survivors C would be low: 0
  });

  it('refuse more quantiles than assets', () => {
    expect(() => quantileReturns(forecast, prices, { quantiles: 13 })).toThrow(
      'quantiles must be a whole number from 2 to 12, got 13; there are 12 assets',
    );
  });
});

describe('hitRate', () => {
  it('is that of ml4t-diagnostic where nothing is 0, with the interval of Wilson', () => {
    expect(hitRate(forecast, ahead).value).toBeCloseTo(ml4t.hitRate, 12);
    // Of 10 with 3 hits: 0.1078 to 0.6032 (Newcombe 1998, method 3).
    const signs = (hits: number) =>
      panelOf(
        ['A'],
        Array.from({ length: 10 }, (_, t) => [t < hits ? 1 : -1]),
      );
    const { value, wilson, byDate } = hitRate(signs(3), signs(10));
    expect(value).toBe(0.3);
    expect(wilson.low).toBeCloseTo(0.1078, 4);
    expect(wilson.high).toBeCloseTo(0.6032, 4);
    expect(byDate.value).toBeCloseTo(0.3, 14);
  });

  it('does not count what has no sign', () => {
    const [f, y] = [
      [[1], [0], [1], [Number.NaN], [-1]],
      [[2], [1], [0], [1], [1]],
    ].map((rows) => panelOf(['A'], rows));
    expect(hitRate(f, y)).toMatchObject({ hits: 1, n: 2, undecided: 2, value: 0.5 });
    expect(() => hitRate(f, panelOf(['A'], [[0], [0], [0], [0], [0]]))).toThrow('0 of 5 dates have a forecast and an outcome with a sign');
  });

  it('refuses what has one sign only: probabilities, ranks and classes', () => {
    const returns = panelOf(
      ['A', 'B'],
      Array.from({ length: 40 }, (_, t) => [Math.sin(t), Math.cos(2 * t)]),
    );
    const of = (f: (value: number) => number) => ({ ...returns, values: returns.values.map(f) });
    const chances = of((r) => 0.5 + 0.1 * r);
    expect(() => hitRate(chances, returns)).toThrow(
      /each forecast \(close\) is from 0\.4\d* to 0\.6\d*, as of probabilities or ranks, whose sign is always up; take p − 0\.5/,
    );
    const centred = hitRate(
      of((r) => 0.1 * r),
      returns,
    );
    expect(centred.value).toBe(1);
    const classes = of((r) => Number(r > 0));
    expect(() => hitRate(classes, returns)).toThrow('each forecast (close) is 0 or 1, as of classes, and 0 has no sign');
    expect(() => hitRate(returns, classes)).toThrow('each outcome (close) is 0 or 1, as of classes');
    // Who always says up is right as often as it goes up; and returns of a year that are all above 0 have a sign.
    const up = returns.values.filter((r) => r > 0).length;
    expect(
      hitRate(
        of(() => 1),
        returns,
      ).hits,
    ).toBe(up);
    expect(
      hitRate(
        of((r) => 0.08 + 0.05 * r),
        returns,
      ).hits,
    ).toBe(up);
  });
});
