import { checkOptions, checkWhole } from '../../base/internal.js';
import { mean, standardDeviation } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';
import { checkSeries } from '../inference/series.js';
import { type FilteredRegimes, filterRegimes, type Regimes, smoothed } from './hamilton-filter.js';

/** Regimes fitted by maximum likelihood, the calmest first. */
export interface RegimeFit extends Regimes {
  /** log f(y₁ … y_T), at a maximum that may be local. */
  readonly logLikelihood: number;
  /** k log T − 2ℓ with k = K² + 2K − 1 numbers fitted: what K to take. */
  readonly bic: number;
  /** Rounds of EM. */
  readonly iterations: number;
}

/**
 * Regimes of a series by maximum likelihood: means, deviations and transitions, from the calmest regime to the wildest.
 *
 *     μₖ = Σₜ wₜₖ yₜ / Σₜ wₜₖ,  σₖ² = Σₜ wₜₖ (yₜ − μₖ)² / Σₜ wₜₖ,  Pⱼₖ = Σₜ P(sₜ = j, sₜ₊₁ = k | y) / Σₜ wₜⱼ,  w: smoothed probabilities
 *
 * Fit on the past and filter what follows: `filterRegimes(fitRegimes(train), all)`. Two starts are tried, regimes that differ in deviation
 * and regimes that differ in mean, and the better is followed.
 *
 * @param y        [T], returns in any unit
 * @param options  K of them; 2 unless told. EM ends when ℓ rises by less than `tolerance` of itself in a round (1e-12)
 * @throws         on a bad series, fewer than 20 values a regime, or a regime that shrinks to a few values of no spread
 *
 * Hamilton 1990, eq. 4.1 to 4.3. Agrees with PyPI hmmlearn 0.3.3 without its priors.
 */
export function fitRegimes(y: ArrayLike<number>, options: { readonly regimes?: number; readonly tolerance?: number } = {}): RegimeFit {
  checkOptions('fitRegimes', options, ['regimes', 'tolerance']);
  const { regimes: K = 2, tolerance = 1e-12 } = options;
  checkWhole('fitRegimes', 'regimes', K, { from: 2 });
  checkSeries('fitRegimes', y);
  if (y.length < 20 * K) throw new Error(`fitRegimes: ${y.length} values are too few for ${K} regimes; use ${20 * K} or more`);
  const values = Float64Array.from(y);
  const least = 1e-6 * standardDeviation(values);
  const climbs = [byDeviation(values, K), byMean(values, K)].map((start) => climb(start, values, least, tolerance, FIRST_ROUNDS));
  const best = climbs.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a));
  const { model, logLikelihood, iterations } = climb(best.model, values, least, tolerance, MOST_ROUNDS);
  if (!(logLikelihood > -Infinity))
    throw new Error(
      `fitRegimes: one of ${K} regimes shrank to values that are all the same; does the series repeat a value, as stale prices do? Use fewer regimes or drop those days`,
    );
  const order = Array.from({ length: K }, (_, k) => k).sort((a, b) => model.deviations[a] - model.deviations[b]);
  const pick = (of: ArrayLike<number>) => Float64Array.from(order, (k) => of[k]);
  const transition = zeroMatrix(K, K);
  order.forEach((from, i) => {
    order.forEach((to, j) => {
      transition.data[i * K + j] = model.transition.data[from * K + to];
    });
  });
  return {
    means: pick(model.means),
    deviations: pick(model.deviations),
    transition,
    start: pick(model.start),
    logLikelihood,
    bic: (K * K + 2 * K - 1) * Math.log(values.length) - 2 * logLikelihood,
    iterations: best.iterations + iterations,
  };
}

const FIRST_ROUNDS = 50;
const MOST_ROUNDS = 20_000;
/** Chance to stay of the first guess. */
const STAY = 0.95;

function climb(start: Regimes, y: Float64Array, least: number, tolerance: number, most: number) {
  let model = start;
  let logLikelihood = -Infinity;
  for (let iterations = 0; ; iterations++) {
    if (!Array.from(model.deviations).every((sigma) => sigma > least)) return { model: start, logLikelihood: -Infinity, iterations };
    const filter = filterRegimes(model, y);
    const rise = filter.logLikelihood - logLikelihood;
    logLikelihood = filter.logLikelihood;
    if (iterations === most || rise <= tolerance * Math.abs(logLikelihood)) return { model, logLikelihood, iterations };
    model = step(model, y, filter);
  }
}

/** One round of EM. */
function step(model: Regimes, y: Float64Array, filter: FilteredRegimes): Regimes {
  const w = smoothed(model, filter);
  const { rows: T, cols: K } = w;
  const [weight, sum, squares] = [new Float64Array(K), new Float64Array(K), new Float64Array(K)];
  for (let t = 0, at = 0; t < T; t++)
    for (let k = 0; k < K; k++, at++) {
      weight[k] += w.data[at];
      sum[k] += w.data[at] * y[t];
    }
  const means = sum.map((s, k) => s / weight[k]);
  for (let t = 0, at = 0; t < T; t++) for (let k = 0; k < K; k++, at++) squares[k] += w.data[at] * (y[t] - means[k]) ** 2;
  const moves = zeroMatrix(K, K);
  for (let t = 0; t + 1 < T; t++)
    for (let k = 0; k < K; k++) {
      const expected = filter.predicted.data[(t + 1) * K + k];
      const ratio = expected > 0 ? w.data[(t + 1) * K + k] / expected : 0;
      for (let j = 0; j < K; j++) moves.data[j * K + k] += filter.filtered.data[t * K + j] * model.transition.data[j * K + k] * ratio;
    }
  for (let j = 0; j < K; j++) {
    const total = moves.data.subarray(j * K, (j + 1) * K).reduce((a, b) => a + b, 0);
    for (let k = 0; k < K; k++) moves.data[j * K + k] /= total;
  }
  const first = w.data.slice(0, K);
  const total = first.reduce((a, b) => a + b, 0);
  return { means, deviations: squares.map((s, k) => Math.sqrt(s / weight[k])), transition: moves, start: first.map((p) => p / total) };
}

/** One mean, deviations that double from regime to regime. */
function byDeviation(y: Float64Array, K: number): Regimes {
  const [centre, sigma] = [mean(y), standardDeviation(y)];
  return {
    ...unsettled(K),
    means: new Float64Array(K).fill(centre),
    deviations: Float64Array.from({ length: K }, (_, k) => sigma * 2 ** (k - (K - 1) / 2)),
  };
}

/** The means of K equal parts of the sorted values, one deviation. */
function byMean(y: Float64Array, K: number): Regimes {
  const sorted = y.slice().sort();
  const part = (k: number) => sorted.subarray(Math.floor((k * y.length) / K), Math.floor(((k + 1) * y.length) / K));
  return {
    ...unsettled(K),
    means: Float64Array.from({ length: K }, (_, k) => mean(part(k))),
    deviations: new Float64Array(K).fill(standardDeviation(y) / K),
  };
}

const unsettled = (K: number): Pick<Regimes, 'transition' | 'start'> => ({
  transition: {
    rows: K,
    cols: K,
    data: Float64Array.from({ length: K * K }, (_, at) => (at % (K + 1) === 0 ? STAY : (1 - STAY) / (K - 1))),
  },
  start: new Float64Array(K).fill(1 / K),
});
