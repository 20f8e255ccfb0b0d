import { backSubstitute, diagonal, dot, inverseGram, type Matrix, matVec } from '../../linalg/index.js';
import { columnName, constantColumn, leastSquaresOf } from '../../linalg/internal.js';
import { checkColumns, checkOverdetermined, checkSample, dependentColumn, type Fit } from './design.js';
import { withoutOwnRow } from './leave-one-out.js';
import { shareExplained } from './share-explained.js';

/** A least-squares fit of y on the columns of x: n rows, p coefficients. */
export interface LinearRegression {
  /** Of the columns [p]. */
  readonly names: readonly string[];
  /** β̂ [p]. */
  readonly coefficients: Float64Array;
  /** Classical standard errors [p], right when errors are uncorrelated with one variance; otherwise see `neweyWest`. */
  readonly standardErrors: Float64Array;
  /** β̂ ⊘ standard errors [p]; where the fit is exact these are 0, and what they divide is infinite, or NaN where it is 0 too. */
  readonly tStatistics: Float64Array;
  /** s²(XᵀX)⁻¹ [p, p]. */
  readonly covariance: Matrix;
  /** (XᵀX)⁻¹ [p, p]. */
  readonly inverseGram: Matrix;
  /** Xβ̂ [n]. */
  readonly fitted: Float64Array;
  /** e = y − Xβ̂ [n]. */
  readonly residuals: Float64Array;
  /** hᵢ = (X(XᵀX)⁻¹Xᵀ)ᵢᵢ [n]: the weight of yᵢ in its own fitted value, between 0 and 1, with sum p. */
  readonly leverage: Float64Array;
  /** eᵢ / (1 − hᵢ) [n]: the error at i of the fit that has not seen row i; NaN where hᵢ is 1 and there is no such fit, as at a dummy of one row. */
  readonly leaveOneOutResiduals: Float64Array;
  /** Σ (eᵢ / (1 − hᵢ))²: the leave-one-out sum of squared errors; NaN where one of them is. */
  readonly press: number;
  /** s = √(eᵀe / (n − p)). */
  readonly residualStandardError: number;
  /** −(n/2)(log(2πeᵀe/n) + 1): the greatest likelihood under normal errors, attained at β̂ and σ̂² = eᵀe/n. */
  readonly logLikelihood: number;
  /** 1 − eᵀe / Σ(y − ȳ)²; without an intercept 1 − eᵀe / yᵀy; NaN where y does not vary, so that there is nothing to explain. */
  readonly rSquared: number;
  /** 1 − (1 − R²)(n − 1)/(n − p), with n in place of n − 1 where there is no intercept; NaN where R² is. */
  readonly adjustedRSquared: number;
  /** n − p. */
  readonly degreesOfFreedom: number;
  /** The design the fit was made on. */
  readonly x: Matrix;
}

/**
 * Ordinary least squares.
 *
 *     β̂ = argmin ‖y − Xβ‖²,   XᵀXβ̂ = Xᵀy        s² = eᵀe / (n − p)        var β̂ = s²(XᵀX)⁻¹
 *
 * Solved as Rβ̂ = Qᵀy with X = QR. XᵀX, whose condition number is the square of X's, does not decide a digit of it: where columns are well
 * apart in many rows it gives a first R, and what rounding left is taken away by a second; elsewhere it is not formed.
 *
 * @param x  [n, p] design; its intercept, if wanted, is one of its columns (`design` adds it)
 * @param y  [n]
 * @throws   when x is empty, rows and y differ in length, a value is not finite, n ≤ p, or a column depends on those before it
 *
 * thm:normal-equations, thm:hat-matrix, thm:gauss-markov, thm:ols-likelihood, thm:press.
 */
export function linearRegression(x: Matrix, y: ArrayLike<number>): LinearRegression {
  checkSample('linearRegression', x, y);
  checkOverdetermined('linearRegression', x);
  const { r, qty, leverage, dependent } = leastSquaresOf(x, y instanceof Float64Array ? y : new Float64Array(y));
  if (dependent >= 0) throw dependentColumn('linearRegression', x, dependent);

  const { rows: n, cols: p } = x;
  const coefficients = backSubstitute(r, qty); // [p]
  const fitted = matVec(x, coefficients); // [n]
  const residuals = fitted.map((value, i) => y[i] - value);
  const leaveOneOutResiduals = withoutOwnRow(residuals, leverage);

  const degreesOfFreedom = n - p;
  const squares = dot(residuals, residuals);
  const variance = squares / degreesOfFreedom;
  const gramInverse = inverseGram(r);
  const covariance = { ...gramInverse, data: gramInverse.data.map((value) => value * variance) };
  const standardErrors = diagonal(covariance).map(Math.sqrt);

  const constant = hasIntercept(x);
  const rSquared = shareExplained(y, squares, constant);
  return {
    names: Array.from({ length: p }, (_, j) => columnName(x, j)),
    coefficients,
    standardErrors,
    tStatistics: coefficients.map((b, j) => b / standardErrors[j]),
    covariance,
    inverseGram: gramInverse,
    fitted,
    residuals,
    leverage,
    leaveOneOutResiduals,
    press: dot(leaveOneOutResiduals, leaveOneOutResiduals),
    residualStandardError: Math.sqrt(variance),
    logLikelihood: (-n / 2) * (Math.log((2 * Math.PI * squares) / n) + 1),
    rSquared,
    adjustedRSquared: 1 - ((1 - rSquared) * (n - (constant ? 1 : 0))) / degreesOfFreedom,
    degreesOfFreedom,
    x,
  };
}

/**
 * Xβ̂, plus the intercept of a fit that keeps it apart (ridge), at new rows [m, p] → [m].
 *
 * @throws when x does not have the columns of the fit, by name where it has names
 */
export function predict(fit: Fit & { readonly intercept?: number }, x: Matrix): Float64Array {
  checkColumns('predict', fit, x);
  return matVec(x, fit.coefficients).map((value) => value + (fit.intercept ?? 0));
}

const hasIntercept = (x: Matrix): boolean => constantColumn(x) >= 0;
