import { mean } from '../../../src/linalg/index.js';
import { fieldOf, fitQuantileRegimes, forwardVolatility, loadFrame, mapValues, type Panel } from '../../../src/market/index.js';
import { linearRegression, logisticRegression, predict, predictProbability, standardNormal } from '../../../src/stats/index.js';
import { RESEARCH } from '../../../src/trade/index.js';
import { closedForms, SOURCE, type VolatilityFold, type VolatilityTask } from '../../volatility.js';
import { designOf, nLinearOf, withIntercept } from './linear.js';
import { WEEK } from './task.js';

/** Calm, usual, restless. */
export const CLASSES = 3;
/** What every class has at least of every forecast's probability: no forecast of twenty stocks is surer. */
const LEAST = 0.01;
/** Probabilities mixed with equal ones, so that none is below the least. */
export const mixed = (p: number): number => (1 - CLASSES * LEAST) * p + LEAST;
/** A year's volatility of a week of prices in eighths that did not move. */
const STILL = 0.01;

/** The regime of the next week's volatility, between the terciles that each stock had in the training rows of a fold. */
export interface RegimeFold {
  /** 0, 1 or 2 [T, N]. */
  readonly label: Panel;
  /** The volatility that it is of, annual. */
  readonly volatility: Panel;
  /** By stock. */
  readonly thresholds: readonly (readonly number[])[];
  /** Those of the volatility task, the log variances relative to the middle of the stock's own thresholds. */
  readonly features: readonly Panel[];
}

export async function regimeFolds(task: VolatilityTask): Promise<RegimeFold[]> {
  const prices = fieldOf(await loadFrame(SOURCE, RESEARCH), 'adjClose');
  const volatility = mapValues(forwardVolatility(prices, WEEK), 'next week', (value) => Math.max(STILL, value));
  return task.folds.map((fold) => {
    const regimes = fitQuantileRegimes(volatility, fold.train);
    const thresholds = task.assets.map((asset) => regimes.thresholds.get(asset)!);
    const middle = thresholds.map(([low, high]) => Math.log(low) + Math.log(high) - Math.log(252)); // of the logarithm of a day's variance
    const features = task.features.map((panel, f) => (f < 5 ? mapValues(panel, panel.field, (value, _, n) => value - middle[n]) : panel));
    return { label: regimes.apply(volatility), volatility, thresholds, features };
  });
}

/** Probabilities of the classes [3][T · N]. */
export type Probabilities = readonly Float64Array[];

/** Closed forms of a fold, fitted to its training rows. */
export function regimeRivals(task: VolatilityTask, fold: VolatilityFold, regime: RegimeFold): Record<string, Probabilities> {
  const { label, features } = regime;
  const N = task.assets.length;
  const forms = closedForms(task, fold);
  const [squares] = task.features;
  // Its first values are of prices that had not moved.
  const ewma = mapValues(task.features[3], 'EWMA', (l) => (Number.isFinite(l) ? l : Number.NaN));
  const logs = (h: Float64Array, field: string): Panel => ({ ...ewma, field, values: h.map(Math.log) });
  const weekly = { ...squares, field: 'log variance', values: regime.volatility.values.map((v) => 2 * Math.log(v) - Math.log(252)) };
  const [nLinear] = nLinearOf(task, fold, squares, [weekly]);
  return {
    'equal chances': Array.from({ length: CLASSES }, () => new Float64Array(label.values.length).fill(1 / CLASSES)),
    'last week': byLastWeek(label, fold, N),
    EWMA: byLaw(fold, regime, [ewma]),
    GARCH: byLaw(fold, regime, [logs(forms.GARCH, 'GARCH')]),
    GJR: byLaw(fold, regime, [logs(forms.GJR, 'GJR')]),
    'log-HAR': byLaw(fold, regime, task.features),
    NLinear: byLaw(fold, regime, [{ ...squares, field: 'NLinear', values: nLinear }]),
    'cumulative logits': byLogits(fold, label, features),
  };
}

/** How often each regime followed the one of the week that has passed, on the training rows. */
function byLastWeek(label: Panel, { train }: VolatilityFold, N: number): Probabilities {
  const past = label.values.map((_, cell) => label.values[cell - WEEK * N] ?? Number.NaN);
  const counts = Array.from({ length: CLASSES }, () => new Float64Array(CLASSES).fill(1));
  for (let cell = train.start * N; cell < train.end * N; cell++)
    if (!Number.isNaN(past[cell]) && !Number.isNaN(label.values[cell])) counts[past[cell]][label.values[cell]]++;
  const shares = counts.map((row) => row.map((count) => count / (mean(row) * CLASSES)));
  return Array.from({ length: CLASSES }, (_, k) => past.map((before) => (Number.isNaN(before) ? before : shares[before][k])));
}

/** A normal law of the log volatility by least squares on the features: what of it lies between the stock's thresholds. */
function byLaw(fold: VolatilityFold, { label, volatility, thresholds }: RegimeFold, features: readonly Panel[]): Probabilities {
  const [trained, later] = [fold.train, fold.test].map((rows) => designOf(features, fold, rows));
  const y = Float64Array.from(trained.cells, (cell) => Math.log(volatility.values[cell]));
  const fit = linearRegression(withIntercept(trained.x), y);
  const deviation = Math.sqrt(mean(fit.residuals.map((e) => e * e)));
  const location = predict(fit, withIntercept(later.x));
  const out = Array.from({ length: CLASSES }, () => new Float64Array(label.values.length).fill(Number.NaN));
  for (const [i, cell] of later.cells.entries()) {
    const below = thresholds[cell % thresholds.length].map((bound) => standardNormal.cdf((Math.log(bound) - location[i]) / deviation));
    between(out, cell, below);
  }
  return out;
}

/** Two logistic regressions, of being above each threshold, on features in the stock's own units. */
function byLogits(fold: VolatilityFold, label: Panel, features: readonly Panel[]): Probabilities {
  const [trained, later] = [fold.train, fold.test].map((rows) => designOf(features, fold, rows));
  const [x, xs] = [withIntercept(trained.x), withIntercept(later.x)];
  const above = [1, 2].map((least) => {
    const y = Float64Array.from(trained.cells, (cell) => Number(label.values[cell] >= least));
    return predictProbability(logisticRegression(x, y), xs);
  });
  const out = Array.from({ length: CLASSES }, () => new Float64Array(label.values.length).fill(Number.NaN));
  for (const [i, cell] of later.cells.entries())
    between(
      out,
      cell,
      above.map((p) => 1 - p[i]),
    );
  return out;
}

/** Probabilities from those of being below each threshold. */
function between(out: readonly Float64Array[], cell: number, [low, high]: readonly number[]): void {
  const top = Math.max(low, high); // two regressions may cross
  for (const [k, p] of [low, top - low, 1 - top].entries()) out[k][cell] = p;
}
