import { zeroMatrix } from '../../linalg/internal.js';
import type { LinearRegression } from '../regression/linear-regression.js';
import { type RobustCovariance, type Sandwiched, sandwich } from './newey-west.js';

/** Which residuals a heteroskedasticity-consistent covariance takes; HC3 where nothing else is asked for. */
export type HeteroskedasticKind = 'HC0' | 'HC1' | 'HC2' | 'HC3';

/**
 * Covariance of least-squares coefficients whose errors are uncorrelated but of unequal variances.
 *
 *     V = (XᵀX)⁻¹ (Σᵢ wᵢ eᵢ² xᵢxᵢᵀ) (XᵀX)⁻¹        w = 1 (HC0),  n/(n − p) (HC1),  1/(1 − hᵢ) (HC2),  1/(1 − hᵢ)² (HC3)
 *
 * Residuals are smaller than errors, most where the leverage is high; HC2 undoes that exactly under one variance, HC3 is the jackknife's.
 * For errors correlated in time: `neweyWest`.
 *
 * @throws when a row has leverage 1 in HC2 or HC3: its residual is 0 whatever its error
 *
 * White 1980 (HC0); MacKinnon & White 1985 (HC1–HC3). thm:sandwich.
 */
export function heteroskedasticCovariance(
  fit: Sandwiched & Pick<LinearRegression, 'leverage'>,
  kind: HeteroskedasticKind = 'HC3',
): RobustCovariance {
  const { x, residuals, leverage } = fit;
  const { rows: n, cols: p } = x;
  const power = { HC0: 0, HC1: 0, HC2: 1, HC3: 2 }[kind];
  const factor = kind === 'HC1' ? n / (n - p) : 1;
  const alone = power > 0 ? leverage.findIndex((h) => 1 - h <= 1e-12) : -1;
  if (alone >= 0)
    throw new Error(
      `heteroskedasticCovariance: row ${alone} has leverage 1, so ${kind} divides by 0; drop the column that only this row moves`,
    );
  const s = zeroMatrix(p, p);
  for (let t = 0; t < n; t++) {
    const weight = (factor * residuals[t] ** 2) / (1 - leverage[t]) ** power;
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) s.data[i * p + j] += weight * x.data[t * p + i] * x.data[t * p + j];
  }
  return sandwich(fit, s);
}
