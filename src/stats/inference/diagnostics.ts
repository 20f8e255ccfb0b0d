import { mean } from '../../linalg/index.js';
import { checkValues } from '../../linalg/internal.js';
import type { LinearRegression } from '../regression/linear-regression.js';

/** What the residuals of a fit say about its assumptions. */
export interface Diagnostics {
  /** Σ(eₜ − eₜ₋₁)² / Σeₜ² ≈ 2(1 − ρ̂₁): 2 without serial correlation, towards 0 with positive, towards 4 with negative. */
  readonly durbinWatson: number;
  /** Third standardised moment: 0 for a normal law. */
  readonly skewness: number;
  /** Fourth standardised moment: 3 for a normal law; daily returns have 5 to 30. */
  readonly kurtosis: number;
  /** n/6 (S² + (K − 3)²/4), and its p-value from χ²(2), exp(−JB/2): the chance of as much under normal errors in a large sample. */
  readonly jarqueBera: { readonly statistic: number; readonly pValue: number };
}

/**
 * Serial correlation and shape of residuals [n]. Moments divide by n and are centred at the residuals' mean.
 *
 * @throws when a residual is not finite, or the fit is exact: residuals that are all zero have no shape
 *
 * Durbin & Watson 1950; Jarque & Bera 1980.
 */
export function diagnostics({ residuals: e }: Pick<LinearRegression, 'residuals'>): Diagnostics {
  const n = e.length;
  checkValues('diagnostics', 'the residual', e);
  const centre = mean(e);
  const variance = mean(e.map((value) => (value - centre) ** 2));
  if (!(variance > 0)) throw new Error('diagnostics: every residual is the same, so they have no variance; is y one of the columns of x?');
  const moment = (power: number) => mean(e.map((value) => ((value - centre) / Math.sqrt(variance)) ** power));
  const [skewness, kurtosis] = [moment(3), moment(4)];
  const statistic = (n / 6) * (skewness ** 2 + (kurtosis - 3) ** 2 / 4);
  let changes = 0;
  let squares = e[0] ** 2;
  for (let t = 1; t < n; t++) {
    changes += (e[t] - e[t - 1]) ** 2;
    squares += e[t] ** 2;
  }
  return { durbinWatson: changes / squares, skewness, kurtosis, jarqueBera: { statistic, pValue: Math.exp(-statistic / 2) } };
}
