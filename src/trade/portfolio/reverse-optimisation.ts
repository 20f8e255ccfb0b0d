import { checkNumber, checkOptions } from '../../base/browser.js';
import { type Matrix, matVec } from '../../linalg/index.js';
import { checkCovariance, checkVector, inverseOf } from './covariance.js';

/** How much variance a mean must pay for. */
export interface RiskAversionOptions {
  /** δ of μᵀw − ½δwᵀΣw. */
  readonly riskAversion: number;
}

/**
 * The excess returns under which weights are optimal, π = δΣw [N].
 *
 * With the market's weights it is Black and Litterman's equilibrium; with any other portfolio it is what its holder acts as if he believed.
 *
 * @param weights     w [N]
 * @param covariance  Σ [N, N], positive semidefinite
 * @throws            when lengths differ or δ is not above 0
 *
 * thm:reverse-optimisation; He & Litterman 1999, eq. 2.
 */
export function impliedReturns(weights: ArrayLike<number>, covariance: Matrix, options: RiskAversionOptions): Float64Array {
  checkOptions('impliedReturns', options, ['riskAversion']);
  checkNumber('impliedReturns', 'riskAversion', options.riskAversion, { above: 0 });
  checkCovariance('impliedReturns', covariance);
  checkVector('impliedReturns', 'weights', weights, covariance);
  return matVec(covariance, weights).map((value) => options.riskAversion * value);
}

/**
 * The weights that excess returns ask for where nothing binds, w = Σ⁻¹μ/δ [N]; the rest, 1 − Σw, is cash.
 *
 * @param mean        μ [N], of excess returns
 * @param covariance  Σ [N, N], positive definite; of Black and Litterman's posterior, `returnsCovariance`
 * @throws            when Σ is singular, lengths differ or δ is not above 0
 *
 * thm:reverse-optimisation; He & Litterman 1999, eq. 13.
 */
export function optimalWeights(mean: ArrayLike<number>, covariance: Matrix, options: RiskAversionOptions): Float64Array {
  checkOptions('optimalWeights', options, ['riskAversion']);
  checkNumber('optimalWeights', 'riskAversion', options.riskAversion, { above: 0 });
  const inverse = inverseOf('optimalWeights', covariance);
  checkVector('optimalWeights', 'mean', mean, covariance);
  return inverse(mean).map((value) => value / options.riskAversion);
}
