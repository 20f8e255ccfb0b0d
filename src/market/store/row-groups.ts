import { literal, withDuckDB } from './parquet.js';

/** How many rows each row group has. */
export const rowGroups = (path: string): Promise<number[]> =>
  withDuckDB(async (connection) => {
    const sql = `SELECT any_value(row_group_num_rows) FROM parquet_metadata(${literal(path)}) GROUP BY row_group_id ORDER BY row_group_id`;
    const reader = await connection.runAndReadAll(sql).catch((cause: Error) => {
      throw new Error(`parquetBatches: ${path} cannot be read as Parquet: ${cause.message.split('\n')[0]}`, { cause });
    });
    return reader.getRows().map(([n]) => Number(n));
  });

/** Rows of the file as float32, column by column. DuckDB skips the row groups that hold none of them. */
export const readRows = (path: string, names: readonly string[], start: number, n: number): Promise<Map<string, Float32Array>> =>
  withDuckDB(async (connection) => {
    const casts = names.map((name) => `CAST("${name.replaceAll('"', '""')}" AS FLOAT)`);
    const sql = `SELECT ${casts.join(', ')} FROM read_parquet(${literal(path)}, file_row_number = true)
      WHERE file_row_number >= ${start} AND file_row_number < ${start + n}`;
    const result = await connection.stream(sql).catch(async (cause: Error) => {
      const reader = await connection.runAndReadAll(`SELECT name FROM parquet_schema(${literal(path)}) WHERE type IS NOT NULL`);
      throw new Error(`parquetBatches: ${cause.message.split('\n')[0]} ${path} has the columns ${reader.getRows().flat().join(', ')}`, {
        cause,
      });
    });
    const columns = new Map(names.map((name) => [name, new Float32Array(n)]));
    for (let row = 0; row < n; ) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0)
        throw new Error(`parquetBatches: ${path} ends after ${start + row} rows; did it change meanwhile?`);
      const count = chunk.rowCount; // a call into DuckDB
      for (const [i, name] of names.entries()) {
        const values = chunk.getColumnVector(i);
        const column = columns.get(name)!;
        for (let r = 0; r < count; r++) {
          const value = values.getItem(r) as number | null;
          if (value === null || !Number.isFinite(value))
            throw new Error(
              `parquetBatches: ${path} has ${value ?? 'no value'} at row ${start + row + r}, column '${name}'; drop or fill missing values when the file is written`,
            );
          column[row + r] = value;
        }
      }
      row += count;
    }
    return columns;
  });
