import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key } from '../../base/random.js';
import { withDuckDB } from './parquet.js';
import { parquetBatches } from './parquet-batches.js';

const folder = mkdtempSync(join(tmpdir(), 'lemmata-parquet-'));
const file = join(folder, 'rows.parquet');
const columns = { x: ['i', 'half'], y: ['square'] };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (to: string, select: string) =>
  withDuckDB((connection) => connection.run(`COPY (${select}) TO '${to}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`));

// Five row groups of 2,048 rows and one of 1,760: row i holds i, i / 2 and i².
const N = 12_000;
beforeAll(() => write(file, `SELECT i, i / 2 AS half, i * i AS square FROM range(${N}) t(i)`));

/** The first column of each batch of an epoch. */
async function rowsOf(data: Awaited<ReturnType<typeof parquetBatches<typeof columns>>>, epoch = 0): Promise<number[]> {
  const rows: number[] = [];
  for (let k = 0; k < data.stepsPerEpoch; k++) {
    const { x } = await data.batch(epoch * data.stepsPerEpoch + k);
    for (let r = 0; r < x.shape[0]; r++) rows.push(x.data[2 * r]);
  }
  return rows;
}

describe('parquetBatches', () => {
  it('without a key gives the rows as they lie in the file', async () => {
    const data = await parquetBatches(file, { columns, size: 500 });
    expect(data).toMatchObject({ rows: N, stepsPerEpoch: 24 });
    expect(await rowsOf(data)).toEqual(Array.from({ length: N }, (_, i) => i));
    const { x, y } = await data.batch(4); // rows 2,000 to 2,499 lie in two row groups
    expect([x.shape, y.shape]).toEqual([
      [500, 2],
      [500, 1],
    ]);
    expect([x.data[999], y.data[499]]).toEqual([2499 / 2, 2499 ** 2]);
  });

  it.each([1, 2, 6, 100])(
    'with a key sees each row once an epoch, in an order that the key decides, %i groups at a time',
    async (groups) => {
      const data = await parquetBatches(file, { columns, size: 600, key: key(3), groups });
      const first = await rowsOf(data);
      expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: N }, (_, i) => i));
      expect(await rowsOf(data, 1)).not.toEqual(first);
      expect(await rowsOf(await parquetBatches(file, { columns, size: 600, key: key(3), groups }))).toEqual(first);
      expect(await rowsOf(await parquetBatches(file, { columns, size: 600, key: key(4), groups }))).not.toEqual(first);
    },
  );

  it('gives any step at once, as a run that resumes needs it', async () => {
    const data = await parquetBatches(file, { columns, size: 700, key: key(5), groups: 2 });
    const inOrder = [];
    for (let k = 0; k < 2 * data.stepsPerEpoch; k++) inOrder.push(await data.batch(k));
    for (const k of [33, 2, 16, 17, 0])
      expect(await (await parquetBatches(file, { columns, size: 700, key: key(5), groups: 2 })).batch(k)).toEqual(inOrder[k]);
    expect(data.stepsPerEpoch).toBe(17); // 100 rows are left out
  });

  it('names the row and the column of a value that is missing', async () => {
    const broken = join(folder, 'broken.parquet');
    await write(broken, `SELECT i, CASE WHEN i = 5000 THEN NULL ELSE i / 2 END AS half, i * i AS square FROM range(9000) t(i)`);
    const data = await parquetBatches(broken, { columns, size: 100 });
    await expect(data.batch(50)).rejects.toThrow(`${broken} has no value at row 5000, column 'half'; drop or fill missing values`);
    expect((await data.batch(3)).x.data[0]).toBe(300);
    await write(broken, `SELECT i, i / 2 AS half, CASE WHEN i = 7 THEN 'nan'::DOUBLE ELSE i END AS square FROM range(10) t(i)`);
    await expect((await parquetBatches(broken, { columns, size: 10 })).batch(0)).rejects.toThrow("has NaN at row 7, column 'square'");
  });

  it('names what it cannot read', async () => {
    await expect(parquetBatches(join(folder, 'none.parquet'), { columns, size: 1 })).rejects.toThrow(
      /none\.parquet cannot be read as Parquet: /,
    );
    await expect(parquetBatches(file, { columns, size: N + 1 })).rejects.toThrow(`from 1 to ${N}, got ${N + 1}; ${file} has ${N} rows`);
    await expect(parquetBatches(file, { columns: { x: ['j'] }, size: 1 })).rejects.toThrow(
      /parquetBatches: .*"j" not found.*rows\.parquet has the columns i, half, square$/,
    );
  });
});
