import { checkValues } from '../../linalg/internal.js';
import { standardNormal, studentT } from '../distributions/distributions.js';
import { logBeta } from '../distributions/incomplete.js';

/** One number for all rows, or one for each [n]. */
export type PerRow = number | ArrayLike<number>;

/** Forecast laws of n outcomes, one a row: what `crps`, `logDensityScores` and `pit` judge. `normalForecast` and its like make them. */
export interface ForecastLaw {
  /** n, where a parameter is given row by row; a law without it holds for any number of rows. */
  readonly rows?: number;
  /** log of the density at y in row i. */
  readonly logDensity: (y: number, i: number) => number;
  /** P(Y ≤ y) in row i. */
  readonly cdf: (y: number, i: number) => number;
  /** ∫ (F(x) − 1{y ≤ x})² dx in row i. */
  readonly crps: (y: number, i: number) => number;
}

/** log √(2π). */
const HALF_LOG_TAU = 0.5 * Math.log(2 * Math.PI);
const density = (z: number): number => Math.exp(-0.5 * z * z - HALF_LOG_TAU);
/** 2Φ(z) − 1, with its digits at small z. */
const central = (z: number): number => (z > 0 ? 1 - 2 * standardNormal.survival(z) : 2 * standardNormal.cdf(z) - 1);

/**
 * Normal laws.
 *
 *     crps(y, normalForecast({ mean: 0, standardDeviation: volatility }))        volatility [n], 0.01 is 1 % a day
 *
 *     CRPS = σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π)        z = (y − μ)/σ
 *
 * @param mean               μ, [n] or one for all
 * @param standardDeviation  σ, [n] or one for all
 * @throws                   when lengths differ, a value is not finite, or a σ is not positive
 *
 * Gneiting & Raftery 2007, eq. 21.
 */
export function normalForecast(parameters: { readonly mean: PerRow; readonly standardDeviation: PerRow }): ForecastLaw {
  const { rows, at } = perRow('normalForecast', parameters, ['standardDeviation']);
  const z = (y: number, i: number) => (y - at.mean(i)) / at.standardDeviation(i);
  return {
    ...rows,
    logDensity: (y, i) => -0.5 * z(y, i) ** 2 - Math.log(at.standardDeviation(i)) - HALF_LOG_TAU,
    cdf: (y, i) => standardNormal.cdf(z(y, i)),
    crps: (y, i) => at.standardDeviation(i) * standardNormalCrps(z(y, i)),
  };
}

const standardNormalCrps = (z: number): number => z * central(z) + 2 * density(z) - 1 / Math.sqrt(Math.PI);

/**
 * Student's t laws, moved and stretched: fat tails. `scale` is not the standard deviation, which is scale √(df/(df − 2)).
 *
 *     CRPS = s (z (2F(z) − 1) + 2f(z) (ν + z²)/(ν − 1) − 2√ν/(ν − 1) · B(½, ν − ½)/B(½, ν/2)²)        z = (y − m)/s
 *
 * @param df        ν, [n] or one for all; above 1, or there is no CRPS; ∞ is the normal law, and all above 1e8 are it to nine digits
 * @param location  m, [n] or one for all
 * @param scale     s, [n] or one for all
 * @throws          when lengths differ, a value is not finite, df is not above 1, or a scale is not positive
 *
 * Jordan, Krüger & Lerch 2019, appendix A.
 */
export function studentForecast(parameters: { readonly df: PerRow; readonly location: PerRow; readonly scale: PerRow }): ForecastLaw {
  const { rows, at: given } = perRow('studentForecast', parameters, ['scale', 'df']);
  // Beyond, the constants are differences of numbers too large to show them.
  const at = { ...given, df: (i: number) => (given.df(i) > 1e8 ? Infinity : given.df(i)) };
  const z = (y: number, i: number) => (y - at.location(i)) / at.scale(i);
  /** ν → log of the density's constant, and the term of the CRPS without y: as many as there are different ν. */
  const constants = new Map<number, { readonly log: number; readonly spread: number }>();
  const of = (df: number) => {
    if (!(df > 1))
      throw new Error(`studentForecast: df must be above 1, got ${df}: with less, the mean error that the CRPS measures is infinite`);
    const known = constants.get(df);
    if (known) return known;
    const half = logBeta(0.5, df / 2);
    const spread = ((2 * Math.sqrt(df)) / (df - 1)) * Math.exp(logBeta(0.5, df - 0.5) - 2 * half);
    const found = df === Infinity ? { log: -HALF_LOG_TAU, spread: 0 } : { log: -half - 0.5 * Math.log(df), spread };
    constants.set(df, found);
    return found;
  };
  for (let i = 0; i < (rows.rows ?? 1); i++) of(at.df(i));
  const logStandard = (x: number, df: number) => of(df).log - (df === Infinity ? 0.5 * x * x : ((df + 1) / 2) * Math.log1p((x * x) / df));
  return {
    ...rows,
    logDensity: (y, i) => logStandard(z(y, i), at.df(i)) - Math.log(at.scale(i)),
    cdf: (y, i) => studentT(at.df(i)).cdf(z(y, i)),
    crps: (y, i) => {
      const [x, df] = [z(y, i), at.df(i)];
      if (df === Infinity) return at.scale(i) * standardNormalCrps(x);
      const beyond = studentT(df).survival(Math.abs(x));
      const f = Math.exp(logStandard(x, df));
      return at.scale(i) * (Math.abs(x) * (1 - 2 * beyond) + (2 * f * (df + x * x)) / (df - 1) - of(df).spread);
    },
  };
}

/**
 * Mixtures of K normal laws: what a mixture density network or a regime model forecasts.
 *
 *     CRPS = Σₖ wₖ A(y − μₖ, σₖ) − ½ Σₖₗ wₖwₗ A(μₖ − μₗ, √(σₖ² + σₗ²))        A(m, s) = m (2Φ(m/s) − 1) + 2s φ(m/s)
 *
 * @param weights             [n, K] row-major, positive or 0, of sum 1 in each row
 * @param means               [n, K]
 * @param standardDeviations  [n, K]
 * @param components          K
 * @throws                    when lengths differ or are no multiple of K, a value is not finite, weights do not sum to 1, or a σ is not positive
 *
 * Grimit, Gneiting, Berrocal & Johnson 2006.
 */
export function mixtureForecast({
  components: K,
  ...parameters
}: {
  readonly weights: ArrayLike<number>;
  readonly means: ArrayLike<number>;
  readonly standardDeviations: ArrayLike<number>;
  readonly components: number;
}): ForecastLaw {
  const { weights: w, means, standardDeviations: s } = parameters;
  perRow('mixtureForecast', parameters, ['standardDeviations']);
  if (!(Number.isInteger(K) && K >= 1 && w.length % K === 0))
    throw new Error(`mixtureForecast: ${w.length} weights are no rows of ${K} components; pass [n, K] row by row`);
  const rows = w.length / K;
  for (let i = 0; i < rows; i++) {
    let total = 0;
    for (let k = i * K; k < (i + 1) * K; k++) {
      if (w[k] < 0) throw new Error(`mixtureForecast: weights must be 0 or more, got ${w[k]} at row ${i}; are these logits?`);
      total += w[k];
    }
    if (Math.abs(total - 1) > 1e-6) throw new Error(`mixtureForecast: the weights of row ${i} sum to ${total}, not 1; are these logits?`);
  }
  const over = (i: number, of: (k: number) => number): number => {
    let total = 0;
    for (let k = i * K; k < (i + 1) * K; k++) total += w[k] * of(k);
    return total;
  };
  const distance = (m: number, scale: number) => m * central(m / scale) + 2 * scale * density(m / scale);
  return {
    rows,
    logDensity: (y, i) => {
      const exponent = (k: number) => -0.5 * ((y - means[k]) / s[k]) ** 2 - Math.log(s[k]);
      let most = -Infinity;
      for (let k = i * K; k < (i + 1) * K; k++) if (w[k] > 0) most = Math.max(most, exponent(k));
      return most + Math.log(over(i, (k) => Math.exp(exponent(k) - most))) - HALF_LOG_TAU;
    },
    cdf: (y, i) => over(i, (k) => standardNormal.cdf((y - means[k]) / s[k])),
    crps: (y, i) =>
      over(i, (k) => distance(y - means[k], s[k])) -
      0.5 * over(i, (k) => over(i, (l) => distance(means[k] - means[l], Math.hypot(s[k], s[l])))),
  };
}

/** Parameters as functions of the row; all that are given row by row have one length. */
function perRow<P extends string>(
  caller: string,
  parameters: Readonly<Record<P, PerRow>>,
  positive: readonly NoInfer<P>[],
): { readonly rows: { readonly rows?: number }; readonly at: Readonly<Record<P, (i: number) => number>> } {
  const named = Object.entries(parameters) as [P, PerRow][];
  const given = named.flatMap(([name, value]) => (typeof value === 'number' ? [] : [{ name, length: value.length }]));
  if (given.some(({ length }) => length !== given[0].length))
    throw new Error(`${caller}: one value for each row: got ${given.map(({ name, length }) => `${name} ${length}`).join(', ')}`);
  for (const [name, value] of named) {
    const values = typeof value === 'number' ? [value] : value;
    if (name !== 'df') checkValues(caller, name, values, 'drop the row, or look at what made it');
    const wrong = positive.includes(name) ? Array.from(values).findIndex((one) => !(one > 0)) : -1;
    if (wrong >= 0) throw new Error(`${caller}: ${name} must be positive, got ${values[wrong]} at row ${wrong}; bound it from below`);
  }
  const at = Object.fromEntries(named.map(([name, value]) => [name, typeof value === 'number' ? () => value : (i: number) => value[i]]));
  return { rows: given.length > 0 ? { rows: given[0].length } : {}, at: at as Record<P, (i: number) => number> };
}
