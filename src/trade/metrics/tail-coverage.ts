import { checkNumber } from '../../base/internal.js';
import { chiSquared } from '../../stats/index.js';

/** A likelihood-ratio test of how often returns fell below their value at risk. */
export interface LikelihoodRatio {
  /** LR, χ² in large samples. */
  readonly statistic: number;
  /** Of the χ². */
  readonly degreesOfFreedom: number;
  /** The chance of as much or more when the forecasts are right. */
  readonly pValue: number;
}

/** Kupiec's test, with what it counted. */
export interface Kupiec extends LikelihoodRatio {
  /** Returns below their value at risk. */
  readonly exceptions: number;
  /** Returns. */
  readonly n: number;
  /** exceptions / n, to be compared with α. */
  readonly rate: number;
}

/**
 * Kupiec's test that returns fall below their value at risk as often as it says.
 *
 *     LR = −2 ln[ (1 − α)ⁿ⁻ˣ αˣ / ((1 − x/n)ⁿ⁻ˣ (x/n)ˣ) ]  ~  χ²(1)        x exceptions
 *
 * @param exceptions  [n] true, or 1, where the return was below: `Array.from(returns, (r, t) => r < valueAtRisk[t])`
 * @param tail        α, as the forecasts have it: 0.05
 * @throws            when there is no row, one is neither true, false, 1 nor 0, or tail is not between 0 and 1
 *
 * Kupiec 1995. Of 255 days at α = 1 % it rejects none at all and 7 or more, at 5 %: a year tells little.
 */
export function kupiec(exceptions: ArrayLike<boolean | number>, tail: number): Kupiec {
  const hits = checkExceptions('kupiec', exceptions, tail);
  const [n, x] = [hits.length, hits.reduce((a, b) => a + b, 0)];
  const statistic = 2 * (logLikelihood(x, n - x) - logLikelihood(x, n - x, tail));
  return { ...ratio(statistic, 1), exceptions: x, n, rate: x / n };
}

/** Christoffersen's tests. */
export interface Christoffersen {
  /** That an exception is as likely after one as after none: χ²(1). */
  readonly independence: LikelihoodRatio;
  /** That they are independent and as frequent as forecast: χ²(2). */
  readonly conditionalCoverage: LikelihoodRatio;
}

/**
 * Christoffersen's tests that exceptions come singly, and that they come singly at the rate that was forecast.
 *
 *     independence   −2 ln[ L(π) / L(π₀₁, π₁₁) ]        π over all days but the first, π₀₁ after none, π₁₁ after an exception
 *     conditional    −2 ln[ L(α) / L(π₀₁, π₁₁) ]        the sum of independence and coverage, all on days 2 … n
 *
 * @param exceptions  [n] in time order, as for `kupiec`
 * @param tail        α
 * @throws            as `kupiec`; when there are fewer than two rows
 *
 * Christoffersen 1998. Some packages take coverage over all n days; here both are of the n − 1 that have a day before.
 */
export function christoffersen(exceptions: ArrayLike<boolean | number>, tail: number): Christoffersen {
  const hits = checkExceptions('christoffersen', exceptions, tail);
  if (hits.length < 2) throw new Error('christoffersen: needs 2 rows or more, got 1; load more history');
  const counts = [0, 0, 0, 0]; // after none: none, one; after one: none, one
  for (let t = 1; t < hits.length; t++) counts[2 * hits[t - 1] + hits[t]]++;
  const [n00, n01, n10, n11] = counts;
  const chained = logLikelihood(n01, n00) + logLikelihood(n11, n10);
  const [x, others] = [n01 + n11, n00 + n10];
  return {
    independence: ratio(2 * (chained - logLikelihood(x, others)), 1),
    conditionalCoverage: ratio(2 * (chained - logLikelihood(x, others, tail)), 2),
  };
}

/** x ln p + y ln(1 − p), p at its maximum x/(x + y) unless told; 0 ln 0 is 0. */
function logLikelihood(x: number, y: number, p = x / (x + y)): number {
  return (x && x * Math.log(p)) + (y && y * Math.log1p(-p));
}

function ratio(statistic: number, degreesOfFreedom: number): LikelihoodRatio {
  const positive = Math.max(statistic, 0); // rounding may leave −1e-16
  return { statistic: positive, degreesOfFreedom, pValue: chiSquared(degreesOfFreedom).survival(positive) };
}

function checkExceptions(caller: string, exceptions: ArrayLike<boolean | number>, tail: number): Uint8Array {
  checkNumber(caller, 'tail', tail, { above: 0, below: 1 }, '0.05 is the worst 5 %');
  if (exceptions.length === 0) throw new Error(`${caller}: there are no rows; load more history`);
  return Uint8Array.from(exceptions, (hit, t) => {
    if (hit !== true && hit !== false && hit !== 1 && hit !== 0)
      throw new Error(`${caller}: an exception is true or false, got ${hit} at row ${t}; compare each return with its value at risk`);
    return Number(hit);
  });
}
