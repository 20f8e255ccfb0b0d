import { checkWhole } from '../../base/internal.js';
import { diagonal, type Matrix, matMul } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';
import { twoSidedPValue } from '../distributions/distributions.js';
import type { LinearRegression } from '../regression/linear-regression.js';

/** What a sandwich covariance of β̂ needs of its fit. */
export type Sandwiched = Pick<LinearRegression, 'x' | 'residuals' | 'inverseGram' | 'coefficients'>;

/** A covariance of β̂ that does not need errors of one variance, and what follows from it. */
export interface RobustCovariance {
  /** [p, p]. */
  readonly covariance: Matrix;
  /** [p]. */
  readonly standardErrors: Float64Array;
  /** β̂ ⊘ standard errors [p]. */
  readonly tStatistics: Float64Array;
  /** Two-sided, by the normal law of a large sample [p]. */
  readonly pValues: Float64Array;
}

/** A covariance of β̂ that allows for heteroskedastic and serially correlated errors. */
export interface NeweyWest extends RobustCovariance {
  /** L. */
  readonly lags: number;
}

/**
 * Newey–West (HAC) covariance of least-squares coefficients.
 *
 *     V = (XᵀX)⁻¹ S (XᵀX)⁻¹        S = Γ₀ + Σₗ₌₁ᴸ (1 − l/(L+1)) (Γₗ + Γₗᵀ)        Γₗ = Σₜ eₜ eₜ₋ₗ xₜ xₜ₋ₗᵀ
 *
 * Bartlett's weights keep S positive semi-definite. L = 0 is White's covariance, HC0. Rows must be in time order. No small-sample factor.
 *
 * @param lags  L; left out, `neweyWestLags`. With returns over overlapping windows of h days use at least h − 1.
 * @throws      when lags is not a whole number in [0, n)
 *
 * Newey & West 1987, eq. 5. thm:sandwich.
 */
export function neweyWest(fit: Sandwiched, { lags = neweyWestLags(fit.x.rows) }: { readonly lags?: number } = {}): NeweyWest {
  const { x, residuals } = fit;
  const { rows: n, cols: p } = x;
  checkLags('neweyWest', lags, n);
  const scores = new Float64Array(n * p); // row t is eₜxₜ
  for (let t = 0, at = 0; t < n; t++) for (let j = 0; j < p; j++, at++) scores[at] = residuals[t] * x.data[at];
  const s = zeroMatrix(p, p);
  for (let lag = 0; lag <= lags; lag++) {
    const weight = bartlett(lag, lags);
    const gamma = scoreCovariance(scores, p, lag);
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) s.data[i * p + j] += weight * (lag === 0 ? gamma[i * p + j] : gamma[i * p + j] + gamma[j * p + i]);
  }
  return { lags, ...sandwich(fit, s) };
}

/** Γₗ = Σₜ gₜgₜ₋ₗᵀ [p, p] of the rows g of scores [n, p]. */
function scoreCovariance(scores: Float64Array, p: number, lag: number): Float64Array {
  const gamma = new Float64Array(p * p);
  for (let at = lag * p, before = 0; at < scores.length; at += p, before += p)
    for (let i = 0; i < p; i++) {
      const score = scores[at + i];
      for (let j = 0; j < p; j++) gamma[i * p + j] += score * scores[before + j];
    }
  return gamma;
}

/** V = (XᵀX)⁻¹ S (XᵀX)⁻¹ and what follows from it. */
export function sandwich({ inverseGram, coefficients }: Sandwiched, s: Matrix): RobustCovariance {
  const covariance = matMul(matMul(inverseGram, s), inverseGram);
  const standardErrors = diagonal(covariance).map(Math.sqrt);
  const tStatistics = coefficients.map((b, j) => b / standardErrors[j]);
  return { covariance, standardErrors, tStatistics, pValues: tStatistics.map((t) => twoSidedPValue(t)) };
}

/**
 * The lag rule ⌊4 (n/100)^(2/9)⌋: 10 for the 8,312 daily returns of 1990–2022.
 *
 * Newey & West 1994, for Bartlett's kernel without pre-whitening, with their constant in place of an estimated one.
 */
export const neweyWestLags = (n: number): number => Math.floor(4 * (n / 100) ** (2 / 9));

/** 1 − l/(L + 1). */
export const bartlett = (lag: number, lags: number): number => 1 - lag / (lags + 1);

export const checkLags = (caller: string, lags: number, n: number): void =>
  checkWhole(caller, 'lags', lags, { from: 0, to: n - 1 }, 'they are fewer than the rows');
