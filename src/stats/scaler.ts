import type { HostArray } from '../base/index.js';
import { checkOneOf, inverseNormal } from '../base/internal.js';
import { column, type Matrix, standardDeviation } from '../linalg/index.js';
import { checkDesign, quantileOf } from '../linalg/internal.js';
import { moments } from './standardise.js';

/** `standard` by mean and deviation, `robust` by median and interquartile range, `rank-gauss` to normal quantiles of ranks. */
export type ScalerKind = 'standard' | 'robust' | 'rank-gauss';

/** What a scaler learnt of one column, and its `name`. */
export interface ColumnScale {
  readonly name: string;
  /** subtracted first: a mean or median */
  readonly centre: number;
  /** divided by: a deviation, with n, or an interquartile range */
  readonly scale: number;
  /** of `rank-gauss`: the training values, each once, ascending */
  readonly values?: readonly number[];
  /** of `rank-gauss`: the normal quantile of each */
  readonly quantiles?: readonly number[];
}

/** All that a fitted scaler knows, as JSON: its `kind` and columns. */
export interface ScalerState {
  readonly kind: ScalerKind;
  /** [F] */
  readonly columns: readonly ColumnScale[];
}

/** A matrix [n, F], or an array [..., F] of float32 or float64. */
type Rows = Matrix | HostArray<Float32Array> | HostArray<Float64Array>;

/** A scale that was learnt of training rows, for any rows; `restoreScaler(state)` is the same one. */
export interface Scaler {
  /** Scaled rows of the shape given. Throws unless they have F columns. */
  apply<R extends Rows>(rows: R): R;
  /** Rows as they were before, to 1e-12. Throws unless they have F columns. */
  invert<R extends Rows>(rows: R): R;
  readonly state: ScalerState;
}

/**
 * A scaler, to be fitted to training rows; test rows are scaled by what it learnt there, since their own moments are of the future.
 *
 *     const { apply, invert } = scaler('robust').fit(rowsOf(x, fold.train));        apply(rowsOf(x, fold.test))
 *
 *     standard     (x − mean) / √(Σ (x − mean)² / n)
 *     robust       (x − median) / (Q₃ − Q₁), quartiles interpolated between order statistics
 *     rank-gauss   Φ⁻¹((rank − ½) / n) of the training values, ties at their mean rank; linear between them, and beyond them at the slope of `standard`
 *
 * As scikit-learn's StandardScaler and RobustScaler. Rank-gauss is close to its QuantileTransformer, which clips beyond the training values and
 * so cannot be undone there.
 *
 * @returns `fit(rows)`, which throws when a value is not finite or a column has no scale, naming it
 * @throws  on a kind that is none of the three
 */
export function scaler(kind: ScalerKind): { fit(rows: Rows): Scaler } {
  checkOneOf('scaler', 'kind', kind, ['standard', 'robust', 'rank-gauss']);
  return {
    fit(rows) {
      const x = matrixFrom(rows);
      checkDesign('scaler', x);
      const learnt = moments(x);
      const columns = learnt.names.map((name, j) => {
        const standard = { name, centre: learnt.means[j], scale: learnt.deviations[j] };
        if (kind === 'standard') return varying(standard);
        return kind === 'robust' ? robust(name, column(x, j)) : rankGauss(varying(standard), column(x, j));
      });
      return restoreScaler({ kind, columns });
    },
  };
}

/** The scaler of a saved state. */
export function restoreScaler(state: ScalerState): Scaler {
  const { kind, columns } = state;
  const maps = columns.map((one) => (kind === 'rank-gauss' ? piecewise(one) : linear(one)));
  const each = (direction: 'forward' | 'backward') => (rows: Rows) => {
    const F = 'cols' in rows ? rows.cols : rows.shape.at(-1);
    if (F !== columns.length)
      throw new Error(
        `scaler: x has ${F} columns, and it was fitted to ${columns.length}: ${columns.map(({ name }) => name).join(', ')}; give it the same`,
      );
    const data = rows.data.slice();
    for (let at = 0; at < data.length; at++) data[at] = maps[at % F][direction](data[at]);
    return { ...rows, data };
  };
  return { apply: each('forward') as Scaler['apply'], invert: each('backward') as Scaler['invert'], state };
}

function matrixFrom(rows: Rows): Matrix {
  if ('cols' in rows) return rows;
  const cols = rows.shape.at(-1) ?? 0;
  return { rows: cols ? rows.data.length / cols : 0, cols, data: Float64Array.from(rows.data) };
}

function varying(one: ColumnScale): ColumnScale {
  if (!(one.scale > 1e-14 * Math.abs(one.centre))) throw new Error(`scaler: '${one.name}' does not vary, so it has no scale; drop it`);
  return one;
}

function robust(name: string, values: Float64Array): ColumnScale {
  const sorted = values.toSorted();
  const [centre, scale] = [quantileOf(sorted, 0.5), quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25)];
  if (scale > 1e-14 * Math.abs(centre)) return { name, centre, scale };
  if (standardDeviation(sorted) > 0)
    throw new Error(`scaler: half of '${name}' are the same value, so its interquartile range is 0; drop it or take 'standard'`);
  return varying({ name, centre, scale });
}

function rankGauss(one: ColumnScale, column: Float64Array): ColumnScale {
  const sorted = column.toSorted();
  const n = sorted.length;
  const [values, quantiles]: [number[], number[]] = [[], []];
  for (let low = 0, high = 0; low < n; low = high) {
    while (high < n && sorted[high] === sorted[low]) high++;
    values.push(sorted[low]);
    quantiles.push(inverseNormal((low + high) / 2 / n));
  }
  return { ...one, values, quantiles };
}

/** A map of one column and its inverse. */
interface Monotone {
  forward(x: number): number;
  backward(z: number): number;
}

const linear = ({ centre, scale }: ColumnScale): Monotone => ({
  forward: (x) => (x - centre) / scale,
  backward: (z) => centre + scale * z,
});

const piecewise = ({ values = [], quantiles = [], scale }: ColumnScale): Monotone => ({
  forward: (x) => interpolate(values, quantiles, x, 1 / scale),
  backward: (z) => interpolate(quantiles, values, z, scale),
});

/** y(x) through the points, linear between them, and of this slope beyond. */
function interpolate(xs: readonly number[], ys: readonly number[], x: number, slope: number): number {
  const last = xs.length - 1;
  if (!(x > xs[0])) return ys[0] + (x - xs[0]) * slope;
  if (!(x < xs[last])) return ys[last] + (x - xs[last]) * slope;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle;
    else high = middle;
  }
  return ys[low] + ((x - xs[low]) / (xs[high] - xs[low])) * (ys[high] - ys[low]);
}
