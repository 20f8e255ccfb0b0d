import { checkNumber, checkOptions } from '../../base/internal.js';
import { dot, type Matrix } from '../../linalg/index.js';
import { type Constraint, weightProgram } from './constraints.js';
import { assetsOf, checkCovariance, checkVector, varianceOf } from './covariance.js';
import { quadraticProgram } from './quadratic-program.js';
import { answered, type Solved } from './splitting.js';

/** Weights, and what the given moments say of them. */
export interface Portfolio {
  /** By name [N]. */
  readonly assets: readonly string[];
  /** Shares of equity [N]. */
  readonly weights: Float64Array;
  /** √wᵀΣw, in the unit of time of the covariance. */
  readonly volatility: number;
  /** Who found the weights where HiGHS had no answer: alternating directions, whose answer was checked to be an optimum. */
  readonly solver?: 'splitting';
}

/** A portfolio with the mean that it was chosen for. */
export interface MeanVariancePortfolio extends Portfolio {
  /** μᵀw, in the unit of time of the means. */
  readonly mean: number;
}

/** Rules of weights; without any, weights are free and sum to 1. */
export interface WeightOptions {
  /** `[longOnly(), box(0, 0.1)]` */
  readonly constraints?: readonly Constraint[];
  /** Σ wₙ: 1 is fully invested; `'free'` leaves the rest in cash at no return. */
  readonly budget?: number | 'free';
}

/** What the mean and the variance are weighed by. */
export interface MeanVarianceOptions extends WeightOptions {
  /** δ of μᵀw − ½δwᵀΣw; 2.5 is He and Litterman's. Means and variances both grow with time, so that δ is the same of days and of years. */
  readonly riskAversion: number;
}

/**
 * Least variance: min wᵀΣw over Σw = 1 and the constraints.
 *
 *     const { covariance } = ledoitWolf(matrixOf(simpleReturns(prices)));
 *     const { assets, weights } = await minimumVariance(covariance, { constraints: [longOnly(), group('banks', ['JPM', 'BAC'], 0, 0.2)] });
 *
 * @param covariance  [N, N], positive semidefinite, singular ones included; `names` are the assets
 * @throws            when constraints conflict (which), or the covariance has a negative eigenvalue
 *
 * Markowitz 1952. Without constraints: thm:efficient-frontier.
 */
export async function minimumVariance(covariance: Matrix, options: WeightOptions = {}): Promise<Portfolio> {
  checkOptions('minimumVariance', options, ['constraints', 'budget']);
  const solved = await solve('minimumVariance', covariance, 1, undefined, options);
  return { assets: assetsOf(covariance), ...solved, volatility: Math.sqrt(varianceOf(covariance, solved.weights)) };
}

/**
 * Mean against variance: max μᵀw − ½δwᵀΣw over Σw = 1 and the constraints.
 *
 * @param mean        μ [N], of excess returns where `budget` is `'free'`
 * @param covariance  [N, N], positive semidefinite; `names` are the assets
 * @throws            when constraints conflict (which), lengths differ, or the objective has no bound
 *
 * Markowitz 1952. Without constraints: thm:efficient-frontier, and with a free budget `optimalWeights`.
 */
export async function meanVariance(
  mean: ArrayLike<number>,
  covariance: Matrix,
  options: MeanVarianceOptions,
): Promise<MeanVariancePortfolio> {
  checkOptions('meanVariance', options, ['riskAversion', 'constraints', 'budget']);
  checkNumber('meanVariance', 'riskAversion', options.riskAversion, { above: 0 }, 'a small one seeks the greatest mean');
  checkVector('meanVariance', 'mean', mean, covariance);
  return portfolioOf(mean, covariance, await solve('meanVariance', covariance, options.riskAversion, mean, options));
}

/**
 * The least variance at a mean: min wᵀΣw over μᵀw = target, Σw = 1 and the constraints.
 *
 * @param mean        μ [N]
 * @param covariance  [N, N], positive semidefinite
 * @throws            when no weights have that mean: the rules that conflict are named
 */
export async function atMean(
  mean: ArrayLike<number>,
  covariance: Matrix,
  options: WeightOptions & { readonly target: number },
): Promise<MeanVariancePortfolio> {
  checkOptions('atMean', options, ['target', 'constraints', 'budget']);
  checkNumber('atMean', 'target', options.target, {});
  checkVector('atMean', 'mean', mean, covariance);
  return portfolioOf(mean, covariance, await solve('atMean', covariance, 1, undefined, options, { mean, target: options.target }));
}

/**
 * The greatest mean at a volatility: max μᵀw over wᵀΣw ≤ target², Σw = 1 and the constraints.
 *
 * Found between the least variance and the greatest mean, on which the least variance at a mean rises, by bisection.
 *
 * @param mean        μ [N]
 * @param covariance  [N, N], positive semidefinite
 * @throws            when the target is outside the reachable interval, which is named; when the greatest mean has no bound
 */
export async function atVolatility(
  mean: ArrayLike<number>,
  covariance: Matrix,
  options: WeightOptions & { readonly target: number },
): Promise<MeanVariancePortfolio> {
  checkOptions('atVolatility', options, ['target', 'constraints', 'budget']);
  const { target, ...rest } = options;
  checkNumber('atVolatility', 'target', target, { from: 0 });
  checkVector('atVolatility', 'mean', mean, covariance);
  const least = portfolioOf(mean, covariance, await solve('atVolatility', covariance, 1, undefined, rest));
  const { variables, rows } = weightProgram('atVolatility', assetsOf(covariance), rest.constraints ?? [], {
    linear: Array.from(mean, (value) => -value),
    ...budgetOf(rest),
  });
  const greatest = dot(mean, (await quadraticProgram('atVolatility', { variables, rows })).subarray(0, mean.length));
  const most = await atMean(mean, covariance, { ...rest, target: greatest - 1e-12 * Math.abs(greatest) });
  if (target < least.volatility * (1 - 1e-9) || target > most.volatility * (1 + 1e-9))
    throw new Error(
      `atVolatility: a volatility of ${target} cannot be had; with these constraints it goes from ${least.volatility.toPrecision(6)} to ${most.volatility.toPrecision(6)} on the efficient frontier`,
    );
  let [low, high, best] = [least.mean, most.mean, least];
  for (let k = 0; k < 60 && high - low > 1e-12 * Math.max(Math.abs(high), Math.abs(low)); k++) {
    const middle = await atMean(mean, covariance, { ...rest, target: (low + high) / 2 });
    if (middle.volatility <= target) [low, best] = [middle.mean, middle];
    else high = middle.mean;
  }
  return best;
}

const budgetOf = ({ budget = 1 }: WeightOptions) => (budget === 'free' ? {} : { budget });

const portfolioOf = (mean: ArrayLike<number>, covariance: Matrix, solved: Solved): MeanVariancePortfolio => ({
  assets: assetsOf(covariance),
  ...solved,
  volatility: Math.sqrt(varianceOf(covariance, solved.weights)),
  mean: dot(mean, solved.weights),
});

/** min ½δwᵀΣw − μᵀw, at a mean if asked for. */
async function solve(
  caller: string,
  covariance: Matrix,
  riskAversion: number,
  mean: ArrayLike<number> | undefined,
  options: WeightOptions,
  at?: { readonly mean: ArrayLike<number>; readonly target: number },
): Promise<Solved> {
  checkCovariance(caller, covariance);
  const assets = assetsOf(covariance);
  const { constraints = [], budget = 1 } = options;
  const { variables, rows } = weightProgram(caller, assets, constraints, {
    ...(mean && { linear: Array.from(mean, (value) => -value / riskAversion) }),
    ...budgetOf(options),
  });
  // A row of the size of the others: HiGHS keeps rows to 1e-7.
  if (at) {
    const size = Math.max(...assets.map((_, n) => Math.abs(at.mean[n]))) || 1;
    const terms = assets.map((_, n) => [n, at.mean[n] / size] as const);
    rows.push({ name: `the mean, μᵀw = ${at.target}`, terms, low: at.target / size, high: at.target / size });
  }
  const byHighs = async () => ({
    weights: (await quadraticProgram(caller, { variables, rows, quadratic: covariance })).slice(0, assets.length),
  });
  if (at) return byHighs();
  const program = { ...(mean && { mean }), riskAversion, bounds: variables.slice(0, assets.length), constraints, budget };
  return answered(byHighs, covariance, program);
}
