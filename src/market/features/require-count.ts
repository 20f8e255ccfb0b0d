import type { Panel } from '../panel/panel.js';

/** A lag, lookback, horizon or window in rows: a positive integer that leaves a row of the panel to compute. */
export function requireCount(name: string, value: number, { dates, source }: Panel): void {
  if (!(Number.isInteger(value) && value > 0)) throw new Error(`${name} must be a positive integer of rows, got ${value}`);
  if (value >= dates.length + (name === 'window' ? 1 : 0))
    throw new Error(`${name} ${value} leaves no sample: ${source} has ${dates.length} rows; shorten ${name} or load more history`);
}
