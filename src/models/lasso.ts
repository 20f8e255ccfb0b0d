import { checkSample } from './design.js';
import { column, columnName, constantColumn, dot, type Matrix, matVec, mean } from './matrix.js';

/** A lasso fit at one penalty. */
export interface Lasso {
  readonly names: readonly string[];
  /** λ, in the units of y times x. */
  readonly lambda: number;
  /** β̂(λ) [p], many of them exactly 0. */
  readonly coefficients: Float64Array;
  /** Never penalised; 0 when the fit has none. */
  readonly intercept: number;
  readonly fitted: Float64Array;
  readonly residuals: Float64Array;
  /** The columns with β̂ ≠ 0. */
  readonly active: readonly number[];
  /** How far the objective can be above its minimum, at most. */
  readonly gap: number;
}

export interface LassoOptions {
  readonly intercept?: boolean;
  /** The fit is done when its gap is below this share of ½ ‖y − ȳ‖² / n. */
  readonly tolerance?: number;
}

/**
 * The lasso: least squares with a penalty that sets coefficients to 0.
 *
 *     β̂(λ) = argmin 1/(2n) ‖y − Xβ‖² + λ‖β‖₁
 *
 *     optimal when  xⱼᵀe/n = λ sign β̂ⱼ where β̂ⱼ ≠ 0,  |xⱼᵀe/n| ≤ λ elsewhere        e = y − Xβ̂
 *
 * The penalty counts every column alike, so put columns on one scale first. With `intercept`, x and y are centred and the intercept
 * is not penalised.
 *
 * @param x  [n, p] without a constant column
 * @param y  [n]
 * @throws   as `linearRegression` for the sample; when λ is not positive; when x has a constant column and `intercept` is on
 *
 * Tibshirani 1996, in scikit-learn's units. Coordinate descent (Friedman, Hastie & Tibshirani 2010) in double precision: each
 * coefficient in turn goes to its optimum S(xⱼᵀe/n + ‖xⱼ‖²/n βⱼ, λ) / (‖xⱼ‖²/n), S(z, λ) = sign z · max(|z| − λ, 0).
 */
export function lasso(x: Matrix, y: ArrayLike<number>, { lambda, ...options }: LassoOptions & { readonly lambda: number }): Lasso {
  return lassoPath(x, y, { ...options, lambdas: [lambda] })[0];
}

/**
 * Lasso fits at many penalties; each starts from the one before, so give them in descending order.
 *
 * @param lambdas  left out, 100 values in equal ratios from λ_max = max |xⱼᵀ(y − ȳ)|/n, from which on all coefficients are 0, to λ_max/1000
 */
export function lassoPath(
  x: Matrix,
  y: ArrayLike<number>,
  { lambdas, intercept = true, tolerance = 1e-12 }: LassoOptions & { readonly lambdas?: readonly number[] } = {},
): Lasso[] {
  checkSample('lasso', x, y);
  const constant = constantColumn(x);
  if (intercept && constant >= 0)
    throw new Error(
      `lasso: '${columnName(x, constant)}' is constant and lasso adds an unpenalised intercept itself; build x with design(columns, { intercept: false })`,
    );
  const centre = (v: ArrayLike<number>) => (intercept ? mean(v) : 0);
  const means = Array.from({ length: x.cols }, (_, j) => centre(column(x, j)));
  const columns = means.map((m, j) => column(x, j).map((value) => value - m));
  const yMean = centre(y);
  const target = Float64Array.from(y, (value) => value - yMean);
  const largest = Math.max(...columns.map((xj) => Math.abs(dot(xj, target)))) / x.rows;
  const grid = lambdas ?? Array.from({ length: 100 }, (_, i) => largest * 10 ** ((-3 * i) / 99));
  if (grid.length === 0) throw new Error('lasso: the list of penalties is empty; leave lambdas out for a default grid');

  const beta = new Float64Array(x.cols);
  const residuals = target.slice();
  return grid.map((lambda) => {
    if (!(lambda > 0 && lambda < Infinity))
      throw new Error(`lasso: lambda must be a number above 0, got ${lambda}; at 0 it is linearRegression`);
    const gap = descend(columns, target, lambda, tolerance, beta, residuals);
    const coefficients = beta.slice();
    const constant = yMean - dot(means, coefficients);
    const fitted = matVec(x, coefficients).map((value) => value + constant);
    return {
      names: means.map((_, j) => columnName(x, j)),
      lambda,
      coefficients,
      intercept: constant,
      fitted,
      residuals: fitted.map((value, i) => y[i] - value),
      active: means.flatMap((_, j) => (coefficients[j] !== 0 ? [j] : [])),
      gap,
    };
  });
}

const MOST_SWEEPS = 100_000;

/** Moves β and e = y − Xβ to the optimum at λ; returns the gap. Sweeps go over the active columns until they settle, then over all. */
function descend(
  columns: readonly Float64Array[],
  y: Float64Array,
  lambda: number,
  tolerance: number,
  beta: Float64Array,
  e: Float64Array,
): number {
  const n = y.length;
  const squares = columns.map((xj) => dot(xj, xj) / n);
  const sweep = (js: readonly number[]): number => {
    let largest = 0;
    for (const j of js) {
      if (squares[j] === 0) continue;
      const z = dot(columns[j], e) / n + squares[j] * beta[j];
      const next = (Math.sign(z) * Math.max(Math.abs(z) - lambda, 0)) / squares[j];
      const change = next - beta[j];
      if (change === 0) continue;
      for (let i = 0; i < n; i++) e[i] -= change * columns[j][i];
      beta[j] = next;
      largest = Math.max(largest, change ** 2 * squares[j]);
    }
    return largest;
  };
  const scale = dot(y, y) / (2 * n);
  const all = columns.map((_, j) => j);
  for (let sweeps = 0; sweeps < MOST_SWEEPS; sweeps++) {
    sweep(all);
    const gap = dualityGap(columns, y, lambda, beta, e);
    if (gap <= tolerance * scale) return gap;
    const active = all.filter((j) => beta[j] !== 0);
    while (sweep(active) > tolerance * scale * 1e-3 && sweeps < MOST_SWEEPS) sweeps++;
  }
  throw new Error(
    `lasso: no minimum after ${MOST_SWEEPS} sweeps at lambda ${lambda}; columns that nearly repeat each other do this: drop one, or raise lambda or tolerance`,
  );
}

/** The objective at β less the dual objective at e scaled into the dual's feasible set: at least the distance to the minimum. */
function dualityGap(columns: readonly Float64Array[], y: Float64Array, lambda: number, beta: Float64Array, e: Float64Array): number {
  const n = y.length;
  const steepest = Math.max(...columns.map((xj) => Math.abs(dot(xj, e)))) / n;
  const scale = steepest > lambda ? lambda / steepest : 1;
  const ee = dot(e, e);
  const primal = ee / (2 * n) + lambda * beta.reduce((sum, b) => sum + Math.abs(b), 0);
  const dual = (scale * dot(e, y) - (scale ** 2 * ee) / 2) / n;
  return primal - dual;
}
