import { fromColumns } from '../../../src/linalg/index.js';
import { linearRegression, nLinearRidge, ridgePath } from '../../../src/stats/index.js';
import { type bounce, LOOKBACK } from './closes.js';
import type { Place } from './models.js';

/*
 * What needs no attack: worst cases in closed form.
 */

/** RiskMetrics' variance by the last year of returns r [n], oldest first: Σ 0.06 · 0.94^age r². */
const WEIGHT = (age: number) => 0.06 * 0.94 ** age;

/**
 * The greatest Σ w (r + δ − δ₋)² over all errors |δ| ≤ ε of the closes. It is convex in the errors, so each close is at an end of its interval; and
 * a square has two neighbours only, so that a walk over days that keeps the best for either end of the last close finds the greatest.
 *
 * @param returns  [n], oldest first, in the units of ε
 */
export function greatestEwma(returns: ArrayLike<number>, epsilon: number): number {
  let [low, high] = [0, 0]; // the best so far with the last close below, above
  const n = returns.length;
  for (let i = 0; i < n; i++) {
    const [w, r] = [WEIGHT(n - 1 - i), returns[i]];
    const [same, falls, rises] = [w * r * r, w * (r - 2 * epsilon) ** 2, w * (r + 2 * epsilon) ** 2];
    [low, high] = [Math.max(low + same, high + falls), Math.max(high + same, low + rises)];
  }
  return Math.max(low, high);
}

/** The same if each return could be moved by 2 ε by itself, which no closes allow. */
export const boxedEwma = (returns: ArrayLike<number>, epsilon: number): number =>
  Array.from(returns).reduce((sum, r, i) => sum + WEIGHT(returns.length - 1 - i) * (Math.abs(r) + 2 * epsilon) ** 2, 0);

/** A forecast of the next day's return that is linear in past ones: b + Σ aₗ r₋ₗ, l = 0 the last. */
export interface LinearReturns {
  readonly a: readonly number[];
  readonly b: number;
}

/** Of a close k days ago the forecast has the weight aₖ − aₖ₋₁: a close is the end of one return and the beginning of the next. */
export const weightsOfCloses = ({ a }: LinearReturns): number[] =>
  Array.from({ length: a.length + 1 }, (_, k) => (k < a.length ? a[k] : 0) - (k > 0 ? a[k - 1] : 0));

/** The forecast's greatest movement for closes that are off by ε: ε ‖w‖₁ by thm:linear-robustness, and 2 ε ‖a‖₁ if returns moved by themselves. */
export const reach = (model: LinearReturns): { closes: number; box: number } => ({
  closes: weightsOfCloses(model).reduce((sum, w) => sum + Math.abs(w), 0),
  box: 2 * model.a.reduce((sum, a) => sum + Math.abs(a), 0),
});

/**
 * Regressions of the next day's return fitted to a fold's training rows: on the last day, week and month; on the last 22 days by a ridge that
 * shrinks to no forecast but the mean, and by one that shrinks to the last return. Both penalties by generalised cross-validation.
 */
export function linearReturns({ market: { task, closes }, fold }: Place): Record<'HAR' | 'ridge' | 'NLinear', LinearReturns> {
  const N = task.assets.length;
  const back = (cell: number, l: number) => closes[cell - l * N] - closes[cell - (l + 1) * N];
  const cells = fold.cells.train;
  const y = Float64Array.from(cells, (cell) => closes[cell + N] - closes[cell]);
  const past = (days: number) => Float64Array.from(cells, (cell) => (closes[cell] - closes[cell - days * N]) / days);
  const columns = [new Float64Array(cells.length).fill(1), past(1), past(5), past(22)];
  const [b, ...c] = linearRegression({ ...fromColumns(columns), names: ['1', 'day', 'week', 'month'] }, y).coefficients;
  const har = Array.from({ length: LOOKBACK }, (_, l) => c[0] * Number(l < 1) + (c[1] / 5) * Number(l < 5) + c[2] / 22);
  const x = { rows: cells.length, cols: LOOKBACK, data: new Float64Array(cells.length * LOOKBACK) };
  for (let i = 0; i < cells.length; i++) for (let l = 0; l < LOOKBACK; l++) x.data[i * LOOKBACK + l] = back(cells[i], LOOKBACK - 1 - l);
  const shrunk = ridgePath(x, y).byGcv;
  const { params } = nLinearRidge({ x, y: fromColumns([y]) });
  // NLinear adds the last value and forecasts the rest from differences to it.
  const w = Array.from({ length: LOOKBACK }, (_, l) => params.w.data[LOOKBACK - 1 - l]);
  const own = w.reduce((sum, one) => sum + one, 0);
  const ridge = { a: Array.from({ length: LOOKBACK }, (_, l) => shrunk.coefficients[LOOKBACK - 1 - l]), b: shrunk.intercept };
  return { HAR: { a: har, b }, ridge, NLinear: { a: w.map((one, l) => one + (l === 0 ? 1 - own : 0)), b: params.b.data[0] } };
}

/** Of each cell: the forecast, and with each close at the bid or the ask by chance. */
export function returnForecasts({ market, fold }: Place, { a, b }: LinearReturns, errors?: ReturnType<typeof bounce>): Float64Array {
  const N = market.task.assets.length;
  const at = (cell: number) => market.closes[cell] + (errors ? 1e-4 * errors[cell] : 0);
  return Float64Array.from(fold.cells.test, (cell) => a.reduce((f, w, l) => f + w * (at(cell - l * N) - at(cell - (l + 1) * N)), b));
}
