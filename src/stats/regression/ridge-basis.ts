import { column, dot, type Matrix, matMul, type SVD, svd, transpose, transposeVec } from '../../linalg/index.js';
import { checkDesign, columnMeans, columnName, minus, triangle } from '../../linalg/internal.js';
import { checkOutcome } from './design.js';

/** What a ridge regression sees of its data: X and Y centred where there is an intercept, and where n > p R and QᵀY of X = QR in their place. */
export interface Reduced {
  /** [min(n, p), p]. */
  readonly x: Matrix;
  /** [min(n, p), m]. */
  readonly y: Matrix;
  /** n, before. */
  readonly rows: number;
  readonly intercept: boolean;
  readonly xMeans: Float64Array;
  readonly yMeans: Float64Array;
  /** ‖Y‖² of the centred Y. */
  readonly total: number;
}

/**
 * The problem with at most p rows that has the same ridge solutions.
 *
 * @param x  [n, p]
 * @param y  [n, m]
 * @throws   when rows differ in number or a value is not finite, naming its row and column
 */
export function reduce(caller: string, x: Matrix, y: Matrix, { intercept = true } = {}): Reduced {
  checkDesign(caller, x);
  if (intercept && x.rows === 1)
    throw new Error(`${caller}: one row tells of nothing beside its mean, which the intercept is; use more history`);
  for (let j = 0; j < y.cols; j++)
    checkOutcome(y.names || y.cols > 1 ? `${caller}, output '${columnName(y, j)}'` : caller, x, column(y, j));
  const [X, Y] = [centred(x, intercept), centred(y, intercept)];
  const { r, qty } = x.rows > x.cols ? triangle(X.values, Y.values) : { r: X.values, qty: Y.values };
  return { x: r, y: qty, rows: x.rows, intercept, xMeans: X.means, yMeans: Y.means, total: dot(Y.values.data, Y.values.data) };
}

/** The decomposition that all penalties share. */
export interface RidgeBasis extends Omit<Reduced, 'x' | 'y'>, Pick<SVD, 's' | 'v'> {
  /** uₖᵀY [k, m]. */
  readonly projections: Matrix;
  /** ‖uₖᵀY‖² [k]. */
  readonly explained: Float64Array;
}

/** X = U diag(s) Vᵀ, and what Y has along U. */
export function decompose({ x, y, ...rest }: Reduced): RidgeBasis {
  const { u, s, v } = svd(x);
  const projections = matMul(transpose(u), y);
  const explained = s.map((_, k) => {
    const row = projections.data.subarray(k * y.cols, (k + 1) * y.cols);
    return dot(row, row);
  });
  return { ...rest, s, v, projections, explained };
}

/** A solution of all outcomes at one penalty. */
export interface RidgeSolution {
  readonly lambda: number;
  /** sₖ²/(sₖ² + λ) [k], each in [0, 1]: the share of direction k that the penalty leaves. */
  readonly kept: Float64Array;
  /** B̂ [p, m]. */
  readonly coefficients: Matrix;
  /** [m]; zeros without an intercept. */
  readonly intercepts: Float64Array;
}

/** @throws when λ is negative or no number; ∞ leaves the intercept alone */
export function solveAt({ s, v, projections, xMeans, yMeans }: RidgeBasis, lambda: number, caller = 'ridge'): RidgeSolution {
  checkPenalty(caller, lambda);
  const kept = keptAt(s, lambda);
  const m = projections.cols;
  const weights = kept.map((share, k) => (s[k] > 0 ? share / s[k] : 0));
  const coefficients = matMul(v, { ...projections, data: projections.data.map((value, at) => weights[Math.floor(at / m)] * value) });
  const shifts = transposeVec(coefficients, xMeans);
  return { lambda, kept, coefficients, intercepts: yMeans.map((value, j) => value - shifts[j]) };
}

/** sₖ²/(sₖ² + λ) [k]. */
export const keptAt = (s: Float64Array, lambda: number): Float64Array =>
  s.map((value) => (value > 0 ? value ** 2 / (value ** 2 + lambda) : 0));

/** tr H = Σₖ kept + 1 where there is an intercept, which is never penalised: the sum of the leverages. */
export const effectiveDegreesOfFreedom = ({ intercept }: Pick<Reduced, 'intercept'>, kept: Float64Array): number =>
  kept.reduce((total, share) => total + share, intercept ? 1 : 0);

/** ‖Y − Ŷ‖² = ‖Y‖² − Σₖ ‖uₖᵀY‖² (1 − (1 − keptₖ)²), centred. */
export const squaredResiduals = ({ total, explained }: RidgeBasis, kept: Float64Array): number =>
  Math.max(
    0,
    explained.reduce((left, value) => left - value, total),
  ) + explained.reduce((sum, value, k) => sum + value * (1 - kept[k]) ** 2, 0);

/**
 * (1/n) ‖E‖² / (1 − df/n)² from the sum of squared residuals, with df = tr H. Where columns span all that the intercept leaves, E and
 * 1 − df/n vanish together as λ → 0, and their ratio is taken from what they have in common.
 */
export function generalisedCrossValidation(
  basis: RidgeBasis,
  lambda: number,
  squares = squaredResiduals(basis, keptAt(basis.s, lambda)),
): number {
  const n = basis.rows;
  if (!spansAll(basis)) return squares / n / (1 - effectiveDegreesOfFreedom(basis, keptAt(basis.s, lambda)) / n) ** 2;
  const lost = lostAt(basis.s, lambda);
  const all = lost.reduce((total, share) => total + share, 0);
  return (n * lost.reduce((total, share, k) => total + share ** 2 * basis.explained[k], 0)) / all ** 2;
}

/** Whether the columns, with the intercept, have the rank n: at λ = 0 the fit goes through all its points. */
export const spansAll = ({ s, intercept, rows }: Pick<RidgeBasis, 's' | 'intercept' | 'rows'>): boolean =>
  s.filter((value) => value > 0).length + (intercept ? 1 : 0) === rows;

/** 1 − keptₖ = λ/(sₖ² + λ) [k] of the directions with s > 0, but for a common factor, so that it has its digits down to λ = 0. */
export function lostAt(s: Float64Array, lambda: number): Float64Array {
  if (lambda === Infinity) return s.map((value) => (value > 0 ? 1 : 0));
  const least = s.reduce((smallest, value) => (value > 0 ? value : smallest), 0);
  return s.map((value) => (value > 0 ? (least ** 2 + lambda) / (value ** 2 + lambda) : 0));
}

function checkPenalty(caller: string, lambda: number): void {
  if (!(lambda >= 0)) throw new Error(`${caller}: lambda must be a number from 0 up, got ${lambda}; Infinity leaves the intercept alone`);
}

function centred(x: Matrix, intercept: boolean): { values: Matrix; means: Float64Array } {
  const means = intercept ? columnMeans(x) : new Float64Array(x.cols);
  return { values: intercept ? minus(x, means) : x, means };
}
