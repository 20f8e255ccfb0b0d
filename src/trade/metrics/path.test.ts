import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../base/random.js';
import { calmar, drawdownOfEquity, drawdowns, maximumDrawdown } from './drawdown.js';
import { annualVolatility, calendarGrowth, countedGrowth } from './growth.js';
import { sortino } from './sortino.js';

const x = Array.from(normal(key(2), [600], 'float64').data, (z) => 0.0004 + 0.01 * z);
const monthEnds = (n: number) => Array.from({ length: n }, (_, m) => new Date(Date.UTC(2001, m + 1, 0)).toISOString().slice(0, 10));

describe('drawdown', () => {
  it('counts a loss in the first period (pyfolio 179, quantstats 438)', () => {
    expect(maximumDrawdown([-0.1, 0.75 / 0.9 - 1])).toMatchObject({
      value: expect.closeTo(-0.25, 14),
      peak: -1,
      trough: 1,
      recovered: undefined,
    });
  });

  it('is negative: 24 rises of 10 % and a loss of 30 % (ml4t/diagnostic PR 56)', () => {
    const found = maximumDrawdown([...new Array(24).fill(0.1), -0.3]);
    expect(found).toMatchObject({ value: expect.closeTo(-0.3, 12), peak: 23, trough: 24 });
  });

  it('reports ruin and debt (Vibe-Trading PR 958)', () => {
    expect(drawdownOfEquity([100, -20, -50, -100])).toMatchObject({ value: -2, peak: -1, trough: 2 });
    expect(maximumDrawdown([0.5, -1, 0.2]).value).toBe(-1);
  });

  it('tells where it began, ended and was made good, and is 0 where equity never fell', () => {
    expect(maximumDrawdown([0.1, -0.2, -0.1, 0.5, -0.01])).toMatchObject({ peak: 0, trough: 2, recovered: 3 });
    expect([...drawdowns([0.1, -0.2, 0.25])].map((d) => Number(d.toFixed(12)))).toEqual([0, -0.2, 0]);
    expect(maximumDrawdown([0.1, 0, 0.1])).toMatchObject({ value: 0, recovered: undefined });
  });

  it('shows what other orders of the same returns would have: that of a path is among them', () => {
    const { value, resampled } = maximumDrawdown(x, { resample: { key: key(5), draws: 199 } });
    expect(resampled?.low).toBeLessThan(value);
    expect(resampled?.high).toBeGreaterThan(value);
    expect(resampled?.standardError).toBeGreaterThan(0.01);
    expect(() => maximumDrawdown(x, { resample: { key: key(5), draws: 20 } })).toThrow('take 39 or more');
  });

  it('ranks a path that never falls above all others, and has no error then', () => {
    const gains = [...Array.from({ length: 23 }, (_, t) => 0.01 + 0.001 * (t % 4)), -0.01];
    const { value, resampled } = calmar(gains, { perYear: 12, resample: { key: key(3), draws: 199 } });
    expect(resampled).toMatchObject({ high: Number.POSITIVE_INFINITY, standardError: undefined }); // a third of paths have no loss
    expect(resampled?.low).toBeGreaterThan(0);
    expect(resampled?.low).toBeLessThan(value);
  });

  it.each<[string, () => unknown, string]>([
    [
      'clusters of 7 returns',
      () => maximumDrawdown([0.01, -0.02, 0.01, 0.02, -0.01, 0, 0.01], { resample: { key: key(1) } }),
      '7 returns, and it takes 8 to tell how long clusters last; pass block',
    ],
    [
      'clusters of returns of one size',
      () =>
        maximumDrawdown(
          Array.from({ length: 50 }, (_, t) => (t % 2 ? 0.01 : -0.01)),
          { resample: { key: key(1) } },
        ),
      '50 returns, all of one size, and sizes must differ to tell how long',
    ],
    [
      'returns for equity',
      () => drawdownOfEquity([-0.01, 0.02]),
      'the start is -0.01, and a fall is a share of what there was; are these returns?',
    ],
    ['equity for returns', () => maximumDrawdown([100, 99, 101, 98]), 'as of prices or an equity curve'],
    ['missing equity', () => drawdownOfEquity([100, Number.NaN]), 'equity is NaN at row 0'],
    ['a ratio over no fall', () => calmar([0.01, 0.02], { perYear: 12 }), 'equity never fell in 2 returns'],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});

describe('annual growth', () => {
  const monthly = { dates: monthEnds(24), returns: new Array(24).fill(0.01) };

  it('counts 12 months a year, not 252 (quantstats 291, 317, 356, 367, 458)', () => {
    expect(countedGrowth(monthly)).toMatchObject({ value: expect.closeTo(1.01 ** 12 - 1, 12), years: 2, standardError: 0 });
    expect(() => countedGrowth(monthly.returns)).toThrow('pass perYear');
  });

  it('by the calendar takes the days from the first price to the last', () => {
    const { value, years } = calendarGrowth(monthly, { since: '2000-12-31' });
    expect(years).toBeCloseTo(730 / 365.25, 12);
    expect(value).toBeCloseTo(1.01 ** (24 / years) - 1, 12);
    expect(calendarGrowth(monthly).years).toBeCloseTo(730 / 365.25, 12); // 31 days, as most months
    // What is paid on the day of the entry takes no time.
    const entered = { dates: ['2000-12-31', ...monthly.dates], returns: [-0.001, ...monthly.returns] };
    expect(calendarGrowth(entered, { since: '2000-12-31' })).toMatchObject({
      years,
      value: expect.closeTo((0.999 * 1.01 ** 24) ** (1 / years) - 1, 12),
    });
    expect(() => calendarGrowth(monthly, { since: '2001-02-01' })).toThrow('since 2001-02-01 is after the first return, of 2001-01-31');
  });

  it('has the error of the mean log return, through the exponential', () => {
    const { value, standardError, interval } = countedGrowth(x, { perYear: 252, lags: 0 });
    const logs = x.map(Math.log1p);
    const mean = logs.reduce((a, b) => a + b) / 600;
    const error = Math.sqrt(logs.reduce((a, b) => a + (b - mean) ** 2, 0)) / 600;
    expect(standardError).toBeCloseTo((1 + value) * 252 * error, 10);
    expect(Math.log1p(interval.high)).toBeCloseTo(252 * (mean + 1.9639322 * error * Math.sqrt(600 / 599)), 6);
  });

  it('reports ruin, without NaN', () => {
    expect(countedGrowth([0.1, -1, 0], { perYear: 12 })).toMatchObject({
      value: -1,
      total: -1,
      ruinedAt: 1,
      interval: { low: -1, high: -1 },
    });
    expect(calmar([0.1, -1, 0], { perYear: 12 })).toMatchObject({ value: -1, growth: -1, drawdown: -1 });
  });
});

describe('volatility', () => {
  it('is the deviation times √perYear; of normal returns its error is σ/√(2n)', () => {
    const { value, standardError } = annualVolatility(x, { perYear: 252, lags: 0 });
    expect(Math.abs(value / (0.01 * Math.sqrt(252)) - 1)).toBeLessThan(4 / Math.sqrt(1200));
    expect(Math.abs(standardError / (value / Math.sqrt(2 * 600)) - 1)).toBeLessThan(0.15); // the kurtosis of 600 draws is 3 ± 0.2
  });

  it('has an interval above 0, of ln s, that covers .91 at twelve returns', () => {
    let covered = 0;
    for (let i = 0; i < 1000; i++) {
      const { low, high } = annualVolatility(
        normal(fold(key(31), i), [12], 'float64').data.map((z) => 0.01 * z),
        { perYear: 1 },
      ).interval;
      covered += Number(low < 0.01 && 0.01 < high);
    }
    expect(Math.abs(covered / 1000 - 0.906)).toBeLessThan(4 * Math.sqrt((0.91 * 0.09) / 1000));
    const { value, interval } = annualVolatility([0.05, -0.06, 0.08], { perYear: 12 }); // the normal law begins at −45 %
    expect(interval.low).toBeGreaterThan(0);
    expect(interval.low * interval.high).toBeCloseTo(value ** 2, 10);
  });
});

describe('sortino', () => {
  it('divides by the root mean square over all periods (ai-hedge-fund PR 502, FinanceToolkit PR 237)', () => {
    expect(sortino([0.01, -0.02, 0.03, -0.01, 0.02], { perYear: 12 })).toMatchObject({
      perPeriod: expect.closeTo(0.6, 12), // not 0.8485, by the deviation of the losses alone
      downside: expect.closeTo(0.01, 12),
      annual: expect.closeTo(0.6 * Math.sqrt(12), 12),
    });
  });

  it('has an error that simulation confirms, within 4 of its own', () => {
    const [draws, n] = [1500, 250];
    const found: number[] = [];
    const errors: number[] = [];
    for (let i = 0; i < draws; i++) {
      const { perPeriod, standardError } = sortino(
        normal([11, i], [n], 'float64').data.map((z) => 0.001 + 0.01 * z),
        { perYear: 1, lags: 0 },
      );
      found.push(perPeriod);
      errors.push(standardError);
    }
    const mean = (v: number[]) => v.reduce((a, b) => a + b) / v.length;
    const deviation = Math.sqrt(mean(found.map((v) => (v - mean(found)) ** 2)));
    expect(Math.abs(mean(errors) / deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * draws) + 0.01); // 1/n is left open
    expect(() => sortino([0.01, 0.02], { perYear: 12 })).toThrow('none of 2 returns falls short of the target');
  });
});
