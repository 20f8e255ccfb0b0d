import { once } from '../../base/internal.js';
import { column, dot, fromColumns, type Matrix, matMul, matVec } from '../../linalg/index.js';
import { columnName, constantColumn, minus } from '../../linalg/internal.js';
import { checkSample } from './design.js';
import { leaveOneOut, withoutOwnRow } from './leave-one-out.js';
import { lowestInside, ridgeGrid } from './penalty-grid.js';
import {
  decompose,
  effectiveDegreesOfFreedom,
  generalisedCrossValidation,
  lostAt,
  type RidgeBasis,
  reduce,
  solveAt,
  spansAll,
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
  /** eᵢ / (1 − hᵢ) [n]: the error at i of the fit that has not seen row i, exact; NaN where hᵢ is 1 and there is none. */
  readonly leaveOneOutResiduals: Float64Array;
  /** Σ (eᵢ / (1 − hᵢ))²: the leave-one-out sum of squared errors; NaN where one of them is. */
  readonly press: number;
  /** (1/n) ‖e‖² / (1 − df/n)²: PRESS/n with every leverage replaced by the mean one, df/n. */
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
  const u = directions(x, basis);
  const fits = (lambdas ?? ridgeGrid(basis.s)).map((lambda) => fitAt(lambda, x, y, basis, u));
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

/** U [n, k] of the centred X, as XV diag(1/s); 0 where s is. */
function directions(x: Matrix, { s, v, xMeans }: RidgeBasis): Matrix {
  const k = s.length;
  const scaled = v.data.map((value, at) => (s[at % k] > 0 ? value / s[at % k] : 0));
  return matMul(minus(x, xMeans), { ...v, data: scaled });
}

/** The fit at one penalty. What has a value for each row is made when it is read: a path has many penalties, and few are looked at. */
function fitAt(lambda: number, x: Matrix, y: ArrayLike<number>, basis: RidgeBasis, u: Matrix): Ridge {
  const { kept, coefficients: all, intercepts } = solveAt(basis, lambda);
  const coefficients = column(all, 0);
  const own = basis.intercept ? 1 / x.rows : 0; // what the mean alone gives each row
  const fitted = once(() => matVec(x, coefficients).map((value) => value + intercepts[0]));
  const residuals = once(() => fitted().map((value, i) => y[i] - value));
  const leverage = once(() => squaresAlong(u, kept).map((value) => value + own));
  const leaveOneOutResiduals = once(() => (spansAll(basis) ? throughAllPoints(basis, u, lambda) : withoutOwnRow(residuals(), leverage())));
  const sums = once(() => sumsOfSquares(x, y, { coefficients, intercept: intercepts[0] }, u, kept, own));
  return {
    names: Array.from({ length: x.cols }, (_, j) => columnName(x, j)),
    lambda,
    coefficients,
    intercept: intercepts[0],
    get fitted() {
      return fitted();
    },
    get residuals() {
      return residuals();
    },
    get leverage() {
      return leverage();
    },
    effectiveDegreesOfFreedom: effectiveDegreesOfFreedom(basis, kept),
    get leaveOneOutResiduals() {
      return leaveOneOutResiduals();
    },
    get press() {
      return spansAll(basis) ? dot(leaveOneOutResiduals(), leaveOneOutResiduals()) : sums().press;
    },
    get gcv() {
      return generalisedCrossValidation(basis, lambda, sums().residual);
    },
  };
}

/** Σₖ uᵢₖ² wₖ [n]. */
function squaresAlong({ rows, cols: k, data }: Matrix, w: Float64Array): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < k; j++, at++) out[i] += data[at] * data[at] * w[j];
  return out;
}

/**
 * eᵢ/(1 − hᵢ) where columns span all directions: both are sums over them of λ/(sₖ² + λ), which is divided out, so that the ratio has its
 * limit at λ = 0, the error at i of the fit of least norm through all other points.
 */
function throughAllPoints({ s, projections }: RidgeBasis, u: Matrix, lambda: number): Float64Array {
  const lost = lostAt(s, lambda);
  const left = squaresAlong(u, lost);
  return matVec(
    u,
    lost.map((share, k) => share * projections.data[k]),
  ).map((e, i) => e / left[i]);
}

/** ‖e‖² and Σ (eᵢ/(1 − hᵢ))² in one pass over the rows, which keeps nothing of their size. */
function sumsOfSquares(
  x: Matrix,
  y: ArrayLike<number>,
  fit: Pick<Ridge, 'coefficients' | 'intercept'>,
  u: Matrix,
  kept: Float64Array,
  own: number,
) {
  const [p, k] = [x.cols, u.cols];
  let [residual, press] = [0, 0];
  for (let i = 0, at = 0, along = 0; i < x.rows; i++) {
    let [e, h] = [y[i] - fit.intercept, own];
    for (let j = 0; j < p; j++, at++) e -= x.data[at] * fit.coefficients[j];
    for (let j = 0; j < k; j++, along++) h += u.data[along] * u.data[along] * kept[j];
    residual += e * e;
    press += leaveOneOut(e, h) ** 2;
  }
  return { residual, press };
}
