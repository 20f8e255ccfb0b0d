import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../../../tests/support/temporary-store.js';
import { loadPanel } from '../panel/load.js';
import { query } from './sql.js';
import { saveDataset } from './store.js';

describe('query', () => {
  it('answers from any dataset by its name, in plain values', async () => {
    const [row] = await query(
      'SELECT count(*) AS n, min(date) AS first, max(SP500) AS high, max(SP500) > 4000 AS above FROM "skfolio/sp500-index"',
    );
    const { values } = await loadPanel('skfolio/sp500-index');
    expect(row).toEqual({ n: 8_313, first: '1990-01-02', high: Math.max(...values), above: true });
  });

  it('joins datasets by date', async () => {
    const rows = await query(
      'SELECT date, AAPL, SP500 FROM "skfolio/sp500-stocks" JOIN "skfolio/sp500-index" USING (date) WHERE date = \'1990-01-03\'',
    );
    expect(rows).toEqual([{ date: '1990-01-03', AAPL: 0.266, SP500: 358.76 }]);
  });

  it('gives null for what is missing', async () => {
    expect(await query('SELECT VIX FROM "arch/vix" WHERE date = \'2014-01-20\'')).toEqual([{ VIX: null }]);
  });

  it('says what is wrong and which tables there are', async () => {
    await expect(query('SELECT * FROM "arch/vox"')).rejects.toThrow(
      /^query: Catalog Error: .*arch\/vox.*; tables are "arch\/corporate-yields", /,
    );
  });

  it('gives decimals as numbers, and refuses whole numbers that a number cannot hold', async () => {
    expect(await query('SELECT 0.5 AS half, 100.0 * 3 / 4 AS share, 12345678901234.56 AS price, sum(i) AS n FROM range(4) t(i)')).toEqual([
      { half: 0.5, share: 75, price: 12345678901234.56, n: 6 },
    ]);
    expect(await query('SELECT 9007199254740991 AS n')).toEqual([{ n: 9007199254740991 }]);
    await expect(query('SELECT 9007199254740993 AS id')).rejects.toThrow(
      "query: column 'id' has 9007199254740993, and a number holds whole numbers up to 2^53 only; CAST it to VARCHAR, or to DOUBLE to round it",
    );
  });

  it('fails for a damaged, lost or foreign file only where the query names it', async () => {
    const folder = temporaryStore();
    const [dates, about] = [['2024-01-02', '2024-01-03'], { kind: 'series', field: 'x', unit: '1', source: 'CSV', version: '1' } as const];
    const save = (name: string, value: number) =>
      saveDataset(
        { ...about, name, sourceSha256: '0'.repeat(64), licence: 'MIT', limits: [] },
        { dates, columns: new Map([['A', Float64Array.of(value, value)]]) },
      );
    const count = (name: string) => query(`SELECT count(*) AS n, max(A) AS a FROM "${name}"`);
    for (const [i, name] of ['csv/a', 'csv/lost', 'csv/changed', 'csv/A'].entries()) await save(name, i);
    writeFileSync(join(folder, 'csv', 'notes.json'), '{"mine": true}');
    const file = (name: string) =>
      join(folder, 'csv', readdirSync(join(folder, 'csv')).find((one) => one.startsWith(`${name}.`) && one.endsWith('.parquet'))!);
    rmSync(file('lost'));
    const bytes = readFileSync(file('changed'));
    bytes[100] ^= 1;
    writeFileSync(file('changed'), bytes);

    expect(await count('csv/a')).toEqual([{ n: 2, a: 0 }]); // csv/A is another
    expect(await count('csv/A')).toEqual([{ n: 2, a: 3 }]);
    await expect(count('csv/lost')).rejects.toThrow(/csv\/lost\.[0-9a-f]{8}\.parquet is missing, but its record is there/);
    await expect(count('csv/changed')).rejects.toThrow(/csv\/changed\.[0-9a-f]{8}\.parquet is damaged: sha256/);
    const rows = [{ inch: '3"', n: 2 }];
    expect(await query('SELECT \'3"\' AS inch, count(*) AS n FROM "csv/a"')).toEqual(rows);
    for (const named of ['-- of "csv/lost"\n', '/* "csv/lost" */', 'WITH t AS (SELECT \'"csv/lost"\', $$"csv/lost"$$ AS "csv/lost")'])
      expect(await query(`${named} SELECT '3"' AS inch, count(*) AS n FROM "csv/a"`)).toEqual(rows);
    const created = 'CREATE TABLE t AS SELECT \'3"\' AS inch, E\'\\\'"csv/lost"\' AS e FROM "csv/a"; -- "csv/lost"\n';
    expect(await query(`${created} SELECT inch, count(*) AS n FROM t GROUP BY inch`)).toEqual(rows);
    await expect(query('FROM "csv/a" JOIN "csv/A" USING (date)')).rejects.toThrow(
      'query: SQL does not tell "csv/a" from "csv/A"; name one of them',
    );
  });

  it('works on an empty store', async () => {
    temporaryStore();
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
