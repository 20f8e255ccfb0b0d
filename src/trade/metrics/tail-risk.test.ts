import { describe, expect, it } from 'vitest';
import { confidenceInterval, hacMean } from '../../stats/index.js';
import { expectedShortfall, valueAtRisk } from './tail-risk.js';

/** −5 % to 4.9 % by a thousandth, each once, out of order. */
const RETURNS = Float64Array.from({ length: 100 }, (_, t) => (((37 * t) % 100) - 50) / 1000);

describe('valueAtRisk', () => {
  // Of Bin(100, 0.05): P(0) = 0.0059 and P(≤ 1) = 0.0371; P(≤ 9) = 0.9718 and P(≤ 10) = 0.9885.
  it('lies between the order statistics that the binomial law says', () => {
    const { value, interval } = valueAtRisk(RETURNS);
    expect(value).toBeCloseTo(-0.04505, 12); // a quantile at the place 99 · 0.05 = 4.95
    expect(interval.low).toBe(-0.05);
    expect(interval.high).toBe(-0.04);
    expect(valueAtRisk(RETURNS, { level: 0.9 }).interval).toEqual({ low: -0.049, high: -0.041 }); // P(≤ 8) = 0.9369, so 0.95 needs the tenth
  });

  it('moves on at the level where the binomial law does, P(≤ 9) = 0.97181', () => {
    expect(valueAtRisk(RETURNS, { level: 0.9435 }).interval.high).toBe(-0.041);
    expect(valueAtRisk(RETURNS, { level: 0.9437 }).interval.high).toBe(-0.04);
  });

  it('refuses tails and levels that are none', () => {
    for (const tail of [0, 0.5]) expect(() => valueAtRisk(RETURNS, { tail })).toThrow(`above 0, below 0.5, got ${tail}; 0.05 is`);
    for (const level of [0, 1]) expect(() => valueAtRisk(RETURNS, { level })).toThrow(`above 0, below 1, got ${level}; 0.95 is`);
  });
});

describe('expectedShortfall', () => {
  it('is the mean of the worst five of a hundred, with the error of its influence and Student’s law of 4', () => {
    const influence = RETURNS.map((value) => -0.045 + Math.min(value + 0.045, 0) / 0.05);
    for (const lags of [undefined, 0, 7]) {
      const { value, standardError, interval } = expectedShortfall(RETURNS, { lags });
      const mean = hacMean(influence, lags === undefined ? {} : { lags });
      expect(value).toBeCloseTo(-0.048, 12);
      expect(standardError).toBeCloseTo(mean.standardError, 12);
      expect(interval.low).toBeCloseTo(confidenceInterval(-0.048, mean.standardError, { level: 0.95, df: 4 }).low, 12);
    }
    expect(expectedShortfall(RETURNS, { lags: 0 }).standardError).not.toBeCloseTo(expectedShortfall(RETURNS, { lags: 7 }).standardError, 6);
    const { interval, standardError } = expectedShortfall(RETURNS, { level: 0.9 });
    expect((interval.high - interval.low) / 2).toBeCloseTo(2.131847 * standardError, 7); // t of 0.95 with 4 degrees of freedom
  });

  it('takes the row beyond a whole tail for its edge, though 0.07 · 100 is above 7 and 0.29 · 100 below 29', () => {
    for (const [tail, count] of [
      [0.07, 7],
      [0.29, 29],
    ] as const) {
      const edge = (count - 50) / 1000;
      const influence = RETURNS.map((value) => edge + Math.min(value - edge, 0) / tail);
      expect(expectedShortfall(RETURNS, { tail, lags: 0 }).standardError).toBeCloseTo(hacMean(influence, { lags: 0 }).standardError, 12);
    }
  });

  it('needs two returns in the tail, and leaves those that it was given as they were', () => {
    expect(() => expectedShortfall(RETURNS, { tail: 0.01 })).toThrow('the worst 1 % of 100 returns are 1.00, and it takes 2');
    const before = RETURNS.slice();
    expect(expectedShortfall(RETURNS, { tail: 0.02 }).value).toBeCloseTo(-0.0495, 12);
    expect(RETURNS).toEqual(before);
    expect(expectedShortfall(RETURNS.slice(0, 41), { tail: 2 / 41 - 1e-12 }).value).toBeLessThan(-0.04); // 2 by rounding
  });
});
