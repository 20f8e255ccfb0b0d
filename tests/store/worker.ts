/**
 * Imports, updates and reads at random in one store, until it is killed: a line for each operation, and the first wrong answer ends it.
 * Arguments: a seed, and a process number to claim, as a container's first process would have.
 */

import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { importCsv } from '../../src/market/sources/csv/import-csv.js';
import { updateYahoo } from '../../src/market/sources/yahoo.js';
import { query } from '../../src/market/store/sql.js';
import { listDatasets, loadDataset, saveDataset } from '../../src/market/store/store.js';

const [seed, claimed, scratch] = process.argv.slice(2);
if (claimed) Object.defineProperty(process, 'pid', { value: Number(claimed) });
let state = Number(seed);
function random(n: number): number {
  state = (state * 48_271) % 2_147_483_647;
  return state % n;
}

const ROWS = 3_000;
const dates = Array.from({ length: ROWS }, (_, t) => new Date(Date.UTC(2010, 0, 1 + t)).toISOString().slice(0, 10));
const about = { kind: 'series', field: 'x', unit: '1', source: 'test', sourceSha256: '0'.repeat(64), licence: 'MIT', limits: [] } as const;

/** A dataset whose every value is the version that its record states, beside a column that does not compress. */
async function save(): Promise<void> {
  const version = 1 + random(1_000);
  const columns = new Map([
    ['A', new Float64Array(ROWS).fill(version)],
    ['noise', Float64Array.from(dates, () => random(1e9))],
  ]);
  await saveDataset({ ...about, name: `csv/s${random(2)}`, version: String(version) }, { dates, columns });
}

async function csv(): Promise<void> {
  const [file, version] = [join(scratch, `${seed}.csv`), 1 + random(1_000)];
  writeFileSync(file, `Date,A\n${dates.map((date) => `${date},${version}\n`).join('')}`);
  await importCsv(file, { name: `csv/i${random(2)}`, calendar: 'none', limits: [String(version)] });
}

async function yahoo(): Promise<void> {
  const days = dates.slice(-500);
  const values = days.map(() => 1 + random(9));
  const quote = { open: values, high: values, low: values, close: values, volume: values };
  const meta = { currency: 'USD', symbol: 'X', exchangeTimezoneName: 'UTC', gmtoffset: 0 };
  const timestamp = days.map((day) => Date.parse(`${day}T12:00Z`) / 1000);
  const chart = { result: [{ meta, timestamp, indicators: { quote: [quote], adjclose: [{ adjclose: values }] } }], error: null };
  const fetch = async () => new Response(JSON.stringify({ chart }));
  await updateYahoo(['X'], { from: days[0], to: days.at(-1)!, calendar: 'none', refresh: true, intervalMs: 0, fetch });
}

async function read(): Promise<void> {
  const all = await listDatasets();
  if (all.length === 0) return;
  const { name } = all[random(all.length)];
  const { table, provenance } = await loadDataset(name);
  const wanted = name.startsWith('csv/s')
    ? Number(provenance.version)
    : name.startsWith('csv/i')
      ? Number(provenance.limits[0])
      : undefined;
  if (table.dates.length !== provenance.rows) throw new Error(`${name} has ${table.dates.length} rows, its record ${provenance.rows}`);
  if (wanted !== undefined && table.columns.get('A')!.some((value) => value !== wanted))
    throw new Error(`${name} is a mixture of versions`);
}

async function ask(): Promise<void> {
  const names = (await listDatasets()).map(({ name }) => name).filter((name) => name.startsWith('csv/'));
  if (names.length === 0) return;
  const name = names[random(names.length)];
  const [{ low, high, n }] = await query(`SELECT min(A) AS low, max(A) AS high, count(*) AS n FROM "${name}"`);
  if (low !== high || n !== ROWS) throw new Error(`a query of ${name} gave ${low} … ${high} in ${n} rows: a mixture of versions`);
}

const operations = { save, csv, yahoo, read, ask, again: read, anew: ask };
process.stdout.write(`ready as ${process.pid} of ${hostname()}\n`);
for (;;) {
  const [name, operation] = Object.entries(operations)[random(Object.keys(operations).length)];
  await operation();
  process.stdout.write(`${name}\n`);
}
