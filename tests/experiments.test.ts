import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Experiment, experiment, experimentNames, misses, type Numbers } from '../experiments/experiment.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lemmata-experiments-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function experiments(args: string[], environment: Record<string, string> = {}): { status: number | null; output: string } {
  const hook = join(ROOT, 'scripts', 'typescript.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', hook, join(ROOT, 'scripts', 'experiments.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return { status, output: (stdout + stderr).replace(/\s+/g, ' ') };
}

/** What is said of all of them at once, named by their folders. */
let stale = '';
beforeAll(() => {
  const folders = experimentNames().map((name) => name.split('/')[0]);
  const { status, output } = experiments(['--stale', ...new Set(folders)]);
  stale = output;
  expect(status, output).toBe(output.includes('is stale') ? 1 : 0);
}, 120_000);

describe.each(experimentNames())('%s', (name) => {
  const saved = () => JSON.parse(readFileSync(join(ROOT, 'results', 'experiments', `${name}.json`), 'utf8')) as { numbers: Numbers };

  it('has a result that follows from the code, the packages and the data as they are, and meets its thresholds', () => {
    expect(stale).not.toContain(`${name} is stale`);
    expect(misses(saved().numbers)).toEqual([]);
  });

  it('runs a quick slice that finds the numbers it is judged by, and no others', { timeout: 120_000 }, async () => {
    const found: Experiment = await experiment(name);
    const numbers = await found.run({ quick: true, onStep: () => {}, folder: mkdtempSync(join(folder, 'quick-')) });
    expect(found.name).toBe(name);
    const all = Object.entries(saved().numbers);
    const judged = all.filter(([, { atLeast, atMost }]) => atLeast !== undefined || atMost !== undefined);
    expect(Object.keys(numbers)).toEqual(expect.arrayContaining(judged.map(([key]) => key)));
    expect(all.map(([key]) => key)).toEqual(expect.arrayContaining(Object.keys(numbers)));
    for (const { value } of Object.values(numbers)) expect(value).toBeTypeOf('number');
  });
});

describe('npm run experiments', () => {
  const FILE = join(folder, 'tiny.ts');
  const RESULTS = join(folder, 'results');
  const run = (...args: string[]) => experiments([FILE, ...args], { LEMMATA_RESULTS: RESULTS });
  const write = (value: string, comment = '') =>
    writeFileSync(
      FILE,
      `import { root } from './root.js';\n${comment}
       const run = async ({ quick }: { quick: boolean }) => ({ x: { value: quick ? 1 : root(${value}), unit: '1', about: 'a root', atLeast: 3 } });
       export default { name: 'tiny', about: 'takes a root', seed: 1, run };`,
    );
  const root = (body: string) => writeFileSync(join(folder, 'root.ts'), `export const root = (x: number): number => ${body};`);

  it('saves what it found, with its provenance, and does not run again', () => {
    write('9');
    root('Math.sqrt(x)');
    expect(run('--stale').output).toContain('tiny is stale: its result changed since; run npm run experiments tiny.');
    expect(run('--quick').output).toContain('a root: 1');
    expect(existsSync(RESULTS)).toBe(false);
    expect(run().status).toBe(0);
    const saved = JSON.parse(readFileSync(join(RESULTS, 'experiments', 'tiny.json'), 'utf8'));
    expect(saved).toMatchObject({ name: 'tiny', seed: 1, numbers: { x: { value: 3 } }, machine: { threads: expect.any(Number) } });
    expect(Object.keys(saved.provenance)).toEqual(['code', 'data', 'packages', 'stamp']);
    expect(run()).toEqual({ status: 0, output: 'tiny: up to date ' });
  });

  it('lets comments change, and notices code: its own and what it imports', () => {
    write('9', '// the root of nine');
    expect(run('--stale').status).toBe(0);
    write('16');
    expect(run('--stale').output).toContain('tiny is stale: its code changed since');
    write('9');
    expect(run('--stale').status).toBe(0);
    root('x ** 0.5');
    expect(run('--stale').output).toContain('tiny is stale: its code changed since');
  });

  it('keeps the old result when the new one misses a threshold', () => {
    write('4');
    expect(run().output).toContain('tiny is not kept: x is 2, must be at least 3.');
    expect(JSON.parse(readFileSync(join(RESULTS, 'experiments', 'tiny.json'), 'utf8')).numbers.x.value).toBe(3);
  });

  it('names the experiments there are', () => {
    expect(experiments(['no-such']).output).toMatch(/There is no experiment 'no-such': there are /);
  });

  it('takes the name of a folder for all that it holds, and no part of one', () => {
    expect(experiments(['--stale', 'librar']).output).toContain("There is no experiment 'librar'");
  });
});
