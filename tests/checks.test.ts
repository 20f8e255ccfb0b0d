import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const { passed, remember, stale, testsOf, verifyAll, weekLines } = await import(join(ROOT, 'scripts/latex/checks.mjs'));
const { theoremGraph } = await import(join(ROOT, 'scripts/latex/graph.mjs'));

describe('the checks of a small book', () => {
  let root = '';
  const put = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  const week = (label: string, test: string, { uses = '', proof = 'It is.' } = {}) =>
    `\\begin{document}\n\\begin{theorem}[On $x$]\\thmlabel{thm:${label}}${uses}\n` +
    `\\implementedby{src/${test}.ts#${test}}\\checkedby{src/${test}.test.ts#thm:${label}}\n` +
    `Let\n\\begin{enumerate}\\item One. \\item Two.\\end{enumerate}\n\\end{theorem}\n\\begin{proof} ${proof} \\end{proof}\n\\end{document}\n`;
  const test = (label: string, clauses = 'ab') => `import { f } from './shared.js';\ntheorem('thm:${label}', '${clauses}', { real: f });\n`;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lemmata-checks-'));
    put({
      'proofs/week01.tex': week('one', 'first'),
      'proofs/week02.tex': week('two', 'second', { uses: '\\uses{thm:one}', proof: 'By \\thmref{thm:one}.' }),
      'src/first.ts': '\nexport function first() {}\n',
      'src/second.ts': 'export const second = 1;\n',
      'src/shared.ts': 'export const f = 1;\n',
      'src/first.test.ts': test('one'),
      'src/second.test.ts': test('two'),
      'results/checks.json': JSON.stringify({
        'src/first.test.ts#thm:one': { status: 'passed', refused: ['adds', 'doubles', 'forgets'], clauses: 'ab' },
        'src/second.test.ts#thm:two': { status: 'failed', refused: ['adds', 'doubles', 'forgets', 'halves'], clauses: 'ab' },
      }),
      'results/mutants.json': JSON.stringify({ 'src/first.ts': { killed: 5, of: 6 } }),
    });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('are a graph over weeks, each theorem with its verdicts and the lines of its functions', () => {
    const [one, two] = theoremGraph(root);
    expect(one).toMatchObject({
      ...{
        label: 'thm:one',
        title: 'On $x$',
        week: 1,
        number: 1,
        file: 'proofs/week01.tex',
        line: 2,
        proof: 'It is.',
        status: 'checked',
        refused: 3,
      },
      implementations: [{ file: 'src/first.ts', name: 'first', line: 2, mutants: { killed: 5, of: 6 } }],
      clauses: [
        { letter: 'a', status: 'checked' },
        { letter: 'b', status: 'checked' },
      ],
      ...{ uses: [], usedBy: ['thm:two'] },
    });
    expect(one.statement).toBe('Let\n\\begin{enumerate}\\item One. \\item Two.\\end{enumerate}');
    expect(two).toMatchObject({ week: 2, uses: ['thm:one'], usedBy: [], status: 'failing' });
  });

  it('make a line for each week and one in all', () => {
    expect(weekLines(theoremGraph(root))).toEqual([
      'week 1     1 theorems    2 clauses, 2 checked; 3 wrong formulas refused; 5 of 6 mutants killed',
      'week 2     1 theorems    2 clauses, 0 checked; 4 wrong formulas refused; 0 of 0 mutants killed',
      'in all     2 theorems    4 clauses, 2 checked; 7 wrong formulas refused; 5 of 6 mutants killed',
    ]);
  });

  it('stop with file and line at a renamed test, theorem or function', () => {
    expect(verifyAll(root)).toEqual([]);
    put({ 'src/first.test.ts': test('uno') });
    expect(verifyAll(root)).toContain('proofs/week01.tex:3: \\checkedby names thm:one, but src/first.test.ts has only thm:uno');
    put({ 'src/first.test.ts': test('one'), 'proofs/week01.tex': week('uno', 'first').replace('#thm:uno', '#thm:one') });
    expect(verifyAll(root)).toContain(
      "proofs/week02.tex:2: \\uses names thm:one, but no \\thmlabel of this document, or of a week's in proofs/, is called so",
    );
    put({ 'proofs/week01.tex': week('one', 'first'), 'src/first.ts': 'export const fst = 1;\n' });
    expect(verifyAll(root)).toEqual(['proofs/week01.tex:3: \\implementedby names first, but src/first.ts exports only fst']);
  });

  it('run again only when the test, or what it imports, changed, or when it has not passed', () => {
    const files = testsOf(theoremGraph(root));
    expect(files).toEqual(['src/first.test.ts', 'src/second.test.ts']);
    expect(testsOf(theoremGraph(root), ['week02'])).toEqual(['src/second.test.ts']);
    expect(stale(root, files)).toEqual(files);
    remember(root, passed(theoremGraph(root), files)); // the second failed
    expect(stale(root, files)).toEqual(['src/second.test.ts']);
    put({ 'src/shared.ts': 'export const f = 2;\n' });
    expect(stale(root, files)).toEqual(files);
  });
});
