import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';

/** How much there is to know and how much data to know it from. */
export interface PlugInOptions {
  /** N. */
  readonly assets: number;
  /** T, of independent normal returns. */
  readonly rows: number;
  /** θ = √mᵀΣ⁻¹m, the best Sharpe ratio of a row: 0.05 of a day's is 0.8 a year. */
  readonly sharpe: number;
  /** δ of mᵀw − ½δwᵀΣw. */
  readonly riskAversion: number;
}

/** What mean–variance weights promise, and what they are worth on average when moments are estimated; a return for certain of each row. */
export interface PlugInUtility {
  /** θ²/(2δ), of weights by the true moments. */
  readonly best: number;
  /** (θ² − N/T)/(2δ), with means estimated and the covariance known. */
  readonly knownCovariance: number;
  /** With both estimated, the covariance by T; −∞ unless T > N + 4. */
  readonly estimated: number;
  /** (θ² + N/T)/(2δ), what the estimated means themselves promise. */
  readonly promised: number;
  /** θ²/(θ² + N/T), the share of the plug-in weights that is worth most, the covariance known; the rest in cash. */
  readonly bestShare: number;
}

/**
 * The expected utility of the plug-in portfolio Σ̂⁻¹m̂/δ.
 *
 *     T/(T − N − 2) · θ²/δ − T²(T − 2)/((T − N − 1)(T − N − 2)(T − N − 4)) · (θ² + N/T)/(2δ)
 *
 * @throws when a count is not whole, a number not above 0, or θ below 0
 *
 * thm:plug-in-loss; Kan & Zhou 2007, eqs. 13, 17 and 20.
 */
export function plugInUtility(options: PlugInOptions): PlugInUtility {
  checkOptions('plugInUtility', options, ['assets', 'rows', 'sharpe', 'riskAversion']);
  const { assets: N, rows: T, sharpe, riskAversion } = options;
  checkWhole('plugInUtility', 'assets', N);
  checkWhole('plugInUtility', 'rows', T);
  checkNumber('plugInUtility', 'sharpe', sharpe, { from: 0 }, 'of one row, not of a year');
  checkNumber('plugInUtility', 'riskAversion', riskAversion, { above: 0 });
  const square = sharpe ** 2;
  const seen = square + N / T; // E m̂ᵀΣ⁻¹m̂
  const first = T / (T - N - 2);
  const second = (T ** 2 * (T - 2)) / ((T - N - 1) * (T - N - 2) * (T - N - 4));
  return {
    best: square / (2 * riskAversion),
    knownCovariance: (2 * square - seen) / (2 * riskAversion),
    estimated: T > N + 4 ? (first * square - (second * seen) / 2) / riskAversion : -Infinity,
    promised: seen / (2 * riskAversion),
    bestShare: square / seen,
  };
}
