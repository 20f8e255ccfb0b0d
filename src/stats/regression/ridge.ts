import { dot, type Matrix, matVec, mean, type SVD, svd, transposeVec } from '../../linalg/index.js';
import { columnName, constantColumn } from '../../linalg/internal.js';
import { checkSample } from './design.js';

/** A ridge fit at one penalty. */
export interface Ridge {
  readonly names: readonly string[];
  /** λ, in the units of x² summed over rows. */
  readonly lambda: number;
  /** β̂(λ) [p]. */
  readonly coefficients: Float64Array;
  /** Never penalised; 0 when the fit has none. */
  readonly intercept: number;
  readonly fitted: Float64Array;
  readonly residuals: Float64Array;
  /** hᵢ(λ) [n]. */
  readonly leverage: Float64Array;
  /** Σ sₖ²/(sₖ² + λ), plus 1 for an intercept: the number of coefficients that the penalty leaves free. */
  readonly effectiveDegreesOfFreedom: number;
  /** Σ (eᵢ / (1 − hᵢ))²: the leave-one-out sum of squared errors, exact. */
  readonly press: number;
  /** (1/n) ‖e‖² / (1 − df/n)²: PRESS with every leverage replaced by the mean one. */
  readonly gcv: number;
}

/** Ridge fits over a grid of penalties and the two that cross-validation chooses. */
export interface RidgePath {
  readonly fits: readonly Ridge[];
  readonly byPress: Ridge;
  readonly byGcv: Ridge;
}

/**
 * Ridge regression.
 *
 *     β̂(λ) = argmin ‖y − Xβ‖² + λ‖β‖² = Σₖ sₖ/(sₖ² + λ) (uₖᵀy) vₖ        X = Σₖ sₖuₖvₖᵀ
 *
 * The penalty counts every column alike, so put columns on one scale first. With `intercept`, x and y are centred and the intercept
 * is not penalised. Works for n ≤ p and for dependent columns; λ = 0 gives least squares, of minimum norm where it is not unique.
 *
 * @param x  [n, p] without a constant column
 * @param y  [n]
 * @throws   as `linearRegression` for the sample; when λ is negative; when x has a constant column and `intercept` is on
 *
 * Hoerl & Kennard 1970. thm:ridge-map, thm:ridge-shrinkage, thm:press.
 */
export function ridge(x: Matrix, y: ArrayLike<number>, { lambda, intercept = true }: { lambda: number; intercept?: boolean }): Ridge {
  return ridgePath(x, y, { lambdas: [lambda], intercept }).fits[0];
}

/**
 * Ridge fits at many penalties from one decomposition: each costs O(np).
 *
 * @param lambdas  left out, 50 values from 10⁻⁶ s₁² to 10 s₁² in equal ratios
 */
export function ridgePath(
  x: Matrix,
  y: ArrayLike<number>,
  { lambdas, intercept = true }: { lambdas?: readonly number[]; intercept?: boolean } = {},
): RidgePath {
  checkSample('ridge', x, y);
  const constant = constantColumn(x);
  if (intercept && constant >= 0)
    throw new Error(
      `ridge: '${columnName(x, constant)}' is constant and ridge adds an unpenalised intercept itself; build x with design(columns, { intercept: false })`,
    );
  const centred = intercept ? centre(x, y) : { x, y: Float64Array.from(y), xMean: new Float64Array(x.cols), yMean: 0 };
  const { u, s, v } = svd(centred.x);
  const basis = { s, v, squares: { ...u, data: u.data.map((value) => value * value) }, projections: transposeVec(u, centred.y) };
  const fits = (lambdas ?? defaultGrid(s)).map((lambda) => {
    if (!(lambda >= 0 && lambda < Infinity)) throw new Error(`ridge: lambda must be a number from 0 up, got ${lambda}`);
    return fitAt(lambda, x, y, centred, basis, intercept);
  });
  if (fits.length === 0) throw new Error('ridge: the list of penalties is empty; leave lambdas out for a default grid');
  return { fits, byPress: lowest(fits, 'press'), byGcv: lowest(fits, 'gcv') };
}

interface Centred {
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly xMean: Float64Array;
  readonly yMean: number;
}

function centre(x: Matrix, y: ArrayLike<number>): Centred {
  const xMean = transposeVec(x, new Float64Array(x.rows).fill(1 / x.rows));
  const yMean = mean(y);
  const data = x.data.map((value, at) => value - xMean[at % x.cols]);
  return { x: { ...x, data }, y: Float64Array.from(y, (value) => value - yMean), xMean, yMean };
}

/** What all penalties share. */
interface Basis extends Pick<SVD, 's' | 'v'> {
  /** uᵢₖ² [n, k]. */
  readonly squares: Matrix;
  /** uₖᵀy [k]. */
  readonly projections: Float64Array;
}

function fitAt(lambda: number, x: Matrix, y: ArrayLike<number>, centred: Centred, basis: Basis, intercept: boolean): Ridge {
  const { s, v, squares, projections } = basis;
  const n = x.rows;
  const kept = s.map((value) => (value > 0 ? value ** 2 / (value ** 2 + lambda) : 0)); // [p], each in [0, 1]
  const coefficients = matVec(
    v,
    kept.map((share, k) => (s[k] > 0 ? (share / s[k]) * projections[k] : 0)),
  );
  const constant = intercept ? centred.yMean - dot(centred.xMean, coefficients) : 0;
  const fitted = matVec(x, coefficients).map((value) => value + constant);
  const residuals = fitted.map((value, i) => y[i] - value);
  const own = intercept ? 1 / n : 0; // what the mean alone gives each row
  const leverage = matVec(squares, kept).map((value) => value + own);
  const df = kept.reduce((sum, share) => sum + share, own * n);
  const press = residuals.reduce((sum, e, i) => sum + (e / (1 - leverage[i])) ** 2, 0);
  return {
    names: Array.from({ length: x.cols }, (_, j) => columnName(x, j)),
    lambda,
    coefficients,
    intercept: constant,
    fitted,
    residuals,
    leverage,
    effectiveDegreesOfFreedom: df,
    press,
    gcv: dot(residuals, residuals) / n / (1 - df / n) ** 2,
  };
}

const defaultGrid = (s: Float64Array): number[] => Array.from({ length: 50 }, (_, i) => s[0] ** 2 * 10 ** (-6 + (7 * i) / 49));

const lowest = (fits: readonly Ridge[], by: 'press' | 'gcv'): Ridge => fits.reduce((best, fit) => (fit[by] < best[by] ? fit : best));
