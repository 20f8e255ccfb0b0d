import { checkOptions, checkWhole } from '../../base/internal.js';
import { fromColumns, type Matrix } from '../../linalg/index.js';
import { checkValues } from '../../linalg/internal.js';
import { type NeweyWest, neweyWest, overlapLags } from '../inference/newey-west.js';
import { type LinearRegression, linearRegression, predict } from '../regression/linear-regression.js';

/** What a heterogeneous autoregression is made of. */
export interface HarOptions {
  /** Days ahead whose mean variance is forecast; 1. */
  readonly horizon?: number;
  /** Days that the terms average over; [1, 5, 22], a day, a week and a month. */
  readonly lags?: readonly number[];
  /** Whether terms and variance are logarithms (false). */
  readonly log?: boolean;
  /** Returns [T] of the same days: adds the leverage terms, the mean return over each lag where it is negative. */
  readonly returns?: ArrayLike<number>;
}

/** The rows of a heterogeneous autoregression: for `linearRegression`, or for `gammaRegression` with `log: true`. */
export interface HarSample {
  /** Terms [m, k] with an intercept, of the days whose future is known. */
  readonly x: Matrix;
  /** Mean variance of the next `horizon` days [m], never its logarithm. */
  readonly y: Float64Array;
  /** Terms of all days that have them, [T − longest lag + 1, k]; the last row is today's. */
  readonly terms: Matrix;
  /** The day of the first row of `x` and `terms`: the longest lag less 1. */
  readonly first: number;
}

/**
 * Terms and targets of a heterogeneous autoregression of variances, each of its day's past and future.
 *
 *     xₜ = 1, v̄ₜ⁽ˡ⁾ = mean of vₜ₋ₗ₊₁ … vₜ, r̄ₜ⁽ˡ⁾⁻ = min(mean of rₜ₋ₗ₊₁ … rₜ, 0) for each lag l        yₜ = mean of vₜ₊₁ … vₜ₊ₕ
 *
 *     const { x, y, terms } = harSample(variance, { log: true });
 *     predictGamma(gammaRegression(x, y), terms)        in sample: of each day's close, but with coefficients of all days
 *
 * A forecast that could have been made has coefficients of earlier rows alone: x and y of a walk-forward fold, or fitHar(train).apply(all).
 *
 * @param variance  v [T], realised or of a range, positive where `log`
 * @throws          when fewer than 5 rows a term are left, a value is no number, negative, or 0 where `log`, or lengths differ
 *
 * Corsi 2009, eq. 8; leverage terms Corsi & Renò 2012, eq. 2.3.
 */
export function harSample(variance: ArrayLike<number>, options: HarOptions = {}): HarSample {
  checkOptions('harSample', options, ['horizon', 'lags', 'log', 'returns']);
  const { horizon = 1, lags = [1, 5, 22], log = false, returns } = options;
  checkWhole('harSample', 'horizon', horizon);
  if (lags.length === 0) throw new Error('harSample: there are no lags; [1, 5, 22] are a day, a week and a month');
  for (const lag of lags) checkWhole('harSample', 'a lag', lag);
  const T = variance.length;
  checkValues('harSample', 'the variance', variance);
  for (let t = 0; t < T; t++)
    if (variance[t] < 0 || (log && variance[t] === 0))
      throw new Error(
        `harSample: the variance is ${variance[t]} at row ${t}; ${log ? 'it must be positive to have a logarithm: drop stale days' : 'variances are not negative'}`,
      );
  if (returns) {
    if (returns.length !== T) throw new Error(`harSample: ${returns.length} returns for ${T} variances; align them on their dates first`);
    checkValues('harSample', 'the series of returns', returns);
  }
  const longest = Math.max(...lags);
  const rows = T - longest + 1;
  const columns: Float64Array[] = [new Float64Array(Math.max(rows, 0)).fill(1)];
  const names = ['intercept'];
  const need = 5 * (1 + lags.length * (returns ? 2 : 1));
  if (rows - horizon < need)
    throw new Error(
      `harSample: ${T} days leave ${Math.max(rows - horizon, 0)} rows of lags up to ${longest}; use ${longest + horizon + need - 1} or more`,
    );
  for (const lag of lags) {
    const means = trailingMeans(variance, lag, longest);
    columns.push(log ? means.map(Math.log) : means);
    names.push(`${log ? 'log ' : ''}variance ${lag}`);
  }
  if (returns)
    for (const lag of lags) {
      columns.push(trailingMeans(returns, lag, longest).map((r) => Math.min(r, 0)));
      names.push(`loss ${lag}`);
    }
  const terms = fromColumns(columns, names);
  const m = rows - horizon;
  return {
    x: { ...terms, rows: m, data: terms.data.slice(0, m * terms.cols) },
    y: trailingMeans(variance, horizon, longest + horizon),
    terms,
    first: longest - 1,
  };
}

/** A heterogeneous autoregression fitted by least squares. */
export interface HarFit {
  /** On the terms of `harSample`; of log variance where `log`. */
  readonly regression: LinearRegression;
  /** Errors that allow for the overlap of horizons and for correlation in time: at least 3 (horizon − 1) lags, as many as half of the rows allow. */
  readonly robust: NeweyWest;
  /** In sample: the forecast of each day [T] for the days after it, by coefficients of all days; NaN before the first with all lags. */
  readonly forecast: Float64Array;
  /** Forecasts by this fit [T] of a longer history of the same series: out of sample from the first day after the fit's own. */
  readonly apply: (variance: ArrayLike<number>, returns?: ArrayLike<number>) => Float64Array;
}

/**
 * HAR: tomorrow's variance from the means of a day, a week and a month, by least squares; with `returns` LHAR, with `log` log-HAR.
 *
 *     ȳₜ₊ₕ = β₀ + Σₗ βₗ v̄ₜ⁽ˡ⁾ + Σₗ γₗ r̄ₜ⁽ˡ⁾⁻ + e        log: forecast exp(xᵀβ̂ + ½s²), the mean of a lognormal law
 *
 *     fitHar(train).apply(all)        days after the last of `train` are forecast out of sample
 *
 * A forecast of levels can come out negative or 0 after a calm that the sample has not seen, and is then the least variance of the sample; one
 * above 0 is left as it is.
 *
 * @param variance  v [T], as `harSample` takes it
 * @throws          as `harSample` and `linearRegression`
 *
 * Corsi 2009; Corsi & Renò 2012. Errors by Newey & West 1987.
 */
export function fitHar(variance: ArrayLike<number>, options: HarOptions = {}): HarFit {
  const { horizon = 1, log = false } = options;
  const { x, y } = harSample(variance, options);
  const regression = linearRegression(x, log ? y.map(Math.log) : y);
  const robust = neweyWest(regression, { lags: overlapLags(x.rows, horizon) });
  const lift = regression.residualStandardError ** 2 / 2;
  const least = y.reduce((a, b) => Math.min(a, b));
  const apply: HarFit['apply'] = (values, returns) => {
    if (options.returns && !returns) throw new Error('fitHar: the fit has leverage terms; give apply the returns of the same days too');
    const { terms, first } = harSample(values, { ...options, returns: options.returns && returns });
    const out = new Float64Array(values.length).fill(Number.NaN);
    out.set(
      predict(regression, terms).map((value) => (log ? Math.exp(value + lift) : value > 0 ? value : least)),
      first,
    );
    return out;
  };
  return { regression, robust, forecast: apply(variance, options.returns), apply };
}

/** Means of the last `window` values at days `from` − 1 … T − 1, each summed anew: differences of running sums drift. */
function trailingMeans(values: ArrayLike<number>, window: number, from: number): Float64Array {
  return Float64Array.from({ length: values.length - from + 1 }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < window; k++) sum += values[from - 1 + i - k];
    return sum / window;
  });
}
