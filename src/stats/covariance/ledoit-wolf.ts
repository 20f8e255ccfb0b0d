import { diagonal, type Matrix } from '../../linalg/index.js';
import { checkDesign, columnMeans, gram, minus } from '../../linalg/internal.js';

/** A covariance between the sample's and a multiple of the identity. */
export interface ShrunkCovariance {
  /** (1 − ρ)S + ρmI [N, N]. */
  readonly covariance: Matrix;
  /** ρ, from 0, the sample's own, to 1, no correlations. */
  readonly shrinkage: number;
}

/**
 * The sample covariance S = Σₜ (xₜ − x̄)(xₜ − x̄)ᵀ/(T − 1) of rows, positive semidefinite, singular where N ≥ T.
 *
 * @param x  [T, N], T ≥ 2; `names` are kept
 * @returns  [N, N], in the square of x's unit
 * @throws   when x is empty, has one row, or a value is missing
 */
export function sampleCovariance(x: Matrix): Matrix {
  return scatter('sampleCovariance', x, 1);
}

/**
 * Ledoit and Wolf's covariance: the sample's shrunk towards equal variances without correlation, by as much as its noise is of its distance.
 *
 *     S = Σₜ yₜyₜᵀ/T,  y = x − x̄        m = tr S/N        d² = ‖S − mI‖²        b² = min(d², Σₜ ‖yₜyₜᵀ − S‖²/T²)        ρ = b²/d²
 *
 * Positive definite where ρ > 0, for any N: of two rows ρ is 0, since they say nothing of their own noise. Adding a constant to a column does not change it.
 *
 * @param x  [T, N] returns, row by row, T ≥ 2; `names` are kept
 * @throws   when x is empty, has one row, a value is missing, or nothing varies
 *
 * Ledoit & Wolf 2004, A well-conditioned estimator for large-dimensional covariance matrices; S divides by T, as scikit-learn's `ledoit_wolf`. thm:ledoit-wolf.
 */
export function ledoitWolf(x: Matrix): ShrunkCovariance {
  const sample = scatter('ledoitWolf', x, 0);
  const { rows: T, cols: N } = x;
  const scale = diagonal(sample).reduce((a, b) => a + b, 0) / N;
  if (!(scale > 0)) throw new Error('ledoitWolf: no column of x varies, so there is no covariance to shrink');
  let distance = 0; // ‖S − mI‖²
  let squares = 0; // ‖S‖²
  for (let i = 0; i < N; i++)
    for (let j = 0; j < N; j++) {
      const value = sample.data[i * N + j];
      squares += value * value;
      distance += (value - (i === j ? scale : 0)) ** 2;
    }
  const { data: y } = minus(x, columnMeans(x));
  let fourth = 0; // Σₜ ‖yₜ‖⁴
  for (let t = 0; t < T; t++) {
    let length = 0;
    for (let n = 0; n < N; n++) length += y[t * N + n] ** 2;
    fourth += length * length;
  }
  const noise = (fourth / T - squares) / T;
  const shrinkage = distance > 0 ? Math.min(1, Math.max(0, noise) / distance) : 1;
  const data = sample.data.map((value, at) => (1 - shrinkage) * value + (at % (N + 1) === 0 ? shrinkage * scale : 0));
  return { covariance: { ...sample, data }, shrinkage };
}

function scatter(caller: string, x: Matrix, lost: number): Matrix {
  checkDesign(caller, x);
  if (x.rows < 2) throw new Error(`${caller}: x has ${x.rows} row, and one row does not vary; give two or more`);
  const products = gram(minus(x, columnMeans(x)));
  return { ...products, data: products.data.map((value) => value / (x.rows - lost)), ...(x.names && { names: x.names }) };
}
