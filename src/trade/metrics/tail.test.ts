import { describe, expect, it } from 'vitest';
import empyrical from '../../../tests/references/empyrical.json' with { type: 'json' }; // made by tests/references/empyrical.py
import { panelOf } from '../../../tests/support/panels.js';
import { fold, key, normal, uniform } from '../../base/random.js';
import { byAsset } from './by-asset.js';
import { marketModel } from './exposure.js';
import { christoffersen, kupiec } from './tail-coverage.js';
import { expectedShortfall, valueAtRisk } from './tail-risk.js';

describe('valueAtRisk and expectedShortfall', () => {
  const table = panelOf(
    ['A', 'B'],
    Array.from({ length: 100 }, (_, t) => [(t - 50) / 1000, (50 - t) / 100]),
  );

  it('are taken column by column, the shortfall never the value at risk (quantstats 379, 467, 547)', () => {
    // Ascending −0.050 … 0.049: rank 1 + 99 · 0.05 lies between −0.046 and −0.045; the five lowest average −0.048.
    expect(byAsset(table, (returns) => valueAtRisk(returns).value)).toEqual({
      A: expect.closeTo(-0.04505, 12),
      B: expect.closeTo(-0.4405, 12),
    });
    expect(byAsset(table, (returns) => expectedShortfall(returns).value)).toEqual({
      A: expect.closeTo(-0.048, 12),
      B: expect.closeTo(-0.47, 12),
    });
  });

  it('leaves out what was not listed, and names the asset of a gap', () => {
    const late = { ...table, values: table.values.map((value, i) => (i < 40 && i % 2 ? Number.NaN : value)) };
    expect(byAsset(late, ({ dates }) => dates.length)).toEqual({ A: 100, B: 80 });
    const gap = { ...table, values: table.values.map((value, i) => (i === 61 ? Number.NaN : value)) };
    expect(() => byAsset(gap, valueAtRisk)).toThrow(`B: valueAtRisk: the return is NaN on ${table.dates[30]}`);
  });

  it('have intervals that hold the truth of normal returns as often as they say', () => {
    const draws = 400;
    const truth = -1.6448536 * 0.01;
    const shortfall = -2.0627128 * 0.01; // φ(z)/α
    let [var95, es95] = [0, 0];
    for (let i = 0; i < draws; i++) {
      const x = normal(fold(key(21), i), [500], 'float64').data.map((z) => 0.01 * z);
      const [one, other] = [valueAtRisk(x).interval, expectedShortfall(x, { lags: 0 }).interval];
      var95 += Number(one.low <= truth && truth <= one.high);
      es95 += Number(other.low <= shortfall && shortfall <= other.high);
    }
    const error = Math.sqrt((0.95 * 0.05) / draws);
    expect(var95 / draws).toBeGreaterThan(0.95 - 4 * error); // order statistics cover at least the level
    expect(Math.abs(es95 / draws - 0.94)).toBeLessThan(3 * error);
  });

  it('take the last return of a tail in part: of 21 the worst 5 % are 1.05, and of 50 two and a half', () => {
    const x = Array.from({ length: 50 }, (_, t) => ((7 * t) % 50) / 1000 - 0.03); // −.030 … .019
    expect(expectedShortfall(x).value).toBeCloseTo(-(0.03 + 0.029 + 0.5 * 0.028) / 2.5, 14);
    expect(() => expectedShortfall(x.slice(0, 21))).toThrow('the worst 5 % of 21 returns are 1.05, and it takes 2 to have an error');
  });

  it.each([
    [60, 0.05, 0.82], // a whole nα
    [61, 0.05, 0.82],
    [252, 0.01, 0.71],
  ])('of %i returns and a tail of %f has an interval for few numbers: the normal law covers %f', (n, tail, normalCovers) => {
    const truth = 0.01 * (tail === 0.05 ? -2.0627128 : -2.6652142);
    const draws = 600;
    let covered = 0;
    for (let i = 0; i < draws; i++) {
      const x = normal(fold(key(22), i), [n], 'float64').data.map((z) => 0.01 * z);
      const { low, high } = expectedShortfall(x, { tail, lags: 0 }).interval;
      covered += Number(low <= truth && truth <= high);
    }
    expect(covered / draws).toBeGreaterThan(normalCovers + 0.07);
  });

  it('counts order statistics by the binomial law that scipy has', () => {
    const { returns, binomial5 } = empyrical.cases[0];
    const sorted = [...returns].sort((a, b) => a - b);
    const { low, high } = valueAtRisk(returns, { level: 2 * binomial5[1] - 1 + 1e-9 }).interval; // just above P(Bin ≤ 12)
    expect(high).toBe(sorted[13]); // so u − 1 is 13
    expect(low).toBeLessThanOrEqual(sorted[12]);
    expect(valueAtRisk(returns.slice(0, 20)).interval.low).toBe(Number.NEGATIVE_INFINITY);
  });

  it('refuse a confidence for a tail', () => {
    expect(() => valueAtRisk([0.1, -0.1], { tail: 0.95 })).toThrow(
      'tail must be a finite number above 0, below 0.5, got 0.95; 0.05 is the worst 5 %',
    );
  });
});

describe('kupiec', () => {
  const of = (x: number, n: number) =>
    kupiec(
      Array.from({ length: n }, (_, t) => t < x),
      0.01,
    );

  it('of 255 days at 1 % rejects 0 and from 7 up (Kupiec 1995, table 4: fewer than 7)', () => {
    expect(Array.from({ length: 9 }, (_, x) => of(x, 255).pValue < 0.05)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(of(0, 255).statistic).toBeCloseTo(-2 * 255 * Math.log(0.99), 12);
    expect(of(6, 255)).toMatchObject({ exceptions: 6, n: 255, rate: 6 / 255 });
  });

  it('rejects right forecasts as often as its level says, within 4 errors', () => {
    let rejected = 0;
    for (let i = 0; i < 1000; i++)
      rejected += Number(
        kupiec(
          uniform(fold(key(4), i), [1000]).data.map((u) => Number(u < 0.05)),
          0.05,
        ).pValue < 0.05,
      );
    expect(Math.abs(rejected / 1000 - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 1000));
  });

  it('refuses returns for exceptions', () => {
    expect(() => kupiec([0, 1, -0.03], 0.05)).toThrow(
      'an exception is true or false, got -0.03 at row 2; compare each return with its value at risk',
    );
  });
});

describe('christoffersen', () => {
  it('sees clusters that a count does not', () => {
    const clustered = Array.from({ length: 200 }, (_, t) => t % 100 < 5);
    expect(kupiec(clustered, 0.05).pValue).toBe(1);
    const { independence, conditionalCoverage } = christoffersen(clustered, 0.05);
    // Two runs of 5, on days 1 to 5 and 101 to 105: of the days 2 … 200, 188 are none after none. L by hand.
    const [n00, n01, n10, n11] = [188, 1, 2, 8];
    const log = (a: number, b: number) => a * Math.log(a / (a + b)) + b * Math.log(b / (a + b));
    const chained = log(n00, n01) + log(n10, n11);
    expect(independence.statistic).toBeCloseTo(2 * (chained - log(n00 + n10, n01 + n11)), 10);
    expect(conditionalCoverage.statistic).toBeCloseTo(2 * (chained - 190 * Math.log(0.95) - 9 * Math.log(0.05)), 10);
    expect(independence.pValue).toBeLessThan(1e-8);
  });

  it('is 0 of none at all', () => {
    expect(christoffersen(new Uint8Array(50), 0.01).independence).toMatchObject({ statistic: 0, pValue: 1 });
    expect(() => christoffersen([true], 0.01)).toThrow('needs 2 rows or more, got 1');
  });
});

describe('marketModel', () => {
  it('names dates that do not meet, and lengths', () => {
    const [a, b] = [
      ['2020-01-02', '2020-01-03'],
      ['2020-01-02', '2020-01-06'],
    ].map((dates) => ({ dates, returns: [0.01, -0.02] }));
    expect(() => marketModel(a, b)).toThrow('row 1 is of 2020-01-03 here and of 2020-01-06 there; align them on their dates');
    expect(() => marketModel(a, [0.1])).toThrow('marketModel: needs 2 returns or more, got 1');
  });
});
