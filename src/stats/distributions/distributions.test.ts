import { describe, expect, it } from 'vitest';
import reference from '../distributions.reference.json' with { type: 'json' }; // made by reference/distributions.py
import { chiSquared, confidenceInterval, type Distribution, fisherF, standardNormal, studentT, twoSidedPValue } from './distributions.js';
import { digamma } from './incomplete.js';

/** Within one part in 10¹¹, and both tails at that. */
function expectTails(law: Distribution, x: number, [lower, upper]: number[]): void {
  for (const [got, want] of [
    [law.cdf(x), lower],
    [law.survival(x), upper],
  ])
    expect(Math.abs(got / want - 1), `tail at ${x}: ${got}, not ${want}`).toBeLessThan(1e-11);
}

describe('distribution functions', () => {
  it('have both tails to their own digits, as mpmath at 40 digits', () => {
    for (const [z, ...tails] of reference.normal) expectTails(standardNormal, z, tails);
    for (const [t, df, ...tails] of reference.t) expectTails(studentT(df), t, tails);
    for (const [x, df, ...tails] of reference.chiSquared) if (Math.min(...tails) > 0) expectTails(chiSquared(df), x, tails);
    for (const [x, a, b, ...tails] of reference.f) if (Math.min(...tails) > 0) expectTails(fisherF(a, b), x, tails);
  });

  it('have the quantiles of scipy', () => {
    const near = (got: number, want: number) =>
      expect(Math.abs(got - want), `${got}, not ${want}`).toBeLessThan(1e-10 * Math.max(1, Math.abs(want)));
    for (const [p, x] of reference.quantiles.normal) near(standardNormal.quantile(p), x);
    for (const [p, df, x] of reference.quantiles.t) near(studentT(df).quantile(p), x);
    for (const [p, df, x] of reference.quantiles.chiSquared) near(chiSquared(df).quantile(p), x);
    for (const [p, a, b, x] of reference.quantiles.f) near(fisherF(a, b).quantile(p), x);
  });

  it('agree where one law is another', () => {
    expect(studentT(7).quantile(0.5)).toBeCloseTo(0, 14);
    expect(fisherF(1, 12).survival(2.1 ** 2)).toBeCloseTo(twoSidedPValue(2.1, 12), 14); // t² is F(1, df)
    expect(chiSquared(2).survival(7)).toBeCloseTo(Math.exp(-3.5), 15);
    expect(chiSquared(3).cdf(0)).toBe(0);
    expect(fisherF(2, 3).cdf(-1)).toBe(0);
    for (const law of [standardNormal, studentT(3), chiSquared(3), fisherF(2, 3)]) {
      expect([law.cdf(Number.NaN), law.survival(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
      expect([law.cdf(Infinity), law.survival(Infinity), law.cdf(-Infinity)]).toEqual([1, 0, 0]);
    }
    expect([twoSidedPValue(Number.NaN), twoSidedPValue(Number.NaN, 5)]).toEqual([Number.NaN, Number.NaN]);
  });

  it('make p-values and intervals', () => {
    expect(twoSidedPValue(-1.959963984540054)).toBeCloseTo(0.05, 14);
    const { low, high } = confidenceInterval(1, 0.5, { df: 4 }); // t(4) has 2.776445 at 97.5 %
    expect([low, high]).toEqual([expect.closeTo(1 - 1.3882225525, 9), expect.closeTo(1 + 1.3882225525, 9)]);
  });

  it('name what is wrong', () => {
    expect(() => studentT(0)).toThrow('studentT: df must be a finite number above 0, got 0; more rows than coefficients?');
    expect(() => chiSquared(3).quantile(1)).toThrow('chiSquared: a quantile is of a probability between 0 and 1, got 1');
    expect(() => confidenceInterval(0, 1, { level: 95 })).toThrow('level must be a finite number above 0, below 1, got 95; 0.95 is 95 %');
  });
});

describe('digamma', () => {
  it('has the values of Abramowitz & Stegun, 6.3.2, 6.3.3 and 6.3.5', () => {
    const euler = 0.5772156649015329;
    expect(digamma(1)).toBeCloseTo(-euler, 14);
    expect(digamma(0.5)).toBeCloseTo(-euler - 2 * Math.LN2, 14);
    for (const x of [0.3, 5, 11.9, 12, 250]) expect(digamma(x + 1)).toBeCloseTo(digamma(x) + 1 / x, 13);
  });
});
