import type { Panel } from './panel.js';

/**
 * Each value less the mean of its date, x − x̄, over the assets that have one.
 *
 * @param panel  [T, N]
 */
export const demean = (panel: Panel): Panel => ofRow(panel, 'demean', (value, { mean }) => value - mean);

/**
 * Each value in standard deviations from the mean of its date, (x − x̄) / s with s² = Σ (x − x̄)² / (m − 1) over the m assets that have one, as
 * pandas' `std` has it. 0 where all are the same; NaN where a date has one value alone.
 *
 * @param panel  [T, N]
 */
export const zScore = (panel: Panel): Panel =>
  ofRow(panel, 'zScore', (value, { mean, deviation, same }) => (same ? 0 : (value - mean) / deviation));

/** Of the values of a date. */
interface Row {
  readonly mean: number;
  readonly deviation: number;
  /** all are the same, of two or more */
  readonly same: boolean;
}

function ofRow(panel: Panel, field: string, f: (value: number, row: Row) => number): Panel {
  const N = panel.assets.length;
  const values = new Float64Array(panel.values.length);
  for (let start = 0; start < values.length; start += N) {
    const row = panel.values.subarray(start, start + N);
    const about = moments(row);
    for (let n = 0; n < N; n++) values[start + n] = Number.isNaN(row[n]) ? Number.NaN : f(row[n], about);
  }
  return { ...panel, field, values };
}

function moments(row: Float64Array): Row {
  let [m, sum, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of row) {
    if (Number.isNaN(value)) continue;
    m++;
    sum += value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const same = m > 1 && low === high;
  const mean = same ? low : sum / m;
  let squares = 0;
  for (const value of row) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  return { mean, deviation: m > 1 ? Math.sqrt(squares / (m - 1)) : Number.NaN, same };
}
