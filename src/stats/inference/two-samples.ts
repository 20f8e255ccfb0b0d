import { checkWhole } from '../../base/internal.js';
import { mean, variance } from '../../linalg/index.js';
import { confidenceInterval, type Interval, twoSidedPValue } from '../distributions/distributions.js';

/**
 * Fisher's exact test of two shares: the chance of a table as unlikely as this one or more, given its margins, if both groups have one chance.
 *
 *     fisherExact([12, 20], [19, 20])        12 of 20 solved it in one group, 19 of 20 in the other: 0.0197
 *
 *     P(k₁ = k) = C(n₁, k) C(n₂, s − k) / C(n₁ + n₂, s),    s = k₁ + k₂        p = Σ of those ≤ P(k₁)
 *
 * It holds its level in samples of any size, and is below it in small ones, since counts are whole.
 *
 * @param first   how many came true, of how many
 * @param second  the same of the other group
 * @returns       the two-sided p-value
 * @throws        when a number is no whole number from 0 up, or more came true than there were
 *
 * Fisher 1934. Probabilities that differ by less than a ten-millionth of them count as equal, as in R and scipy.
 */
export function fisherExact(first: readonly [number, number], second: readonly [number, number]): number {
  for (const [k, n] of [first, second]) {
    checkWhole('fisherExact', 'the number of trials', n, { from: 0 });
    checkWhole('fisherExact', 'the number that came true', k, { from: 0, to: n });
  }
  const [[k1, n1], [k2, n2]] = [first, second];
  const s = k1 + k2;
  const [low, high] = [Math.max(0, s - n2), Math.min(s, n1)];
  // Logarithms up to a constant, by the ratio of neighbours; the constant goes with the sum.
  const logs = [0];
  for (let k = low; k < high; k++) logs.push(logs[k - low] + Math.log(((n1 - k) * (s - k)) / ((k + 1) * (n2 - s + k + 1))));
  const top = logs.reduce((a, b) => Math.max(a, b));
  const weights = logs.map((log) => Math.exp(log - top));
  const limit = weights[k1 - low] * (1 + 1e-7);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return Math.min(1, sum(weights.filter((weight) => weight <= limit)) / sum(weights));
}

/** A difference of two means, whose groups need not have one variance. */
export interface WelchTest {
  /** Mean of the first less mean of the second. */
  readonly difference: number;
  /** Of the difference. */
  readonly standardError: number;
  /** Of Student's law, by Welch and Satterthwaite. */
  readonly degrees: number;
  /** Two-sided, of equal means. */
  readonly pValue: number;
  /** Of 95 %. */
  readonly interval: Interval;
}

/**
 * Welch's test of two means.
 *
 *     t = (x̄ − ȳ) / √(a + b)    a = s²ₓ/n    b = s²ᵧ/m        degrees = (a + b)² / (a²/(n − 1) + b²/(m − 1))
 *
 * @param x  [n] independent values of one group
 * @param y  [m] of another
 * @throws   when a group has fewer than two values, or neither varies
 *
 * Welch 1947.
 */
export function welchTest(x: ArrayLike<number>, y: ArrayLike<number>): WelchTest {
  const groups = [x, y].map((values) => {
    const n = values.length;
    if (n < 2) throw new Error(`welchTest: a group has ${n} values; each needs two or more for its variance`);
    const data = Float64Array.from(values);
    return { mean: mean(data), share: variance(data) / n, n };
  });
  const [a, b] = groups;
  const square = a.share + b.share;
  // What rounding leaves of the variance of equal values is none.
  if (!(Math.sqrt(square) > 1e-14 * Math.max(Math.abs(a.mean), Math.abs(b.mean))))
    throw new Error('welchTest: neither group varies, or a value is no number; there is nothing to test a difference against');
  const [difference, standardError] = [a.mean - b.mean, Math.sqrt(square)];
  const degrees = square ** 2 / (a.share ** 2 / (a.n - 1) + b.share ** 2 / (b.n - 1));
  return {
    difference,
    standardError,
    degrees,
    pValue: twoSidedPValue(difference / standardError, degrees),
    interval: confidenceInterval(difference, standardError, { df: degrees }),
  };
}
