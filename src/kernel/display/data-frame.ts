import type { Cell } from '../../base/index.js';
import { frameForms } from '../../base/internal.js';
import type { MimeBundle } from '../protocol.js';

/** A danfojs DataFrame or Series, by what they have in common. */
export interface NDframe {
  readonly columns: readonly string[];
  readonly index: readonly (string | number)[];
  readonly shape: readonly number[];
  readonly dtypes: readonly string[];
  /** Rows of a frame; the values themselves of a series. */
  readonly values: readonly unknown[];
  readonly $isSeries: boolean;
}

export const isNDframe = (value: object): value is NDframe =>
  '$isSeries' in value && 'values' in value && 'index' in value && 'columns' in value && 'shape' in value;

/**
 * How a danfojs frame or series shows: as pandas' do, with the labels of its index, its first and last rows where it is long, and
 * its size below. An empty one says so, and names its columns.
 */
export function showNDframe(frame: NDframe): MimeBundle {
  const rows = (frame.$isSeries ? frame.values.map((value) => [value]) : frame.values) as Cell[][];
  const length = `${rows.length.toLocaleString('en-US')} ${rows.length === 1 ? 'row' : 'rows'}`;
  const size = frame.$isSeries
    ? `Series, ${length}, ${frame.dtypes[0] ?? 'of no type'}`
    : `${length} × ${frame.columns.length} ${frame.columns.length === 1 ? 'column' : 'columns'}`;
  return { ...frameForms({ columns: frame.columns, index: frame.index, rows, size }) };
}
