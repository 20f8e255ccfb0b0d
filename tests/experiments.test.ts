import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { collected, type Experiment, experiment, experimentNames, type Found, insane, moved } from '../experiments/experiment.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lemmata-experiments-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** On a busy machine a compile may take long enough to be told of. */
const withoutCompiling = (stderr: string) => stderr.replace(/^.*(is compiling|compiled) a graph of.*\n/gm, '');

function experiments(args: string[], environment: Record<string, string> = {}): { status: number | null; output: string } {
  const hook = join(ROOT, 'scripts', 'typescript.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', hook, join(ROOT, 'scripts', 'experiments.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return { status, output: (stdout + withoutCompiling(stderr)).replace(/\s+/g, ' ') };
}

describe.each(experimentNames())('%s', (name) => {
  it('has a result that is sane and was made by the experiment of that name', async () => {
    const saved = JSON.parse(readFileSync(join(ROOT, 'results', 'experiments', `${name}.json`), 'utf8'));
    const found = await experiment(name);
    expect(found.name).toBe(name);
    expect(saved.name).toBe(`experiments/${name}`);
    expect(insane(found, saved.numbers)).toEqual([]);
  });
});

// The quickest; the long tier tries all.
it('follows from the code, the data and the library as they are, by its slice: library/adding', { timeout: 120_000 }, () => {
  expect(experiments(['--stale', 'library/adding'])).toEqual({ status: 0, output: '' });
});

const finding = (value: number) => ({ value, uncertainty: 'exact: a test', unit: '1', description: 'a number', tolerance: 0 }) as const;

describe('an experiment in parts', () => {
  const base: Experiment = { name: 'x/y', about: 'a test', seed: 1, run: async () => ({ numbers: {} }) };
  const found = (key: string, value: number): Found => ({ numbers: { [key]: finding(value) }, trials: 2 });

  it('has all their numbers side by side, and all their trials', () => {
    expect(collected(base, { a: found('a', 1), b: found('b', 2) })).toMatchObject({
      numbers: { a: { value: 1 }, b: { value: 2 } },
      trials: 4,
      pinned: { a: 1, b: 2 },
    });
  });

  it('is refused where two found a number of one name, unless it says how they come together', () => {
    const parts = { a: found('n', 1), b: found('n', 2) };
    expect(() => collected(base, parts)).toThrow("x/y: two of its parts found 'n'; name it by the part, or collect them");
    expect(collected({ ...base, collect: ({ a }) => a }, parts)).toBe(parts.a);
  });

  it('is insane where a number is beyond its limits, missing or none', () => {
    const limits = { sanity: { n: { atLeast: 1, atMost: 2 } } };
    expect(insane(limits, { n: finding(0.5) })).toEqual(['n is 0.5, must be at least 1']);
    expect(insane(limits, { n: finding(3) })).toEqual(['n is 3, must be at most 2']);
    expect(insane(limits, { n: finding(Number.NaN) })).toEqual(['n is NaN, must be at least 1']);
    expect(insane(limits, {})).toEqual(['n was not found']);
    expect(insane(limits, { n: finding(1.5), disappointing: finding(-1) })).toEqual([]);
  });

  it('has moved where a pin differs by more than a thousandth, comes or goes', () => {
    expect(moved({ a: 1, b: 1, c: 1 }, { a: 1.0009, b: 1.0011, d: 1 })).toEqual(['b was 1 and is 1.0011', 'c is gone', 'd is new']);
  });
});

describe('npm run experiments', () => {
  const FILE = join(folder, 'tiny.ts');
  const RESULTS = join(folder, 'results');
  const run = (...args: string[]) => experiments([FILE, ...args], { LEMMATA_RESULTS: RESULTS });
  const write = (value: string, comment = '') =>
    writeFileSync(
      FILE,
      `import { appendFileSync } from 'node:fs'; import { root } from './root.js';\n${comment}
       const number = (value: number) => ({ value, uncertainty: 'exact: a root', unit: '1', description: 'a root', tolerance: 0 });
       const run = async ({ part, quick }: { part: string; quick: boolean }) => {
         if (!quick) appendFileSync(${JSON.stringify(join(folder, 'runs'))}, part + ' ');
         if (part === 'ends' && !quick && ${value} === 25) process.exit(3);
         return { numbers: { [part]: number(quick ? root(1) : root(${value})) } };
       };
       export default { name: 'tiny', about: 'takes a root', seed: 1, parts: ['stays', 'ends'], sanity: { ends: { atLeast: 3 } }, run };`,
    );
  const root = (body: string) => writeFileSync(join(folder, 'root.ts'), `export const root = (x: number): number => ${body};`);
  /** The root of nine, found and saved. */
  const found = () => {
    write('9');
    root('Math.sqrt(x)');
    expect(run().status).toBe(0);
  };
  const saved = () => JSON.parse(readFileSync(join(RESULTS, 'experiments', 'tiny.json'), 'utf8'));

  it('saves what it found, with its provenance and its slice, and does not run again', () => {
    write('9');
    root('Math.sqrt(x)');
    expect(run('--stale').output).toContain('tiny is stale: it has no result; run npm run experiments tiny.');
    expect(run('--quick').output).toContain('a root: 1');
    expect(existsSync(RESULTS)).toBe(false);
    expect(run().status).toBe(0);
    expect(saved()).toMatchObject({
      title: 'takes a root',
      seed: 1,
      trials: 2,
      numbers: { stays: { value: 3 }, ends: { value: 3 } },
      slice: { stays: 1, ends: 1 },
      machine: { threads: expect.any(Number) },
    });
    expect(run()).toEqual({ status: 0, output: 'tiny: up to date ' });
  });

  it('lets comments change and a text that computes the same, and notices its own code and other numbers', () => {
    found();
    write('9', '// the root of nine');
    expect(run('--stale').status).toBe(0);
    write('16');
    expect(run('--stale').output).toContain('tiny is stale: its code changed');
    write('9');
    root('x ** 0.5');
    expect(run('--stale').output).toContain('tiny is stale: its code changed'); // a neighbour belongs to it
    root('Math.sqrt(x)');
    expect(run('--stale').status).toBe(0);
    writeFileSync(join(RESULTS, 'experiments', 'tiny.json'), JSON.stringify({ ...saved(), slice: { stays: 1, ends: 2 } }));
    expect(run('--stale').output).toContain('tiny is stale: of its slice, ends was 2 and is 1; run npm run experiments tiny.');
    expect(run().status).toBe(0);
  });

  it('keeps the old result when the new one is insane', () => {
    found();
    write('4');
    expect(run().output).toContain('tiny is not kept: ends is 2, must be at least 3.');
    expect(saved().numbers.ends.value).toBe(3);
  });

  it('goes on with what a part that ended early left of the others', () => {
    found();
    write('25');
    rmSync(join(folder, 'runs'), { force: true });
    expect(run().output).toContain('tiny, ends, ended with status 3 before it was done.');
    expect(run().output).toContain('tiny, ends, ended with status 3');
    expect(readFileSync(join(folder, 'runs'), 'utf8').split(' ').sort()).toEqual(['', 'ends', 'ends', 'stays']);
    expect(saved().numbers.stays.value).toBe(3);
  });

  it('names the experiments there are', () => {
    expect(experiments(['no-such']).output).toMatch(/There is no experiment 'no-such': there are /);
  });

  it('takes the name of a folder for all that it holds, and no part of one', () => {
    expect(experiments(['--stale', 'librar']).output).toContain("There is no experiment 'librar'");
  });
});
