import type { Matrix } from '../../linalg/index.js';
import { lowestInside, ridgeGrid } from './penalty-grid.js';
import { decompose, effectiveDegreesOfFreedom, generalisedCrossValidation, keptAt, type Reduced, reduce, solveAt } from './ridge-basis.js';

/** A ridge fit of several outputs at one penalty. */
export interface MultivariateRidge {
  /** λ, in the units of x² summed over rows. */
  readonly lambda: number;
  /** B̂ [p, m]. */
  readonly coefficients: Matrix;
  /** [m]. */
  readonly intercepts: Float64Array;
  /** The mean over outputs of (1/n) ‖e‖² / (1 − df/n)². */
  readonly gcv: number;
  /** df = 1 + Σ sₖ²/(sₖ² + λ), of each output; the intercept counts as one. */
  readonly effectiveDegreesOfFreedom: number;
}

/**
 * Ridge regression of m outputs on the same columns, from one decomposition: what `ridge` finds for each of them.
 *
 *     B̂(λ) = argmin ‖Y − XB‖² + λ‖B‖² = Σₖ sₖ/(sₖ² + λ) vₖ (uₖᵀY)        X and Y centred, so that intercepts are not penalised
 *
 *     const forecasts = matMul(rows, coefficients);        plus intercepts[k] in column k: [r, m] for new rows [r, p]
 *
 * @param x       [n, p]
 * @param y       [n, m]
 * @param lambda  left out, the one of `ridgeGrid` whose generalised cross-validation is lowest: 0 and ∞ are among them
 * @throws        when rows differ in number or a value is not finite, naming its row and column; when λ is negative
 *
 * Hoerl & Kennard 1970; Golub, Heath & Wahba 1979 for the choice of λ. Where n > p it is R of X = QR that is decomposed.
 */
export function multivariateRidge(x: Matrix, y: Matrix, { lambda }: { readonly lambda?: number } = {}): MultivariateRidge {
  return solve(reduce('multivariateRidge', x, y), lambda);
}

/** The same from a problem that is reduced already. */
export function solve(reduced: Reduced, lambda?: number): MultivariateRidge {
  const basis = decompose(reduced);
  const { projections } = basis;
  const criterion = (penalty: number) => {
    const kept = keptAt(basis.s, penalty);
    const df = effectiveDegreesOfFreedom(basis, kept);
    return { lambda: penalty, df, gcv: generalisedCrossValidation(basis, penalty) / projections.cols };
  };
  const grid = lambda === undefined ? ridgeGrid(basis.s) : [lambda];
  const best = lambda === undefined ? lowestInside('multivariateRidge', grid.map(criterion), 'GCV', ({ gcv }) => gcv) : criterion(lambda);
  const { coefficients, intercepts } = solveAt(basis, best.lambda, 'multivariateRidge');
  return { lambda: best.lambda, coefficients, intercepts, gcv: best.gcv, effectiveDegreesOfFreedom: best.df };
}
