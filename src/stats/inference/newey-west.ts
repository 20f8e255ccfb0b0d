import { checkWhole } from '../../base/internal.js';
import { diagonal, type Matrix, matMul } from '../../linalg/index.js';
import { gram, zeroMatrix } from '../../linalg/internal.js';
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
  /** β̂ ⊘ standard errors [p]; infinite where only rows without a residual tell of a column, and its error is 0; NaN where β̂ is 0 too. */
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
 * Bartlett's weights keep S positive semi-definite; it is computed as what shows that, Σₛ cₛcₛᵀ/(L+1) over the sums cₛ of L + 1 neighbouring
 * eₜxₜ, which costs the same at every L. L = 0 is White's covariance, HC0. Rows must be in time order. No small-sample factor.
 *
 * @param lags  L; left out, `neweyWestLags`. With returns over overlapping windows of h days use 3 (h − 1): h − 1 keep ⅔ of their variance.
 * @throws      when lags is not a whole number in [0, n)
 *
 * Newey & West 1987, eq. 5. thm:sandwich.
 */
export function neweyWest(fit: Sandwiched, { lags = neweyWestLags(fit.x.rows) }: { readonly lags?: number } = {}): NeweyWest {
  const { x, residuals } = fit;
  const { rows: n, cols: p } = x;
  checkLags('neweyWest', lags, n);
  const s = gram(windowSums(x, residuals, lags + 1));
  for (let at = 0; at < p * p; at++) s.data[at] /= lags + 1;
  return { lags, ...sandwich(fit, s) };
}

/**
 * Row s is Σ eₜxₜ over s − window < t ≤ s, with zeros beyond both ends: [n + window − 1, p] of x [n, p] and e [n]. A window is the end of one
 * block of rows and the start of the next: its sum needs one addition, and no subtraction that would leave rounding behind.
 */
function windowSums({ rows: n, cols: p, data: x }: Matrix, e: Float64Array, window: number): Matrix {
  const out = zeroMatrix(n + window - 1, p);
  const ends = zeroMatrix(window + 1, p).data; // of the block before: the sums from its i-th row on
  const sum = new Float64Array(p);
  for (let from = 0; from < out.rows; from += window) {
    sum.fill(0);
    for (let t = from; t < Math.min(from + window, out.rows); t++)
      for (let j = 0, at = t * p, end = (t - from + 1) * p; j < p; j++, at++, end++) {
        if (t < n) sum[j] += e[t] * x[at];
        out.data[at] = sum[j] + ends[end];
      }
    for (let t = from + window - 1; t >= from; t--)
      for (let j = 0, at = t * p, end = (t - from) * p; j < p; j++, at++, end++) ends[end] = ends[end + p] + (t < n ? e[t] * x[at] : 0);
  }
  return out;
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

/**
 * L where rows speak of h periods each and so overlap: 3 (h − 1), or `neweyWestLags` if that is more, and less than half of n rows.
 *
 * Bartlett's weights up to h − 1 keep two thirds of the variance of such a mean, and up to 3 (h − 1) eight ninths.
 */
export const overlapLags = (n: number, h: number): number =>
  Math.min(Math.max(3 * (h - 1), neweyWestLags(n)), Math.max(Math.ceil(n / 2) - 1, 0));

/**
 * Of Student's law of a mean of n rows over its HAC error with L lags: n/Σₗ wₗ² − 1, Σ wₗ² = (2(L + 1)² + 1)/(3(L + 1)) over |l| ≤ L; n − 1 at L = 0.
 *
 * Priestley 1981, equivalent degrees of freedom of a spectral estimate.
 */
export const bartlettDegreesOfFreedom = (n: number, lags: number): number => (3 * (lags + 1) * n) / (2 * (lags + 1) ** 2 + 1) - 1;

/** 1 − l/(L + 1). */
export const bartlett = (lag: number, lags: number): number => 1 - lag / (lags + 1);

export const checkLags = (caller: string, lags: number, n: number): void =>
  checkWhole(caller, 'lags', lags, { from: 0, to: n - 1 }, 'they are fewer than the rows');
