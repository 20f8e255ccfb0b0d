import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dataRoot } from '../../src/base/internal.js';
import { listDatasets, loadDataset } from '../../src/market/store/store.js';
import { localServer } from '../support/local-server.js';
import { temporaryStore } from '../support/temporary-store.js';

const dist = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const MAIN = dist('cli/main.js');
const lemmata = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });

/** A program that saves one dataset over and over: 3,000 rows of 1, then of 2, then of 1 … */
const WRITER = `
  import { saveDataset } from ${JSON.stringify(dist('market/store/store.js'))};
  const dates = Array.from({ length: 3000 }, (_, t) => new Date(Date.UTC(2000, 0, 1 + t)).toISOString().slice(0, 10));
  const about = { name: 'csv/x', kind: 'series', field: 'x', unit: '1', source: 'test', sourceSha256: '0'.repeat(64), licence: 'MIT', limits: [] };
  for (let i = 1; ; i = 3 - i) {
    await saveDataset({ ...about, version: String(i) }, { dates, columns: new Map([['A', new Float64Array(3000).fill(i)], ['B', Float64Array.from(dates, Math.random)]]) });
    process.stdout.write('.');
  }`;

describe('lemmata data', () => {
  it('is up to date at once, and lists what it has with its source and limits', () => {
    const times = [1, 2, 3].map(() => {
      const start = performance.now();
      expect(lemmata('data', 'update')).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^data: \d+ datasets up to date in .*\n$/),
      });
      return performance.now() - start;
    });
    // 0.2 to 0.4 s where nothing else runs; other tests run beside it. Fetching anew takes several seconds.
    expect(Math.min(...times)).toBeLessThan(1500);
    const { stdout } = lemmata('data', 'list', '--limits');
    expect(stdout).toMatch(/^skfolio\/sp500-stocks +prices +20 +8,313 +1990-01-02 +2022-12-28 +PyPI skfolio 1\.12\.2 +BSD-3-Clause /m);
    expect(stdout).toContain("survivorship: 20 of today's large companies");
  });

  it.each([
    [['data', 'lst'], "error: unknown command 'lst'\n(Did you mean list?)\n"],
    [['data', 'yahoo', 'AAPL'], "error: required option '--from <date>' not specified\n"],
    [
      ['data', 'yahoo', 'aapl', '--from', '2020-01-01'],
      "error: yahoo: 'aapl' is no ticker; write it in capitals as the service does, for example AAPL, BRK-B, ^GSPC, 7203.T\n",
    ],
    [
      ['data', 'csv', '/nowhere.csv', '--name', 'csv/x'],
      `error: /nowhere.csv: cannot be read (ENOENT); check the path: it is relative to ${process.cwd()}\n`,
    ],
  ])('fails in one paragraph: %j', (args, stderr) => {
    expect(lemmata(...args)).toMatchObject({ status: 1, stdout: '', stderr });
  });

  it('shows where an error was thrown when asked to', () => {
    expect(lemmata('--verbose', 'data', 'csv', '/nowhere.csv', '--name', 'csv/x').stderr).toMatch(/^Error: .*\n +at .*csv\.js/);
  });

  it('imports a CSV file', async () => {
    const folder = temporaryStore();
    const file = join(folder, 'prices.csv');
    writeFileSync(file, 'day,A\n28.03.2024,1\n');
    expect(lemmata('data', 'csv', file, '--name', 'csv/mine', '--date', 'day').stderr).toContain(
      "line 2: '28.03.2024' is not a date written YYYY-MM-DD",
    );
    writeFileSync(file, 'day,A\n2024-03-28,1\n2024-04-01,2\n');
    expect(lemmata('data', 'csv', file, '--name', 'csv/mine', '--date', 'day')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('csv/mine'),
    });
    expect((await loadDataset('csv/mine')).table.columns.get('A')).toEqual(Float64Array.of(1, 2));
  });
});

describe('lemmata data export and remove', () => {
  it('write a dataset as a file, over another when forced to, and take it out of the store', async () => {
    const folder = temporaryStore();
    const [file, out] = [join(folder, 'prices.csv'), join(folder, 'out.csv')];
    writeFileSync(file, 'Date,A\n2024-03-28,1\n2024-04-01,\n');
    lemmata('data', 'csv', file, '--name', 'csv/mine', '--allow-missing', '--adjusted', 'splits');
    expect(lemmata('data', 'list', '--limits').stdout).toContain('csv/mine: close in not stated; adjusted for splits');
    expect(lemmata('data', 'export', 'csv/mine', out)).toMatchObject({
      status: 0,
      stdout: `${out}: 2 rows of csv/mine, 2024-03-28 … 2024-04-01\n`,
    });
    expect(readFileSync(out, 'utf8')).toBe('date,A\n2024-03-28,1\n2024-04-01,\n');
    expect(lemmata('data', 'export', 'csv/mine', out)).toMatchObject({
      status: 1,
      stderr: `error: export of csv/mine: ${out} is there already; choose another name, or write over it with --force\n`,
    });
    expect(lemmata('data', 'export', 'csv/mine', out, '--force').status).toBe(0);
    expect(lemmata('data', 'remove', 'csv/mine')).toMatchObject({ status: 0, stdout: 'data: removed csv/mine\n' });
    expect(await listDatasets()).toEqual([]);
    expect(lemmata('data', 'remove', 'csv/mine').stderr).toMatch(/^error: no dataset 'csv\/mine' in .*: it holds nothing yet;/);
  });
});

describe('lemmata data csv', () => {
  const run = (text: string, ...options: string[]) => {
    const file = join(temporaryStore(), 'p.csv');
    writeFileSync(file, text);
    return lemmata('data', 'csv', file, '--name', 'csv/mine', ...options);
  };

  it('has every option that its messages name', () => {
    const { stdout: help } = lemmata('data', 'csv', '--help');
    const faults: [string, ...string[]][] = [
      ['Date,A\n2024-03-28,\n'],
      ['Date,A\n2024-03-29,1\n'],
      ['Date,A\n28.03.2024,1\n'],
      ['Date,A\n2024-03-28,-1\n'],
      ['Date;A\n2024-03-28;1,5\n'],
      ['Date,A,\n2024-03-28,1,2\n'],
      ['2024-03-28,1\n'],
      ['Date,A\n2024-03-28,1\n', '--columns', 'B'],
      ['Date,A\n2024-03-28,1\n', '--kind', 'bars'],
      ['Date,\xe9\0\n2024-03-28,1\n'],
      ['Date,Ticker,A\n2024-03-28,X,1\n2024-03-28,Y,2\n'],
    ];
    const named = faults.map((fault) => {
      const { stderr, status } = run(...fault);
      expect(status).toBe(1);
      return stderr.match(/--[a-z-]+/g) ?? [`none in ${stderr}`];
    });
    expect(named).toEqual([
      ['--allow-missing'],
      ['--calendar'],
      ['--date-format'],
      ['--kind'],
      ['--missing', '--decimal'],
      ['--columns'],
      ['--date', '--header'],
      ['--columns'],
      ['--columns', '--kind'],
      ['--encoding'],
      ['--asset'],
    ]);
    for (const flag of named.flat()) expect(help).toContain(`  ${flag} `);
  });

  it('takes all that a file needs, and tells what looks wrong in it', async () => {
    const text = 'day;Kurs USD;x\n202401;1,5;?\n202402;300;?\n202403;301;?\n';
    const layout = [
      '--date',
      'day',
      '--date-format',
      'YYYYMM',
      '--month-end',
      '--decimal',
      ',',
      '--separator',
      ';',
      '--calendar',
      'none',
      '--percent',
    ];
    const about = ['--columns', 'Kurs USD=A', '--field', 'yield', '--unit', 'a year', '--licence', 'MIT', '--limits', 'made up', 'short'];
    const { stdout, stderr } = run(text, ...layout, ...about);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ {2}csv\/mine +3 rows, 2024-01-31 … 2024-03-31\n/);
    const { table, provenance } = await loadDataset('csv/mine');
    expect([...table.columns]).toEqual([['A', Float64Array.of(0.015, 3, 3.01)]]);
    expect(provenance).toMatchObject({ field: 'yield', unit: 'a year', licence: 'MIT', limits: ['made up', 'short'] });
  });
});

describe('the store', () => {
  it('holds a complete dataset whenever the process that writes it is killed', async () => {
    temporaryStore();
    for (let round = 0; round < 8; round++) {
      const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = new Promise((resolve) => writer.once('exit', resolve));
      await new Promise((resolve) => writer.stdout.once('data', resolve)); // one is written; the next is under way
      await new Promise((resolve) => setTimeout(resolve, round * 9));
      writer.kill('SIGKILL');
      await exited;
      const { table, provenance } = await loadDataset('csv/x');
      expect([...new Set(table.columns.get('A'))]).toEqual([Number(provenance.version)]);
    }
  });

  it('says so when the disk is full, and keeps what it had', async () => {
    const folder = temporaryStore();
    // A limit of 8 blocks on the size of a file stands for a full disk: the write fails half-way.
    const command = `ulimit -f 8; exec "$0" --input-type=module -e "$1"`;
    const { status, stderr } = spawnSync('bash', ['-c', command, process.execPath, WRITER], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain(
      `the disk that holds ${folder} is full. Nothing was half-written: what was stored before is intact. Free about 20 MB`,
    );
    expect(await listDatasets()).toEqual([]);
    expect(readdirSync(join(dataRoot(), '.partial'))).toEqual([]);
  });

  it('stores nothing when the download is killed', async () => {
    const folder = temporaryStore();
    const index = await localServer(() => {}); // never answers
    const home = mkdtempSync(join(tmpdir(), 'lemmata-home-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const env = { PATH: process.env.PATH, HOME: home, LEMMATA_DATA: folder, PIP_CONFIG_FILE: '/dev/null', PIP_INDEX_URL: index.url };
    const update = spawn(process.execPath, [MAIN, 'data', 'update'], { env, stdio: 'ignore', detached: true });
    const exited = new Promise((resolve) => update.once('exit', resolve));
    await expect.poll(() => index.paths.length, { timeout: 20_000 }).toBeGreaterThan(0);
    process.kill(-update.pid!, 'SIGKILL'); // the whole group, as closing a terminal does
    await exited;
    expect(await listDatasets()).toEqual([]);
    expect(existsSync(join(folder, 'skfolio'))).toBe(false);
  });
});
