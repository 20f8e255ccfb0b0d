import { checkOptions } from '../../base/internal.js';
import { type Matrix, matVec } from '../../linalg/index.js';
import { assetsOf, checkCovariance, checkVector, varianceOf } from './covariance.js';
import type { Portfolio } from './mean-variance.js';

const SWEEPS = 10_000;
const TOLERANCE = 1e-12;

/**
 * Risk parity: long weights of which each contributes its share of the risk.
 *
 *     wₙ(Σw)ₙ / wᵀΣw = bₙ        by  min ½xᵀΣx − Σ bₙ log xₙ,  w = x / Σx
 *
 * The problem is convex, so there is one such portfolio of long weights. Coordinate by coordinate, xₙ is the positive root of
 * Σₙₙxₙ² + xₙΣₘ≠ₙΣₙₘxₘ = bₙ, until each contribution is right to 1e-12. It takes no constraints, which would undo the shares.
 *
 * @param covariance  [N, N], positive semidefinite, each asset with a variance; `names` are the assets
 * @param options     `budgets` b [N], above 0, in any unit; alike when left out
 * @throws            when a budget is not above 0, an asset has no variance, or some long portfolio has no risk, so that contributions cannot be met
 *
 * Spinu 2013; Griveau-Billion, Richard & Roncalli 2013 for the sweeps; Maillard, Roncalli & Teïletche 2010 for equal contributions.
 */
export function riskParity(covariance: Matrix, options: { readonly budgets?: ArrayLike<number> } = {}): Portfolio {
  checkOptions('riskParity', options, ['budgets']);
  checkCovariance('riskParity', covariance);
  const { rows: n, data } = covariance;
  const assets = assetsOf(covariance);
  const budgets = options.budgets ?? new Float64Array(n).fill(1);
  checkVector('riskParity', 'budgets', budgets, covariance);
  let total = 0;
  for (const [i, asset] of assets.entries()) {
    if (!(budgets[i] > 0))
      throw new Error(`riskParity: the budget of ${asset} is ${budgets[i]}; give shares of risk above 0, or leave the asset out`);
    if (!(data[i * n + i] > 0))
      throw new Error(`riskParity: ${asset} has variance ${data[i * n + i]} and contributes no risk; leave it out`);
    total += budgets[i];
  }
  const share = Float64Array.from({ length: n }, (_, i) => budgets[i] / total);
  const x = Float64Array.from({ length: n }, (_, i) => Math.sqrt(share[i] / data[i * n + i]));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let i = 0; i < n; i++) {
      let rest = 0;
      for (let j = 0; j < n; j++) if (j !== i) rest += data[i * n + j] * x[j];
      x[i] = (Math.sqrt(rest * rest + 4 * data[i * n + i] * share[i]) - rest) / (2 * data[i * n + i]);
    }
    if (matVec(covariance, x).every((value, i) => Math.abs(x[i] * value - share[i]) <= TOLERANCE)) {
      const sum = x.reduce((a, b) => a + b, 0);
      const weights = x.map((value) => value / sum);
      return { assets, weights, volatility: Math.sqrt(varianceOf(covariance, weights)) };
    }
  }
  throw new Error(
    `riskParity: the contributions are not within ${TOLERANCE} of their shares after ${SWEEPS} sweeps; some long portfolio has next to no risk: shrink the covariance by ledoitWolf`,
  );
}
