import type { Matrix } from '../../linalg/index.js';
import { triangle, zeroMatrix } from '../../linalg/internal.js';

/** What a logistic fit is of. */
export interface Problem {
  readonly x: Matrix;
  /** ς = 2y − 1 [n]. */
  readonly signs: Float64Array;
  /** λ of each column [p]. */
  readonly penalty: Float64Array;
}

/** Coefficients and what follows from them. */
export interface Point {
  readonly beta: Float64Array;
  /** xᵢᵀβ [n]. */
  readonly eta: Float64Array;
  /** ℓ(β), the penalty taken off. */
  readonly value: number;
}

/** 1 / (1 + e^−z). */
export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** QR of √W X (with √λ rows below it): RᵀR = XᵀWX + λI, solved without forming it, and Newton's right side R⁻ᵀ times the slope. */
export function weighted({ x, signs, penalty }: Problem, { beta, eta }: Point): { readonly r: Matrix; readonly rhs: Float64Array } {
  const augmented = zeroMatrix(x.rows + x.cols, x.cols);
  const target = zeroMatrix(x.rows + x.cols, 1);
  for (let i = 0; i < x.rows; i++) {
    const wrong = sigmoid(-signs[i] * eta[i]); // |yᵢ − pᵢ|, without the cancellation of 1 − p
    const root = Math.sqrt(Math.max(wrong * (1 - wrong), 1e-300));
    for (let j = 0; j < x.cols; j++) augmented.data[i * x.cols + j] = root * x.data[i * x.cols + j];
    target.data[i] = (signs[i] * wrong) / root;
  }
  for (let j = 0; j < x.cols; j++) {
    const root = Math.sqrt(penalty[j]);
    augmented.data[(x.rows + j) * x.cols + j] = root;
    target.data[x.rows + j] = -root * beta[j];
  }
  const { r, qty } = triangle(augmented, target);
  return { r, rhs: qty.data };
}
