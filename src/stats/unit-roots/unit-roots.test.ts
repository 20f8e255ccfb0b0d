import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { estimate } from '../../../tests/support/monte-carlo.js';
import { references } from '../../../tests/support/references.js';
import { fold, key, normal } from '../../base/index.js';
import { archTest } from '../inference/arch-test.js';
import { augmentedDickeyFuller } from './augmented-dickey-fuller.js';
import { kpss } from './kpss.js';
import { type Deterministic, mackinnonCriticalValues, mackinnonPValue } from './mackinnon.js';

type Rule = number | 'aic' | 'bic' | 't';
const R = references<{
  readonly series: Readonly<Record<string, number[]>>;
  readonly adf: Readonly<
    Record<
      string,
      {
        deterministic: Deterministic;
        lags: Rule;
        statistic: number;
        pValue: number;
        used: number;
        rows: number;
        critical: number[];
      }[]
    >
  >;
  readonly kpss: Readonly<
    Record<string, { around: 'constant' | 'trend'; lags: number | null; statistic: number; pValue: number; used: number }[]>
  >;
  readonly mackinnon: Readonly<Record<Deterministic | 'taus', number[]>>;
  readonly critical: Readonly<Record<Deterministic, number[]>>;
  readonly arch: { e: number[]; tests: { lags: number; statistic: number; pValue: number }[] };
}>('statsmodels-series');

/** An AR(1) of coefficient φ from 0 on. */
function autoregression(seed: number, n: number, phi: number): Float64Array {
  const y = normal(fold(key(seed), n), [n], 'float64').data;
  for (let t = 1; t < n; t++) y[t] += phi * y[t - 1];
  return y;
}
/** The share of samples in which a test rejects at 5 %, with its Monte Carlo error. */
const rejections = (samples: number, test: (seed: number) => number) =>
  estimate(Float64Array.from({ length: samples }, (_, seed) => Number(test(seed) <= 0.05)));

describe('augmentedDickeyFuller', () => {
  it.each(Object.keys(R.series))('agrees with statsmodels on %s, for every rule of lags and every deterministic term', (name) => {
    for (const { deterministic, lags, statistic, pValue, used, rows, critical } of R.adf[name]) {
      const found = augmentedDickeyFuller(R.series[name], { deterministic, lags });
      const context = `${name} ${deterministic} ${lags}`;
      expect([found.lags, found.rows], context).toEqual([used, rows]);
      expect(found.statistic / statistic, context).toBeCloseTo(1, 8);
      expect(found.pValue, context).toBeCloseTo(pValue, 9);
      expectClose(Object.values(found.criticalValues), critical, 12);
      expect(found.coefficient / found.standardError).toBeCloseTo(found.statistic, 12);
    }
  });

  it("has MacKinnon's p-values on both surfaces and beyond their ends, and his critical values", () => {
    for (const deterministic of ['none', 'constant', 'trend'] as const) {
      R.mackinnon.taus.forEach((tau, i) => {
        expect(mackinnonPValue(tau, deterministic), `${deterministic} ${tau}`).toBeCloseTo(R.mackinnon[deterministic][i], 14);
      });
      expectClose(Object.values(mackinnonCriticalValues(60, deterministic)), R.critical[deterministic], 13);
    }
  });

  it('rejects a random walk in about 5 of 100 samples, and a half-life of 14 rows in fewer than half', () => {
    const test = (phi: number) => (seed: number) => augmentedDickeyFuller(autoregression(seed, 200, phi), { lags: 1 }).pValue;
    const size = rejections(400, test(1));
    expect(Math.abs(size.mean - 0.05), `${size.mean} ± ${size.standardError}`).toBeLessThan(4 * Math.sqrt(0.0475 / 400));
    const power = rejections(300, test(0.95)); // log ½ / log 0.95 = 13.5 rows
    expect(power.mean, `${power.mean} ± ${power.standardError}`).toBeGreaterThan(0.15);
    expect(power.mean).toBeLessThan(0.5);
    expect(rejections(50, test(0.7)).mean).toBe(1);
  });

  it('does not change with the level or the unit of the series', () => {
    const y = Float64Array.from(R.series.returning);
    const { statistic, lags } = augmentedDickeyFuller(y);
    const moved = augmentedDickeyFuller(y.map((value) => 1000 + 0.01 * value));
    expect([moved.lags, moved.statistic]).toEqual([lags, expect.closeTo(statistic, 7)]);
    const tilted = y.map((value, t) => value + 0.3 * t);
    const ofTrend = (series: Float64Array) => augmentedDickeyFuller(series, { deterministic: 'trend', lags: 2 }).statistic;
    expect(ofTrend(tilted)).toBeCloseTo(ofTrend(y), 8);
  });

  it('names what is wrong', () => {
    expect(() => augmentedDickeyFuller([1, 1, 1, 1])).toThrow('augmentedDickeyFuller: every value is 1');
    expect(() => augmentedDickeyFuller([1, 2, 1])).toThrow("3 rows are too few for 'constant', which needs 4; load more history");
    expect(() => augmentedDickeyFuller(R.series.short, { lags: 9 })).toThrow('lags must be a whole number from 0 to 5, got 9; of 15 rows');
    expect(() => augmentedDickeyFuller(R.series.short, { lags: 'hqc' as 'aic' })).toThrow('lags must be aic, bic or t');
    expect(() => augmentedDickeyFuller([1, Number.NaN, 2, 3, 4, 5, 6])).toThrow('the series is NaN at row 1');
  });
});

describe('kpss', () => {
  it.each(Object.keys(R.series))('agrees with statsmodels on %s', (name) => {
    for (const { around, lags, statistic, pValue, used } of R.kpss[name]) {
      const found = kpss(R.series[name], { around, lags: lags ?? undefined });
      expect(found.lags).toBe(used);
      expect(found.statistic / statistic).toBeCloseTo(1, 9);
      expect(found.pValue).toBeCloseTo(pValue, 10);
      expect(found.pValueIs).toBe(pValue === 0.1 ? 'at least' : pValue === 0.01 ? 'at most' : 'interpolated');
    }
  });

  it('rejects white noise in about 5 of 100 samples, a random walk nearly always, and a slow return too often', () => {
    const test = (phi: number) => (seed: number) => kpss(autoregression(1000 + seed, 200, phi)).pValue;
    const size = rejections(400, test(0));
    expect(Math.abs(size.mean - 0.05), `${size.mean} ± ${size.standardError}`).toBeLessThan(4 * Math.sqrt(0.0475 / 400));
    expect(rejections(200, test(1)).mean).toBeGreaterThan(0.8);
    const slow = rejections(400, test(0.9));
    expect(slow.mean, `${slow.mean} ± ${slow.standardError}`).toBeGreaterThan(0.1);
  });

  it('names what is wrong', () => {
    expect(() => kpss([1, 2, 3, 4, 5], { around: 'trend' })).toThrow('kpss: the series does not vary about its trend');
    expect(() => kpss([2, 2, 2])).toThrow('kpss: every value is 2');
    expect(() => kpss([1, 3, 2], { lags: 3 })).toThrow('kpss: lags must be a whole number from 0 to 2');
  });
});

describe('archTest', () => {
  it('agrees with statsmodels', () => {
    for (const { lags, statistic, pValue } of R.arch.tests) {
      const found = archTest(R.arch.e, lags);
      expect(found.statistic / statistic).toBeCloseTo(1, 10);
      expect(found.pValue / pValue).toBeCloseTo(1, 8);
      expect(found.degreesOfFreedom).toBe(lags);
    }
  });

  it('rejects one variance in about 5 of 100 samples, and names what is wrong', () => {
    const size = rejections(400, (seed) => archTest(autoregression(seed, 300, 0), 4).pValue);
    expect(Math.abs(size.mean - 0.05), `${size.mean} ± ${size.standardError}`).toBeLessThan(4 * Math.sqrt(0.0475 / 400));
    expect(() => archTest([1, -1, 1, -1, 1, -1], 1)).toThrow('archTest: every value is 1'); // squares that are all the same
    expect(() => archTest([1, 2, 3], 4)).toThrow('archTest: lags must be a whole number from 1 to 1, got 4');
  });
});
