import { fromColumns, matMul } from '../../../src/linalg/index.js';
import {
  computeFeatures,
  type Frame,
  fieldOf,
  forwardLogReturn,
  loadFrame,
  mapValues,
  type Panel,
  seriesOf,
} from '../../../src/market/index.js';
import { fitGarch, linearRegression, multivariateRidge, predict } from '../../../src/stats/index.js';
import { RESEARCH } from '../../../src/trade/index.js';
import { SOURCE, type VolatilityFold, type VolatilityTask } from '../../volatility.js';
import { designOf, nLinearOf, spread, withIntercept } from './linear.js';
import { purgedTask, WEEK } from './task.js';

/** What is asked of returns: those of the next day and of the next week, of the close at which the features are known. */
export interface ReturnTask {
  readonly task: VolatilityTask;
  readonly frame: Frame;
  /** Log returns of a day, a week and a month, momentum, and four of the volatility's. */
  readonly features: readonly Panel[];
  readonly day: Panel;
  readonly week: Panel;
}

export async function returnTask(quick: boolean): Promise<ReturnTask> {
  const task = await purgedTask(quick);
  const frame = await loadFrame(SOURCE, RESEARCH);
  const names = ['return-1', 'return-5', 'return-21', 'momentum-252-21'];
  const known = computeFeatures(frame, names);
  const [square, , , ewma, year, leverage] = task.features;
  const prices = fieldOf(frame, 'adjClose');
  const week = { ...forwardLogReturn(prices, WEEK), field: 'next week' };
  return {
    ...{ task, frame },
    features: [...names.slice(0, 3).map((name) => known.panel(name)), ewma, known.panel(names[3]), square, year, leverage],
    // Where the week is known too, so that both are judged on the same dates.
    day: mapValues(forwardLogReturn(prices, 1), 'next day', (r, t, n) => r + 0 * week.values[t * prices.assets.length + n]),
    week,
  };
}

/** Forecasts [T · N] of both horizons. */
export interface Both {
  readonly day: Float64Array;
  readonly week: Float64Array;
}

/** Closed forms fitted to the training rows of a fold; of the past mean, each day's past. */
export function returnRivals(returns: ReturnTask, fold: VolatilityFold): Record<string, Both> {
  const { task, features, day, week } = returns;
  const [r, pastWeek] = features;
  const each = (f: (value: number, t: number, n: number) => number) => mapValues(r, 'forecast', f).values;
  const means = pastMeans(r);
  const smooth = smoothed(r);
  const garch = task.assets.map((asset) => fitGarch(seriesOf(task.returns, asset).subarray(0, fold.train.end)).parts.mean[0]);
  const [nDay, nWeek] = nLinearOf(task, fold, r, [day, { ...week, values: week.values.map((value) => value / WEEK) }]);
  return {
    zero: { day: each(() => 0), week: each(() => 0) },
    'historical mean': { day: means, week: means.map((m) => WEEK * m) },
    'last value': { day: r.values, week: pastWeek.values },
    EWMA: { day: smooth, week: smooth.map((m) => WEEK * m) },
    'GARCH, its mean': { day: each((_, __, n) => garch[n]), week: each((_, __, n) => WEEK * garch[n]) },
    HAR: leastSquares(returns, fold, features.slice(0, 3)),
    ridge: ridgeOf(returns, fold),
    NLinear: { day: nDay, week: nWeek.map((value) => WEEK * value) },
  };
}

/** The mean of all returns to the date, of each stock. */
export function pastMeans({ values, assets }: Panel): Float64Array {
  const N = assets.length;
  const [sums, counts] = [new Float64Array(N), new Int32Array(N)];
  return values.map((value, at) => {
    if (!Number.isNaN(value)) {
      sums[at % N] += value;
      counts[at % N]++;
    }
    return sums[at % N] / counts[at % N];
  });
}

/** Exponentially weighted means with the weights of RiskMetrics, from the first return on. */
function smoothed({ values, assets }: Panel): Float64Array {
  const N = assets.length;
  const out = new Float64Array(values.length).fill(Number.NaN);
  for (let at = 0; at < values.length; at++) {
    const before = at >= N ? out[at - N] : Number.NaN;
    out[at] = Number.isNaN(before) ? values[at] : 0.94 * before + 0.06 * values[at];
  }
  return out;
}

/** Pooled regressions on past returns. */
function leastSquares({ day, week }: ReturnTask, fold: VolatilityFold, features: readonly Panel[]): Both {
  const [trained, later] = [fold.train, fold.test].map((rows) => designOf(features, fold, rows));
  const [x, xs] = [withIntercept(trained.x), withIntercept(later.x)];
  const of = (label: Panel) =>
    spread(
      label.values.length,
      later.cells,
      predict(
        linearRegression(
          x,
          Float64Array.from(trained.cells, (cell) => label.values[cell]),
        ),
        xs,
      ),
    );
  return { day: of(day), week: of(week) };
}

/** Ridge on all features, one penalty for both horizons by generalised cross-validation. */
function ridgeOf({ features, day, week }: ReturnTask, fold: VolatilityFold): Both {
  const [trained, later] = [fold.train, fold.test].map((rows) => designOf(features, fold, rows));
  const y = fromColumns([day, week].map(({ values }) => Float64Array.from(trained.cells, (cell) => values[cell])));
  const { coefficients, intercepts } = multivariateRidge(trained.x, y);
  const forecasts = matMul(later.x, coefficients);
  const of = (k: number) =>
    spread(
      day.values.length,
      later.cells,
      Float64Array.from(later.cells, (_, i) => forecasts.data[2 * i + k] + intercepts[k]),
    );
  return { day: of(0), week: of(1) };
}
