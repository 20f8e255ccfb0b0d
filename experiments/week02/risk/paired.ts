import { mean } from '../../../src/linalg/index.js';
import { hacMean, studentT } from '../../../src/stats/index.js';
import { bartlettDegreesOfFreedom } from '../../../src/stats/internal.js';

/** How much more one forecast loses than another, over dates and seeds. */
export interface Paired {
  readonly difference: number;
  readonly error: number;
  /** Interval of 95 %. */
  readonly low: number;
  readonly high: number;
  /** Of no difference, two-sided and not corrected. */
  readonly p: number;
}

/**
 * Losses [S][T] beside a rival's, seed by seed and date by date; a rival in closed form has the same for each seed. The error has two parts, as that of `verdict`:
 * what another history would change, by HAC, and what other seeds would; its degrees of freedom are Satterthwaite's.
 */
export function paired(own: readonly ArrayLike<number>[], rival: readonly ArrayLike<number>[]): Paired {
  const S = own.length;
  const bySeed = own.map((losses, s) => Float64Array.from(losses, (loss, t) => loss - rival[s][t]));
  const { mean: difference, standardError, lags } = hacMean(bySeed[0].map((_, t) => mean(bySeed.map((one) => one[t]))));
  const each = bySeed.map((one) => mean(one));
  const [overDates, overSeeds] = [standardError ** 2, each.reduce((sum, one) => sum + (one - difference) ** 2, 0) / (S - 1) / S];
  const dates = overDates ** 2 / bartlettDegreesOfFreedom(bySeed[0].length, lags);
  const law = studentT((overDates + overSeeds) ** 2 / (dates + overSeeds ** 2 / (S - 1)));
  const error = Math.sqrt(overDates + overSeeds);
  const half = law.quantile(0.975) * error;
  const p = Math.min(1, 2 * law.survival(Math.abs(difference) / error));
  return { difference, error, low: difference - half, high: difference + half, p };
}
