import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { fromDay, fromMinute, isTimed, toDay, toMinute } from '../panel/dates.js';
import type { Table } from './table.js';

const MICROS_PER_MINUTE = 60_000_000;
const CHUNK_ROWS = 2048; // DuckDB's vector size: a data chunk holds no more

/** Writes a table as Parquet: `date` first, a DATE, or a TIMESTAMP where dates have a time, then DOUBLE columns, NULL where a value is missing. */
export async function writeParquet(path: string, { dates, columns }: Table): Promise<void> {
  await withDuckDB(async (connection, { DuckDBDataChunk, DuckDBDateValue, DuckDBTimestampValue, DATE, TIMESTAMP, DOUBLE }) => {
    const names = [...columns.keys()];
    const timed = isTimed(dates[0]);
    const dateValue = (date: string) =>
      timed ? new DuckDBTimestampValue(BigInt(toMinute(date) * MICROS_PER_MINUTE)) : new DuckDBDateValue(toDay(date));
    await connection.run(
      `CREATE TEMP TABLE data (date ${timed ? 'TIMESTAMP' : 'DATE'}, ${names.map((name) => `${identifier(name)} DOUBLE`).join(', ')})`,
    );
    const appender = await connection.createAppender('data');
    for (let start = 0; start < dates.length; start += CHUNK_ROWS) {
      const rows = dates.slice(start, start + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create([timed ? TIMESTAMP : DATE, ...names.map(() => DOUBLE)], rows.length);
      const values = [...columns.values()].map((column) => nullForNaN(column.subarray(start, start + rows.length)));
      chunk.setColumns([rows.map(dateValue), ...values]);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await connection.run(`COPY data TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
  });
}

/** Reads a Parquet file that `writeParquet` wrote, in one query and without an expression, each of which takes as long again as its column. */
export const readParquet = (path: string): Promise<Table> =>
  withDuckDB(async (connection, { DuckDBTypeId }) => {
    const result = await connection.run(`SELECT * FROM read_parquet(${literal(path)})`);
    const ofTime = result.columnTypeId(0) === DuckDBTypeId.DATE ? fromDay : (micros: number) => fromMinute(micros / MICROS_PER_MINUTE);
    const [, ...names] = result.columnNames();
    const [times, ...values] = await numbersOf(result);
    return { dates: Array.from(times, ofTime), columns: new Map(names.map((name, i) => [name, values[i]])) };
  });

/** SQL of a value as a column that `numbersOf` reads. */
export const asNumber = (sql: string): string => `CAST(${sql} AS DOUBLE)`;

/** The columns of an answer, DOUBLE or a DATE in days or a TIMESTAMP in microseconds since 1970, NaN where there is NULL. */
export async function numbersOf(result: DuckDBResult): Promise<Float64Array[]> {
  const chunks = await result.fetchAllChunks();
  const rows = chunks.reduce((total, { rowCount }) => total + rowCount, 0);
  return Array.from({ length: result.columnCount }, (_, j) => {
    const column = new Float64Array(rows);
    let at = 0;
    for (const chunk of chunks) {
      // What it keeps its numbers in, and a bit for each that is there; its types do not say so.
      const { items, validity } = chunk.getColumnVector(j) as unknown as Vector;
      if (items instanceof BigInt64Array) for (let i = 0; i < items.length; i++) column[at + i] = Number(items[i]);
      else column.set(items, at);
      if (validity.data) {
        const bits = new Uint32Array(validity.data.buffer, validity.data.byteOffset, 2 * validity.data.length);
        for (let i = 0; i < items.length; i++) if (((bits[i >>> 5] >>> (i & 31)) & 1) === 0) column[at + i] = Number.NaN;
      }
      at += items.length;
    }
    return column;
  });
}

interface Vector {
  readonly items: Float64Array | Int32Array | BigInt64Array;
  /** `data` is null where none is missing */
  readonly validity: { readonly data: BigUint64Array | null };
}

/**
 * Runs SQL on an in-memory DuckDB of this process, which starts once. One thread, so that the same table gives the same bytes; no extension
 * is ever fetched, and no file is kept in memory, since a file may be written again.
 */
export async function withDuckDB<T>(work: (connection: DuckDBConnection, duckdb: DuckDB) => Promise<T>): Promise<T> {
  const duckdb = await import('@duckdb/node-api'); // 0.15 s to load, so only when a table is read or written
  shared ??= newInstance();
  const connection = await (await shared).connect();
  try {
    return await work(connection, duckdb);
  } finally {
    connection.closeSync();
  }
}

let shared: Promise<DuckDBInstance> | undefined;

/** A DuckDB in memory. */
export async function newInstance(): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  return DuckDBInstance.create(':memory:', {
    threads: '1',
    autoinstall_known_extensions: 'false',
    enable_external_file_cache: 'false',
  });
}

type DuckDB = typeof import('@duckdb/node-api');
/** A name in SQL. */
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
/** A text in SQL. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const nullForNaN = (values: Float64Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));
