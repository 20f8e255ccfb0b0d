import { column, dot, type Matrix, matMul, mean, svd, transpose, transposeVec } from '../../linalg/index.js';
import { checkDesign, columnName, triangle } from '../../linalg/internal.js';
import { checkOutcome } from './design.js';

/** A ridge fit of several outputs at one penalty. */
export interface MultivariateRidge {
  readonly lambda: number;
  /** B̂ [p, m]. */
  readonly coefficients: Matrix;
  /** [m]. */
  readonly intercepts: Float64Array;
  /** The mean over outputs of (1/n) ‖e‖² / (1 − df/n)². */
  readonly gcv: number;
}

/**
 * Ridge regression of m outputs on the same columns, from one decomposition: what `ridge` finds for each of them.
 *
 *     B̂(λ) = argmin ‖Y − XB‖² + λ‖B‖² = Σₖ sₖ/(sₖ² + λ) vₖ (uₖᵀY)        X and Y centred, so that intercepts are not penalised
 *
 * @param x       [n, p]
 * @param y       [n, m]
 * @param lambda  left out, the one of 50 from 10⁻⁶ s₁² to 10 s₁² in equal ratios whose generalised cross-validation is lowest
 * @throws        when rows differ in number or a value is not finite, naming its row and column; when λ is negative
 *
 * Hoerl & Kennard 1970; Golub, Heath & Wahba 1979 for the choice of λ. Where n > p it is R of X = QR that is decomposed.
 */
export function multivariateRidge(x: Matrix, y: Matrix, { lambda }: { readonly lambda?: number } = {}): MultivariateRidge {
  return solve(reduce(x, y), lambda);
}

/** What a ridge regression sees of its data: X and Y centred, and where n > p R and QᵀY in their place, the same problem with p rows. */
export interface Reduced {
  readonly x: Matrix;
  readonly y: Matrix;
  /** n, before. */
  readonly rows: number;
  readonly xMeans: Float64Array;
  readonly yMeans: Float64Array;
  /** ‖Y‖² of the centred Y. */
  readonly total: number;
}

/** @throws as `multivariateRidge` */
export function reduce(x: Matrix, y: Matrix): Reduced {
  checkDesign('multivariateRidge', x);
  for (let j = 0; j < y.cols; j++) checkOutcome(`multivariateRidge, output '${columnName(y, j)}'`, x, column(y, j));
  const [X, Y] = [centred(x), centred(y)];
  const { r, qty } = x.rows > x.cols ? triangle(X.values, Y.values) : { r: X.values, qty: Y.values };
  return { x: r, y: qty, rows: x.rows, xMeans: X.means, yMeans: Y.means, total: dot(Y.values.data, Y.values.data) };
}

/** @throws when λ is negative */
export function solve({ x, y, rows, xMeans, yMeans, total }: Reduced, lambda?: number): MultivariateRidge {
  if (lambda !== undefined && !(lambda >= 0 && lambda < Infinity))
    throw new Error(`multivariateRidge: lambda must be a number from 0 up, got ${lambda}`);
  const { u, s, v } = svd(x);
  const projections = matMul(transpose(u), y); // uₖᵀY [k, m]
  const lambdas = lambda !== undefined ? [lambda] : Array.from({ length: 50 }, (_, i) => s[0] ** 2 * 10 ** (-6 + (7 * i) / 49));

  const explained = s.map((_, k) => sumOfSquares(projections.data.subarray(k * y.cols, (k + 1) * y.cols)));
  const fits = lambdas.map((lambda) => {
    const kept = s.map((value) => (value > 0 ? value ** 2 / (value ** 2 + lambda) : 0));
    const residual = kept.reduce((sum, share, k) => sum - explained[k] * (1 - (1 - share) ** 2), total);
    const df = kept.reduce((sum, share) => sum + share, 1);
    return { lambda, kept, gcv: residual / (rows * y.cols) / (1 - df / rows) ** 2 };
  });
  const best = fits.reduce((best, fit) => (fit.gcv < best.gcv ? fit : best));

  const weights = best.kept.map((share, k) => (s[k] > 0 ? share / s[k] : 0));
  const coefficients = matMul(v, { ...projections, data: projections.data.map((value, at) => weights[Math.floor(at / y.cols)] * value) });
  const shifts = transposeVec(coefficients, xMeans);
  return { lambda: best.lambda, coefficients, intercepts: yMeans.map((mean, j) => mean - shifts[j]), gcv: best.gcv };
}

function centred(x: Matrix): { values: Matrix; means: Float64Array } {
  const means = Float64Array.from({ length: x.cols }, (_, j) => mean(column(x, j)));
  return { values: { ...x, data: x.data.map((value, at) => value - means[at % x.cols]) }, means };
}

const sumOfSquares = (v: Float64Array) => dot(v, v);
