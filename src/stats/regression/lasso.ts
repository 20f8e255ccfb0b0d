import { checkNumber, once } from '../../base/internal.js';
import { backSubstitute, column, dot, fromColumns, type Matrix, matVec, mean, norm, qr } from '../../linalg/index.js';
import { columnMeans, columnName, constantColumn, forwardSubstitute, triangle, zeroMatrix } from '../../linalg/internal.js';
import { checkSample } from './design.js';
import { lassoGrid } from './penalty-grid.js';

/** A lasso fit at one penalty. */
export interface Lasso {
  /** Of the columns [p]. */
  readonly names: readonly string[];
  /** λ, in the units of y times x. */
  readonly lambda: number;
  /** β̂(λ) [p], many of them exactly 0. */
  readonly coefficients: Float64Array;
  /** Never penalised; 0 when the fit has none. */
  readonly intercept: number;
  /** Xβ̂ + intercept [n]. */
  readonly fitted: Float64Array;
  /** y less `fitted` [n]. */
  readonly residuals: Float64Array;
  /** The columns with β̂ ≠ 0. */
  readonly active: readonly number[];
  /** How far the objective can be above its minimum, at most. */
  readonly gap: number;
}

/** What a lasso is to do, and when it is done. */
export interface LassoOptions {
  /** Whether to add an intercept that the penalty spares (true). */
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
 * Tibshirani 1996, in scikit-learn's units. In double precision, by coordinate descent (Friedman, Hastie &
 * Tibshirani 2010), each coefficient in turn to its optimum S(xⱼᵀe/n + ‖xⱼ‖²/n βⱼ, λ) / (‖xⱼ‖²/n), S(z, λ) = sign z · max(|z| − λ, 0),
 * and by the joint optimum of those that are not 0 (Lee et al. 2006).
 */
export function lasso(x: Matrix, y: ArrayLike<number>, { lambda, ...options }: LassoOptions & { readonly lambda: number }): Lasso {
  return lassoPath(x, y, { ...options, lambdas: [lambda] })[0];
}

/**
 * Lasso fits at many penalties; each starts from the one before, so give them in descending order.
 *
 * @param x        [n, p]
 * @param y        [n]
 * @param lambdas  left out, 100 values in equal ratios from λ_max = max |xⱼᵀ(y − ȳ)|/n, from which on all coefficients are 0, to λ_max/1000
 * @throws         as `lasso`; when `lambdas` is empty, tolerance is not positive, or y varies with no column
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
  const means = intercept ? columnMeans(x) : new Float64Array(x.cols);
  const yMean = intercept ? mean(y) : 0;
  const [columns, target] = shortened(x, y, means, yMean);
  const largest = steepest(columns, target) / x.rows;
  checkNumber('lasso', 'tolerance', tolerance, { above: 0 });
  if (!lambdas && largest === 0)
    throw new Error(
      'lasso: y does not vary with any column, so all coefficients are 0 at every penalty; is y, or are all columns, constant?',
    );
  const grid = lambdas ?? lassoGrid(largest);
  if (grid.length === 0) throw new Error('lasso: the list of penalties is empty; leave lambdas out for a default grid');

  const names = Array.from({ length: x.cols }, (_, j) => columnName(x, j));
  const beta = new Float64Array(x.cols);
  const residuals = target.slice();
  return grid.map((lambda) => {
    checkNumber('lasso', 'lambda', lambda, { above: 0 }, 'at 0 it is linearRegression');
    const gap = descend({ columns, y: target, n: x.rows, lambda }, tolerance, beta, residuals);
    const coefficients = beta.slice();
    const constant = yMean - dot(means, coefficients);
    const fitted = once(() => matVec(x, coefficients).map((value) => value + constant));
    const left = once(() => fitted().map((value, i) => y[i] - value));
    return {
      names,
      lambda,
      coefficients,
      intercept: constant,
      get fitted() {
        return fitted();
      },
      get residuals() {
        return left();
      },
      active: names.flatMap((_, j) => (coefficients[j] !== 0 ? [j] : [])),
      gap,
    };
  });
}

const MOST_ROUNDS = 10_000;
/** A coefficient whose column adds less than this share of ‖y‖ to the fit is what rounding left of 0. */
const ROUNDING = 8 * Number.EPSILON;

/** ‖y − Xβ‖² / 2n + λ ‖β‖₁ of centred columns and y; n counts the rows of the sample, of which `shortened` leaves fewer. */
interface Problem {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  readonly n: number;
  readonly lambda: number;
}

/**
 * Moves β and e = y − Xβ to the optimum at λ; returns the gap. A sweep over all columns finds which are active, and with which signs;
 * then the active ones go to their joint optimum at once, which sweeps alone reach slowly where columns are correlated.
 */
function descend(problem: Problem, tolerance: number, beta: Float64Array, e: Float64Array): number {
  const { columns, y, n, lambda } = problem;
  const squares = columns.map((xj) => dot(xj, xj) / n);
  const scale = dot(y, y) / (2 * n);
  const least = columns.map((xj) => (ROUNDING * norm(y)) / norm(xj));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    columns.forEach((xj, j) => {
      const z = dot(xj, e) / n + squares[j] * beta[j];
      const size = (Math.abs(z) - lambda) / squares[j];
      const next = size > least[j] ? Math.sign(z) * size : 0;
      const change = next - beta[j];
      if (change === 0) return;
      for (let i = 0; i < e.length; i++) e[i] -= change * xj[i];
      beta[j] = next;
    });
    // Each move but the last takes an active column out.
    for (let moves = 0; moves <= columns.length && !jointly(problem, least, beta, e); moves++);
    const gap = dualityGap(problem, beta, e);
    if (gap <= tolerance * scale) return gap;
  }
  throw new Error(
    `lasso: no minimum after ${MOST_ROUNDS} rounds at lambda ${lambda}; columns that nearly repeat each other do this: drop one, or raise lambda or tolerance`,
  );
}

/**
 * Moves the active coefficients towards their optimum at the signs they have, X_AᵀX_A δ = X_Aᵀe − nλ sign β_A, up to where the first of
 * them is 0 and leaves. Where active columns depend on each other, X_A δ = 0 for a δ along which ‖β‖₁ does not grow: the fit stays as it
 * is, and one of them leaves. True when none has left.
 */
function jointly({ columns, y, n, lambda }: Problem, least: readonly number[], beta: Float64Array, e: Float64Array): boolean {
  const active = columns.flatMap((_, j) => (beta[j] !== 0 ? [j] : []));
  if (active.length === 0) return true;
  // One column more than rows is enough to depend on the others.
  const some = active.slice(0, e.length + 1);
  const { r, dependent } = qr(fromColumns(some.map((j) => padded(columns[j], some.length))));
  const signs = active.map((j) => Math.sign(beta[j]));
  const delta =
    dependent >= 0
      ? exchange(r, dependent, signs)
      : backSubstitute(
          r,
          forwardSubstitute(
            r,
            active.map((j, k) => dot(columns[j], e) - n * lambda * signs[k]),
          ),
        );
  const reach = Array.from(delta, (d, k) => (signs[k] * d < 0 ? -beta[active[k]] / d : Infinity));
  const share = reach.reduce((a, b) => Math.min(a, b), dependent >= 0 ? Infinity : 1);
  let left = false;
  reach.forEach((end, k) => {
    const j = active[k];
    const moved = end === share ? 0 : beta[j] + share * delta[k];
    beta[j] = Math.abs(moved) > least[j] ? moved : 0;
    left ||= beta[j] === 0;
  });
  e.set(y);
  for (const j of active) if (beta[j] !== 0) for (let i = 0; i < e.length; i++) e[i] -= beta[j] * columns[j][i];
  return !left;
}

/** δ with X_A δ = 0 that exchanges the dependent column of A for the ones before it, in the direction in which ‖β‖₁ falls, or stays. */
function exchange({ cols, data }: Matrix, dependent: number, signs: readonly number[]): Float64Array {
  const before = zeroMatrix(dependent, dependent);
  for (let i = 0; i < dependent; i++) for (let j = 0; j < dependent; j++) before.data[i * dependent + j] = data[i * cols + j];
  const shares = backSubstitute(
    before,
    Array.from({ length: dependent }, (_, i) => data[i * cols + dependent]),
  );
  const delta = Float64Array.of(...shares.map((c) => -c), 1);
  const growth = delta.reduce((sum, d, k) => sum + signs[k] * d, 0);
  return growth > 0 ? delta.map((d) => -d) : delta;
}

/** Zeros below, where there are fewer rows than columns. */
function padded(values: Float64Array, rows: number): Float64Array {
  if (values.length >= rows) return values;
  const out = new Float64Array(rows);
  out.set(values);
  return out;
}

/** [X y], centred, and its triangle in its place where it has more rows than that: no length and no inner product changes. */
function shortened(x: Matrix, y: ArrayLike<number>, means: Float64Array, yMean: number): [columns: Float64Array[], y: Float64Array] {
  const p = x.cols;
  const all = zeroMatrix(x.rows, p + 1);
  for (let i = 0, from = 0, to = 0; i < x.rows; i++, to++) {
    for (let j = 0; j < p; j++, from++, to++) all.data[to] = x.data[from] - means[j];
    all.data[to] = y[i] - yMean;
  }
  const short = x.rows > p + 1 ? triangle(all).r : all;
  return [Array.from({ length: p }, (_, j) => column(short, j)), column(short, p)];
}

/** max |xⱼᵀe|. */
const steepest = (columns: readonly Float64Array[], e: Float64Array): number =>
  columns.reduce((most, xj) => Math.max(most, Math.abs(dot(xj, e))), 0);

/** The objective at β less the dual objective at e scaled into the dual's feasible set: at least the distance to the minimum. */
function dualityGap({ columns, y, n, lambda }: Problem, beta: Float64Array, e: Float64Array): number {
  const pull = steepest(columns, e) / n;
  const scale = pull > lambda ? lambda / pull : 1;
  const ee = dot(e, e);
  const primal = ee / (2 * n) + lambda * beta.reduce((sum, b) => sum + Math.abs(b), 0);
  const dual = (scale * dot(e, y) - (scale ** 2 * ee) / 2) / n;
  return primal - dual;
}
