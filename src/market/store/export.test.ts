import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../../../tests/support/temporary-store.js';
import { readCsv } from '../sources/csv/csv.js';
import { exportDataset } from './export.js';
import { readParquet } from './parquet.js';
import { listDatasets, loadDataset, recordPath, removeDataset, saveDataset } from './store.js';

const TABLE = {
  dates: ['2024-03-27', '2024-03-28'],
  columns: new Map([
    ['A, "quoted"', Float64Array.of(1 / 3, Number.NaN)],
    ['600519', Float64Array.of(5e-324, 1.7976931348623157e308)],
  ]),
};
const save = (name = 'csv/x', table: typeof TABLE = TABLE) =>
  saveDataset(
    { name, kind: 'series', field: 'x', unit: '1', source: 'test', version: '1', sourceSha256: '0'.repeat(64), licence: 'MIT', limits: [] },
    table,
  );

describe('exportDataset', () => {
  it('writes CSV that reads back to the last bit, and Parquet', async () => {
    const folder = temporaryStore();
    await save();
    const [csv, parquet] = [join(folder, 'out', 'x.csv'), join(folder, 'x.parquet')];
    expect(await exportDataset('csv/x', csv)).toMatchObject({ name: 'csv/x', rows: 2 });
    expect(readFileSync(csv, 'utf8').split('\n')[0]).toBe('date,"A, ""quoted""",600519');
    expect(await readCsv(csv, { kind: 'series', allowMissing: true })).toEqual(TABLE);
    await exportDataset('csv/x', parquet);
    expect(await readParquet(parquet)).toEqual(TABLE);
  });

  it('writes over nothing unless told, and leaves nothing half-written', async () => {
    const folder = temporaryStore();
    await save();
    const file = join(folder, 'mine.csv');
    writeFileSync(file, 'mine');
    await expect(exportDataset('csv/x', file)).rejects.toThrow(
      `export of csv/x: ${file} is there already; choose another name, or write over it with force: true`,
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await exportDataset('csv/x', file, { force: true });
    expect(readFileSync(file, 'utf8')).toContain('2024-03-28,,1.7976931348623157e+308');
    mkdirSync(join(folder, 'a-folder.csv'));
    await expect(exportDataset('csv/x', join(folder, 'a-folder.csv'), { force: true })).rejects.toThrow(
      'a-folder.csv cannot be written (EISDIR)',
    );
    await expect(exportDataset('csv/x', join(file, 'below.csv'))).rejects.toThrow(/below\.csv cannot be written \(E(EXIST|NOTDIR)\)/);
    expect(readdirSync(folder).filter((name) => /draft|tmp|\.\d+/.test(name))).toEqual([]);
  });

  it.each([
    ['csv/x', 'x.xlsx', "export of csv/x: 'x.xlsx' ends in '.xlsx'; name a file that ends in .csv or .parquet"],
    ['csv/x', 'x', "'x' ends in ''"],
    ['csv/none', 'x.csv', "no dataset 'csv/none'"],
  ])('refuses %s as %s', async (name, path, message) => {
    temporaryStore();
    await save();
    await expect(exportDataset(name, path)).rejects.toThrow(message);
    expect(existsSync(path)).toBe(false);
  });
});

describe('removeDataset', () => {
  it('removes a dataset and its file, and no other', async () => {
    const folder = temporaryStore();
    await save('csv/x');
    await save('csv/x.y', { ...TABLE, columns: new Map([['B', Float64Array.of(1, 2)]]) });
    await removeDataset('csv/x');
    expect((await listDatasets()).map(({ name }) => name)).toEqual(['csv/x.y']);
    expect(readdirSync(join(folder, 'csv')).sort()).toEqual([expect.stringMatching(/^x\.y\.[0-9a-f]{8}\.parquet$/), 'x.y.json']);
    await expect(loadDataset('csv/x')).rejects.toThrow("no dataset 'csv/x'");
    expect((await loadDataset('csv/x.y')).table.columns.get('B')).toEqual(Float64Array.of(1, 2));
    await save('csv/x'); // and it can come back
    expect((await loadDataset('csv/x')).table).toEqual(TABLE);
  });

  it('removes a record that nobody can read', async () => {
    const folder = temporaryStore();
    await save();
    writeFileSync(recordPath('csv/x'), '{');
    await removeDataset('csv/x');
    expect(readdirSync(join(folder, 'csv'))).toEqual([]);
  });

  it.each([
    ['csv/none', "no dataset 'csv/none' in"],
    ['../csv/x', "'../csv/x' is no name of a dataset"],
    ['csv', "'csv' is no name of a dataset"],
  ])('refuses %s', async (name, message) => {
    temporaryStore();
    await save();
    await expect(removeDataset(name)).rejects.toThrow(message);
  });
});
