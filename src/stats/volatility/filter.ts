import { checkValues } from '../../linalg/internal.js';
import { egarchRecursion } from './egarch-recursion.js';
import { meanDesign, type VolatilityFit } from './fit.js';
import { garchRecursion } from './garch-recursion.js';
import { filtered } from './likelihood.js';
import type { Recursion } from './recursion.js';

/** What a fitted volatility model says of each day; NaN on the days that its mean has no lags for. */
export interface FilteredVolatility {
  /** σ²ₜ [n], of the returns up to t − 1 and the fit: known at the close of t − 1 after the fit's own returns, and in sample on them, whose
   *  coefficients are of all and whose `before` is of the first 75. */
  readonly variance: Float64Array;
  /** εₜ [n]: the return less its mean. */
  readonly shocks: Float64Array;
  /** zₜ = εₜ/σₜ [n]. */
  readonly standardised: Float64Array;
  /** σ² of the day after the last. */
  readonly next: number;
}

/**
 * The conditional variances of returns, at the coefficients of a fit: of its own returns, or of a longer history that begins as they do.
 *
 *     filterVolatility(fitGarch(train), all)        walk-forward: no day of `all` after t moves σ²ₜ
 *
 * @param returns  [n] in the units of the fit; its own unless told
 * @throws         when there are fewer returns than lags, or one is no number
 */
export function filterVolatility(fit: VolatilityFit, returns: ArrayLike<number> = fit.returns): FilteredVolatility {
  const { p, o, q, meanLags, parts, before } = fit;
  const lags = Math.max(p, o, q, 1);
  if (returns.length < meanLags + lags)
    throw new Error(`filterVolatility: ${returns.length} returns for ${meanLags + lags} lags; give the history before them too`);
  checkValues('filterVolatility', 'the series of returns', returns);
  const y = Float64Array.from(returns);
  const recursion = recursionOf(fit);
  const x = meanDesign(y, parts.mean.length === 0 ? -1 : meanLags);
  const { shocks, variance } = filtered({ y: y.subarray(meanLags), x, recursion, before }, parts);
  const whole = (values: Float64Array) => {
    const out = new Float64Array(y.length).fill(Number.NaN);
    out.set(values, meanLags);
    return out;
  };
  return {
    variance: whole(variance),
    shocks: whole(shocks),
    standardised: whole(shocks.map((e, t) => e / Math.sqrt(variance[t]))),
    next: recursion.next(parts.variance, shocks, variance),
  };
}

/** The recursion of a fit. */
export const recursionOf = (fit: VolatilityFit): Recursion => (fit.kind === 'garch' ? garchRecursion(fit) : egarchRecursion(fit));
