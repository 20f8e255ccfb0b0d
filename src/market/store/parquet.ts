import type { DuckDBConnection } from '@duckdb/node-api';
import { fromDay, toDay } from '../panel/dates.js';
import type { Table } from './table.js';

const CHUNK_ROWS = 2048; // DuckDB's vector size: a data chunk holds no more

/** Writes a table as Parquet: `date` DATE first, then DOUBLE columns, NULL where a value is missing. */
export async function writeParquet(path: string, { dates, columns }: Table): Promise<void> {
  await withDuckDB(async (connection, { DuckDBDataChunk, DuckDBDateValue, DATE, DOUBLE }) => {
    const names = [...columns.keys()];
    await connection.run(`CREATE TABLE data (date DATE, ${names.map((name) => `${identifier(name)} DOUBLE`).join(', ')})`);
    const appender = await connection.createAppender('data');
    for (let start = 0; start < dates.length; start += CHUNK_ROWS) {
      const rows = dates.slice(start, start + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create([DATE, ...names.map(() => DOUBLE)], rows.length);
      const values = [...columns.values()].map((column) => nullForNaN(column.subarray(start, start + rows.length)));
      chunk.setColumns([rows.map((date) => new DuckDBDateValue(toDay(date))), ...values]);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await connection.run(`COPY data TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
  });
}

/** Reads a Parquet file that `writeParquet` wrote. */
export async function readParquet(path: string): Promise<Table> {
  return withDuckDB(async (connection, { DuckDBDateValue }) => {
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet(${literal(path)})`);
    const [days, ...values] = reader.getColumns();
    const dates = days.map((day) => fromDay(day instanceof DuckDBDateValue ? day.days : Number.NaN));
    const names = reader.columnNames().slice(1);
    return {
      dates,
      columns: new Map(names.map((name, i) => [name, Float64Array.from(values[i], (v) => (v === null ? Number.NaN : Number(v)))])),
    };
  });
}

/** Runs SQL on an in-memory DuckDB. One thread, so that the same table gives the same bytes; no extension is ever fetched. */
export async function withDuckDB<T>(work: (connection: DuckDBConnection, duckdb: DuckDB) => Promise<T>): Promise<T> {
  const duckdb = await import('@duckdb/node-api'); // 0.15 s to load, so only when a table is read or written
  const instance = await duckdb.DuckDBInstance.create(':memory:', { threads: '1', autoinstall_known_extensions: 'false' });
  const connection = await instance.connect();
  try {
    return await work(connection, duckdb);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

type DuckDB = typeof import('@duckdb/node-api');
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const nullForNaN = (values: Float64Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));
