import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parquetIn, temporaryStore } from '../../../tests/support/temporary-store.js';
import { loadBars, loadPanel } from '../panel/load.js';
import { optionalData } from '../sources/optional/optional.js';
import { tryLock } from './file-lock.js';
import type { Description } from './provenance.js';
import { withStaging } from './staging.js';
import { findDamage, listDatasets, loadDataset, saveDataset, unreadableRecords } from './store.js';
import type { Table } from './table.js';

const ABOUT: Description = {
  name: 'csv/two',
  kind: 'prices',
  field: 'close',
  unit: 'US dollars',
  source: 'CSV file two.csv',
  version: '1',
  sourceSha256: '0'.repeat(64),
  licence: 'MIT',
  limits: ['made up'],
};
// A ticker of digits and one with a quotation mark: an object would reorder the first, SQL would trip over the second.
const TABLE: Table = {
  dates: ['2024-03-27', '2024-03-28'],
  columns: new Map([
    ['B"x', Float64Array.of(1.5, Number.NaN)],
    ['600519', Float64Array.of(0.1, 1e300)],
  ]),
};

describe('the store', () => {
  it('gives back what was saved, with its record', async () => {
    temporaryStore();
    const record = await saveDataset(ABOUT, TABLE);
    expect(record).toMatchObject({ ...ABOUT, columns: ['B"x', '600519'], rows: 2, first: '2024-03-27', last: '2024-03-28' });
    expect(await loadDataset('csv/two')).toEqual({ table: TABLE, provenance: record });
    expect(await listDatasets()).toEqual([record]);
  });

  it('keeps every bit of a number, across the 2,048 rows of a chunk', async () => {
    temporaryStore();
    const days = Array.from({ length: 2_500 }, (_, i) => new Date(Date.UTC(2000, 0, 1 + i)).toISOString().slice(0, 10));
    await fc.assert(
      fc.asyncProperty(fc.float64Array({ minLength: 2_500, maxLength: 2_500, noNaN: true }), async (values) => {
        await saveDataset(ABOUT, { dates: days, columns: new Map([['A', values]]) });
        const { table } = await loadDataset('csv/two');
        expect(table.dates).toEqual(days);
        expect(table.columns.get('A')!.every((value, t) => Object.is(value, values[t]))).toBe(true);
      }),
      { numRuns: 5 },
    );
  });

  it('selects dates and assets of a panel', async () => {
    temporaryStore();
    await saveDataset(ABOUT, TABLE);
    expect(await loadPanel('csv/two', { from: '2024-03-28', assets: ['600519'] })).toEqual({
      dates: ['2024-03-28'],
      assets: ['600519'],
      values: Float64Array.of(1e300),
      field: 'close',
      source: 'csv/two',
    });
    await expect(loadPanel('csv/two', { assets: ['TSLA'] })).rejects.toThrow(
      "csv/two: no asset 'TSLA'; it has B\"x, 600519; names are case-sensitive",
    );
    await expect(loadPanel('csv/two', { from: '2025-01-01' })).rejects.toThrow(
      'csv/two: no date in 2025-01-01 … the end; it has 2024-03-27 … 2024-03-28 (2 rows) and the range holds none of them; choose dates inside',
    );
    await expect(loadPanel('csv/two', { from: '2024-03-28', to: '2024-03-27' })).rejects.toThrow(
      'and from is after to; choose dates inside',
    );
    await expect(loadBars('csv/two')).rejects.toThrow("csv/two holds close of 2 assets, not bars; use loadPanel('csv/two')");
  });

  it('says what it holds when asked for something else', async () => {
    const folder = temporaryStore();
    await expect(loadDataset('csv/none')).rejects.toThrow(
      `no dataset 'csv/none' in ${folder}: it holds nothing yet; fetch the default data with: lemmata data update, others with: lemmata data fetch`,
    );
    await expect(saveDataset({ ...ABOUT, name: '../../etc' }, TABLE)).rejects.toThrow(
      "'../../etc' is no name of a dataset; write <source>/<dataset>, for example csv/my-prices",
    );
  });

  it.each<[string, (path: string) => void, RegExp]>([
    [
      'cut short',
      (path) => truncateSync(path, 200),
      /^\S+two\.[0-9a-f]{8}\.parquet is damaged: 200 bytes instead of \d+, so it was cut short; to repair it, load csv\/two from its source again \(CSV file two\.csv\)$/,
    ],
    [
      'changed in one bit',
      (path) => writeFileSync(path, flipBit(readFileSync(path), 300)),
      /two\.[0-9a-f]{8}\.parquet is damaged: sha256 [0-9a-f]{12}… instead of [0-9a-f]{12}…, so it was changed/,
    ],
    ['deleted', (path) => rmSync(path), /two\.[0-9a-f]{8}\.parquet is missing, but its record is there; to repair it, load/],
  ])('refuses a Parquet file that was %s', async (_, damage, message) => {
    const folder = temporaryStore();
    await saveDataset(ABOUT, TABLE);
    damage(parquetIn(join(folder, 'csv')));
    await expect(loadDataset('csv/two')).rejects.toThrow(message);
  });

  it('says how to fetch again what was fetched by name', async () => {
    const folder = temporaryStore();
    for (const { name, source } of optionalData) {
      const record = await saveDataset({ ...ABOUT, name, source }, TABLE);
      rmSync(join(folder, `${name}.${record.sha256.slice(0, 8)}.parquet`));
      await expect(loadDataset(name)).rejects.toThrow(`is missing, but its record is there; to repair it, run: lemmata data fetch ${name}`);
    }
  });

  it('refuses a record that was edited', async () => {
    const folder = temporaryStore();
    await saveDataset(ABOUT, TABLE);
    writeFileSync(join(folder, 'csv', 'two.json'), '{"name": "csv/two"');
    await expect(loadDataset('csv/two')).rejects.toThrow(
      "two.json is not a dataset's record: it was changed after it was written; delete it and run: lemmata data update",
    );
  });

  it('leaves the old dataset as it was when a write fails half-way', async () => {
    const folder = temporaryStore();
    const record = await saveDataset(ABOUT, TABLE);
    const broken = { dates: TABLE.dates, columns: new Map([['A', Float64Array.of(1)]]) }; // shorter than its dates
    await expect(saveDataset(ABOUT, broken)).rejects.toThrow();
    expect(await loadDataset('csv/two')).toEqual({ table: TABLE, provenance: record });
    expect(readdirSync(join(folder, '.partial'))).toEqual([]);
  });

  it('keeps one Parquet file per dataset, the one its record names', async () => {
    const folder = temporaryStore();
    await saveDataset(ABOUT, TABLE);
    await saveDataset({ ...ABOUT, name: 'csv/two.a' }, TABLE);
    const { sha256 } = await saveDataset(ABOUT, { dates: TABLE.dates, columns: new Map([['A', Float64Array.of(1, 2)]]) });
    const files = readdirSync(join(folder, 'csv')).filter((file) => file.endsWith('.parquet'));
    expect(files).toHaveLength(2);
    expect(files).toContain(`two.${sha256.slice(0, 8)}.parquet`);
  });

  it('keeps one of two versions that are written at once, and each reader has one or the other', async () => {
    const folder = temporaryStore();
    const version = (value: number): [Description, Table] => [
      { ...ABOUT, version: String(value) },
      { dates: TABLE.dates, columns: new Map([['A', Float64Array.of(value, value)]]) },
    ];
    await saveDataset(...version(0));
    const reading = Array.from({ length: 40 }, async () => {
      const { table, provenance } = await loadDataset('csv/two');
      expect([...table.columns.get('A')!]).toEqual([Number(provenance.version), Number(provenance.version)]);
    });
    await Promise.all([...reading, ...Array.from({ length: 12 }, (_, i) => saveDataset(...version(1 + (i % 3))))]);
    const { table, provenance } = await loadDataset('csv/two');
    expect(table.columns.get('A')![0]).toBe(Number(provenance.version));
    expect(readdirSync(join(folder, 'csv'))).toHaveLength(2);
    expect(readdirSync(join(folder, '.partial'))).toEqual([]);
  });

  it('removes what a killed process left behind, and nothing of one that runs', async () => {
    const folder = temporaryStore();
    await saveDataset(ABOUT, TABLE);
    const [partial, orphan] = [
      join(folder, '.partial'),
      join(folder, 'csv', 'lost.e3b0c442.parquet'),
    ] /* the SHA-256 of no bytes (FIPS 180-4) */;
    // A writer that holds its lock, and one that was killed after it had put its Parquet file into its place.
    const running = (await tryLock(join(partial, 'aaaa.lock')))!;
    for (const name of ['aaaa', 'bbbb']) mkdirSync(join(partial, name));
    for (const file of [join(partial, 'bbbb.lock'), join(partial, 'bbbb', 'data.parquet'), orphan]) writeFileSync(file, '');
    await saveDataset(ABOUT, TABLE);
    expect(readdirSync(partial).sort()).toEqual(['aaaa', 'aaaa.lock']);
    expect(existsSync(orphan)).toBe(false);
    running.release();
  });

  it('removes no file of others that is named as its own are', async () => {
    const folder = temporaryStore();
    await saveDataset(ABOUT, TABLE);
    const foreign = ['two.20240102.parquet', 'ticks.20240102.parquet'].map((file) => join(folder, 'csv', file));
    for (const file of foreign) writeFileSync(file, 'ticks of others');
    writeFileSync(join(folder, '.partial', 'bbbb.lock'), ''); // of a killed process
    await saveDataset(ABOUT, { ...TABLE, dates: ['2024-03-27', '2024-04-01'] });
    expect(foreign.map((file) => existsSync(file))).toEqual([true, true]);
    expect(readdirSync(join(folder, 'csv'))).toHaveLength(4);
  });

  it('keeps the sign of a killed process until what it left is removed', async () => {
    const folder = temporaryStore();
    await saveDataset(ABOUT, TABLE);
    const lock = join(folder, '.partial', 'bbbb.lock');
    writeFileSync(lock, '');
    writeFileSync(join(folder, '.partial', 'store.lock'), ''); // killed while it held this one too
    const killed = () => Promise.reject(new Error('killed'));
    await expect(withStaging(folder, async () => {}, killed)).rejects.toThrow('killed');
    expect(existsSync(lock)).toBe(true);
    await saveDataset(ABOUT, TABLE);
    expect(readdirSync(join(folder, '.partial'))).toEqual([]);
  });

  it('leaves no Parquet file where the record cannot be put into its place', async () => {
    const folder = temporaryStore();
    mkdirSync(join(folder, 'csv', 'two.json', 'in the way'), { recursive: true });
    await expect(saveDataset(ABOUT, TABLE)).rejects.toThrow();
    expect(readdirSync(join(folder, 'csv'))).toEqual(['two.json']);
  });

  it("refuses another dataset's record, and writes over it", async () => {
    const folder = temporaryStore();
    await saveDataset(ABOUT, TABLE);
    copyFileSync(join(folder, 'csv', 'two.json'), join(folder, 'csv', 'copy.json'));
    await expect(loadDataset('csv/copy')).rejects.toThrow(
      /copy\.json is the record of csv\/two, not of csv\/copy: it was copied or renamed/,
    );
    expect((await listDatasets()).map(({ name }) => name)).toEqual(['csv/two']);
    await saveDataset({ ...ABOUT, name: 'csv/copy' }, TABLE);
    expect((await loadDataset('csv/copy')).provenance.name).toBe('csv/copy');
  });

  it('removes an old folder that no lock belongs to, as versions before locks left it', async () => {
    const folder = temporaryStore();
    const old = (Date.now() - 2 * 3_600_000) / 1000;
    for (const name of ['17-0a0b0c0d', '17-0d0c0b0a']) mkdirSync(join(folder, '.partial', name), { recursive: true });
    utimesSync(join(folder, '.partial', '17-0a0b0c0d'), old, old);
    await saveDataset(ABOUT, TABLE);
    expect(readdirSync(join(folder, '.partial'))).toEqual(['17-0d0c0b0a']);
  });

  it('lists what it holds beside files of others and a record that is damaged', async () => {
    const folder = temporaryStore();
    const record = await saveDataset(ABOUT, TABLE);
    writeFileSync(join(folder, 'csv', 'notes.json'), '{"mine": true}');
    expect(await listDatasets()).toEqual([record]);
    expect(await unreadableRecords()).toEqual([expect.stringMatching(/notes\.json is not a dataset's record/)]);
  });

  it('hashes a file once for each state of it', async () => {
    const folder = temporaryStore();
    const record = await saveDataset(ABOUT, TABLE);
    const path = parquetIn(join(folder, 'csv'));
    expect(await findDamage(record)).toBeUndefined();
    const { atime, mtime } = statSync(path);
    writeFileSync(path, flipBit(readFileSync(path), 300));
    utimesSync(path, atime, mtime); // size and time of the last change are as they were
    expect(await findDamage(record)).toMatch(/is damaged: sha256/);
  });

  it.each<[string, string[], RegExp]>([
    ['no name', ['A', ''], /^csv\/two: column 2 after the dates has no name; name it, or leave it out with columns$/],
    ['a name that differs by case', ['BRKA', 'BRKa'], /^csv\/two: the columns 'BRKA' and 'BRKa' differ by capital letters only, which SQL/],
    ['the name of the dates', ['Date'], /^csv\/two: a column is named 'Date', as the store names the dates/],
  ])('refuses a column with %s', async (_, names, message) => {
    temporaryStore();
    const columns = new Map(names.map((name) => [name, Float64Array.of(1, 2)]));
    await expect(saveDataset(ABOUT, { dates: TABLE.dates, columns })).rejects.toThrow(message);
  });

  it('says so when the data folder is no folder', async () => {
    const file = join(temporaryStore(), 'file');
    writeFileSync(file, '');
    vi.stubEnv('LEMMATA_DATA', file);
    await expect(saveDataset(ABOUT, TABLE)).rejects.toThrow(
      `cannot write in ${file}: it is read-only, or no folder. Nothing was half-written`,
    );
  });

  it.each([
    [
      'ENOSPC: no space left on device, write',
      /^the disk that holds \S+ is full\. Nothing was half-written: .* set LEMMATA_DATA to a folder on another disk/,
    ],
    ['IO Error: Could not write file "x": No space left on device', /^the disk that holds/],
    ["EACCES: permission denied, open '/x'", /^cannot write in \S+: it is read-only, or no folder\. Nothing was half-written/],
  ])('explains %s', async (message, paragraph) => {
    const folder = temporaryStore();
    await expect(withStaging(folder, () => Promise.reject(new Error(message)))).rejects.toThrow(paragraph);
  });
});

const flipBit = (bytes: Buffer, at: number) => {
  bytes[at] ^= 1;
  return bytes;
};
