import type { Matrix } from '../linalg/index.js';
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
  for (const [name, value] of Object.entries({ lookback, horizons }))
    if (!Number.isInteger(value) || value < 1) throw new Error(`windows: ${name} must be a whole number of steps from 1 up, got ${value}`);
  const each = series.rows - lookback - horizons + 1;
  if (each < 1)
    throw new Error(
      `windows: lookback ${lookback} and ${horizons} horizons leave no window: ${series.rows} rows; shorten lookback or load more history`,
    );
  checkDesign('windows', series);
  const x = zeroMatrix(each * series.cols, lookback);
  const y = zeroMatrix(each * series.cols, horizons);
  for (let j = 0; j < series.cols; j++)
    for (let i = 0; i < each; i++) {
      const row = j * each + i;
      const value = (step: number) => series.data[(i + step) * series.cols + j];
      for (let t = 0; t < lookback; t++) x.data[row * lookback + t] = value(t);
      for (let k = 0; k < horizons; k++) y.data[row * horizons + k] = value(lookback + k);
    }
  return { x, y };
}
