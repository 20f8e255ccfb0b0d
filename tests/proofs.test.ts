import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const { bindings, verify } = await import(join(ROOT, 'scripts/latex/bindings.mjs'));
const { readSource } = await import(join(ROOT, 'scripts/latex/source.mjs'));
const { bookTheorems } = await import(join(ROOT, 'scripts/latex/book.mjs'));
const BOOK: ReadonlySet<string> = new Set(bookTheorems(ROOT).map(({ label }: { label: string }) => label));
const problems = (source: string, file = 'proofs/new.tex'): string[] => verify(bindings(source, file), ROOT, BOOK);

const CHECK = '\\checkedby{src/stats/regression/ridge.theorem.test.ts#thm:ridge}';
/** A theorem on ridge with so many clauses; the library's checks cover five. */
const ridge = (clauses: number, checks = CHECK) =>
  `\\begin{theorem}[Ridge]\\thmlabel{thm:ridge}${checks}\nLet\n\\begin{enumerate}[label=(\\alph*)]\n` +
  `${'\\item A claim.\n'.repeat(clauses)}\\end{enumerate}\n\\end{theorem}\n`;

describe('the proofs', () => {
  const files = readdirSync(join(ROOT, 'proofs')).filter((name) => name.endsWith('.tex'));

  it.each(files)('%s: says what a verdict is where it shows one: instances are checked, a proof proves', (name) => {
    const { text } = readSource(join(ROOT, 'proofs', name), ROOT);
    if (/\\checkedby|\\thmstatus/.test(text)) expect(text).toMatch(/\\whatchecked|only\s+the\s+proof\s+proves/);
  });

  it.each(files)('%s: every theorem, and every clause of it, has a check or is marked unchecked', (name) => {
    expect(problems(readFileSync(join(ROOT, 'proofs', name), 'utf8'), `proofs/${name}`)).toEqual([]);
  });
});

describe('a theorem', () => {
  it('is complete when every clause has its check', () => {
    expect(problems(ridge(5))).toEqual([]);
  });

  it('without a check is named, with the line', () => {
    expect(problems(`\n\n${ridge(5, '')}`)).toEqual(['proofs/new.tex:3: thm:ridge has no \\checkedby; name the test that exercises it']);
  });

  it('with a clause that no check covers is named, with line and fix, unless it is marked', () => {
    expect(problems(ridge(6))).toEqual([
      "proofs/new.tex:1: thm:ridge (f) has no check; add theorem('thm:ridge', 'f', …) to src/stats/regression/ridge.theorem.test.ts, " +
        'or write \\unchecked{thm:ridge}{f}{why} below the theorem',
    ]);
    expect(problems(`${ridge(6)}\\unchecked{thm:ridge}{f}{a limit that no sample reaches}`)).toEqual([]);
  });

  it('whose statement lost a clause is named, and a mark for a clause that is not there', () => {
    expect(problems(ridge(4))).toEqual(['proofs/new.tex:1: a test checks thm:ridge (e), but its statement has no such clause']);
    expect(problems(`${ridge(5)}\\unchecked{thm:ridge}{f}{why}`)).toEqual([
      'proofs/new.tex:11: \\unchecked names thm:ridge (f), which is no clause of this document',
    ]);
  });
});

describe('an edge between theorems', () => {
  /** A theorem of no clauses, in three lines: statement, proof, remark. */
  const lemma = (name: string, { uses = '', statement = 'A claim.', proof = 'It is.', remark = '' } = {}) =>
    `\\begin{theorem}\\thmlabel{thm:${name}}${uses}\\checkedby{c} ${statement}\\end{theorem}\n` +
    `\\begin{proof}${proof}\\end{proof}\n\\begin{remark}${remark}\\end{remark}\n`;
  const edges = (source: string) => problems(source).filter((line) => line.includes('uses'));

  it('is there when the proof or the statement refers to the other, and \\uses says so', () => {
    expect(edges(lemma('a') + lemma('b', { uses: '\\uses{thm:a}', proof: 'By Theorem~\\ref{thm:a}.' }))).toEqual([]);
    expect(edges(lemma('a') + lemma('b', { uses: '\\uses{thm:a}', statement: 'As in \\thmref{thm:a}.' }))).toEqual([]);
    expect(edges(lemma('a') + lemma('b', { remark: 'Compare Theorem~\\ref{thm:a}.' }))).toEqual([]);
  });

  it('that \\uses forgets is named where the proof refers to it, also by an equation', () => {
    const missing = 'proofs/new.tex:5: thm:b refers to thm:a here, but its \\uses does not name it; add it';
    expect(edges(lemma('a') + lemma('b', { proof: 'By Theorem~\\ref{thm:a}.' }))).toEqual([missing]);
    expect(
      edges(lemma('a', { proof: '\\begin{equation}\\label{eq:x}x\\end{equation}' }) + lemma('b', { proof: 'By~\\eqref{eq:x}.' })),
    ).toEqual([missing]);
  });

  it('that nothing refers to is named where \\uses has it', () => {
    expect(edges(lemma('a') + lemma('b', { uses: '\\uses{thm:a}', remark: 'See Theorem~\\ref{thm:a}.' }))).toEqual([
      'proofs/new.tex:4: thm:b \\uses thm:a, but neither its statement nor its proof refers to it; say \\thmref{thm:a} where it is used, or take it out',
    ]);
  });
});
