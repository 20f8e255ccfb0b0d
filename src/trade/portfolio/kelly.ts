import { checkNumber, checkOptions } from '../../base/internal.js';
import { dot, type Matrix } from '../../linalg/index.js';
import { checkCovariance, checkVector, varianceOf } from './covariance.js';

/** A bet, made again and again on the same terms. */
export interface BetOptions {
  /** p, of winning. */
  readonly chance: number;
  /** What a stake of 1 wins, beside itself: 1 is even money. */
  readonly odds: number;
}

/** The growth of wealth by a bet. */
export interface Bet {
  /** f* = max(0, p − (1 − p)/odds), the share of wealth to stake. */
  readonly fraction: number;
  /** E log growth of a round at the stake f, a share of wealth in [0, 1): p log(1 + f · odds) + (1 − p) log(1 − f). */
  readonly growth: (fraction: number) => number;
}

/**
 * Kelly's stake for a bet: the one at which wealth grows fastest in the long run.
 *
 * @throws when the chance is not between 0 and 1, or the odds are not above 0
 *
 * thm:kelly; Kelly 1956.
 */
export function kellyBet(options: BetOptions): Bet {
  checkOptions('kellyBet', options, ['chance', 'odds']);
  const { chance, odds } = options;
  checkNumber('kellyBet', 'chance', chance, { above: 0, below: 1 });
  checkNumber('kellyBet', 'odds', odds, { above: 0 }, 'what a stake of 1 wins beside itself');
  return {
    fraction: Math.max(0, chance - (1 - chance) / odds),
    growth: (f) => chance * Math.log1p(f * odds) + (1 - chance) * Math.log1p(-f),
  };
}

/**
 * The growth of log wealth at constant weights, mᵀw − ½wᵀΣw, where prices are geometric Brownian motions; greatest at `optimalWeights` with δ = 1.
 *
 * @param weights     w [N]; the rest is cash
 * @param mean        m [N], of excess returns in a unit of time
 * @param covariance  Σ [N, N] in the same unit, positive semidefinite
 * @throws            when lengths differ or a number is missing
 *
 * thm:kelly; Merton 1969 for constant weights.
 */
export function growthRate(weights: ArrayLike<number>, mean: ArrayLike<number>, covariance: Matrix): number {
  checkCovariance('growthRate', covariance);
  checkVector('growthRate', 'weights', weights, covariance);
  checkVector('growthRate', 'mean', mean, covariance);
  return dot(mean, weights) - varianceOf(covariance, weights) / 2;
}

/**
 * The chance that wealth ever falls to a share of where it began, at a fraction of Kelly's weights: level^(2/fraction − 1); 1 from twice Kelly on.
 *
 * @param options  `fraction` of the weights, above 0: 0.5 is half Kelly; `level` between 0 and 1: 0.5 is a loss of half
 * @throws         when one is outside
 *
 * thm:kelly.
 */
export function ruinChance(options: { readonly fraction: number; readonly level: number }): number {
  checkOptions('ruinChance', options, ['fraction', 'level']);
  const { fraction, level } = options;
  checkNumber('ruinChance', 'fraction', fraction, { above: 0 }, '0.5 is half Kelly');
  checkNumber('ruinChance', 'level', level, { above: 0, below: 1 }, '0.5 is a loss of half');
  return level ** Math.max(0, 2 / fraction - 1);
}
