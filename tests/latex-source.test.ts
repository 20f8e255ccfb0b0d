import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const { readSource } = await import(join(ROOT, 'scripts/latex/source.mjs'));
const { bindings } = await import(join(ROOT, 'scripts/latex/bindings.mjs'));

/** A document made of these files, by name in proofs/. */
const read = (files: Record<string, string>) =>
  readSource(join(ROOT, 'proofs/book.tex'), ROOT, (path: string) => files[path.slice(join(ROOT, 'proofs/').length)]);

describe('a document that takes others in', () => {
  const source = read({
    'book.tex': 'First \\resnum{a.one}\n\\input{part} and \\resnum{a.two}\n% \\input{no}\n\\chapterfrom{week01}\\resnum{a.five}',
    'part.tex': '\n\\resnum{a.three}\n',
    'week01.tex': '\\resnum{a.preamble}\n\\begin{document}\n\\resnum{a.four}\n\\end{document}\n\\resnum{a.after}\n',
  });

  it('binds what they bind, at their own file and line', () => {
    expect(bindings(source).numbers.map(({ key, where }: { key: string; where: string }) => `${key} ${where}`)).toEqual([
      'a.one proofs/book.tex:1',
      'a.three proofs/part.tex:2',
      'a.two proofs/book.tex:2',
      'a.four proofs/week01.tex:3',
      'a.five proofs/book.tex:4',
    ]);
  });

  it('knows the files that it is made of', () => {
    expect(source.files.map((path: string) => path.slice(ROOT.length + 1))).toEqual([
      'proofs/book.tex',
      'proofs/part.tex',
      'proofs/week01.tex',
    ]);
  });

  it('leaves to LaTeX what is not there, but for a chapter, and refuses a circle', () => {
    expect(read({ 'book.tex': '\\input{elsewhere}' }).text).toBe('\\input{elsewhere}');
    expect(() => read({ 'book.tex': '\n\\chapterfrom{week99}' })).toThrow(
      'proofs/book.tex:2: \\chapterfrom names week99.tex, which does not exist',
    );
    expect(() => read({ 'book.tex': '\\input{part}', 'part.tex': '\\input{book}' })).toThrow(
      'proofs/book.tex takes in itself, by way of proofs/book.tex, proofs/part.tex',
    );
  });
});
