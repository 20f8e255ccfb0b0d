import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const { proseFiles, typedNumbers, typedProblems } = await import(join(ROOT, 'scripts/results/typed.mjs'));
const CONSTANTS = JSON.parse(readFileSync(join(ROOT, 'tests/typed-numbers.json'), 'utf8'));

const typed = (file: string, text: string): string[] =>
  typedNumbers(file, text).map(({ number, where }: { number: string; where: string }) => `${where} ${number}`);

describe('the numbers with units in prose', () => {
  it('come from results, or are constants that tests/typed-numbers.json gives the reason of', () => {
    expect(typedProblems(ROOT, CONSTANTS)).toEqual([]);
  });

  it('each have a reason where they are constants', () => {
    for (const [file, numbers] of Object.entries<Record<string, string>>(CONSTANTS))
      for (const [number, reason] of Object.entries(numbers)) expect(reason, `${file}: ${number}`).toMatch(/\w{2}/);
  });
});

describe('a typed number', () => {
  it.each([
    ['gains 5\\,\\% a year', '5 %'],
    ['gains $5.25\\,\\%$ a year', '5.25 %'],
    ['gains $5$~\\% a year', '5 %'],
    ['of 12 basis points', '12 basis points'],
    ['of 12\\,bp', '12 bp'],
    ['took 1{,}200 minutes', '1200 minutes'],
    ['is $3.5$ times as fast', '3.5 times'],
    ['gains 0.003 nats', '0.003 nats'],
    ['costs \\$1,000', '$1000'],
    ['costs 20 USD', '20 USD'],
    ['gains 0.4 percentage points', '0.4 percentage points'],
  ])('is seen in %j', (text, number) => {
    expect(typed('paper/paper.tex', `First.\n${text}.`)).toEqual([`paper/paper.tex:2 ${number}`]);
  });

  it.each([
    '\\resnum[.1\\%]{week01.beta} of it',
    '\\resnum[.0f]{week01.bp}\\,bp',
    'a page % of 5 %',
    'the year 2017, $x_5$ times $y$ and Theorem~5',
    '\\cite[5 \\%]{someone}',
    'gains \\answernum{week01.gain}{5}\\,\\% a year',
  ])('is none in %j', (text) => {
    expect(typed('paper/paper.tex', text)).toEqual([]);
  });

  it('is one of a post too, where neither code nor num() is prose', () => {
    const post =
      "---\ndelay: 5 minutes\n---\n\nIt took 5 minutes, `5 %` and {{ num('week01.a', '.1%') }}.\n\n```ts\nconst share = 5 % 3;\n```\n";
    expect(typed('blog/posts/a.md', post)).toEqual(['blog/posts/a.md:5 5 minutes']);
  });

  it('is one of exercises and answers, beside those that a test computes again', () => {
    const text = 'It is \\answernum{a}{0.5} times as long, and takes 5 minutes.';
    for (const file of ['proofs/exercises/week01.tex', 'proofs/answers.tex']) {
      expect(typed(file, text)).toEqual([`${file}:1 5 minutes`]);
      expect(proseFiles(ROOT)).toContain(file);
    }
  });

  it('is one of a proof in its remarks only', () => {
    const proof = '\\begin{theorem} 5 times.\\end{theorem}\n\\begin{proof} 6 times.\\end{proof}\n\\begin{remark}\n7 times.\\end{remark}\n';
    expect(typed('proofs/week01.tex', proof)).toEqual(['proofs/week01.tex:4 7 times']);
  });

  it('stops with file, line and fix where it is no constant, and a constant that nothing has stops too', () => {
    const root = mkdtempSync(join(tmpdir(), 'lemmata-typed-'));
    try {
      for (const [file, text] of Object.entries({ 'paper/paper.tex': 'A gain of\n7\\,\\%.', 'blog/posts/a.md': 'A gain of 8 %.' })) {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), text);
      }
      expect(typedProblems(root, { 'paper/paper.tex': { '9 %': 'a level' } })).toEqual([
        "blog/posts/a.md:1: '8 %' is typed (…A gain of 8 %.…); quote the result, {{ num('…') }}, or list it with its reason in tests/typed-numbers.json",
        "paper/paper.tex:2: '7 %' is typed (…A gain of 7\\,\\%.…); quote the result, \\resnum{…}, or list it with its reason in tests/typed-numbers.json",
        "tests/typed-numbers.json: paper/paper.tex has no '9 %' any more; take it out",
      ]);
      expect(typedProblems(root, { 'paper/paper.tex': { '7 %': 'a level' }, 'blog/posts/a.md': { '8 %': 'a level' } })).toEqual([]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
