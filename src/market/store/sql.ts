import { fromDay } from '../panel/dates.js';
import { withDuckDB } from './parquet.js';
import { listDatasets, parquetPath } from './store.js';

/** A row of a query's answer: dates are `YYYY-MM-DD`, whole numbers are numbers, NULL is null. */
export type SqlRow = Record<string, string | number | boolean | null>;

/**
 * Runs SQL over the store: each dataset is a table under its name in double quotes, with a `date` column and its own.
 *
 *     await query(`SELECT year(date) AS year, avg(VIX) AS vix FROM "arch/vix" GROUP BY year ORDER BY year`)
 *
 * The dialect is DuckDB's.
 *
 * @throws when DuckDB refuses the query, with its reason and the tables there are
 */
export async function query(sql: string): Promise<SqlRow[]> {
  const datasets = await listDatasets();
  return withDuckDB(async (connection, { DuckDBDateValue }) => {
    for (const record of datasets)
      await connection.run(`CREATE VIEW "${record.name}" AS SELECT * FROM read_parquet('${parquetPath(record).replaceAll("'", "''")}')`);
    const reader = await connection.runAndReadAll(sql).catch((error: Error) => {
      throw new Error(`query: ${error.message.split('\n')[0]}; tables are ${datasets.map(({ name }) => `"${name}"`).join(', ')}`);
    });
    const plain = (value: unknown): SqlRow[string] => {
      if (value instanceof DuckDBDateValue) return fromDay(value.days);
      if (typeof value === 'bigint') return Number(value);
      return value === null || typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
    };
    return reader.getRowObjects().map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
  });
}
