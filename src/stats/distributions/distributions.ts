import { checkNumber, inverseNormal } from '../../base/internal.js';
import { incompleteBeta, incompleteGamma, type Tails } from './incomplete.js';

/** A law of one number. */
export interface Distribution {
  /** P(X ≤ x). */
  readonly cdf: (x: number) => number;
  /** P(X > x), to its own relative accuracy: a p-value of 1e-30 has its digits. */
  readonly survival: (x: number) => number;
  /** The x with P(X ≤ x) = p, 0 < p < 1. */
  readonly quantile: (p: number) => number;
}

/**
 * The standard normal law: P(X ≤ x) = Φ(x).
 *
 *     standardNormal.quantile(0.975)        1.96, whence the 1.96 of a 95 % interval
 *
 * Φ by the incomplete gamma function, Φ⁻¹ by Wichura 1988, algorithm AS 241.
 */
export const standardNormal: Distribution = {
  cdf: (x) => normalTails(x).lower,
  survival: (x) => normalTails(x).upper,
  quantile: (p) => inverseNormal(probability('standardNormal', p)),
};

/**
 * Student's t law with `df` degrees of freedom: the law of an estimate over its standard error when errors are normal. At ∞ the normal law.
 *
 * @throws when df is not positive
 *
 * Abramowitz & Stegun 26.7.1.
 */
export function studentT(df: number): Distribution {
  if (df === Infinity) return standardNormal;
  positive('studentT', { df });
  const tails = (t: number): Tails => {
    const square = t * t;
    const half = incompleteBeta(df / 2, 0.5, df / (df + square), square / (df + square)).lower / 2;
    return t > 0 ? { lower: 1 - half, upper: half } : { lower: half, upper: 1 - half };
  };
  return law('studentT', tails, { lowest: -Infinity, scale: 1 });
}

/**
 * The χ² law with `df` degrees of freedom: the sum of so many squared standard normals.
 *
 * @throws when df is not positive
 *
 * Abramowitz & Stegun 26.4.19.
 */
export function chiSquared(df: number): Distribution {
  positive('chiSquared', { df });
  return law('chiSquared', (x) => incompleteGamma(df / 2, x / 2), { lowest: 0, scale: df });
}

/**
 * Fisher's F law: the ratio of two independent χ², each over its degrees of freedom.
 *
 * @throws when a number of degrees of freedom is not positive
 *
 * Abramowitz & Stegun 26.6.2.
 */
export function fisherF(numeratorDf: number, denominatorDf: number): Distribution {
  positive('fisherF', { numeratorDf, denominatorDf });
  const tails = (x: number): Tails => {
    const [top, bottom] = [numeratorDf * Math.max(x, 0), denominatorDf];
    return incompleteBeta(numeratorDf / 2, denominatorDf / 2, top / (top + bottom), bottom / (top + bottom));
  };
  return law('fisherF', tails, { lowest: 0, scale: 1 });
}

/** The chance under the null of a statistic at least as far from 0 as t on either side; the normal law unless df is given. */
export const twoSidedPValue = (t: number, df = Infinity): number => 2 * studentT(df).survival(Math.abs(t));

/** What covers the truth with the probability asked for, from low to high. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * estimate ± q · standardError, q the quantile of Student's t law (of the normal law unless df is given).
 *
 *     confidenceInterval(1.02, 0.03)        { low: 0.961, high: 1.079 } with level 0.95
 *
 * @throws when the level is not between 0 and 1
 */
export function confidenceInterval(estimate: number, standardError: number, { level = 0.95, df = Infinity } = {}): Interval {
  checkNumber('confidenceInterval', 'level', level, { above: 0, below: 1 }, '0.95 is 95 %');
  const reach = studentT(df).quantile((1 + level) / 2) * standardError;
  return { low: estimate - reach, high: estimate + reach };
}

function normalTails(x: number): Tails {
  const { upper } = incompleteGamma(0.5, (x * x) / 2);
  return x > 0 ? { lower: 1 - upper / 2, upper: upper / 2 } : { lower: upper / 2, upper: 1 - upper / 2 };
}

/** The three functions of a law from its tails; quantiles by bisection, on the side where the tail is small, to the last bit. */
function law(name: string, tails: (x: number) => Tails, { lowest, scale }: { lowest: number; scale: number }): Distribution {
  const quantile = (p: number): number => {
    probability(name, p);
    const beyond = p <= 0.5 ? (x: number) => tails(x).lower > p : (x: number) => tails(x).upper < 1 - p;
    let [low, high] = [lowest === 0 ? 0 : -scale, scale];
    while (!beyond(high)) [low, high] = [high, 2 * high];
    while (lowest < 0 && beyond(low)) [low, high] = [2 * low, low];
    for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
      if (beyond(middle)) high = middle;
      else low = middle;
    return low;
  };
  return { cdf: (x) => tails(x).lower, survival: (x) => tails(x).upper, quantile };
}

function positive(name: string, values: Readonly<Record<string, number>>): void {
  for (const [what, value] of Object.entries(values)) checkNumber(name, what, value, { above: 0 }, 'more rows than coefficients?');
}

function probability(name: string, p: number): number {
  if (!(p > 0 && p < 1)) throw new Error(`${name}: a quantile is of a probability between 0 and 1, got ${p}`);
  return p;
}
