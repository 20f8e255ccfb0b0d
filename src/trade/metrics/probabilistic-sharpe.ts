import { checkNumber, checkOptions } from '../../base/internal.js';
import { standardNormal } from '../../stats/index.js';
import type { SharpeMoments } from './sharpe.js';

/**
 * The probabilistic Sharpe ratio: how rarely a strategy whose true ratio is the benchmark shows a ratio below the one seen.
 *
 *     PSR = Φ( (SR − SR*) √(n − 1) / √(1 − γ₃ SR + (γ₄ − 1)/4 SR²) )
 *
 *     probabilisticSharpe(sharpe(returns))        0.98: of strategies without worth, 2 % show a ratio as high, if returns are independent
 *
 * It is one less a one-sided p-value, and no probability that the true ratio exceeds the benchmark, which would need a prior. At SR* = 0 it is below ½ exactly when the ratio is negative. Returns are taken for independent; `sharpe(…).hac` does not.
 *
 * @param moments    per period, as `sharpe` gives them
 * @param benchmark  SR*, per period: an annual 1 of daily returns is 1/√252; 0
 * @throws           when n is below 2, or moments are none that returns can have (a kurtosis of which 3 was taken) or give a variance of 0
 *
 * Bailey & López de Prado 2012, after Mertens 2002.
 */
export function probabilisticSharpe(moments: SharpeMoments, benchmark = 0): number {
  checkMoments('probabilisticSharpe', moments);
  checkNumber('probabilisticSharpe', 'benchmark', benchmark, {}, PER_PERIOD);
  return standardNormal.cdf(((moments.perPeriod - benchmark) * Math.sqrt(moments.n - 1)) / Math.sqrt(spread(moments)));
}

/**
 * The minimum track record: how many returns are needed before a ratio like this one exceeds a benchmark with some confidence.
 *
 *     n* = 1 + (1 − γ₃ SR + (γ₄ − 1)/4 SR²) (Φ⁻¹(confidence) / (SR − SR*))²
 *
 * Units: returns, days of daily ones; `minimumTrackRecord(…) / 252` is years. Infinite when the ratio does not exceed the benchmark.
 *
 * @param moments  per period, as `sharpe` gives them; n does not enter
 * @throws         as `probabilisticSharpe`, and when confidence is not between ½ and 1
 *
 * Bailey & López de Prado 2012.
 */
export function minimumTrackRecord(
  moments: SharpeMoments,
  options: { /** SR*, per period; 0. */ readonly benchmark?: number /** 0.95. */; readonly confidence?: number } = {},
): number {
  checkOptions('minimumTrackRecord', options, ['benchmark', 'confidence']);
  const { benchmark = 0, confidence = 0.95 } = options;
  checkMoments('minimumTrackRecord', moments);
  checkNumber('minimumTrackRecord', 'benchmark', benchmark, {}, PER_PERIOD);
  checkNumber('minimumTrackRecord', 'confidence', confidence, { above: 0.5, below: 1 }, '0.95 is 95 %');
  const above = moments.perPeriod - benchmark;
  return above > 0 ? 1 + spread(moments) * (standardNormal.quantile(confidence) / above) ** 2 : Number.POSITIVE_INFINITY;
}

/** What was tried before a strategy was chosen. */
export interface Tried {
  /** N, how many independent strategies were tried; `effectiveTrials` counts those of a log. */
  readonly trials: number;
  /** V, the variance of their Sharpe ratios per period: ½ a year is 0.5/252 a day. */
  readonly variance: number;
}

/**
 * The Sharpe ratio that the best of N worthless strategies is expected to show: what luck alone gives.
 *
 *     SR₀ = √V ((1 − γ) Φ⁻¹(1 − 1/N) + γ Φ⁻¹(1 − 1/(N e)))        γ = 0.5772…, Euler's constant
 *
 * Below N = 3, where the formula is 8 % too small at 2 and negative under 1.28, it is the straight line through the exact 0 of N = 1 and
 * √(V/π) of N = 2, and on to the formula at 3. Units: per period, as √V.
 *
 * @throws when trials are fewer than 1, or variance is negative
 *
 * Bailey & López de Prado 2014: the mean of the largest of N normal draws, 0.8 % too large at N = 3, 2.5 % at 5, 2.3 % at 10 and 0.9 % at 100.
 */
export function expectedMaximumSharpe({ trials, variance }: Tried): number {
  checkNumber('expectedMaximumSharpe', 'trials', trials, { from: 1 }, 'the one that was chosen counts');
  checkNumber('expectedMaximumSharpe', 'variance', variance, { from: 0 }, 'of Sharpe ratios per period');
  const two = 1 / Math.sqrt(Math.PI);
  if (trials <= 2) return Math.sqrt(variance) * (trials - 1) * two;
  if (trials < 3) return Math.sqrt(variance) * (two + (trials - 2) * (largestOf(3) - two));
  return Math.sqrt(variance) * largestOf(trials);
}

/** About the mean of the largest of 3 or more normal draws. */
function largestOf(trials: number): number {
  const { quantile } = standardNormal;
  return (1 - EULER) * quantile(1 - 1 / trials) + EULER * quantile(1 - 1 / (trials * Math.E));
}

/** How rarely luck alone shows what a chosen strategy shows, and against what it was held. */
export interface DeflatedSharpe extends Tried {
  /** DSR: one less the p-value of a true ratio of `benchmark`. */
  readonly probability: number;
  /** SR₀ per period: what the best of the trials would show by luck. */
  readonly benchmark: number;
}

/**
 * The deflated Sharpe ratio: the probabilistic one against what the best of N worthless trials would show.
 *
 *     DSR = PSR(SR₀)        SR₀ = `expectedMaximumSharpe`
 *
 * @param moments  of the chosen strategy, per period, as `sharpe` gives them
 * @throws         as `probabilisticSharpe` and `expectedMaximumSharpe`
 *
 * Bailey & López de Prado 2014. `deflatedSharpeOf` takes N and V from the log of an experiment.
 */
export function deflatedSharpe(moments: SharpeMoments, { trials, variance }: Tried): DeflatedSharpe {
  const benchmark = expectedMaximumSharpe({ trials, variance });
  return { probability: probabilisticSharpe(moments, benchmark), benchmark, trials, variance };
}

const EULER = 0.5772156649015329;
const PER_PERIOD = 'it is per period: an annual 1 of daily returns is 1/sqrt(252)';

/** n − 1 times the variance of SR. */
const spread = ({ perPeriod, skewness, kurtosis }: SharpeMoments): number =>
  1 - skewness * perPeriod + ((kurtosis - 1) / 4) * perPeriod ** 2;

function checkMoments(caller: string, moments: SharpeMoments): void {
  const { perPeriod, n, skewness, kurtosis } = moments;
  checkNumber(caller, 'perPeriod', perPeriod, {});
  checkNumber(caller, 'n', n, { from: 2 }, 'load more history');
  checkNumber(caller, 'skewness', skewness, {});
  // Of any law γ₄ ≥ 1 + γ₃² (Pearson 1916); the slack is for figures in print.
  checkNumber(
    caller,
    'kurtosis',
    kurtosis,
    { from: 0.99 * (1 + skewness ** 2) },
    'no law has less than 1 + skewness²; normal returns have 3, not 0',
  );
  // By the same law spread ≥ (1 − γ₃ SR/2)², 0 of two outcomes; the slack may take it below.
  if (!(spread(moments) > 1e-12))
    throw new Error(
      `${caller}: skewness ${skewness} and kurtosis ${kurtosis} leave a ratio of ${perPeriod} a variance of ${spread(moments).toPrecision(3)} / (n - 1), and it takes more than 0; give the moments as sharpe has them, unrounded`,
    );
}
