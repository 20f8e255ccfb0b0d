import { type Matrix, matVec, transposeVec } from '../../linalg/index.js';
import { checkValues, zeroMatrix } from '../../linalg/internal.js';

/** Regimes that follow each other as a Markov chain; in regime k a value is normal, N(μₖ, σₖ²). */
export interface Regimes {
  /** μ [K]. */
  readonly means: ArrayLike<number>;
  /** σ [K], positive. */
  readonly deviations: ArrayLike<number>;
  /** P(next is j | now is i) [K, K], rows of sum 1; a regime lasts 1/(1 − Pₖₖ) days in the mean. */
  readonly transition: Matrix;
  /** Probabilities of the first day's regime [K]. */
  readonly start: ArrayLike<number>;
}

/** What is known of each day's regime from the past alone. */
export interface FilteredRegimes {
  /** P(sₜ = k | y₁ … yₜ) [T, K]. */
  readonly filtered: Matrix;
  /** P(sₜ = k | y₁ … yₜ₋₁) [T, K]. */
  readonly predicted: Matrix;
  /** P(s = k on the day after the last) [K]. */
  readonly next: Float64Array;
  /** log f(y₁ … y_T). */
  readonly logLikelihood: number;
}

/**
 * Hamilton's filter: the probability of each regime on each day, given the values up to that day.
 *
 *     P(sₜ = k | y₁…yₜ) ∝ N(yₜ; μₖ, σₖ²) Σⱼ P(sₜ₋₁ = j | y₁…yₜ₋₁) Pⱼₖ
 *
 * Values that come later change none of them: they may be features. Those of `smoothRegimes` may not.
 *
 * @param y  [T]
 * @throws   when a value is no number, shapes differ, or probabilities are negative or do not add up to 1
 *
 * Hamilton 1989, eq. 4.
 */
export function filterRegimes(model: Regimes, y: ArrayLike<number>): FilteredRegimes {
  checkModel('filterRegimes', model, y);
  const K = model.means.length;
  const T = y.length;
  const [filtered, predicted] = [zeroMatrix(T, K), zeroMatrix(T, K)];
  let prior: Float64Array = Float64Array.from(model.start);
  let logLikelihood = 0;
  for (let t = 0; t < T; t++) {
    const logs = logDensities(model, y[t]);
    // The greatest is taken out first: far from all means every density is 0 in double precision.
    const most = logs.reduce((a, b, k) => (prior[k] > 0 && b > a ? b : a), -Infinity);
    const joint = logs.map((l, k) => prior[k] * Math.exp(Math.min(l - most, 0)));
    const total = joint.reduce((a, b) => a + b, 0);
    logLikelihood += most + Math.log(total);
    const posterior = joint.map((p) => p / total);
    predicted.data.set(prior, t * K);
    filtered.data.set(posterior, t * K);
    prior = transposeVec(model.transition, posterior);
  }
  return { filtered, predicted, next: prior, logLikelihood };
}

/**
 * The probability of each regime on each day, given all values, those after it too: for looking back on a history.
 *
 *     P(sₜ = k | y₁…y_T) = P(sₜ = k | y₁…yₜ) Σⱼ Pₖⱼ P(sₜ₊₁ = j | y₁…y_T) / P(sₜ₊₁ = j | y₁…yₜ)
 *
 * It looks ahead, so it is never a feature, and no strategy may see it: that is `filterRegimes`.
 *
 * @param y  [T]
 * @returns  [T, K]
 * @throws   as `filterRegimes`
 *
 * Kim 1994, eq. 2.20.
 */
export function smoothRegimes(model: Regimes, y: ArrayLike<number>): Matrix {
  return smoothed(model, filterRegimes(model, y));
}

/** Smoothed probabilities [T, K] of a filter's. */
export function smoothed({ transition }: Regimes, { filtered, predicted }: FilteredRegimes): Matrix {
  const { rows: T, cols: K } = filtered;
  const out = { ...filtered, data: filtered.data.slice() };
  for (let t = T - 2; t >= 0; t--) {
    const ratio = Float64Array.from({ length: K }, (_, j) => {
      const expected = predicted.data[(t + 1) * K + j];
      return expected > 0 ? out.data[(t + 1) * K + j] / expected : 0;
    });
    const back = matVec(transition, ratio);
    for (let k = 0; k < K; k++) out.data[t * K + k] *= back[k];
  }
  return out;
}

/** log N(y; μₖ, σₖ²) [K]. */
const logDensities = ({ means, deviations }: Regimes, y: number): Float64Array =>
  Float64Array.from(means, (mu, k) => -0.5 * ((y - mu) / deviations[k]) ** 2 - Math.log(deviations[k]) - 0.5 * Math.log(2 * Math.PI));

function checkModel(who: string, { means, deviations, transition, start }: Regimes, y: ArrayLike<number>): void {
  const K = means.length;
  checkValues(who, 'the series', y);
  if (K === 0 || deviations.length !== K || start.length !== K || transition.rows !== K || transition.cols !== K)
    throw new Error(
      `${who}: ${K} means, ${deviations.length} deviations, ${start.length} start probabilities and transitions [${transition.rows},${transition.cols}] are of no one number of regimes; give each K of them, transitions [K,K]`,
    );
  for (let k = 0; k < K; k++)
    if (!(deviations[k] > 0 && Number.isFinite(deviations[k]) && Number.isFinite(means[k])))
      throw new Error(`${who}: regime ${k} is N(${means[k]}, ${deviations[k]}²); means must be finite and deviations positive`);
  const rows = Array.from({ length: K }, (_, i) => [`row ${i} of transition`, transition.data.subarray(i * K, (i + 1) * K)] as const);
  for (const [name, row] of [['start', Float64Array.from(start)] as const, ...rows]) {
    const total = row.reduce((sum, p) => sum + p, 0);
    if (!(row.every((p) => p >= 0) && Math.abs(total - 1) < 1e-6))
      throw new Error(
        `${who}: ${name} is ${row.join(', ')}, of sum ${total}; probabilities are at least 0 and add up to 1. Rows are 'from', columns 'to'`,
      );
  }
}
