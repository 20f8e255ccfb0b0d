import { checkWhole, rowsUpTo, windowEnds } from '../base/internal.js';
import { column, type Matrix } from '../linalg/index.js';
import { checkDesign, zeroMatrix } from '../linalg/internal.js';

/** Windows of a panel's series and what came after each: x [n, T], y [n, K]. */
export interface Windows {
  readonly x: Matrix;
  readonly y: Matrix;
}

/**
 * Every window of `lookback` steps with the `horizons` steps that follow it, of all series one below the other.
 *
 * @param series  [steps, F], a column for each series
 * @throws        when lookback or horizons is no positive integer, no window fits into the steps, or a value is not finite
 */
export function windows(series: Matrix, { lookback, horizons }: { readonly lookback: number; readonly horizons: number }): Windows {
  checkWhole('windows', 'horizons', horizons);
  const ends = windowEnds('windows', series.rows, { lookback, horizon: horizons });
  checkDesign('windows', series);
  const each = ends.length;
  const x = zeroMatrix(each * series.cols, lookback);
  const y = zeroMatrix(each * series.cols, horizons);
  const after = ends.map((end) => end + horizons);
  for (let j = 0; j < series.cols; j++) {
    const steps = { data: column(series, j), shape: [series.rows] };
    x.data.set(rowsUpTo(steps, ends, lookback), j * each * lookback);
    y.data.set(rowsUpTo(steps, after, horizons), j * each * horizons);
  }
  return { x, y };
}
