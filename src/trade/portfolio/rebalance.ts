import { checkNumber, checkOptions } from '../../base/internal.js';
import { dot, type Matrix } from '../../linalg/index.js';
import { weightProgram } from './constraints.js';
import { assetsOf, checkCovariance, checkVector, varianceOf } from './covariance.js';
import type { MeanVarianceOptions, MeanVariancePortfolio } from './mean-variance.js';
import { quadraticProgram } from './quadratic-program.js';
import { answered } from './splitting.js';

/** New weights, what has to be traded for them, and what that costs. */
export interface Rebalanced extends MeanVariancePortfolio {
  /** Σ|wₙ − fromₙ|, bought and sold together, in shares of equity. */
  readonly turnover: number;
  /** Σ costₙ|wₙ − fromₙ|, in shares of equity. */
  readonly cost: number;
}

/** Where a rebalancing begins and what trading costs. */
export interface RebalanceOptions extends MeanVarianceOptions {
  /** The weights held now [N], after prices have moved: `driftedWeights`. Without any they are not known, and not 0. */
  readonly from: ArrayLike<number>;
  /** Of a trade, in proportion to its value: one for all or [N]; `0.001` is 10 basis points. */
  readonly cost: number | ArrayLike<number>;
}

/**
 * What prices have made of weights: wₙ(1 + rₙ)/(1 + Σₘ wₘrₘ) [N]; the rest, 1 − Σw, is cash and earns 0.
 *
 * @param weights  [N] after the last trade
 * @param returns  [N], simple, since then; of what is not held they may be missing
 * @throws         when lengths differ, a return of what is held is missing, or nothing of equity is left
 */
export function driftedWeights(weights: ArrayLike<number>, returns: ArrayLike<number>): Float64Array {
  if (weights.length !== returns.length)
    throw new Error(`driftedWeights: ${weights.length} weights and ${returns.length} returns; give one for each asset`);
  let grown = 1;
  const values = Float64Array.from(weights, (weight, n) => {
    if (weight === 0) return 0;
    if (!Number.isFinite(weight) || !Number.isFinite(returns[n]))
      throw new Error(
        `driftedWeights: asset ${n} has weight ${weight} and return ${returns[n]}; what is held needs both, what is not has weight 0`,
      );
    grown += weight * returns[n];
    return weight * (1 + returns[n]);
  });
  if (!(grown > 0))
    throw new Error(`driftedWeights: the portfolio returned ${grown - 1}, all of equity or more, and a share of nothing is no number`);
  return values.map((value) => value / grown);
}

/**
 * Mean against variance and the cost of getting there: max μᵀw − ½δwᵀΣw − Σ costₙ|wₙ − fromₙ| over Σw = 1 and the constraints.
 *
 * Where costs are dear nothing is traded: within a zone around the best weights the gain does not pay for the trade. Costs are charged
 * against the mean, in its unit of time: a cost that is paid each month belongs to the mean of a month. Where HiGHS has no answer and all
 * rules are bounds, alternating directions find it; `solver` says so.
 *
 * @param mean        μ [N]
 * @param covariance  Σ [N, N], positive semidefinite; `names` are the assets
 * @throws            when constraints conflict (which), weights held are missing, or a cost is negative
 *
 * Davis & Norman 1990 for the zone; Boyd et al. 2017, Multi-period trading via convex optimization, for one step.
 */
export async function rebalance(mean: ArrayLike<number>, covariance: Matrix, options: RebalanceOptions): Promise<Rebalanced> {
  checkOptions('rebalance', options, ['from', 'cost', 'riskAversion', 'constraints', 'budget']);
  const { from, riskAversion, constraints = [], budget = 1 } = options;
  checkNumber('rebalance', 'riskAversion', riskAversion, { above: 0 });
  checkCovariance('rebalance', covariance);
  checkVector('rebalance', 'mean', mean, covariance);
  if (from === undefined) throw new Error('rebalance: the weights held now are not given; pass from, zeros for cash alone');
  checkVector('rebalance', 'from', from, covariance);
  const assets = assetsOf(covariance);
  const cost = typeof options.cost === 'number' ? new Float64Array(assets.length).fill(options.cost) : options.cost;
  checkVector('rebalance', 'cost', cost, covariance);
  for (const [n, asset] of assets.entries())
    if (cost[n] < 0) throw new Error(`rebalance: trading ${asset} costs ${cost[n]}; a cost is 0 or above`);
  const { variables, rows } = weightProgram('rebalance', assets, constraints, {
    linear: Array.from(mean, (value) => -value / riskAversion),
    trading: { from, cost: Array.from(cost, (value) => value / riskAversion) },
    ...(budget !== 'free' && { budget }),
  });
  const byHighs = async () => ({
    weights: (await quadraticProgram('rebalance', { variables, rows, quadratic: covariance })).slice(0, assets.length),
  });
  const bounds = variables.slice(0, assets.length);
  const solved = await answered(byHighs, covariance, { mean, riskAversion, trading: { from, cost }, bounds, constraints, budget });
  const { weights } = solved;
  const traded = weights.map((weight, n) => Math.abs(weight - from[n]));
  return {
    assets,
    ...solved,
    mean: dot(mean, weights),
    volatility: Math.sqrt(varianceOf(covariance, weights)),
    turnover: traded.reduce((a, b) => a + b, 0),
    cost: dot(traded, cost),
  };
}
