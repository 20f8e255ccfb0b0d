import { checkOneOf, checkOptions } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import { assetsOf, checkCovariance, checkVector, varianceOf } from './covariance.js';
import { type Linkage, leafOrder } from './linkage.js';
import type { Portfolio } from './mean-variance.js';

/** How assets are grouped, and how much of each may be held. */
export interface HierarchicalOptions {
  /** `single`, which is López de Prado's, unless told. */
  readonly linkage?: Linkage;
  /** Least weights [N], or one for all: 0. */
  readonly low?: number | ArrayLike<number>;
  /** Greatest weights [N], or one for all: 1. */
  readonly high?: number | ArrayLike<number>;
}

/**
 * Hierarchical risk parity: assets in the order of a clustering, halved again and again, each half with a budget in inverse proportion to its variance.
 *
 *     dᵢⱼ = √(½(1 − ρᵢⱼ))        share of the first half = v₂/(v₁ + v₂),  v of weights in inverse proportion to the variances of its assets
 *
 * It inverts no matrix, so a singular covariance is welcome. Bounds hold, to the last digit of rounding: a half gets what its own bounds and those of the other
 * allow, so whatever enters a half can be divided below it. Groups and turnover cannot be bounded: `minimumVariance`. Linkage and distance decide the order, and with it the weights.
 *
 * @param covariance  [N, N], positive semidefinite, each asset with a variance; `names` are the assets
 * @throws            when bounds cannot hold with weights that sum to 1 (which), or an asset has no variance
 *
 * López de Prado 2016, but the linkage is of d itself, where his code clusters the columns of d. PyPortfolioOpt's `HRPOpt` is the same, without bounds. skfolio's
 * `HierarchicalRiskParity` has Ward's linkage unless told, and turns the tree so that neighbouring leaves are near before it halves their order.
 */
export function hierarchicalRiskParity(covariance: Matrix, options: HierarchicalOptions = {}): Portfolio {
  checkOptions('hierarchicalRiskParity', options, ['linkage', 'low', 'high']);
  const { linkage = 'single' } = options;
  checkOneOf('hierarchicalRiskParity', 'linkage', linkage, ['single', 'complete', 'average', 'ward']);
  checkCovariance('hierarchicalRiskParity', covariance);
  const { rows: n, data } = covariance;
  const assets = assetsOf(covariance);
  const low = boundsOf('low', options.low ?? 0, covariance);
  const high = boundsOf('high', options.high ?? 1, covariance);
  for (const [i, asset] of assets.entries()) {
    if (!(data[i * n + i] > 0))
      throw new Error(`hierarchicalRiskParity: ${asset} has variance ${data[i * n + i]}, so its correlations are no numbers; leave it out`);
    if (!(low[i] <= high[i])) throw new Error(`hierarchicalRiskParity: ${asset} has low ${low[i]} above high ${high[i]}`);
  }
  const all = assets.map((_, i) => i);
  const sum = (values: Float64Array, of: readonly number[]) => of.reduce((total, i) => total + values[i], 0);
  if (sum(low, all) > 1 + 1e-12 || sum(high, all) < 1 - 1e-12)
    throw new Error(
      `hierarchicalRiskParity: weights sum to 1, and low sums to ${sum(low, all)}, high to ${sum(high, all)}; ${sum(high, all) < 1 ? 'raise high' : 'lower low'}`,
    );
  const sd = Float64Array.from(all, (i) => Math.sqrt(data[i * n + i]));
  const distances = all.map((i) => Float64Array.from(all, (j) => Math.sqrt(Math.max(0, (1 - data[i * n + j] / (sd[i] * sd[j])) / 2))));
  const weights = new Float64Array(n);
  const divide = (members: readonly number[], budget: number): void => {
    if (members.length === 1) {
      weights[members[0]] = budget;
      return;
    }
    const half = members.length >> 1;
    const [first, second] = [members.slice(0, half), members.slice(half)];
    const [one, other] = [clusterVariance(covariance, first), clusterVariance(covariance, second)];
    const wanted = budget * (1 - one / (one + other));
    const least = Math.max(sum(low, first), budget - sum(high, second));
    const most = Math.min(sum(high, first), budget - sum(low, second));
    const given = Math.max(least, Math.min(most, wanted));
    divide(first, given);
    divide(second, budget - given);
  };
  divide(leafOrder(distances, linkage), 1);
  return { assets, weights, volatility: Math.sqrt(varianceOf(covariance, weights)) };
}

/** Of some assets, weighed in inverse proportion to their variances. */
function clusterVariance({ rows: n, data }: Matrix, members: readonly number[]): number {
  const inverse = members.map((i) => 1 / data[i * n + i]);
  const total = inverse.reduce((a, b) => a + b, 0);
  let variance = 0;
  for (const [a, i] of members.entries()) for (const [b, j] of members.entries()) variance += inverse[a] * data[i * n + j] * inverse[b];
  return variance / total ** 2;
}

function boundsOf(name: string, bound: number | ArrayLike<number>, covariance: Matrix): Float64Array {
  const values = typeof bound === 'number' ? new Float64Array(covariance.rows).fill(bound) : Float64Array.from(bound);
  checkVector('hierarchicalRiskParity', name, values, covariance);
  return values;
}
