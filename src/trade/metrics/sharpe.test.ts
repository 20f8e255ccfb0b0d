import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../base/random.js';
import { tradingDays } from '../../market/panel/calendar.js';
import { onEveryDate } from './returns.js';
import { sharpe } from './sharpe.js';

const x = Array.from(normal(key(1), [500], 'float64').data, (z) => 0.0005 + 0.01 * z);
const days = tradingDays('2000-01-03', '2016-12-30');

describe('sharpe', () => {
  it('is mean over deviation, times the root of the periods a year', () => {
    const { annual, perPeriod, n } = sharpe([0.01, -0.02, 0.03, 0.02], { perYear: 12 });
    expect(perPeriod).toBeCloseTo(0.01 / Math.sqrt(0.0014 / 3), 14); // squares about the mean: 0, 9, 4, 1 (e-4)
    expect(annual).toBeCloseTo(perPeriod * Math.sqrt(12), 14);
    expect(n).toBe(4);
  });

  it('falls strictly in the risk-free rate (quantstats 71)', () => {
    const rates = [-0.001, 0, 0.0001, 0.0005, 0.001];
    const found = rates.map((riskFree) => sharpe(x, { perYear: 252, riskFree }).annual);
    for (let i = 1; i < found.length; i++) expect(found[i]).toBeLessThan(found[i - 1]);
    expect(sharpe(x, { perYear: 252, riskFree: x.map(() => 0.0005) }).annual).toBeCloseTo(found[3], 12);
  });

  it('counts returns as without risk when only rounding tells them apart', () => {
    // A price that grows by a hundredth of a percent a day: its returns differ by what a ratio less 1 is rounded to, 2^-52 = 2.2e-16.
    const prices = Float64Array.from({ length: 251 }, (_, t) => 100 * 1.0001 ** t);
    const rounded = Array.from({ length: 250 }, (_, t) => prices[t + 1] / prices[t] - 1);
    expect(new Set(rounded).size).toBeGreaterThan(2);
    expect(() => sharpe(rounded, { perYear: 252 })).toThrow('but for rounding, so there is no risk to divide by');
    // Of ±1e-13 about 1e-4 the ratio is 1e9 √(249/250), since each deviation is as large as all and n − 1 divides.
    const small = Array.from({ length: 250 }, (_, t) => 1e-4 + (t % 2 === 0 ? 1e-13 : -1e-13));
    expect(sharpe(small, { perYear: 252 }).perPeriod / (1e9 * Math.sqrt(249 / 250))).toBeCloseTo(1, 3);
  });

  it('takes the periods a year from the dates', () => {
    const of = (dates: string[]) => sharpe({ dates, returns: x.slice(0, dates.length) }).perYear;
    expect(of(days.slice(0, 400))).toBe(252);
    expect(of(days.filter((_, t) => t % 5 === 0).slice(0, 300))).toBe(52);
    expect(of(Array.from({ length: 36 }, (_, m) => new Date(Date.UTC(2000, m + 1, 0)).toISOString().slice(0, 10)))).toBe(12);
    expect(of(Array.from({ length: 20 }, (_, q) => new Date(Date.UTC(2000, 3 * q + 3, 0)).toISOString().slice(0, 10)))).toBe(4);
    expect(of(Array.from({ length: 99 }, (_, d) => new Date(Date.UTC(2000, 0, 1 + d)).toISOString().slice(0, 10)))).toBe(365);
  });

  it('counts days without a trade (bytex 57)', () => {
    const traded = days.slice(0, 500).filter((_, t) => t % 9 === 0);
    const returns = x.slice(0, traded.length);
    expect(() => sharpe({ dates: traded, returns })).toThrow('put the returns on every day with onEveryDate');
    const daily = onEveryDate({ dates: traded, returns }, days.slice(0, 500));
    expect([...daily.returns].filter((r) => r !== 0)).toEqual(returns);
    expect(sharpe(daily).n).toBe(500);
  });

  it('takes 313 rows a year of Sunday to Friday, as currencies are quoted', () => {
    const all = Array.from({ length: 371 }, (_, d) => new Date(Date.UTC(2023, 0, 1 + d)));
    const of = (left: readonly Date[]) => {
      const dates = left.map((date) => date.toISOString().slice(0, 10));
      return sharpe({ dates, returns: x.slice(0, dates.length) }).perYear;
    };
    expect(of(all.filter((date) => date.getUTCDay() !== 6))).toBe(313);
    expect(of(all.filter((date, d) => (date.getUTCDay() + 6) % 7 < 5 || d === 6))).toBe(252); // one Saturday is no rhythm
  });

  it('compounds what was earned on one date, and refuses what does not fit', () => {
    const [a, b] = days;
    const { returns } = onEveryDate({ dates: [a, a], returns: [0.01, 0.02] }, [a, b]);
    expect([...returns]).toEqual([expect.closeTo(0.0302, 14), 0]);
    expect(() => onEveryDate({ dates: [a, b], returns: [0.01] }, [a, b])).toThrow('1 returns on 2 dates');
    expect(() => onEveryDate({ dates: [a], returns: [Number.NaN] }, [a, b])).toThrow(`the return on ${a} is NaN`);
  });

  it('has one error for independent returns and one for others, which agree where returns are normal and independent', () => {
    const { iid, hac, perPeriod, annual } = sharpe(x, { perYear: 252 });
    expect(iid.standardError).toBeCloseTo(Math.sqrt(((1 + perPeriod ** 2 / 2) / 500) * 252), 12);
    expect(Math.abs(hac.standardError / iid.standardError - 1)).toBeLessThan(0.25); // √(4L/3n) is 0.11 for the variance at 5 lags
    expect(iid.interval.high - annual).toBeCloseTo(1.959964 * iid.standardError, 5);
    const smooth = x.map((_, t) => (x[t] + x[Math.max(0, t - 1)] + x[Math.max(0, t - 2)]) / 3); // stale prices: ρ₁ = 2/3
    const stale = sharpe(smooth, { perYear: 252 });
    expect(stale.hac.standardError / stale.iid.standardError).toBeGreaterThan(1.4); // √3 in the limit, less Bartlett's loss
  });

  it.each([
    [12, 0.86],
    [24, 0.91],
  ])('of %i returns has a HAC interval for short histories: the normal law covers %f', (n, normalCovers) => {
    const draws = 1500;
    let covered = 0;
    for (let i = 0; i < draws; i++) {
      const { interval } = sharpe(
        normal(fold(key(41), i), [n], 'float64').data.map((z) => 0.04 * (0.2 + z)),
        { perYear: 1 },
      ).hac;
      covered += Number(interval.low <= 0.2 && 0.2 <= interval.high);
    }
    expect(covered / draws).toBeGreaterThan(normalCovers + 0.025);
    expect(covered / draws).toBeLessThan(0.985);
  });

  it("has Lo's error for that of independent normal returns: the deviation of 2,000 simulated ratios, within 4 of its errors", () => {
    const found = Float64Array.from({ length: 2000 }, (_, i) => {
      const { data } = normal(fold(key(17), i), [250], 'float64');
      return sharpe(
        data.map((z) => 0.001 + 0.01 * z),
        { perYear: 1 },
      ).perPeriod;
    });
    const mean = found.reduce((a, b) => a + b) / 2000;
    const deviation = Math.sqrt(found.reduce((a, b) => a + (b - mean) ** 2, 0) / 1999);
    // The formula leaves out 1/n. tests/long/sharpe.test.ts has 20,000 of 1,000.
    expect(Math.abs(Math.sqrt((1 + 0.1 ** 2 / 2) / 250) / deviation - 1)).toBeLessThan(4 / Math.sqrt(4000) + 1 / 250);
  });

  it.each<[string, () => unknown, string]>([
    ['prices', () => sharpe([100, 101, 99, 98], { perYear: 252 }), 'as of prices or an equity curve'],
    ['an equity curve from 1', () => sharpe([1, 1.01, 0.99, 1.02], { perYear: 252 }), 'take p[t]/p[t-1] - 1'],
    [
      'a missing return',
      () => sharpe({ dates: ['2008-10-14', '2008-10-15'], returns: [0.1, Number.NaN] }),
      'is NaN on 2008-10-15; where nothing',
    ],
    [
      'percent',
      () => sharpe([1.2, -3, 0.5], { perYear: 252 }),
      'the return is -3 at row 1, a loss of more than all; divide percent by 100',
    ],
    [
      'dates that do not ascend',
      () => sharpe({ dates: ['2008-10-15', '2008-10-14', '2008-10-16'], returns: [0.1, 0.2, 0.1] }),
      '2008-10-14 comes after 2008-10-15 at row 1; dates must ascend',
    ],
    ['no dates and no perYear', () => sharpe([0.1, 0.2]), 'pass perYear (252 for trading days, 12 for months)'],
    [
      'no variation',
      () => sharpe([0.01, 0.01, 0.01], { perYear: 12 }),
      'every one of 3 values is 0.01, but for rounding, so there is no risk to divide by',
    ],
    ['an annual risk-free rate', () => sharpe(x, { perYear: 252, riskFree: 2 }), 'it is a rate per period'],
    ['a misspelt option', () => sharpe(x, { perYear: 252, riskfree: 0 } as never), "no option 'riskfree'"],
    ['dates that do not fit', () => sharpe({ dates: ['2008-10-14'], returns: [0.1, 0.2] }), '2 returns on 1 dates'],
    [
      'trades on unknown dates',
      () => onEveryDate({ dates: ['2008-10-14'], returns: [0.1] }, days.slice(0, 3)),
      '2008-10-14 is none of the 3',
    ],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
