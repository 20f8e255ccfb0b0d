import { checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { diagonal, fromColumns, type Matrix, standardDeviation } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';
import { checkSeries } from '../inference/series.js';
import { minimise } from '../optimise/minimise.js';
import { linearRegression } from '../regression/linear-regression.js';
import { inUnits } from './covariance.js';
import { egarchRecursion } from './egarch-recursion.js';
import { garchRecursion } from './garch-recursion.js';
import type { ShockLaw } from './innovations.js';
import {
  type Coefficients,
  eachLogDensity,
  freeCoordinates,
  negativeLogLikelihood,
  partition,
  type Sample,
  total,
  type Workspace,
  workspace,
} from './likelihood.js';
import { coefficientNames, type Orders, type Recursion, waysOf } from './recursion.js';

/** What a volatility model is made of beside its recursion. */
export interface VolatilityOptions extends Partial<Orders> {
  /** The mean of the returns: a constant, zero, or an autoregression of so many lags; 'constant'. */
  readonly mean?: 'constant' | 'zero' | { readonly lags: number };
  /** The law of the standardised shocks; 'normal'. */
  readonly law?: ShockLaw;
}

/** A volatility model fitted by maximum likelihood. */
export interface VolatilityFit extends Orders {
  /** 'garch', which is GJR where o > 0, or 'egarch'. */
  readonly kind: Recursion['kind'];
  /** The law of the standardised shocks. */
  readonly law: ShockLaw;
  /** Of the coefficients [k]: mu, phi[1] …, omega, alpha[1] …, gamma[1] …, beta[1] …, nu. */
  readonly names: readonly string[];
  /** [k]; those of the mean and ω in units of the returns and, for GARCH, their square. */
  readonly coefficients: Float64Array;
  /** The same by what they are of: mean [m], variance, nu. */
  readonly parts: Coefficients;
  /** Names of those on a bound, 0 or the end of what ν and ω may be: held there, they have no standard error. */
  readonly onBound: readonly string[];
  /** [k], by Bollerslev and Wooldridge's covariance, of those in `onBound` NaN; all NaN where the likelihood is not curved. */
  readonly standardErrors: Float64Array;
  /** Those of the inverse Hessian [k], right where the law is the true one. */
  readonly classicalErrors: Float64Array;
  /** coefficients ⊘ standardErrors [k]. */
  readonly tStatistics: Float64Array;
  /** Bollerslev and Wooldridge's [k, k]. */
  readonly covariance: Matrix;
  /** ℓ, of the rows after the lags of the mean. */
  readonly logLikelihood: number;
  /** 2k − 2ℓ. */
  readonly aic: number;
  /** k log n − 2ℓ. */
  readonly bic: number;
  /** Lags of an autoregressive mean; 0 for the others. */
  readonly meanLags: number;
  /** Stands for ε² and σ² of the days before the first: a mean of the first 75 ε² with weights that fall by 6 % a day. */
  readonly before: number;
  /** The returns [n] of the fit. */
  readonly returns: Float64Array;
  /** Steps of the minimiser. */
  readonly iterations: number;
}

/**
 * GARCH(p, q) by maximum likelihood; with o ≥ 1 GJR, in which losses add more to the variance than gains.
 *
 *     rₜ = μ + εₜ,  εₜ = σₜzₜ        σ²ₜ = ω + Σᵢ αᵢ ε²ₜ₋ᵢ + Σᵢ γᵢ 1[εₜ₋ᵢ < 0] ε²ₜ₋ᵢ + Σⱼ βⱼ σ²ₜ₋ⱼ
 *
 *     fitGarch(returns)                              GARCH(1, 1), normal, constant mean
 *     fitGarch(returns, { o: 1, law: 'student' })    GJR with fat tails
 *
 * ω > 0, αᵢ ≥ 0, αᵢ + γᵢ ≥ 0, βⱼ ≥ 0, Σα + ½Σγ + Σβ ≤ 1; a coefficient may be on its bound, and is
 * then in `onBound`. A sum of 1, an integrated variance whose forecasts never return to a mean, is not: its coefficients are each inside
 * their own bounds, and their errors are those of a sum that is free. Standard errors are robust to another law.
 *
 * @param returns  [n] in any unit, 0.01 or 1 for 1 %; not prices
 * @throws         on a bad series, orders that are not whole, fewer than 10 rows a coefficient, or where no maximum is found
 *
 * Bollerslev 1986; Glosten, Jagannathan & Runkle 1993; errors by Bollerslev & Wooldridge 1992. Agrees with PyPI arch 8.0.0, whose
 * start of the recursion it takes.
 */
export function fitGarch(returns: ArrayLike<number>, options: VolatilityOptions = {}): VolatilityFit {
  return fitVolatility('fitGarch', returns, options, garchRecursion, 0);
}

/**
 * EGARCH by maximum likelihood: the logarithm of the variance, so that α and γ may have either sign.
 *
 *     log σ²ₜ = ω + Σᵢ αᵢ (|zₜ₋ᵢ| − √(2/π)) + Σᵢ γᵢ zₜ₋ᵢ + Σⱼ βⱼ log σ²ₜ₋ⱼ        βⱼ ≥ 0,  Σβ ≤ 1
 *
 * p = o = q = 1 unless told: γ < 0 where losses raise the variance more. |z| has a kink in the mean at each return; the curvature there is
 * taken over a step of 0.2 n^(−⅓) of a typical σₜ.
 *
 * @param returns  [n] in any unit
 * @throws         as `fitGarch`
 *
 * Nelson 1991; as in PyPI arch 8.0.0, whose o is 0 unless told.
 */
export function fitEgarch(returns: ArrayLike<number>, options: VolatilityOptions = {}): VolatilityFit {
  return fitVolatility('fitEgarch', returns, options, egarchRecursion, 1);
}

function fitVolatility(
  who: string,
  returns: ArrayLike<number>,
  options: VolatilityOptions,
  recursionOf: (orders: Orders) => Recursion,
  asymmetric: number,
): VolatilityFit {
  checkOptions(who, options, ['p', 'o', 'q', 'mean', 'law']);
  const { p = 1, o = asymmetric, q = 1, mean = 'constant', law = 'normal' } = options;
  for (const [name, order] of Object.entries({ p, o, q })) checkWhole(who, name, order, { from: 0 });
  if (p + o === 0) throw new Error(`${who}: p and o are 0, so no shock moves the variance; set p to 1`);
  checkOneOf(who, 'law', law, ['normal', 'student']);
  const meanLags = typeof mean === 'object' ? mean.lags : 0;
  if (typeof mean === 'object') checkWhole(who, 'mean.lags', meanLags, { from: 1 }, "mean: 'constant' has none");
  else checkOneOf(who, 'mean', mean, ['constant', 'zero'], 'or { lags: 1 }');
  checkSeries(who, returns);
  const y = Float64Array.from(returns);
  const recursion = recursionOf({ p, o, q });
  const names = [...meanNames(mean), ...coefficientNames(recursion), ...(law === 'student' ? ['nu'] : [])];
  if (y.length < 10 * names.length + meanLags)
    throw new Error(
      `${who}: ${y.length} returns are too few for ${names.length} coefficients; use ${10 * names.length + meanLags} or more`,
    );

  // In units of their standard deviation returns are of one size, whatever they came in.
  const unit = standardDeviation(y);
  const sample = sampleOf(
    y.map((value) => value / unit),
    mean,
    recursion,
    law,
  );
  const work = workspace(sample.y.length);
  const minimum = maximise(sample, work);
  if (!minimum.converged)
    throw new Error(
      `${who}: no maximum of the likelihood after ${minimum.iterations} steps; are these prices, or returns without clusters of volatility, or is one far beyond all others? Use lower orders or a longer sample`,
    );
  const { theta: all, still, covariance, classical } = inUnits(sample, minimum.all, unit, work);
  const standardErrors = diagonal(covariance).map(Math.sqrt);
  const n = sample.y.length;
  const logLikelihood = -minimum.value - n * Math.log(unit);
  const k = names.length;
  return {
    kind: recursion.kind,
    p,
    o,
    q,
    law,
    names,
    coefficients: all,
    parts: partition(sample, all),
    onBound: names.filter((_, j) => still[j]),
    standardErrors,
    classicalErrors: diagonal(classical).map(Math.sqrt),
    tStatistics: all.map((value, j) => value / standardErrors[j]),
    covariance,
    logLikelihood,
    aic: 2 * k - 2 * logLikelihood,
    bic: k * Math.log(n) - 2 * logLikelihood,
    meanLags,
    before: sample.before * unit * unit,
    returns: y,
    iterations: minimum.iterations,
  };
}

const meanNames = (mean: NonNullable<VolatilityOptions['mean']>): string[] =>
  mean === 'zero' ? [] : ['mu', ...Array.from({ length: typeof mean === 'object' ? mean.lags : 0 }, (_, i) => `phi[${i + 1}]`)];

/** Rows after the lags of the mean, and what stands before them. */
function sampleOf(y: Float64Array, mean: NonNullable<VolatilityOptions['mean']>, recursion: Recursion, law: ShockLaw): Sample {
  const x = meanDesign(y, mean === 'zero' ? -1 : typeof mean === 'object' ? mean.lags : 0);
  const target = y.subarray(y.length - x.rows);
  const shocks = x.cols > 0 ? linearRegression(x, target).residuals : target;
  const weights = Array.from({ length: Math.min(75, shocks.length) }, (_, t) => 0.94 ** t);
  const before = weights.reduce((sum, w, t) => sum + w * shocks[t] ** 2, 0) / weights.reduce((sum, w) => sum + w, 0);
  // Stale prices at the start have no squares to stand for those before.
  return { y: target, x, recursion, law, before: before > 0 ? before : shocks.reduce((sum, e) => sum + e * e, 0) / shocks.length };
}

/** 1, yₜ₋₁ … yₜ₋ₗ for t ≥ l: [n − l, 1 + l]; no column for −1 lags, a zero mean. */
export function meanDesign(y: Float64Array, lags: number): Matrix {
  if (lags < 0) return zeroMatrix(y.length, 0);
  const rows = y.length - lags;
  return fromColumns([
    new Float64Array(rows).fill(1),
    ...Array.from({ length: lags }, (_, i) => y.subarray(lags - 1 - i, y.length - 1 - i)),
  ]);
}

function maximise(sample: Sample, work: Workspace) {
  const { x, recursion, law } = sample;
  const mean = x.cols > 0 ? linearRegression(x, sample.y).coefficients : new Float64Array(0);
  const guesses = recursion.starts.map((theta) => Float64Array.of(...mean, ...theta, ...(law === 'student' ? [8] : [])));
  const heights = guesses.map((all) => {
    const height = total(eachLogDensity(sample, all, work));
    return Number.isNaN(height) ? -Infinity : height;
  });
  const coordinates = freeCoordinates(sample);
  // A memory of days and one of months are often two maxima: the better start of each kind is followed.
  const kinds = [false, true].map((long) => {
    const own = heights.map((height, k) => (recursion.starts[k].at(-1)! >= LONG === long ? height : -Infinity));
    return own.indexOf(own.reduce((a, b) => Math.max(a, b)));
  });
  // With several lags there are more maxima, by which of them has the weight: the best start of each way to spread it is followed.
  const ways = waysOf(recursion.p) * waysOf(recursion.q);
  const spreads = Array.from({ length: ways }, (_, way) => {
    const own = heights.map((height, k) => (k % ways === way ? height : -Infinity));
    return own.indexOf(own.reduce((a, b) => Math.max(a, b)));
  });
  const climbs = [...new Set([...kinds, ...spreads])].map((k) =>
    minimise(
      (u) => {
        const { value, gradient } = negativeLogLikelihood(sample, coordinates.to(u), work);
        return { value, gradient: coordinates.pullBack(u, gradient) };
      },
      coordinates.from(guesses[k]),
      { lower: coordinates.lower, upper: coordinates.upper, maxIterations: 200 },
    ),
  );
  // Where a recursion forgets its start too slowly its likelihood is all spikes: what converged goes before what is higher.
  const ends = climbs.some(({ converged }) => converged) ? climbs.filter(({ converged }) => converged) : climbs;
  const best = ends.reduce((a, b) => (b.value < a.value ? b : a));
  return { ...best, all: coordinates.to(best.x), iterations: climbs.reduce((sum, { iterations }) => sum + iterations, 0) };
}

/** The share of yesterday's variance in today's, from which on memory is long. */
const LONG = 0.75;
