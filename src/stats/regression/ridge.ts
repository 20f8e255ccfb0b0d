import { column, dot, fromColumns, type Matrix, matMul, matVec } from '../../linalg/index.js';
import { columnName, constantColumn } from '../../linalg/internal.js';
import { checkSample } from './design.js';
import { lowestInside, ridgeGrid } from './penalty-grid.js';
import {
  decompose,
  effectiveDegreesOfFreedom,
  generalisedCrossValidation,
  interpolates,
  type RidgeBasis,
  reduce,
  solveAt,
} from './ridge-basis.js';

/** A ridge fit at one penalty. */
export interface Ridge {
  /** Of the columns [p]. */
  readonly names: readonly string[];
  /** λ, in the units of x² summed over rows; Infinity is the intercept alone. */
  readonly lambda: number;
  /** β̂(λ) [p]. */
  readonly coefficients: Float64Array;
  /** Never penalised; 0 when the fit has none. */
  readonly intercept: number;
  /** Xβ̂ + intercept [n]. */
  readonly fitted: Float64Array;
  /** y less `fitted` [n]. */
  readonly residuals: Float64Array;
  /** hᵢ(λ) [n], the diagonal of the H that makes ŷ of y, with 1/n for an intercept. */
  readonly leverage: Float64Array;
  /** df = tr H = Σᵢ hᵢ = Σₖ sₖ²/(sₖ² + λ) + 1: an intercept counts as one, here, in `leverage`, `press` and `gcv` alike. */
  readonly effectiveDegreesOfFreedom: number;
  /** eᵢ / (1 − hᵢ) [n]: the error at i of the fit that has not seen row i, exact; NaN where df = n. */
  readonly leaveOneOutResiduals: Float64Array;
  /** Σ (eᵢ / (1 − hᵢ))²: the leave-one-out sum of squared errors; NaN where df = n. */
  readonly press: number;
  /** (1/n) ‖e‖² / (1 − df/n)²: PRESS/n with every leverage replaced by the mean one, df/n; NaN where df = n. */
  readonly gcv: number;
}

/** Ridge fits over a grid of penalties and the two that cross-validation chooses. */
export interface RidgePath {
  readonly fits: readonly Ridge[];
  /** The fit with the lowest PRESS. Reading it throws when that is at an end of the grid other than 0 or ∞: widen the grid. */
  readonly byPress: Ridge;
  /** The fit with the lowest GCV. Reading it throws as `byPress` does. */
  readonly byGcv: Ridge;
}

/** What a ridge regression is to do. */
export interface RidgeOptions {
  /** Whether to add an intercept that the penalty spares (true). */
  readonly intercept?: boolean;
}

/**
 * Ridge regression.
 *
 *     β̂(λ) = argmin ‖y − Xβ‖² + λ‖β‖² = Σₖ sₖ/(sₖ² + λ) (uₖᵀy) vₖ        X = Σₖ sₖuₖvₖᵀ
 *
 * The penalty counts every column alike, so put columns on one scale first (`standardise`). With `intercept`, x and y are centred and
 * the intercept is not penalised. Works for n ≤ p and for dependent columns; λ = 0 gives least squares, of minimum norm where it is not
 * unique, and λ = ∞ the mean of y.
 *
 * @param x  [n, p] without a constant column
 * @param y  [n]
 * @throws   as `linearRegression` for the sample; when λ is negative; when x has a constant column and `intercept` is on
 *
 * Hoerl & Kennard 1970. thm:ridge, thm:press.
 */
export function ridge(x: Matrix, y: ArrayLike<number>, { lambda, ...options }: RidgeOptions & { readonly lambda: number }): Ridge {
  return ridgePath(x, y, { ...options, lambdas: [lambda] }).fits[0];
}

/**
 * Ridge fits at many penalties from one decomposition: each costs O(np).
 *
 *     const { fits, byPress } = ridgePath(x, y);        byPress.lambda === Infinity says that the mean forecasts best
 *
 * @param x        [n, p]
 * @param y        [n]
 * @param lambdas  left out, `ridgeGrid` of the singular values: from 0 to ∞
 * @throws         as `ridge`, and when `lambdas` is empty
 *
 * Allen 1974 for PRESS; Golub, Heath & Wahba 1979 for GCV.
 */
export function ridgePath(
  x: Matrix,
  y: ArrayLike<number>,
  { lambdas, intercept = true }: RidgeOptions & { readonly lambdas?: readonly number[] } = {},
): RidgePath {
  checkSample('ridge', x, y);
  const constant = constantColumn(x);
  if (intercept && constant >= 0)
    throw new Error(
      `ridge: '${columnName(x, constant)}' is constant and ridge adds an unpenalised intercept itself; build x with design(columns, { intercept: false })`,
    );
  const basis = decompose(reduce('ridge', x, fromColumns([y]), { intercept }));
  const squares = squaredRows(x, basis);
  const fits = (lambdas ?? ridgeGrid(basis.s)).map((lambda) => fitAt(lambda, x, y, basis, squares));
  if (fits.length === 0) throw new Error('ridge: the list of penalties is empty; leave lambdas out for a default grid');
  return {
    fits,
    get byPress() {
      return lowestInside('ridgePath', fits, 'PRESS', ({ press }) => press);
    },
    get byGcv() {
      return lowestInside('ridgePath', fits, 'GCV', ({ gcv }) => gcv);
    },
  };
}

/** uᵢₖ² [n, k] of the centred X, as U = XV diag(1/s); 0 where s is. */
function squaredRows(x: Matrix, { s, v, xMeans }: RidgeBasis): Matrix {
  const k = s.length;
  const u = matMul({ ...x, data: x.data.map((value, at) => value - xMeans[at % x.cols]) }, v);
  return { ...u, data: u.data.map((value, at) => (s[at % k] > 0 ? (value / s[at % k]) ** 2 : 0)) };
}

function fitAt(lambda: number, x: Matrix, y: ArrayLike<number>, basis: RidgeBasis, squares: Matrix): Ridge {
  const { kept, coefficients: all, intercepts } = solveAt(basis, lambda);
  const coefficients = column(all, 0);
  const fitted = matVec(x, coefficients).map((value) => value + intercepts[0]);
  const residuals = fitted.map((value, i) => y[i] - value);
  const own = basis.intercept ? 1 / x.rows : 0; // what the mean alone gives each row
  const leverage = matVec(squares, kept).map((value) => value + own);
  const df = effectiveDegreesOfFreedom(basis, kept);
  const exact = interpolates(df, x.rows);
  const leaveOneOutResiduals = residuals.map((e, i) => (exact ? Number.NaN : e / (1 - leverage[i])));
  return {
    names: Array.from({ length: x.cols }, (_, j) => columnName(x, j)),
    lambda,
    coefficients,
    intercept: intercepts[0],
    fitted,
    residuals,
    leverage,
    effectiveDegreesOfFreedom: df,
    leaveOneOutResiduals,
    press: dot(leaveOneOutResiduals, leaveOneOutResiduals),
    gcv: generalisedCrossValidation(dot(residuals, residuals), df, x.rows),
  };
}
