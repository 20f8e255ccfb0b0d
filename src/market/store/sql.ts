import { existsSync } from 'node:fs';
import type { DuckDBResultReader } from '@duckdb/node-api';
import { fromDay, fromMinute } from '../panel/dates.js';
import { literal, newInstance, withDuckDB } from './parquet.js';
import { isDatasetName } from './provenance.js';
import { listDatasets, parquetPath, readVersions, recordPath } from './store.js';

/** A row of a query's answer: dates are `YYYY-MM-DD`, times of whole minutes `YYYY-MM-DDTHH:MM`, whole numbers and decimals are numbers, NULL is null. */
export type SqlRow = Record<string, string | number | boolean | null>;

/**
 * Runs SQL over the store: each dataset is a table under its name in double quotes, with a `date` column and its own.
 *
 *     await query(`SELECT year(date) AS year, avg(VIX) AS vix FROM "arch/vix" GROUP BY year ORDER BY year`)
 *
 * The dialect is DuckDB's. Only the datasets that the text names are opened, each in one version, and checked as `loadDataset` checks them.
 *
 * @throws when DuckDB refuses the query, with its reason and the tables there are; when a dataset that it names is damaged; and when a
 *         whole number of the answer is beyond 2⁵³
 */
export async function query(sql: string): Promise<SqlRow[]> {
  return readVersions(await namedIn(sql), async (records) => {
    const instance = await newInstance(); // of its own: what a query creates goes with it
    const connection = await instance.connect();
    try {
      for (const record of records)
        await connection.run(`CREATE VIEW "${record.name}" AS SELECT * FROM read_parquet(${literal(parquetPath(record))})`);
      const reader = await connection.runAndReadAll(sql).catch(async (error: Error) => {
        const known = (await listDatasets()).map(({ name }) => `"${name}"`);
        throw new Error(`query: ${error.message.split('\n')[0]}; tables are ${known.join(', ')}`);
      });
      return await rowsOf(reader);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  });
}

/** The datasets that a text names. SQL takes capital for small letters, so a name in other letters is good where it can mean one only. */
async function namedIn(sql: string): Promise<string[]> {
  const quoted = (await tablesIn(sql)).filter(isDatasetName);
  const named = new Set<string>();
  for (const name of quoted) {
    const meant = existsSync(recordPath(name)) ? [name] : await inOtherLetters(name);
    if (meant.length > 1) refuseTwins(meant);
    for (const one of meant) named.add(one);
  }
  for (const name of named) {
    const twins = [...named].filter((other) => other.toLowerCase() === name.toLowerCase());
    if (twins.length > 1) refuseTwins(twins);
  }
  return [...named];
}

/**
 * The tables that a text names, by DuckDB's parser. It tells those of SELECT only; of other statements, and of what it cannot read, they
 * are all that stands in double quotes outside literals and comments.
 */
const tablesIn = (sql: string): Promise<string[]> =>
  withDuckDB(async (connection) => {
    const reader = await connection.runAndReadAll(`SELECT CAST(json_serialize_sql(${literal(sql)}) AS VARCHAR)`);
    const parsed: unknown = JSON.parse(String(reader.getRows()[0][0]));
    const names = new Set<string>();
    if ((parsed as { error: boolean }).error) {
      for (const [, , name] of sql.matchAll(TOKENS)) if (name !== undefined) names.add(name.replaceAll('""', '"'));
    } else collectTables(parsed, names);
    return [...names];
  });

/** What quotation marks may stand in, and, captured, what stands in double ones. */
const TOKENS = /[eE]'(?:[^'\\]|\\.|'')*'|'[^']*'|\$(\w*)\$.*?\$\1\$|--[^\n]*|\/\*.*?\*\/|"((?:[^"]|"")+)"/gs;

function collectTables(node: unknown, names: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node))
    if (key === 'table_name' && typeof value === 'string') names.add(value);
    else collectTables(value, names);
}

const inOtherLetters = async (name: string): Promise<string[]> =>
  (await listDatasets()).map((record) => record.name).filter((known) => known.toLowerCase() === name.toLowerCase());

function refuseTwins(names: readonly string[]): never {
  throw new Error(
    `query: SQL does not tell ${names.map((name) => `"${name}"`).join(' from ')}; name one of them, with its capital letters`,
  );
}

async function rowsOf(reader: DuckDBResultReader): Promise<SqlRow[]> {
  const { DuckDBDateValue, DuckDBDecimalValue, DuckDBTimestampValue } = await import('@duckdb/node-api');
  const plain = (name: string, value: unknown): SqlRow[string] => {
    if (value instanceof DuckDBDateValue) return fromDay(value.days);
    if (value instanceof DuckDBTimestampValue && value.micros % 60_000_000n === 0n) return fromMinute(Number(value.micros) / 60_000_000);
    if (value instanceof DuckDBDecimalValue) return Number(value.toString());
    if (typeof value === 'bigint') return whole(name, value);
    return value === null || typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
  };
  return reader.getRowObjects().map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(name, value)])));
}

function whole(name: string, value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new Error(
      `query: column '${name}' has ${value}, and a number holds whole numbers up to 2^53 only; CAST it to VARCHAR, or to DOUBLE to round it`,
    );
  return number;
}
