import { checkNumber, checkOptions } from '../../base/internal.js';
import { backSubstitute, dot, inverseGram, type Matrix, matMul, matVec, transpose } from '../../linalg/index.js';
import { checkValues, columnName, triangle, zeroMatrix } from '../../linalg/internal.js';
import { checkColumns, checkSample } from './design.js';

/** What a Bayesian linear regression holds for known before data. */
export interface NormalPrior {
  /** σ, the standard deviation of the errors, in the units of y: 0.01 for returns of 1 %. */
  readonly noise: number;
  /** τ, the standard deviation of each coefficient around 0 before data; [p] where columns differ, a large one for an intercept. */
  readonly prior: number | ArrayLike<number>;
}

/** The posterior law of the coefficients, N(b, S), and how well prior and noise explain the data. */
export interface BayesianLinearRegression {
  /** Of the columns [p]. */
  readonly names: readonly string[];
  /** b [p], the mean of the posterior. */
  readonly coefficients: Float64Array;
  /** S [p, p]. */
  readonly covariance: Matrix;
  /** S⁻¹ = XᵀX/σ² + diag(1/τ²) [p, p]. */
  readonly precision: Matrix;
  /** √Sⱼⱼ [p]. */
  readonly standardDeviations: Float64Array;
  /** log p(y), in nats, coefficients integrated out; `logLikelihood` and `logOccamFactor` together. */
  readonly logEvidence: number;
  /** log p(y | b), in nats: how well the best fit explains the data. */
  readonly logLikelihood: number;
  /** log of what the prior costs, in nats, 0 or less: the share of the prior's volume that the data leave. */
  readonly logOccamFactor: number;
  /** σ, as given. */
  readonly noise: number;
}

/**
 * Bayesian linear regression with known noise: the exact posterior of its coefficients and the evidence of the model.
 *
 *     y = Xβ + σξ,  β ~ N(0, diag τ²)        β | y ~ N(b, S)        S⁻¹ = XᵀX/σ² + diag(1/τ²),  b = S Xᵀy/σ²
 *
 *     log p(y) = log p(y | b) − ½ Σ bⱼ²/τⱼ² − ½ log det(diag(τ) S⁻¹ diag(τ))
 *
 *     bayesianLinearRegression(design({ market }), stock, { noise: 0.012, prior: [0.1, 1] })
 *
 * With one τ for all columns b is `ridge` without an intercept at λ = σ²/τ². An intercept is a column like any other, so give it a τ of
 * its own. Any number of rows and columns, dependent ones included: where the data are silent the posterior is the prior.
 *
 * @param x  [n, p]
 * @param y  [n]
 * @throws   as `linearRegression` for the sample; when σ or a τ is not positive, or there is not one τ for each column
 *
 * Lindley & Smith 1972; MacKay 1992 for the evidence and its Occam factor. By QR of X/σ with diag(1/τ) below it. thm:linear-evidence.
 */
export function bayesianLinearRegression(x: Matrix, y: ArrayLike<number>, options: NormalPrior): BayesianLinearRegression {
  checkSample('bayesianLinearRegression', x, y);
  checkOptions('bayesianLinearRegression', options, ['noise', 'prior']);
  const { noise } = options;
  checkNumber('bayesianLinearRegression', 'noise', noise, { above: 0 }, 'the standard deviation of the errors, in the units of y');
  const tau = priorDeviations('bayesianLinearRegression', x, options.prior);
  const { r, qty } = posteriorRoot(x, y, noise, tau);
  const coefficients = backSubstitute(r, qty);
  const covariance = inverseGram(r);
  const fitted = matVec(x, coefficients);
  let squares = 0;
  for (let i = 0; i < x.rows; i++) squares += ((y[i] - fitted[i]) / noise) ** 2;
  const logLikelihood = -0.5 * squares - x.rows * (Math.log(noise) + 0.5 * Math.log(2 * Math.PI));
  let logOccamFactor = 0;
  for (let j = 0; j < x.cols; j++)
    logOccamFactor -= 0.5 * (coefficients[j] / tau[j]) ** 2 + Math.log(Math.abs(r.data[j * x.cols + j]) * tau[j]);
  return {
    names: Array.from({ length: x.cols }, (_, j) => columnName(x, j)),
    coefficients,
    covariance,
    precision: matMul(transpose(r), r),
    standardDeviations: Float64Array.from({ length: x.cols }, (_, j) => Math.sqrt(covariance.data[j * x.cols + j])),
    logEvidence: logLikelihood + logOccamFactor,
    logLikelihood,
    logOccamFactor,
    noise,
  };
}

/** What a Bayesian regression forecasts for new rows: normal laws. */
export interface PosteriorPredictive {
  /** x₀ᵀb [m]. */
  readonly mean: Float64Array;
  /** σ² of the errors, the same for every row: more data do not remove it. */
  readonly aleatoric: number;
  /** x₀ᵀSx₀ [m], of the coefficients: more data do. */
  readonly epistemic: Float64Array;
  /** √(aleatoric + epistemic) [m]. */
  readonly standardDeviations: Float64Array;
}

/**
 * The forecast of new rows, coefficients integrated out.
 *
 *     y₀ | y ~ N(x₀ᵀb, σ² + x₀ᵀSx₀)
 *
 *     const { mean, standardDeviations } = posteriorPredictive(fit, x);        crps(y, normalForecast({ mean, standardDeviation: standardDeviations }))
 *
 * @param x  [m, p] with the fit's columns
 * @throws   when x has other columns
 *
 * thm:linear-evidence.
 */
export function posteriorPredictive(fit: BayesianLinearRegression, x: Matrix): PosteriorPredictive {
  checkColumns('posteriorPredictive', fit, x);
  const aleatoric = fit.noise ** 2;
  const epistemic = Float64Array.from({ length: x.rows }, (_, i) => {
    const row = x.data.subarray(i * x.cols, (i + 1) * x.cols);
    return dot(row, matVec(fit.covariance, row));
  });
  return { mean: matVec(x, fit.coefficients), aleatoric, epistemic, standardDeviations: epistemic.map((e) => Math.sqrt(e + aleatoric)) };
}

/** τ of each column [p]. */
export function priorDeviations(caller: string, x: Matrix, prior: number | ArrayLike<number>): Float64Array {
  const tau = typeof prior === 'number' ? new Float64Array(x.cols).fill(prior) : Float64Array.from(prior);
  if (tau.length !== x.cols)
    throw new Error(`${caller}: x has ${x.cols} columns but prior has ${tau.length} values; give one deviation for each, or one for all`);
  checkValues(caller, 'prior', tau, 'a column without a prior takes a large finite one');
  for (const [j, value] of tau.entries())
    if (!(value > 0))
      throw new Error(`${caller}: prior must be above 0, got ${value} for '${columnName(x, j)}'; a certain coefficient is no column`);
  return tau;
}

/** R [p, p] with RᵀR = S⁻¹ and R⁻ᵀXᵀy/σ² [p]: the triangle of X/σ with diag(1/τ) below it. */
export function posteriorRoot(
  x: Matrix,
  y: ArrayLike<number>,
  noise: number,
  tau: Float64Array,
): { readonly r: Matrix; readonly qty: Float64Array } {
  const [n, p] = [x.rows, x.cols];
  const below = zeroMatrix(n + p, p);
  for (let at = 0; at < n * p; at++) below.data[at] = x.data[at] / noise;
  for (let j = 0; j < p; j++) below.data[(n + j) * p + j] = 1 / tau[j];
  const target = zeroMatrix(n + p, 1);
  for (let i = 0; i < n; i++) target.data[i] = y[i] / noise;
  const { r, qty } = triangle(below, target);
  return { r, qty: qty.data };
}
