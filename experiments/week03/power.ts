import { dot, mean, norm } from '../../src/linalg/index.js';
import { loadPanel, simpleReturns, tradingDays } from '../../src/market/index.js';
import type { Finding } from '../../src/report/index.js';
import { crps, hacMean, normalForecast, standardNormal, studentForecast } from '../../src/stats/index.js';
import { VAULT } from '../../src/trade/index.js';
import type { Experiment } from '../experiment.js';

/** Trading days of the vault, which ends with its data, by the exchange's calendar: nothing of the vault is read. */
const VAULT_DAYS = tradingDays(VAULT.from, '2022-12-28').length;
/** Of a two-sided test at 5 %, shared by three primary hypotheses at Holm's strictest step, and of a chance of 80 % to see an effect. */
const DETECTABLE = standardNormal.quantile(1 - 0.05 / 3 / 2) + standardNormal.quantile(0.8);
/** Of exponentially weighted variances, for a day's horizon and for a month's (RiskMetrics 1996); and the days that they run before use. */
const [FAST, SLOW, BURN_IN] = [0.94, 0.97, 250];
const FREEDOM = 5;

interface Rivals {
  /** Daily returns of equal parts, and of parts in inverse proportion to the variance. */
  readonly equal: Float64Array;
  readonly inverse: Float64Array;
  /** Means over stocks, by day: QLIKE and CRPS of one forecast less that of its rival, and the CRPS itself. */
  readonly qlike: Float64Array;
  readonly crps: Float64Array;
  readonly level: Float64Array;
}

export default {
  name: 'week03/power',
  about: 'What the six years of the vault can tell apart: the noise of differences between near rivals, measured on 1999 to 2016.',
  seed: 1,
  data: ['skfolio/sp500-stocks'],
  sanity: { 'sharpe.detectable': { atLeast: 0.05, atMost: 2 }, 'qlike.detectable': { atLeast: 0.001, atMost: 0.1 } },
  async run({ quick }) {
    const prices = await loadPanel('skfolio/sp500-stocks', { from: quick ? '2014-01-01' : '1998-01-01', to: '2016-12-31' });
    const found = rivals(simpleReturns(prices));
    const sharpe = sharpeDifference(found.inverse, found.equal);
    const [qlike, score, level] = [hacMean(found.qlike), hacMean(found.crps), hacMean(found.level)];
    const T = found.level.length;
    const inVault = (error: number) => error * Math.sqrt(T / VAULT_DAYS);
    const chosen = 'none: a power calculation from the error beside it';
    const numbers: Record<string, Finding> = {
      days: { value: VAULT_DAYS, uncertainty: 'exact: a count', unit: 'd', description: 'trading days of the vault', tolerance: 0 },
      factor: {
        value: DETECTABLE,
        uncertainty: 'exact: two quantiles',
        unit: '1',
        description: 'detectable over standard error',
        tolerance: 1e-6,
      },
      'sharpe.difference': of(sharpe.mean, sharpe.standardError, 'inverse variance less equal parts, Sharpe ratio of a year'),
      'sharpe.detectable': of(
        DETECTABLE * inVault(sharpe.standardError),
        chosen,
        'difference of Sharpe ratios that the vault shows at 80 %',
      ),
      'sharpe.correlation': of(correlation(found.inverse, found.equal), 'none: describes the sample', 'of the two portfolios, daily'),
      'qlike.difference': of(qlike.mean, qlike.standardError, 'QLIKE of λ = 0.97 less that of λ = 0.94'),
      'qlike.detectable': of(DETECTABLE * inVault(qlike.standardError), chosen, 'difference of QLIKE that the vault shows at 80 %'),
      'crps.difference': of(
        score.mean / level.mean,
        score.standardError / level.mean,
        'CRPS of the normal law over that of t with 5 degrees, less 1',
      ),
      'crps.detectable': of(
        (DETECTABLE * inVault(score.standardError)) / level.mean,
        chosen,
        'share of the CRPS that the vault shows at 80 %',
      ),
    };
    return { numbers, trials: 1 };
  },
} satisfies Experiment;

const of = (value: number, uncertainty: number | string, description: string): Finding =>
  ({ value, uncertainty, unit: '1', description, tolerance: 1e-6 }) as Finding;

/** Two portfolios and two pairs of forecasts, all known at the close before. */
function rivals({ values, dates, assets }: { values: Float64Array; dates: readonly string[]; assets: readonly string[] }): Rivals {
  const [T, N] = [dates.length, assets.length];
  const days = T - BURN_IN;
  const out = Object.fromEntries(['equal', 'inverse', 'qlike', 'crps', 'level'].map((name) => [name, new Float64Array(days)]));
  const [fast, slow] = [new Float64Array(N), new Float64Array(N)];
  for (let t = 0; t < T; t++) {
    const k = t - BURN_IN;
    const precision = fast.reduce((sum, h) => sum + 1 / h, 0);
    for (let i = 0; i < N; i++) {
      const r = values[t * N + i];
      if (k >= 0) {
        const scale = Math.sqrt(fast[i]);
        const normal = crps([r], normalForecast({ mean: 0, standardDeviation: scale }))[0];
        const student = crps([r], studentForecast({ location: 0, scale: scale * Math.sqrt((FREEDOM - 2) / FREEDOM), df: FREEDOM }))[0];
        out.equal[k] += r / N;
        out.inverse[k] += r / fast[i] / precision;
        out.qlike[k] += (Math.log(slow[i] / fast[i]) + r ** 2 / slow[i] - r ** 2 / fast[i]) / N;
        out.crps[k] += (normal - student) / N;
        out.level[k] += student / N;
      }
      const next = (h: number, decay: number) => (t === 0 ? r ** 2 + 1e-6 : decay * h + (1 - decay) * r ** 2);
      [fast[i], slow[i]] = [next(fast[i], FAST), next(slow[i], SLOW)];
    }
  }
  return out as unknown as Rivals;
}

/** Difference of annual Sharpe ratios with the HAC error of its influence function z − ½ SR z² (Lo 2002; Ledoit & Wolf 2008). */
function sharpeDifference(a: Float64Array, b: Float64Array): { mean: number; standardError: number } {
  const influence = [a, b].map((r) => {
    const centre = mean(r);
    const deviation = Math.sqrt(mean(r.map((v) => (v - centre) ** 2)));
    const ratio = centre / deviation;
    return r.map((v) => ratio + (v - centre) / deviation - 0.5 * ratio * (((v - centre) / deviation) ** 2 - 1));
  });
  const difference = hacMean(influence[0].map((v, t) => v - influence[1][t]));
  return { mean: Math.sqrt(252) * difference.mean, standardError: Math.sqrt(252) * difference.standardError };
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [x, y] = [a, b].map((r) => {
    const centre = mean(r);
    return r.map((v) => v - centre);
  });
  return dot(x, y) / (norm(x) * norm(y));
}
