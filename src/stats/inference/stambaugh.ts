import { type Key, normal } from '../../base/index.js';
import { checkWhole } from '../../base/internal.js';
import { dot } from '../../linalg/index.js';
import { confidenceInterval, type Interval } from '../distributions/distributions.js';
import { checkSample, design } from '../regression/design.js';
import { linearRegression } from '../regression/linear-regression.js';
import { autocorrelation, type LjungBox, ljungBox } from './autocorrelation.js';

/** A predictive regression and its small-sample bias. */
export interface PredictiveRegression {
  /** Pairs (xₜ₋₁, rₜ) used: one less than the rows. */
  readonly T: number;
  /** Least-squares slope β̂. */
  readonly beta: number;
  /** Classical, of β̂. */
  readonly standardError: number;
  /** β̂ + φ̂(1 + 3ρ̂)/T. */
  readonly betaCorrected: number;
  /** Of the corrected slope: √(φ̂² (1 + 3/T)² var ρ̂ + s² (1/Sxx + (ρ̂ᶜ − ρ̂)²/Svv)), with what is uncertain in ρ̂ in it. */
  readonly betaCorrectedStandardError: number;
  /** 95 % interval of the corrected slope, by the normal law. */
  readonly interval: Interval;
  /** E β̂ − β as estimated: −φ̂(1 + 3ρ̂)/T. */
  readonly bias: number;
  /** Least-squares persistence ρ̂ of the predictor. */
  readonly rho: number;
  /** Classical, of ρ̂. */
  readonly rhoStandardError: number;
  /** ρ̂ + (1 + 3ρ̂)/T; may pass 1 for a predictor near a random walk, and is then no stationary estimate. */
  readonly rhoCorrected: number;
  /** φ̂ = cov(û, v̂)/var(v̂): how much of the return's shock is the predictor's. */
  readonly phi: number;
  /** Whether the predictor is the AR(1) that the correction takes it for. */
  readonly innovations: InnovationTest;
}

/** What is left of a predictor once its AR(1) is taken out: nothing that can be forecast, if the correction is to hold. */
export interface InnovationTest extends LjungBox {
  /** Autocorrelations of v̂ at lags 1 … L. */
  readonly autocorrelation: Float64Array;
}

/**
 * Predictive regression of returns on a persistent predictor, with Stambaugh's bias removed to first order.
 *
 *     rₜ = α + βxₜ₋₁ + uₜ        xₜ = θ + ρxₜ₋₁ + vₜ        u = φv + e        E β̂ − β ≈ −φ(1 + 3ρ)/T
 *
 * A dividend yield falls when prices rise, so φ < 0 and β̂ is too high: the yield seems to predict more than it does. Where
 * `innovations.pValue` is small the predictor is no AR(1), and neither bias nor interval is to be trusted: a sum over overlapping
 * months has innovations that come back when their month leaves the window.
 *
 * @param returns    [n]; `returns[t]` is what `predictor[t − 1]` is to predict
 * @param predictor  [n], on the same dates
 * @param lags       L of the test of innovations; 12 unless told, fewer where T < 60
 * @throws           as `linearRegression`, and with fewer than 5 rows
 *
 * Stambaugh 1999, eq. 18; Kendall 1954 for ρ̂; the standard error is that of Amihud & Hurvich 2004, who add a term in 1/T² to ρ̂ᶜ.
 * thm:stambaugh.
 */
export function predictiveRegression(
  returns: ArrayLike<number>,
  predictor: ArrayLike<number>,
  { lags }: { readonly lags?: number } = {},
): PredictiveRegression {
  const x = Float64Array.from(predictor);
  if (x.length < 5) throw new Error(`predictiveRegression: needs at least 5 rows, got ${x.length}; load more history`);
  checkSample('predictiveRegression', design({ predictor: x }), returns);
  const lagged = design({ predictor: x.subarray(0, -1) });
  const forecast = linearRegression(lagged, Float64Array.from(returns).subarray(1));
  const persistence = linearRegression(lagged, x.subarray(1));

  const T = lagged.rows;
  const rho = persistence.coefficients[1];
  const shocks = dot(persistence.residuals, persistence.residuals); // Svv
  const phi = dot(forecast.residuals, persistence.residuals) / shocks;
  const shift = (1 + 3 * rho) / T; // ρ̂ᶜ − ρ̂
  const bias = -phi * shift;
  const beta = forecast.coefficients[1];
  const betaCorrected = beta - bias;

  // The regression on x and the corrected innovations: these are v̂, orthogonal to x, and a multiple of x.
  const own = forecast.residuals.map((u, t) => u - phi * persistence.residuals[t]);
  const variance = dot(own, own) / (T - 3);
  const rhoStandardError = persistence.standardErrors[1];
  const betaCorrectedStandardError = Math.hypot(
    phi * (1 + 3 / T) * rhoStandardError,
    Math.sqrt(variance * (forecast.inverseGram.data[3] + shift ** 2 / shocks)),
  );
  const L = lags ?? Math.min(12, Math.max(2, Math.floor(T / 5)));
  return {
    T,
    beta,
    standardError: forecast.standardErrors[1],
    betaCorrected,
    betaCorrectedStandardError,
    interval: confidenceInterval(betaCorrected, betaCorrectedStandardError),
    bias,
    rho,
    rhoStandardError,
    rhoCorrected: rho + shift,
    phi,
    innovations: {
      ...ljungBox(persistence.residuals, { lags: L, fitted: 1 }),
      autocorrelation: autocorrelation(persistence.residuals, L),
    },
  };
}

/** What a simulated predictive regression is made of; innovations v of the predictor have variance 1. */
export interface PredictiveModel {
  /** Pairs: the histories have T + 1 rows. */
  readonly T: number;
  /** ρ, between −1 and 1. */
  readonly rho: number;
  /** φ: the share of v in the return's shock. */
  readonly phi: number;
  /** Standard deviation of e; 1. */
  readonly noise?: number;
  /** The true slope; 0. */
  readonly beta?: number;
}

/**
 * A history of the model that `predictiveRegression` fits, α = θ = 0, started in the predictor's stationary law N(0, 1/(1 − ρ²)): from 0,
 * twenty years of a persistent predictor would vary less than theirs do, and the bias would be another.
 *
 * @throws when |ρ| ≥ 1, which has no stationary law, or T is no whole number from 4 up
 *
 * Stambaugh 1999.
 */
export function simulatePredictiveRegression(
  key: Key,
  { T, rho, phi, noise = 1, beta = 0 }: PredictiveModel,
): { readonly returns: Float64Array; readonly predictor: Float64Array } {
  if (!(Math.abs(rho) < 1))
    throw new Error(`simulatePredictiveRegression: rho ${rho} has no stationary law to start in; choose one between −1 and 1`);
  checkWhole('simulatePredictiveRegression', 'T', T, { from: 4 });
  const { data: z } = normal(key, [2, T + 1], 'float64');
  const [predictor, returns] = [new Float64Array(T + 1), new Float64Array(T + 1)];
  predictor[0] = z[0] / Math.sqrt(1 - rho ** 2);
  returns[0] = phi * z[0] + noise * z[T + 1];
  for (let t = 1; t <= T; t++) {
    predictor[t] = rho * predictor[t - 1] + z[t];
    returns[t] = beta * predictor[t - 1] + phi * z[t] + noise * z[T + 1 + t];
  }
  return { returns, predictor };
}
