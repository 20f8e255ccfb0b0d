import { fold, type Key, normal, randint } from '../../base/index.js';
import { checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { column, fromColumns, type Matrix } from '../../linalg/index.js';
import { checkDesign, cholesky } from '../../linalg/internal.js';
import { chiSquared, standardNormal } from '../distributions/distributions.js';
import { logGamma } from '../distributions/incomplete.js';
import { filterVolatility, recursionOf } from './filter.js';
import { fitGarch, type VolatilityFit, type VolatilityOptions } from './fit.js';

/** A volatility model of each asset, and one correlation of their standardised shocks. */
export interface ConstantCorrelation {
  /** One for each asset [N]. */
  readonly fits: readonly VolatilityFit[];
  /** R [N, N] of the standardised shocks. */
  readonly correlation: Matrix;
  /** ν of the shocks' common Student law, by maximum likelihood at that R; 200 where it looks normal. */
  readonly nu: number;
  /** z [n, N]. */
  readonly standardised: Matrix;
}

/**
 * GARCH of several assets with constant correlation: each asset's own variance, one correlation of what is left.
 *
 *     rₜ = μ + Dₜ zₜ,  Dₜ = diag(σ₁ₜ … σ_Nₜ)        zₜ ~ Student(0, R, ν) of variance R
 *
 *     fitConstantCorrelation(returns, { o: 1, law: 'student' })        GJR margins
 *
 * In two steps: the margins by `fitGarch`, then R, the sample correlation of ẑ, and ν.
 *
 * @param returns  [n, N]
 * @param options  of every margin, without lags of the mean
 * @throws         as `fitGarch`, naming the column; when the correlation is singular
 *
 * Bollerslev 1990; the Student law as in Bollerslev 1987, of vectors.
 */
export function fitConstantCorrelation(returns: Matrix, options: VolatilityOptions = {}): ConstantCorrelation {
  checkDesign('fitConstantCorrelation', returns);
  if (typeof options.mean === 'object')
    throw new Error("fitConstantCorrelation: margins have a constant mean or none, not lags; leave out mean, or set it to 'zero'");
  const columns = Array.from({ length: returns.cols }, (_, n) => column(returns, n));
  const fits = columns.map((r, n) => {
    try {
      return fitGarch(r, options);
    } catch (error) {
      throw new Error(`fitConstantCorrelation: ${returns.names?.[n] ?? `column ${n}`}: ${(error as Error).message}`);
    }
  });
  const shocks = fits.map((fit) => filterVolatility(fit).standardised);
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, t) => sum + value * b[t], 0);
  const lengths = shocks.map((z) => Math.sqrt(dot(z, z)));
  const N = returns.cols;
  const data = Float64Array.from({ length: N * N }, (_, at) => {
    const [i, j] = [Math.floor(at / N), at % N];
    return i === j ? 1 : dot(shocks[i], shocks[j]) / (lengths[i] * lengths[j]);
  });
  const correlation = { rows: N, cols: N, data };
  const standardised = fromColumns(shocks);
  return { fits, correlation, nu: likeliestNu(standardised, rootOf(correlation)), standardised };
}

/** How futures of several assets are drawn. */
export interface JointPathOptions {
  /** The same key gives the same paths. */
  readonly key: Key;
  /** Days of each path, h. */
  readonly horizon: number;
  /** Number of paths. */
  readonly paths: number;
  /** [n, N] up to today; the fits' own unless told. */
  readonly returns?: Matrix;
  /** Shocks by the fitted Student law, or rows of those that the fit has seen, which keep any dependence of their day; 'student'. */
  readonly shocks?: 'student' | 'historical';
}

/**
 * Futures of several assets from today on: r [paths, h, N].
 *
 * @throws when horizon or paths is no whole number from 1 up, or returns have other columns than the fits
 *
 * Barone-Adesi, Giannopoulos & Vosper 1999, for rows of historical shocks.
 */
export function simulateConstantCorrelation(model: ConstantCorrelation, options: JointPathOptions): Float64Array {
  checkOptions('simulateConstantCorrelation', options, ['key', 'horizon', 'paths', 'returns', 'shocks']);
  const { key, horizon, paths, returns, shocks = 'student' } = options;
  checkWhole('simulateConstantCorrelation', 'horizon', horizon);
  checkWhole('simulateConstantCorrelation', 'paths', paths);
  checkOneOf('simulateConstantCorrelation', 'shocks', shocks, ['student', 'historical']);
  const { fits } = model;
  const N = fits.length;
  if (returns && returns.cols !== N)
    throw new Error(`simulateConstantCorrelation: returns have ${returns.cols} columns and the model ${N}; give those of the fit`);
  const z = shocks === 'student' ? studentShocks(model, key, paths * horizon) : historicalShocks(model, key, paths * horizon);
  const out = new Float64Array(paths * horizon * N);
  for (const [n, fit] of fits.entries()) {
    const past = filterVolatility(fit, returns && column(returns, n));
    const lags = Math.max(fit.p, fit.o, fit.q, 1);
    const recursion = recursionOf(fit);
    const [mu = 0] = fit.parts.mean;
    const start = { shocks: past.shocks.slice(-lags), variance: past.variance.slice(-lags) };
    const [shock, variance] = [new Float64Array(lags), new Float64Array(lags)];
    for (let path = 0, at = n; path < paths; path++) {
      shock.set(start.shocks);
      variance.set(start.variance);
      for (let h = 0; h < horizon; h++, at += N) {
        const next = recursion.next(fit.parts.variance, shock, variance);
        shock.copyWithin(0, 1);
        variance.copyWithin(0, 1);
        variance[lags - 1] = next;
        shock[lags - 1] = Math.sqrt(next) * z[at];
        out[at] = mu + shock[lags - 1];
      }
    }
  }
  return out;
}

/** z [count, N] of variance R. */
function studentShocks({ correlation, nu }: ConstantCorrelation, key: Key, count: number): Float64Array {
  const N = correlation.rows;
  const root = rootOf(correlation);
  const e = normal(fold(key, 0), [count, N], 'float64').data;
  const mixing = normal(fold(key, 1), [count], 'float64').data;
  // χ² by its quantiles at the normal law's, 0.01 apart: a line between them is within 1e-4 of the curve.
  const law = chiSquared(nu);
  const knots = Float64Array.from({ length: 1201 }, (_, i) => law.quantile(standardNormal.cdf(-6 + i / 100)));
  const z = new Float64Array(count * N);
  for (let t = 0; t < count; t++) {
    const at = 100 * (Math.min(5.99, Math.max(-6, mixing[t])) + 6);
    const low = Math.floor(at);
    const scale = Math.sqrt((nu - 2) / (knots[low] + (at - low) * (knots[low + 1] - knots[low])));
    for (let i = 0; i < N; i++) {
      let value = 0;
      for (let k = 0; k <= i; k++) value += root.data[k * N + i] * e[t * N + k];
      z[t * N + i] = scale * value;
    }
  }
  return z;
}

function historicalShocks({ standardised }: ConstantCorrelation, key: Key, count: number): Float64Array {
  const { rows, cols: N, data } = standardised;
  const drawn = randint(key, [count], 0, rows).data;
  const z = new Float64Array(count * N);
  for (let t = 0; t < count; t++) z.set(data.subarray(drawn[t] * N, (drawn[t] + 1) * N), t * N);
  return z;
}

function rootOf(correlation: Matrix): Matrix {
  const root = cholesky(correlation);
  if (!root) throw new Error('fitConstantCorrelation: the correlation of the shocks is singular; is a series a copy or a sum of others?');
  return root;
}

/** By golden section on log(ν − 2), between 2.05 and 200. */
function likeliestNu(z: Matrix, root: Matrix): number {
  const { rows: n, cols: N } = z;
  const squares = new Float64Array(n); // zᵀR⁻¹z
  const y = new Float64Array(N);
  for (let t = 0; t < n; t++)
    for (let i = 0; i < N; i++) {
      let value = z.data[t * N + i];
      for (let k = 0; k < i; k++) value -= root.data[k * N + i] * y[k];
      y[i] = value / root.data[i * N + i];
      squares[t] += y[i] * y[i];
    }
  const loss = (u: number) => {
    const nu = 2 + Math.exp(u);
    const tails = squares.reduce((sum, q) => sum + Math.log1p(q / (nu - 2)), 0);
    return -n * (logGamma((nu + N) / 2) - logGamma(nu / 2) - (N / 2) * Math.log(nu - 2)) + ((nu + N) / 2) * tails;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.05), Math.log(198)];
  for (let i = 0; i < 60; i++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return 2 + Math.exp((low + high) / 2);
}
