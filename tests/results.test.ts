import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const RESULTS = join(ROOT, 'results');
const { faults, readResult, resultNames } = await import(join(ROOT, 'scripts/results/schema.mjs'));
const { quotesOf, quotesNumber } = await import(join(ROOT, 'scripts/results/quotes.mjs'));
const latex = await import(join(ROOT, 'scripts/latex/numbers.mjs'));
const { moveLine, moves, resultsAt } = await import(join(ROOT, 'scripts/results/diff.mjs'));

describe('the committed results', () => {
  it.each(resultNames(RESULTS) as string[])(
    '%s has the form of its kind: each number with unit, description, uncertainty and tolerance',
    (name) => {
      expect(faults(name, readResult(RESULTS, name))).toEqual([]);
    },
  );
});

describe('a result', () => {
  const saved = readResult(RESULTS, 'week03');
  const beta = { value: 1, uncertainty: 0.1, unit: '1', description: 'a slope', tolerance: 0 };
  const wrong: [string, object][] = [
    ['beta.uncertainty', { ...beta, uncertainty: undefined }],
    ['beta.uncertainty', { ...beta, uncertainty: 0 }],
    ['beta.uncertainty', { ...beta, uncertainty: [2, 1] }],
    ['beta.uncertainty', { ...beta, uncertainty: 'small' }],
    ['beta.unit', { ...beta, unit: '' }],
    ['beta.description', { ...beta, description: '' }],
    ['beta.tolerance', { ...beta, tolerance: -1 }],
    ['beta.value', { ...beta, value: null }],
    ['beta', { ...beta, typed: true }],
  ];
  it.each(wrong)('is refused for numbers.%s of %o', (path, number) => {
    const found: string[] = faults('week03', { ...saved, numbers: { beta: number } });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^results/week03\\.json: numbers\\.${path}: `));
  });

  it('is refused without its provenance, under another name, or from a quick run', () => {
    expect(faults('week03', { ...saved, code: null })[0]).toMatch(/^results\/week03\.json: code: /);
    expect(faults('week03', { ...saved, profile: 'quick' })[0]).toMatch(/^results\/week03\.json: profile: /);
    expect(faults('week04', saved)).toEqual(['results/week04.json calls itself otherwise; its name is its path']);
    expect(faults('week03', { ...saved, numbers: { 'beta.se': beta } })[0]).toContain('ends like a part of an uncertainty');
  });
});

describe('a document that quotes a result', () => {
  const { numbers } = latex;
  const wanted = [{ format: '.3f', key: 'week01.beta', where: 'paper/paper.tex:5' }];
  const shown = (value: number, code = 'a') =>
    numbers(wanted, () => ({ profile: 'full', code, numbers: { beta: { value } } }), new Set(['a']));

  it('changes with a digit of it, in LaTeX and on the site', () => {
    expect(shown(0.123).tex).toBe('\\lemmata@number{.3f|week01.beta}{0.123}\n');
    expect(shown(0.124).tex).toBe('\\lemmata@number{.3f|week01.beta}{0.124}\n');
    expect(shown(0.124).texts.get('.3f|week01.beta')).toBe('0.124');
  });

  it('stops when it is stale, with file, line and command', () => {
    expect(shown(0.123, 'b').problems).toEqual([
      'paper/paper.tex:5: \\resnum{week01.beta}: results/week01.json is stale: no notebook with its present outputs saved it; make it with npm run notebooks week01',
    ]);
  });
});

describe('a quote', () => {
  it('is found in LaTeX, in a post and in a cell, with its place', () => {
    expect(quotesOf('paper/paper.tex', 'A\n\\resnum[.2f]{week01.beta} % \\resnum{week01.no}')).toEqual([
      { key: 'week01.beta', where: 'paper/paper.tex:2' },
    ]);
    expect(quotesOf('blog/posts/a.md', "A\n\n{{ num('week01.beta.se', '.2f') }}")).toEqual([
      { key: 'week01.beta.se', where: 'blog/posts/a.md:3' },
    ]);
    const cells = [{ source: '# Title' }, { source: ['const a = 1;\n', "num('experiments/week02/mnist.gain')"] }];
    expect(quotesOf('notebooks/a.ipynb', JSON.stringify({ cells }))).toEqual([
      { key: 'experiments/week02/mnist.gain', where: 'notebooks/a.ipynb: cell 2, line 2' },
    ]);
  });

  it('is of a number or of a part of its uncertainty', () => {
    expect(quotesNumber('week01.beta', 'week01.beta')).toBe(true);
    expect(quotesNumber('week01.beta.high', 'week01.beta')).toBe(true);
    expect(quotesNumber('week01.beta.median', 'week01.beta')).toBe(false);
  });
});

describe('a difference of results', () => {
  const number = (value: number, uncertainty: unknown) => ({ value, uncertainty, unit: '%' });
  const before = {
    week01: { numbers: { a: number(1, 0.5), b: number(3, [1, 5]), c: number(2, 'exact: a count'), d: number(1, 0.1), e: number(1, 1) } },
  };
  const after = {
    week01: { numbers: { a: number(2, 0.5), b: number(1, [0, 2 * 1.96]), c: number(3, 'exact: a count'), e: number(1, 2) } },
  };

  it('is told in standard errors, which of an interval are its half-width by 1.96', () => {
    expect(moves(before, before)).toEqual([]);
    expect(moves(before, after).map(moveLine)).toEqual([
      'week01.a  1 → 2 %  +2 of its standard errors',
      'week01.b  3 → 1 %  -2 of its standard errors',
      'week01.c  2 → 3 %',
      'week01.d  1 → absent %',
      'week01.e  1 → 1 %  (its uncertainty alone)',
    ]);
  });

  it('is against a revision, with the places that quote what moved', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lemmata-results-'));
    const git = (...args: string[]) => spawnSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args], { cwd: folder });
    try {
      mkdirSync(join(folder, 'results/week01'), { recursive: true });
      writeFileSync(join(folder, 'results/week01.json'), JSON.stringify(before.week01));
      writeFileSync(join(folder, 'results/week01/chart.vl.json'), '{}');
      writeFileSync(join(folder, 'results/checks.json'), '{}');
      git('init', '-q');
      git('add', '-A');
      git('commit', '-qm', 'A');
      expect(resultsAt(folder, 'HEAD')).toEqual(before);
      expect(() => resultsAt(folder, 'nothing')).toThrow(/^results: git says of nothing: .*; name a commit, a tag or a branch$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
