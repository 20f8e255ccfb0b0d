import { matrixOf } from '../panel/arrays.js';
import { type Danfo, type DataFrameReading, type DataFrameRows, fromDataFrame, toDataFrame } from '../panel/data-frame.js';
import type { Panel } from '../panel/panel.js';
import { type Frame, fieldOf, frameOf } from './frame.js';

/** The column of a field of an asset: `close AAPL`, and `close` alone where a frame has one asset. */
const columnOf = (field: string, asset: string, assets: readonly string[]): string => (assets.length === 1 ? field : `${field} ${asset}`);

/**
 * A frame as a danfojs data frame: a row for each date, which is its index, and a column for each field of each asset, `close AAPL`, or for each field
 * where there is one asset. Series and who is listed are not in it.
 *
 *     import * as dfd from 'danfojs-node';        frameToDataFrame(dfd, frame).tail().print()
 *
 * @throws when the frame has no field
 */
export function frameToDataFrame<F>(danfo: Danfo<F>, frame: Frame): F {
  const { dates, assets, source } = frame;
  const panels = Object.keys(frame.fields).map((field): Panel => {
    const { values } = fieldOf(frame, field);
    return { dates, assets: assets.map((asset) => columnOf(field, asset, assets)), values, field: 'fields', source };
  });
  const { data, names } = matrixOf(panels);
  return toDataFrame(danfo, { dates, assets: names!, values: data, field: 'fields', source });
}

/** What a data frame of several fields does not say of itself. */
export interface FrameReading extends Omit<DataFrameReading, 'field'> {
  /** [N] whose columns are to be read: `close AAPL`, `volume AAPL`; of one asset the columns are its fields */
  readonly assets: readonly string[];
}

/**
 * A frame of what a notebook made with danfojs, its columns named as `frameToDataFrame` names them; null, undefined and NaN are missing.
 *
 *     frameFromDataFrame(df, { assets: ['AAPL', 'KO'], source: 'my-notebook/bars' })
 *
 * @throws when no column is of an asset, an asset lacks a field that another has, and as `fromDataFrame`
 */
export function frameFromDataFrame(frame: DataFrameRows, { assets, source, dates }: FrameReading): Frame {
  const who = `frameFromDataFrame, ${source}`;
  const all = fromDataFrame(frame, { field: 'fields', source, ...(dates && { dates }) });
  const fields = assets.length === 1 ? all.assets : fieldsOf(all.assets, assets);
  if (fields.length === 0)
    throw new Error(
      `${who}: no column is a field of ${assets.join(', ')}: they are ${all.assets.join(', ')}; name them as in 'close ${assets[0]}'`,
    );
  const width = all.assets.length;
  const panels = fields.map((field): Panel => {
    const columns = assets.map((asset) => {
      const j = all.assets.indexOf(columnOf(field, asset, assets));
      if (j < 0)
        throw new Error(`${who}: '${asset}' has no ${field}, which others have; add the column '${field} ${asset}', or leave ${field} out`);
      return j;
    });
    const values = new Float64Array(all.dates.length * assets.length);
    for (let t = 0; t < all.dates.length; t++)
      for (const [n, j] of columns.entries()) values[t * assets.length + n] = all.values[t * width + j];
    return { dates: all.dates, assets, values, field, source };
  });
  return frameOf(panels);
}

/** The fields that columns name before one of the assets, in their order. */
function fieldsOf(columns: readonly string[], assets: readonly string[]): string[] {
  const named = columns.flatMap((column) =>
    assets.filter((asset) => column.endsWith(` ${asset}`)).map((asset) => column.slice(0, -asset.length - 1)),
  );
  return [...new Set(named)];
}
