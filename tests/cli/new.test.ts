import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const SHARED = globSync('experiments/*.ts', { cwd: ROOT });
const STYLES = globSync('proofs/*.sty', { cwd: ROOT });
const COPIED = ['src', 'dist', 'tests', 'scripts', 'bench', ...SHARED, ...STYLES, 'results/checks.json'];
const FILES = ['package.json', 'package-lock.json', 'biome.json', 'tsconfig.json', 'tsconfig.build.json', 'vitest.config.ts'];
/** What stands on a week's own experiment or on the website, which are not copied either. */
const isOfWeek = (path: string) => path.endsWith('.ts') && /from '(?:\.\.\/)+(?:experiments\/week|blog\/)/.test(readFileSync(path, 'utf8'));
const noLatex = spawnSync('latexmk', ['--version']).error !== undefined && !process.env.CI;

describe('lemmata new week 02', { timeout: 300_000 }, () => {
  const copy = mkdtempSync(join(tmpdir(), 'lemmata-new-'));
  const run = (program: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, program), ...args], { cwd: copy, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };
  const works = (program: string, ...args: string[]) => {
    const { status, output } = run(program, ...args);
    expect(status, output).toBe(0);
    return output;
  };
  const lemmata = (...args: string[]) => run('dist/cli/main.js', 'new', 'week', ...args);

  beforeAll(() => {
    for (const path of [...COPIED, ...FILES])
      cpSync(join(ROOT, path), join(copy, path), { recursive: true, filter: (from) => !isOfWeek(from) });
    for (const path of ['node_modules', '.venv', 'data']) symlinkSync(join(ROOT, path), join(copy, path));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each([['2'], ['00'], ['100'], ['two'], ['../02']])('refuses the number %s', (number) => {
    expect(lemmata(number)).toEqual({
      status: 1,
      output: `error: new week: a week is two digits from 01 to 99, got '${number}'; as in: npx lemmata new week 02\n`,
    });
  });

  it('refuses a folder that is no checkout', () => {
    expect(lemmata('02', '--in', tmpdir()).output).toContain(`new week: ${tmpdir()} is no checkout of Lemmata`);
  });

  it('lays notebook, proofs, summary, check and experiment', () => {
    expect(lemmata('02')).toMatchObject({
      status: 0,
      output: expect.stringContaining('  notebooks/week02-mean.ipynb\n  proofs/week02.tex\n'),
    });
  });

  it('refuses to overwrite, and writes nothing then', () => {
    const file = join(copy, 'proofs', 'week02.tex');
    writeFileSync(join(copy, 'proofs', 'week03.tex'), 'mine');
    expect(lemmata('02').output).toContain('notebooks/week02-mean.ipynb is already there, and nothing was written');
    expect(lemmata('03').output).toContain('proofs/week03.tex is already there, and nothing was written');
    expect(existsSync(join(copy, 'notebooks', 'week03-mean.ipynb'))).toBe(false);
    rmSync(join(copy, 'proofs', 'week03.tex'));
    expect(readFileSync(file, 'utf8')).toContain('thm:week02-mean');
  });

  it('has a notebook that runs in both profiles, and saves each number with its uncertainty', () => {
    expect(works('scripts/notebooks.mjs', 'week02', '--profile', 'quick')).toContain('mean log return of the S&P 500');
    works('scripts/notebooks.mjs', 'week02');
    const { numbers } = JSON.parse(readFileSync(join(copy, 'results', 'week02.json'), 'utf8'));
    expect(numbers.mean.value).toBeGreaterThan(3);
    expect(numbers.mean.uncertainty).toBeCloseTo((1.8 * 2) / 1.02, 0); // 18 % a year over √27
  });

  it('has an experiment that is sane', () => {
    const hook = join(copy, 'scripts', 'typescript.mjs');
    const args = ['--import', hook, join(copy, 'scripts', 'experiments.mjs'), 'week02'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('passes lint and its tests, the form of a notebook among them', () => {
    works('node_modules/@biomejs/biome/bin/biome', 'check', '.');
    works('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json');
    expect(works('node_modules/vitest/vitest.mjs', 'run', 'tests/weeks', 'tests/notebook/committed', 'tests/notebook/form')).toContain(
      '0 failed',
    );
  });

  it.skipIf(noLatex)('builds its proof and its summary, one page, with the check in the margin', () => {
    expect(works('scripts/latex.mjs', 'proofs')).toMatch(/^proofs\/week02\.pdf {2}1 page, 1 check: 1 checked$/m);
    expect(works('scripts/latex.mjs', 'summaries')).toMatch(/^summaries\/week02\.pdf {2}1 page$/m);
  });
});
