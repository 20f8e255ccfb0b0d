import type { Row } from '../../../src/base/index.js';
import type { Panel } from '../../../src/market/index.js';
import { hacMean, relativeGain, standardNormal } from '../../../src/stats/index.js';
import { overlapLags } from '../../../src/stats/internal.js';
import { rankIC } from '../../../src/trade/index.js';
import type { VolatilityTask } from '../../volatility.js';
import { averaged, type Left, measuresOf } from './judge.js';
import type { Dated } from './task.js';

/** The horizons of a return, in days. */
export const HORIZONS = { day: 1, week: 5 } as const;
export type Horizon = keyof typeof HORIZONS;

/**
 * Measures of a forecast of returns by date: its squared error in %², Clark & West's gain on the past mean, the share of signs that were right, and that were wrong, a
 * half where either is 0, and the rank correlation with the outcome over stocks.
 */
export function returnMeasures(
  task: VolatilityTask,
  horizon: Horizon,
  label: Panel,
  forecast: Float64Array,
  past: Float64Array,
): Record<string, Dated> {
  const y = label.values;
  const own = measuresOf(task, {
    [horizon]: [label, (cell) => 1e4 * (y[cell] - forecast[cell]) ** 2],
    [`${horizon}ClarkWest`]: [
      label,
      (cell) => 1e4 * ((y[cell] - past[cell]) ** 2 - (y[cell] - forecast[cell]) ** 2 + (past[cell] - forecast[cell]) ** 2),
    ],
    [`${horizon}Signs`]: [label, (cell) => (1 + Math.sign(forecast[cell]) * Math.sign(y[cell])) / 2],
    [`${horizon}Misses`]: [label, (cell) => (1 - Math.sign(forecast[cell]) * Math.sign(y[cell])) / 2],
  });
  const places = new Map(task.dates.map((date, t) => [date, t]));
  const first = forecast.find((value) => !Number.isNaN(value));
  if (forecast.every((value) => Number.isNaN(value) || value === first)) return own;
  const { values } = rankIC({ ...label, values: forecast, field: 'forecast' }, label, { horizon: HORIZONS[horizon] });
  const { dates } = own[horizon];
  return { ...own, [`${horizon}Ranks`]: { dates, values: dates.map((date) => values[places.get(date)!]) } };
}

/** Skill beside the past mean, all intervals HAC over dates with seeds averaged. */
export function skillRows({ columns, dates }: Left): Row[] {
  const models = [...new Set(columns.map(({ model }) => model))];
  return (Object.keys(HORIZONS) as Horizon[]).flatMap((horizon) => {
    const lags = overlapLags(dates[horizon].length, HORIZONS[horizon]);
    const of = (model: string, measure: string) => {
      const seeds = columns.filter((column) => column.model === model).map(({ measures }) => measures[measure]);
      return seeds[0] && averaged(seeds);
    };
    const benchmark = of('historical mean', horizon)!;
    return models.map((model): Row => {
      const losses = of(model, horizon)!;
      const row = { horizon, model, loss: hacMean(losses, { lags }).mean };
      const signs = meanOf(of(model, `${horizon}Signs`), lags);
      const ranks = meanOf(of(model, `${horizon}Ranks`), lags);
      const measures = {
        ...(signs && { signs: signs.mean, signsLow: signs.interval.low, signsHigh: signs.interval.high }),
        ...(ranks && { ic: ranks.mean, icLow: ranks.interval.low, icHigh: ranks.interval.high }),
      };
      if (model === 'historical mean') return { ...row, ...measures };
      const { gain, interval } = relativeGain({ model: losses, benchmark }, { lags });
      const { tStatistic } = hacMean(of(model, `${horizon}ClarkWest`)!, { lags });
      return { ...row, r2: gain, r2Low: interval.low, r2High: interval.high, clarkWest: standardNormal.survival(tStatistic), ...measures };
    });
  });
}

/** A mean with its interval; none of what is the same on all dates, as the signs of a forecast of 0. */
const meanOf = (values: Float64Array | undefined, lags: number) =>
  values?.some((value) => value !== values[0]) ? hacMean(values, { lags }) : undefined;
