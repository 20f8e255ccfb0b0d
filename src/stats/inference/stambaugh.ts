import { dot } from '../../linalg/index.js';
import { checkSample, design } from '../regression/design.js';
import { linearRegression } from '../regression/linear-regression.js';

/** A predictive regression and its small-sample bias. */
export interface PredictiveRegression {
  /** Pairs (xₜ₋₁, rₜ) used: one less than the rows. */
  readonly T: number;
  /** Least-squares slope β̂. */
  readonly beta: number;
  readonly standardError: number;
  /** β̂ + φ̂(1 + 3ρ̂)/T. */
  readonly betaCorrected: number;
  /** E β̂ − β as estimated: −φ̂(1 + 3ρ̂)/T. */
  readonly bias: number;
  /** Least-squares persistence ρ̂ of the predictor. */
  readonly rho: number;
  /** ρ̂ + (1 + 3ρ̂)/T; may pass 1 for a predictor near a random walk, and is then no stationary estimate. */
  readonly rhoCorrected: number;
  /** φ̂ = cov(û, v̂)/var(v̂): how much of the return's shock is the predictor's. */
  readonly phi: number;
}

/**
 * Predictive regression of returns on a persistent predictor, with Stambaugh's bias removed to first order.
 *
 *     rₜ = α + βxₜ₋₁ + uₜ        xₜ = θ + ρxₜ₋₁ + vₜ        u = φv + e        E β̂ − β ≈ −φ(1 + 3ρ)/T
 *
 * A dividend yield falls when prices rise, so φ < 0 and β̂ is too high: the yield seems to predict more than it does.
 *
 * @param returns    [n]; `returns[t]` is what `predictor[t − 1]` is to predict
 * @param predictor  [n], on the same dates
 * @throws           as `linearRegression`, and with fewer than 5 rows
 *
 * Stambaugh 1999, eq. 18; Kendall 1954 for ρ̂. thm:stambaugh.
 */
export function predictiveRegression(returns: ArrayLike<number>, predictor: ArrayLike<number>): PredictiveRegression {
  const x = Float64Array.from(predictor);
  if (x.length < 5) throw new Error(`predictiveRegression: needs at least 5 rows, got ${x.length}; load more history`);
  checkSample('predictiveRegression', design({ predictor: x }), returns);
  const lagged = design({ predictor: x.subarray(0, -1) });
  const forecast = linearRegression(lagged, Float64Array.from(returns).subarray(1));
  const persistence = linearRegression(lagged, x.subarray(1));

  const T = lagged.rows;
  const rho = persistence.coefficients[1];
  const phi = dot(forecast.residuals, persistence.residuals) / dot(persistence.residuals, persistence.residuals);
  const bias = (-phi * (1 + 3 * rho)) / T;
  const beta = forecast.coefficients[1];
  return {
    T,
    beta,
    standardError: forecast.standardErrors[1],
    betaCorrected: beta - bias,
    bias,
    rho,
    rhoCorrected: rho + (1 + 3 * rho) / T,
    phi,
  };
}
