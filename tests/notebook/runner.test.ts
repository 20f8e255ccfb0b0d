import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
mkdirSync(join(ROOT, 'build'), { recursive: true });
const folder = mkdtempSync(join(ROOT, 'build', 'notebook-'));
const FILE = join(folder, 'tiny.ipynb');
const RESULTS = join(folder, 'results');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const code = (id: string, source: string, tags: string[] = []) => ({
  cell_type: 'code',
  id,
  metadata: { tags },
  source: [source],
  outputs: [],
  execution_count: null,
});
const SAVE = [
  "import { markdown, save } from 'lemmata/report';",
  "save('tiny', { title: 'Tiny', seed: 1, parameters, data: [], trials: 0, numbers: {",
  "  'n.squared': { value: parameters.n ** 2, uncertainty: 'exact: a square', unit: '1', description: 'n squared', tolerance: 0.5 },",
  '} });',
  `markdown\`n² = \${parameters.n ** 2}\`;`,
].join('\n');

function write(...cells: object[]): void {
  const metadata = {
    kernelspec: { display_name: 'TypeScript (Lemmata)', language: 'typescript', name: 'lemmata' },
    lemmata: { quick: { n: 2 } },
  };
  writeFileSync(FILE, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
}

const edit = (file: string, from: string, to: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));

function notebooks(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'notebooks.mjs'), FILE, ...args], {
    encoding: 'utf8',
    env: { ...process.env, LEMMATA_RESULTS: RESULTS },
  });
  return { status, output: (stdout + stderr).replace(/\s+/g, ' ') };
}

describe('npm run notebooks', { timeout: 120_000 }, () => {
  it('writes outputs, stamp and results back, and --check reproduces them', () => {
    write(
      { cell_type: 'markdown', id: 'about', metadata: {}, source: ['Squares.'] },
      code('p', 'const parameters = { n: 7 };', ['parameters']),
      code('s', SAVE),
    );
    expect(notebooks()).toMatchObject({ status: 0 });
    const { cells, metadata } = JSON.parse(readFileSync(FILE, 'utf8'));
    expect(cells.map((cell: { execution_count?: number }) => cell.execution_count)).toEqual([undefined, 1, 2]);
    expect(cells[2].outputs[0].data['text/markdown']).toEqual(['n² = 49']);
    expect(JSON.parse(readFileSync(join(RESULTS, 'tiny.json'), 'utf8'))).toMatchObject({
      profile: 'full',
      code: metadata.lemmata.provenance.stamp,
      numbers: { 'n.squared': { value: 49 } },
    });
    expect(notebooks('--check')).toMatchObject({ status: 0 });
  });

  it('finds a number that a fresh run does not reproduce', () => {
    edit(join(RESULTS, 'tiny.json'), '"value": 49', '"value": 49.6');
    expect(notebooks('--check').output).toContain(
      'does not reproduce results/tiny.json: n.squared was 49.6 and is 49 1, a change of more than 0.5',
    );
    edit(join(RESULTS, 'tiny.json'), '"value": 49.6', '"value": 49.4');
    expect(notebooks('--check').status).toBe(0);
  });

  it('runs a quick profile with its own parameters, prints the numbers and touches nothing', () => {
    const before = readFileSync(FILE, 'utf8');
    expect(notebooks('--profile', 'quick').output).toContain('n squared: 4');
    expect(readFileSync(FILE, 'utf8')).toBe(before);
    expect(JSON.parse(readFileSync(join(RESULTS, 'tiny.json'), 'utf8')).profile).toBe('full');
  });

  it('lets prose change, and calls outputs stale when a code cell did', () => {
    edit(FILE, 'Squares.', 'Squares of whole numbers.');
    expect(notebooks('--stale').status).toBe(0);
    edit(FILE, '** 2}', '** 3}');
    const { status, output } = notebooks('--stale');
    expect(status).toBe(1);
    expect(output).toContain('tiny is stale: its cells changed since its outputs were made; run npm run notebooks tiny.');
  });

  it('hands experiments and benches to a notebook, which is stale when what they found changes, and not when they ran elsewhere', () => {
    const saved = { title: 'Race', trials: 3, numbers: { gain: { value: 2, uncertainty: 0.5 } }, machine: { threads: 2 } };
    const file = join(RESULTS, 'experiments', 'week99', 'race.json');
    mkdirSync(join(RESULTS, 'experiments', 'week99'), { recursive: true });
    writeFileSync(file, JSON.stringify(saved));
    const bench = join(RESULTS, 'bench-walk.json');
    writeFileSync(bench, JSON.stringify({ ...saved, title: 'Walk' }));
    const read =
      "import { evidence, fixed, markdown, num } from 'lemmata/report';\n" +
      `markdown\`\${evidence('week99/race').estimate('gain', 1)} and \${fixed(num('bench-walk.gain'), 0)}\`;`;
    write(code('p', 'const parameters = { n: 7 };', ['parameters']), code('r', read));
    expect(notebooks()).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(FILE, 'utf8')).cells[1].outputs[0].data['text/markdown']).toEqual(['2.0 ± 0.5 and 2']);
    edit(file, '"threads":2', '"threads":8');
    expect(notebooks('--stale').status).toBe(0);
    edit(file, '"value":2', '"value":3');
    expect(notebooks('--stale').output).toContain('tiny is stale: its evidence changed since its outputs were made');
    edit(file, '"value":3', '"value":2');
    expect(notebooks('--stale').status).toBe(0);
    edit(bench, '"value":2', '"value":3');
    expect(notebooks('--stale').output).toContain('tiny is stale: its evidence changed since its outputs were made');
    rmSync(bench);
    expect(notebooks('--stale').output).toContain('a cell reads results/bench-walk.json, and there is none; run npm run bench -- walk');
    writeFileSync(bench, JSON.stringify(saved));
    rmSync(file);
    expect(notebooks('--stale').output).toContain(
      "a cell reads the experiment 'week99/race', which has no result; run npm run experiments",
    );
  });

  it('calls outputs stale that count checks and changed code, when one of those is another', () => {
    const [checks, mutants] = ['checks.json', 'mutants.json'].map((name) => join(RESULTS, name));
    writeFileSync(checks, JSON.stringify({ 'a.test.ts#thm:a': { status: 'passed', refused: ['adds'], clauses: '' } }));
    writeFileSync(mutants, JSON.stringify({ 'a.ts': { killed: 3, of: 4 } }));
    const read = "['checks.json', 'mutants.json'].length;";
    write(code('p', 'const parameters = { n: 7 };', ['parameters']), code('c', read));
    expect(notebooks()).toMatchObject({ status: 0 });
    expect(notebooks('--stale').status).toBe(0);
    edit(mutants, '"killed":3', '"killed":4');
    expect(notebooks('--stale').output).toContain('tiny is stale: its counts changed since its outputs were made');
    edit(mutants, '"killed":4', '"killed":3');
    expect(notebooks('--stale').status).toBe(0);
    edit(checks, '"adds"', '"adds","halves"');
    expect(notebooks('--stale').output).toContain('tiny is stale: its counts changed since its outputs were made');
  });

  it('leaves everything as it was when a cell fails, and shows its line', () => {
    write(code('p', 'const parameters = { n: 7 };', ['parameters']), code('f', 'const y = 1;\nthrow new Error("no such market");'));
    const before = readFileSync(FILE, 'utf8');
    const { status, output } = notebooks();
    expect(status).toBe(1);
    expect(output).toMatch(/tiny, full profile failed: .*no such market.*2 │ throw new Error/);
    expect(readFileSync(FILE, 'utf8')).toBe(before);
    expect(existsSync(join(RESULTS, 'tiny.json'))).toBe(true);
  });

  it('names the notebooks there are', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'notebooks.mjs'), 'week99'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toContain("There is no notebook 'week99': there are week01-regression");
  });
});
