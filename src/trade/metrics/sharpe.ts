import { checkOptions } from '../../base/internal.js';
import { mean, standardDeviation } from '../../linalg/index.js';
import { confidenceInterval, hacMean, type Interval } from '../../stats/index.js';
import { type ErrorOptions, hacInterval } from './mean-error.js';
import { checkPerYear, checkReturns, excess, type Returns } from './returns.js';

/** What decides how sure a Sharpe ratio is. Per period, never annual: 0.063 a day is 1 a year. */
export interface SharpeMoments {
  /** SR = mean / standard deviation of the returns, which divides by n − 1. */
  readonly perPeriod: number;
  /** Returns. */
  readonly n: number;
  /** γ₃ = Σ(x − x̄)³ / (n σ³), σ² dividing by n. */
  readonly skewness: number;
  /** γ₄ = Σ(x − x̄)⁴ / (n σ⁴): 3 for normal returns, not 0. */
  readonly kurtosis: number;
}

/** The `standardError` of the annual Sharpe ratio, with its interval. */
export interface SharpeError {
  readonly standardError: number;
  /** At the level asked for: `iid` by the normal law, `hac` by Student's, as short histories need. */
  readonly interval: Interval;
}

/** A Sharpe ratio with its uncertainty. */
export interface Sharpe extends SharpeMoments {
  /** perPeriod · √perYear. */
  readonly annual: number;
  /** Periods a year. */
  readonly perYear: number;
  /** For independent normal returns: Lo's √((1 + SR²/2)/n). */
  readonly iid: SharpeError;
  /** For returns of any law that may be serially correlated, by Bartlett's weights up to `lags`. */
  readonly hac: SharpeError & { readonly lags: number };
}

/** How a Sharpe ratio is taken. */
export interface SharpeOptions extends ErrorOptions {
  /** Periods a year: 252, 12. As the dates tell unless told. */
  readonly perYear?: number;
  /** The rate to be earned without risk, per period: one number, or [n]; 0. */
  readonly riskFree?: number | ArrayLike<number>;
}

/**
 * The Sharpe ratio of simple returns, annual and per period, with Lo's standard errors.
 *
 *     SR = x̄ / s,   annual SR √perYear        xₜ = rₜ − riskFreeₜ
 *     error   iid √((1 + SR²/2)/n)           HAC that of the mean of zₜ − SR (zₜ² − 1)/2,  zₜ = (xₜ − x̄)/s
 *
 * Units: `annual` 0.9 is a mean of 0.9 standard deviations a year. √perYear holds for uncorrelated returns; with autocorrelation ρ₁ the
 * annual ratio itself is off by some ρ₁ of its size, which no error here covers. Of independent normal returns the 95 % interval of `hac`
 * covers .97 at n = 12 and .94 to .96 from 24 on.
 *
 * @param returns  [n]; prices are an error
 * @throws         when returns are missing, prices, or do not vary, and when periods a year are neither told nor told by dates
 *
 * Sharpe 1994; Lo 2002, with the HAC weights of Newey & West 1987. empyrical's `sharpe_ratio` is `annual`; quantstats annualises
 * the risk-free rate apart.
 */
export function sharpe(returns: Returns, options: SharpeOptions = {}): Sharpe {
  checkOptions('sharpe', options, ['perYear', 'riskFree', 'lags', 'level']);
  const { x, dates } = checkReturns('sharpe', returns);
  const perYear = checkPerYear('sharpe', options.perYear, dates);
  return sharpeOf('sharpe', excess('sharpe', x, options.riskFree), perYear, options);
}

/** The ratio of mean to standard deviation of any series x [n]: excess returns, returns over a benchmark, information coefficients. */
export function sharpeOf(caller: string, x: Float64Array, perYear: number, { lags, level }: Pick<SharpeOptions, 'lags' | 'level'>): Sharpe {
  const { perPeriod, n, skewness, kurtosis } = momentsOf(caller, x);
  const annual = perPeriod * Math.sqrt(perYear);
  const [centre, deviation] = [mean(x), standardDeviation(x)];
  const influence = x.map((value) => {
    const z = (value - centre) / deviation;
    return z - (perPeriod / 2) * (z * z - 1);
  });
  const hac = hacMean(influence, { ...(lags !== undefined && { lags }) });
  const root = Math.sqrt(perYear);
  const [iid, error] = [Math.sqrt((1 + perPeriod ** 2 / 2) / n) * root, hac.standardError * root];
  return {
    annual,
    perPeriod,
    perYear,
    n,
    skewness,
    kurtosis,
    iid: { standardError: iid, interval: confidenceInterval(annual, iid, { level }) },
    hac: { standardError: error, interval: hacInterval(annual, error, n, { lags, level }), lags: hac.lags },
  };
}

/** Whether x [n] varies by more than rounding. A return is a ratio less 1, so that it is rounded to some 1e-16 however small it is. */
export function varies(x: Float64Array): boolean {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return standardDeviation(x) > Math.max(1e-13 * largest, 1e-15);
}

/** Ratio and moments of x [n]. Throws when it does not vary by more than rounding. */
export function momentsOf(caller: string, x: Float64Array): SharpeMoments {
  const [centre, deviation] = [mean(x), standardDeviation(x)];
  if (!varies(x))
    throw new Error(
      `${caller}: every one of ${x.length} values is ${x[0]}, but for rounding, so there is no risk to divide by; was nothing held?`,
    );
  const power = (k: number) => mean(x.map((value) => (value - centre) ** k));
  const second = power(2);
  return { perPeriod: centre / deviation, n: x.length, skewness: power(3) / second ** 1.5, kurtosis: power(4) / second ** 2 };
}
