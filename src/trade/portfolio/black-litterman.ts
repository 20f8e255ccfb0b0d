import { checkNumber, checkOptions } from '../../base/browser.js';
import { dot, type Matrix, matVec } from '../../linalg/index.js';
import { cholesky, zeroMatrix } from '../../linalg/internal.js';
import { assetsOf, checkCovariance, checkVector, inverseOf, varianceOf } from './covariance.js';

/**
 * A view: the portfolio with these weights will earn this mean. `{ AAPL: 1 }` is absolute, `{ AAPL: 1, MSFT: -1 }` relative.
 *
 * How sure it is, ω, is said by one of `variance` and `confidence`, or by neither.
 */
export interface View {
  /** pₖ, by names of assets. */
  readonly weights: Readonly<Record<string, number>>;
  /** qₖ, of excess returns, in the unit of time of the prior. */
  readonly mean: number;
  /** ωₖ, the variance of qₖ's error: 0 is certain. A model's own: the square of its standard error. */
  readonly variance?: number;
  /** Idzorek's C from 0 to 1, ωₖ = τpₖᵀΣpₖ(1 − C)/C: the share of the way to the weights of a certain view. 0 leaves the view out. */
  readonly confidence?: number;
}

/** The prior of Black and Litterman, and what views without their own have for an error. */
export interface BlackLittermanOptions {
  /** π [N], of excess returns: `impliedReturns` of a reference portfolio. */
  readonly prior: ArrayLike<number>;
  /** τ, the variance of the prior's error in that of returns: 0.05. */
  readonly tau?: number;
  /** Ω [K, K], in place of each view's own ω; of views whose errors go together. */
  readonly omega?: Matrix;
}

/** What the mean is believed to be after the views. */
export interface BlackLitterman {
  /** μ̄ [N] = π + τΣPᵀ(τPΣPᵀ + Ω)⁻¹(q − Pπ). */
  readonly mean: Float64Array;
  /** M [N, N] = τΣ − τΣPᵀ(τPΣPᵀ + Ω)⁻¹τPΣ: how unsure the mean is. */
  readonly meanCovariance: Matrix;
  /** Σ + M [N, N]: of a return, whose mean is not known. */
  readonly returnsCovariance: Matrix;
  /** Ω [K, K] as it was used, of the views whose confidence is not 0. */
  readonly omega: Matrix;
}

/**
 * Black and Litterman's posterior of mean returns.
 *
 *     μ ~ N(π, τΣ)        q = Pμ + ε,  ε ~ N(0, Ω)        μ | q ~ N(μ̄, M)
 *
 * ω is τpᵀΣp where a view says nothing of it: He and Litterman's. Then weights are moved by the views alone, and τ does not move the mean.
 * The mean need not lie between prior and view, and assets without a view move by their covariance with those that have one.
 *
 * @param covariance  Σ [N, N], positive semidefinite; `names` are the assets
 * @param views       [K], in any number; none gives the prior back
 * @throws            when a view names an unknown asset or no weight, a confidence is outside 0 … 1, τ is not above 0, or a certain view repeats or
 *                    contradicts others that are certain, which are named
 *
 * Black & Litterman 1992; He & Litterman 1999, eqs. 8, 11 and 13. thm:black-litterman, thm:view-limits, thm:idzorek.
 */
export function blackLitterman(covariance: Matrix, views: readonly View[], options: BlackLittermanOptions): BlackLitterman {
  checkOptions('blackLitterman', options, ['prior', 'tau', 'omega']);
  const { prior, tau = 0.05 } = options;
  checkNumber('blackLitterman', 'tau', tau, { above: 0 }, '0.05, or one over the years of data');
  checkCovariance('blackLitterman', covariance);
  checkVector('blackLitterman', 'prior', prior, covariance);
  const n = covariance.rows;
  const kept = views.filter(({ confidence }) => confidence !== 0);
  if (options.omega && kept.length < views.length)
    throw new Error('blackLitterman: a view has confidence 0 and omega is given; leave the view out of both');
  const picks = kept.map((view, k) => pick(view, k, assetsOf(covariance)));
  const spread = picks.map((p) => matVec(covariance, p).map((value) => tau * value)); // τΣpₖ
  const K = kept.length;
  const omega = options.omega ?? diagonalOf(kept.map((view, k) => varianceOfView(view, k, tau * varianceOf(covariance, picks[k]))));
  checkOmega(omega, K);
  const total = zeroMatrix(K, K); // τPΣPᵀ + Ω
  for (let i = 0; i < K; i++) for (let j = 0; j < K; j++) total.data[i * K + j] = dot(picks[i], spread[j]) + omega.data[i * K + j];
  checkApart(total, kept, picks, omega);
  const solve = K > 0 ? inverseOf('blackLitterman', total) : () => new Float64Array(0);
  const surprise = solve(kept.map(({ mean }, k) => mean - dot(picks[k], prior)));
  const mean = Float64Array.from({ length: n }, (_, i) => prior[i] + spread.reduce((sum, s, k) => sum + s[i] * surprise[k], 0));
  const meanCovariance: Matrix = { ...covariance, data: covariance.data.map((value) => tau * value) };
  for (let j = 0; j < n; j++) {
    const gain = solve(spread.map((s) => s[j]));
    for (let i = 0; i < n; i++) meanCovariance.data[i * n + j] -= spread.reduce((sum, s, k) => sum + s[i] * gain[k], 0);
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) meanCovariance.data[i * n + j] = meanCovariance.data[j * n + i];
  const returnsCovariance: Matrix = { ...covariance, data: covariance.data.map((value, at) => value + meanCovariance.data[at]) };
  return { mean, meanCovariance, returnsCovariance, omega };
}

/** pₖ [N]. */
function pick({ weights, mean }: View, k: number, assets: readonly string[]): Float64Array {
  if (!Number.isFinite(mean)) throw new Error(`blackLitterman: view ${k} has the mean ${mean}; give a finite excess return`);
  const p = new Float64Array(assets.length);
  for (const [asset, weight] of Object.entries(weights)) {
    const at = assets.indexOf(asset);
    if (at < 0)
      throw new Error(
        `blackLitterman: view ${k} is of '${asset}', and the covariance has ${assets.slice(0, 8).join(', ')}${assets.length > 8 ? ' …' : ''}`,
      );
    if (!Number.isFinite(weight)) throw new Error(`blackLitterman: view ${k} has a weight of ${asset} of ${weight}; give a finite number`);
    p[at] = weight;
  }
  if (p.every((weight) => weight === 0)) throw new Error(`blackLitterman: view ${k} has no weight other than 0; say of which assets it is`);
  return p;
}

/** ωₖ of a view, prior being τpₖᵀΣpₖ. */
function varianceOfView({ variance, confidence }: View, k: number, prior: number): number {
  if (variance !== undefined && confidence !== undefined)
    throw new Error(`blackLitterman: view ${k} has a variance and a confidence, which say the same thing; keep one`);
  if (variance !== undefined) {
    checkNumber('blackLitterman', `variance of view ${k}`, variance, { from: 0 }, 'a return squared, 0 is certain');
    return variance;
  }
  if (confidence === undefined) return prior;
  checkNumber('blackLitterman', `confidence of view ${k}`, confidence, { from: 0, to: 1 }, '0.65 is 65 %');
  return (prior * (1 - confidence)) / confidence;
}

function diagonalOf(values: readonly number[]): Matrix {
  const out = zeroMatrix(values.length, values.length);
  for (const [k, value] of values.entries()) out.data[k * values.length + k] = value;
  return out;
}

/** Ω may be singular, 0 in all places even, but not negative. */
function checkOmega(omega: Matrix, K: number): void {
  if (omega.rows !== K || omega.cols !== K)
    throw new Error(`blackLitterman: omega is [${omega.rows},${omega.cols}] for ${K} views; it must be [${K},${K}]`);
  if (omega.data.some((value) => value !== 0))
    checkCovariance('blackLitterman', { ...omega, names: omega.names ?? Array.from({ length: K }, (_, k) => `view ${k}`) });
}

/** Views that say what earlier certain ones say already, or the opposite. */
function checkApart(total: Matrix, views: readonly View[], picks: readonly Float64Array[], omega: Matrix): void {
  const K = views.length;
  if (K === 0 || cholesky(total)) return;
  for (let k = 1; k <= K; k++) {
    const leading = zeroMatrix(k, k);
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) leading.data[i * k + j] = total.data[i * K + j];
    if (cholesky(leading)) continue;
    const certain = views.flatMap((_, j) => (j < k - 1 && omega.data[j * K + j] === 0 ? [j] : []));
    const last = Object.entries(views[k - 1].weights)
      .map(([asset, weight]) => `${weight} ${asset}`)
      .join(' + ');
    throw new Error(
      `blackLitterman: view ${k - 1} (${last} earns ${views[k - 1].mean}) is certain and ${certain.length > 0 ? `repeats or contradicts the certain views ${certain.join(', ')}` : `of a portfolio without risk (of ${picks.length} views)`}; drop one, or give it a variance above 0`,
    );
  }
}
