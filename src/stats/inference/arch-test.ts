import { checkWhole } from '../../base/internal.js';
import { fromColumns } from '../../linalg/index.js';
import { chiSquared } from '../distributions/distributions.js';
import { linearRegression } from '../regression/linear-regression.js';
import { checkSeries } from './series.js';

/** A test of the hypothesis that the variance of a series does not depend on its past. */
export interface ArchTest {
  /** (n − L) R². */
  readonly statistic: number;
  /** L. */
  readonly degreesOfFreedom: number;
  /** The chance of as much or more with one variance. */
  readonly pValue: number;
}

/**
 * Engle's Lagrange-multiplier test for volatility clusters: do squares follow from the squares before them?
 *
 *     eₜ² = a + b₁eₜ₋₁² + … + b_L eₜ₋L² + vₜ        (n − L) R²  ~  χ²(L)
 *
 * Daily returns reject it beyond doubt; the standardised residuals of a GARCH fit should not.
 *
 * @param residuals  [n] in time order, of mean 0
 * @param lags       L, 5 for a week of days
 * @throws           when the squares from row L on do not vary, a value is not finite, or lags leave too few rows
 *
 * Engle 1982. `het_arch` of statsmodels has it with ddof = 0.
 */
export function archTest(residuals: ArrayLike<number>, lags: number): ArchTest {
  const squares = Float64Array.from(residuals, (e) => e * e);
  checkSeries('archTest', residuals);
  const most = Math.floor((squares.length - 2) / 2);
  checkWhole('archTest', 'lags', lags, { from: 1, to: Math.max(1, most) }, `of ${squares.length} rows`);
  const rows = squares.length - lags;
  checkSeries('archTest', squares.subarray(lags));
  const columns = Array.from({ length: lags }, (_, k) => squares.subarray(lags - 1 - k, lags - 1 - k + rows));
  const names = columns.map((_, k) => `square ${k + 1} before`);
  const x = fromColumns([new Float64Array(rows).fill(1), ...columns], ['intercept', ...names]);
  const statistic = rows * linearRegression(x, squares.subarray(lags)).rSquared;
  return { statistic, degreesOfFreedom: lags, pValue: chiSquared(lags).survival(statistic) };
}
