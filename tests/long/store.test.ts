import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { query } from '../../src/market/store/sql.js';
import { listDatasets, loadDataset, parquetPath, saveDataset } from '../../src/market/store/store.js';

const SECONDS = Number(process.env.STORE_SECONDS ?? 30); // STORE_SECONDS=600 npm run test:long -- tests/long/store.test.ts
const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A process in a name space of its own, as in a container: there it is number 1 or near it, on a host of the name that all have. */
const CONTAINER = ['unshare', '--user', '--map-root-user', '--pid', '--uts', '--fork', '--kill-child'];
const containers = spawnSync(CONTAINER[0], [...CONTAINER.slice(1), 'true']).status === 0;

it(`four processes write, read and die in one store for ${SECONDS} s, and nothing is lost, mixed or left`, async () => {
  const [store, scratch] = ['store', 'scratch'].map((name) => mkdtempSync(join(tmpdir(), `lemmata-${name}-`)));
  vi.stubEnv('LEMMATA_DATA', store);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    for (const folder of [store, scratch]) rmSync(folder, { recursive: true, force: true });
  });
  const counts: Record<string, number> = {};
  let kills = 0;
  const failures: string[] = [];
  const end = Date.now() + 1000 * SECONDS;
  let seed = 12_345;

  /** Lives one life after the other, each ended by SIGKILL within an operation, at a random moment of it. */
  const lives = async (contained: boolean): Promise<void> => {
    while (Date.now() < end && failures.length === 0) {
      const worker = start(++seed, contained, scratch);
      let errors = '';
      worker.stderr!.on('data', (data) => (errors += data));
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      let [done, first] = [0, 0];
      const operations = 1 + ((seed * 7919) % 12);
      const enough = new Promise<void>((resolve) =>
        worker.stdout!.on('data', (data) => {
          for (const word of String(data).match(/^\w+$/gm) ?? []) {
            counts[word] = (counts[word] ?? 0) + 1;
            done++;
          }
          first ||= Date.now();
          if (done >= operations || Date.now() > end) resolve();
        }),
      );
      await Promise.race([enough, exited]);
      const usual = (Date.now() - first) / (done + 1);
      await Promise.race([exited, sleep((((seed * 104_729) % 1000) / 1000) * usual)]);
      if (worker.exitCode !== null) failures.push(errors);
      else kills++;
      worker.kill('SIGKILL');
      await exited;
    }
  };
  await Promise.all([false, false, true, true].map(lives));
  console.log(
    `${kills} kills; ${Object.entries(counts)
      .map(([name, n]) => `${name} ${n}`)
      .join(', ')}; containers ${containers ? 'by name spaces' : 'by their claim'}`,
  );
  expect(failures).toEqual([]);

  await sleep(500); // a process in a name space dies after the one that made it
  // The next writer clears up after the killed ones.
  const about = {
    name: 'csv/last',
    kind: 'series',
    field: 'x',
    unit: '1',
    source: 'test',
    version: '1',
    sourceSha256: '0'.repeat(64),
    licence: 'MIT',
    limits: [],
  } as const;
  await saveDataset(about, { dates: ['2024-01-02'], columns: new Map([['A', Float64Array.of(1)]]) });
  const records = await listDatasets();
  expect(records.map(({ name }) => name)).toEqual(expect.arrayContaining(['csv/i0', 'csv/last', 'csv/s0', 'yahoo/X']));
  for (const { name } of records) {
    await loadDataset(name);
    expect(await query(`SELECT count(*) > 0 AS some FROM "${name}"`)).toEqual([{ some: true }]);
  }
  const kept = records.flatMap((record) => [parquetPath(record), join(store, `${record.name}.json`)]);
  const found = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(found.map((entry) => join(entry.parentPath, entry.name)).sort()).toEqual(kept.sort());
  expect(readdirSync(join(store, '.partial'))).toEqual([]);
});

function start(seed: number, contained: boolean, scratch: string): ChildProcess {
  const program = [process.execPath, '--import', file('scripts/typescript.mjs'), file('tests/store/worker.ts'), String(seed)];
  const command = contained && containers ? [...CONTAINER, ...program, '', scratch] : [...program, contained ? '7' : '', scratch];
  return spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
}
