import { diagonal, type Matrix, matMul } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';
import type { LinearRegression } from '../regression/linear-regression.js';

/** A covariance of β̂ that allows for heteroskedastic and serially correlated errors. */
export interface NeweyWest {
  readonly lags: number;
  readonly covariance: Matrix;
  readonly standardErrors: Float64Array;
  readonly tStatistics: Float64Array;
}

/**
 * Newey–West (HAC) covariance of least-squares coefficients.
 *
 *     V = (XᵀX)⁻¹ S (XᵀX)⁻¹        S = Γ₀ + Σₗ₌₁ᴸ (1 − l/(L+1)) (Γₗ + Γₗᵀ)        Γₗ = Σₜ eₜ eₜ₋ₗ xₜ xₜ₋ₗᵀ
 *
 * Bartlett's weights keep S positive semi-definite. L = 0 is White's covariance. Rows must be in time order. No small-sample factor.
 *
 * @param lags  L; left out, ⌊4 (n/100)^(2/9)⌋: 10 for the 8,312 daily returns of 1990–2022. With returns over overlapping windows
 *              of h days use at least h − 1.
 * @throws      when lags is not a whole number in [0, n)
 *
 * Newey & West 1987, eq. 5; the lag rule is that of Newey & West 1994 for Bartlett's kernel without pre-whitening.
 */
export function neweyWest(
  { x, residuals, inverseGram, coefficients }: Pick<LinearRegression, 'x' | 'residuals' | 'inverseGram' | 'coefficients'>,
  { lags = neweyWestLags(x.rows) }: { lags?: number } = {},
): NeweyWest {
  const { rows: n, cols: p } = x;
  if (!Number.isInteger(lags) || lags < 0 || lags >= n)
    throw new Error(`neweyWest: lags must be a whole number from 0 to ${n - 1} (one less than the rows), got ${lags}`);
  const scores = x.data.map((value, at) => value * residuals[Math.floor(at / p)]); // [n, p], row t is eₜxₜ
  const s = zeroMatrix(p, p);
  for (let lag = 0; lag <= lags; lag++) {
    const weight = 1 - lag / (lags + 1);
    for (let t = lag; t < n; t++)
      for (let i = 0; i < p; i++)
        for (let j = 0; j < p; j++) {
          const term = weight * scores[t * p + i] * scores[(t - lag) * p + j];
          s.data[i * p + j] += term;
          if (lag > 0) s.data[j * p + i] += term;
        }
  }
  const covariance = matMul(matMul(inverseGram, s), inverseGram);
  const standardErrors = diagonal(covariance).map(Math.sqrt);
  return { lags, covariance, standardErrors, tStatistics: coefficients.map((b, j) => b / standardErrors[j]) };
}

/** ⌊4 (n/100)^(2/9)⌋. */
export const neweyWestLags = (n: number): number => Math.floor(4 * (n / 100) ** (2 / 9));
