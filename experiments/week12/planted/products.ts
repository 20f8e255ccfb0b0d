import { backSubstitute, type Matrix, matVec, transposeVec } from '../../../src/linalg/index.js';
import { cholesky, forwardSubstitute, gram } from '../../../src/linalg/internal.js';

/** A gamma regression on products of the inputs up to a degree, with a penalty on those products alone. */
export interface ProductFit {
  readonly degree: number;
  /** λ / n, in units of a column's variance; 0 is no penalty. */
  readonly penalty: number;
  /** β [p], of `productsOf` scaled. */
  readonly coefficients: Float64Array;
}

/** Columns of a design and their scale by the training rows, which fits of other targets share. */
export interface Products {
  readonly degree: number;
  /** Inputs, without products. */
  readonly inputs: number;
  /** [n, p] of the training rows: ones, then each product less its mean over its deviation. */
  readonly x: Matrix;
  /** The same columns of other rows, by the scale of the training rows. */
  at(rows: Matrix): Matrix;
}

/** All products of up to `degree` inputs, squares and cubes among them: of 8 inputs 44 to the second degree, 164 to the third. */
export function productsOf(inputs: Matrix, degree: number): Products {
  const terms = termsOf(inputs.cols, degree);
  const raw = multiplied(inputs, terms);
  const p = terms.length;
  const [means, deviations] = [new Float64Array(p), new Float64Array(p)];
  for (let i = 0; i < raw.rows; i++) for (let j = 0; j < p; j++) means[j] += raw.data[i * p + j] / raw.rows;
  for (let i = 0; i < raw.rows; i++) for (let j = 0; j < p; j++) deviations[j] += (raw.data[i * p + j] - means[j]) ** 2 / raw.rows;
  const scaled = ({ rows, data }: Matrix): Matrix => {
    const out = new Float64Array(rows * (p + 1));
    for (let i = 0; i < rows; i++) {
      out[i * (p + 1)] = 1;
      for (let j = 0; j < p; j++) out[i * (p + 1) + j + 1] = (data[i * p + j] - means[j]) / Math.sqrt(deviations[j]);
    }
    return { rows, cols: p + 1, data: out };
  };
  const x = scaled(raw);
  return { degree, inputs: inputs.cols, x, at: (rows) => scaled(multiplied(rows, terms)) };
}

/**
 * Gamma regressions with a ridge penalty, from the largest to the smallest:
 *
 *     β̂ = argmin Σᵢ yᵢ/μᵢ + log μᵢ + ½ λ Σⱼ βⱼ²,   μ = exp Xβ,   j over products of two inputs and more
 *
 * by Newton's steps, (Xᵀ diag(y/μ) X + λD) δ = Xᵀ(y/μ − 1) − λDβ, with a matrix that is kept for some steps, halved while they raise the sum. Each
 * penalty begins where the one before ended. Fisher's steps do not do: a few rows have products far beyond all others.
 *
 * @param y          [n] positive
 * @param penalties  λ / n, from 0 up
 * @throws           when columns depend on one another, or no minimum is found in 100 steps
 */
export function ridgeOfProducts({ degree, inputs, x }: Products, y: ArrayLike<number>, penalties: readonly number[]): ProductFit[] {
  const { rows: n, cols: p } = x;
  let beta: Float64Array = new Float64Array(p);
  beta[0] = Math.log(Array.from(y).reduce((sum, one) => sum + one, 0) / n);
  return [...penalties]
    .sort((a, b) => b - a)
    .map((penalty) => {
      const ridge = Float64Array.from({ length: p }, (_, j) => (j > inputs ? penalty * n : 0));
      let here = at(x, y, { beta, ridge });
      let root: Matrix | undefined;
      for (let steps = 0; ; steps++) {
        if (steps % KEPT === 0) root = rootOf(x, here.residuals, ridge);
        if (!root)
          throw new Error(`ridgeOfProducts: columns of degree ${degree} depend on one another at penalty ${penalty}; ask for a larger one`);
        const score = transposeVec(x, here.residuals).map((one, j) => one - ridge[j] * here.beta[j]);
        const step = backSubstitute(root, forwardSubstitute(root, score));
        if (step.reduce((sum, one, j) => sum + one * score[j], 0) <= 1e-10 * n) break;
        if (steps === 100) throw new Error(`ridgeOfProducts: no minimum of degree ${degree}, penalty ${penalty}, after 100 steps`);
        let there = at(x, y, { beta: moved(here.beta, step, 1), ridge });
        for (let size = 0.5; !(there.sum <= here.sum + 1e-12 * Math.abs(here.sum)) && size > 1e-6; size /= 2)
          there = at(x, y, { beta: moved(here.beta, step, size), ridge });
        here = there;
      }
      beta = here.beta;
      return { degree, penalty, coefficients: beta };
    });
}

/** Steps that a matrix serves. */
const KEPT = 4;

/** R with RᵀR = Xᵀ diag(y/μ) X + λD, of y/μ − 1. */
function rootOf(x: Matrix, residuals: Float64Array, ridge: Float64Array): Matrix | undefined {
  const a = gram(
    x,
    residuals.map((one) => one + 1),
  );
  for (let j = 0; j < x.cols; j++) a.data[j * x.cols + j] += ridge[j];
  return cholesky(a, { limit: 1e7 });
}

/** log μ [m] of new rows, as `Products.at` gives them. */
export const logMean = ({ coefficients }: ProductFit, x: Matrix): Float64Array => matVec(x, coefficients);

const moved = (beta: Float64Array, step: Float64Array, size: number) => beta.map((b, j) => b + size * step[j]);

function at(x: Matrix, y: ArrayLike<number>, { beta, ridge }: { beta: Float64Array; ridge: Float64Array }) {
  const eta = matVec(x, beta);
  let sum = beta.reduce((total, b, j) => total + 0.5 * ridge[j] * b * b, 0);
  const residuals = eta.map((one, i) => {
    const over = y[i] * Math.exp(-one);
    sum += over + one;
    return over - 1;
  });
  return { beta, residuals, sum };
}

/** Sets of inputs, each an ascending list: one input alone first, as it comes. */
function termsOf(inputs: number, degree: number): number[][] {
  let last: number[][] = Array.from({ length: inputs }, (_, j) => [j]);
  const all = [...last];
  for (let d = 2; d <= degree; d++) {
    last = last.flatMap((term) => Array.from({ length: inputs - term[term.length - 1] }, (_, j) => [...term, term[term.length - 1] + j]));
    all.push(...last);
  }
  return all;
}

function multiplied({ rows, cols, data }: Matrix, terms: readonly (readonly number[])[]): Matrix {
  const out = new Float64Array(rows * terms.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < terms.length; j++) {
      let product = 1;
      for (const k of terms[j]) product *= data[i * cols + k];
      out[i * terms.length + j] = product;
    }
  return { rows, cols: terms.length, data: out };
}
