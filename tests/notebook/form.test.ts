import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript6';
import { describe, expect, it } from 'vitest';
import { isLesson, notebooks } from '../support/notebooks.js';

const ROOT = join(import.meta.dirname, '..', '..');
const KINDS = ['run it with another number', 'read', 'change', 'prove', 'build'];
const LINES = 25;

interface Cell {
  cell_type: string;
  source: string[];
  metadata: { tags?: string[]; jupyter?: { source_hidden?: boolean; outputs_hidden?: boolean } };
}
interface TextCell extends Cell {
  text: string;
}

const has = (cell: Cell | undefined, tag: string) => cell?.metadata.tags?.includes(tag) ?? false;

/** What a cell lacks of the form of an exercise and the folded answer below it. */
function exerciseFaults(cells: readonly TextCell[]): string[] {
  return cells.flatMap((cell, i) => {
    if (has(cell, 'answer') && !has(cells[i - 1], 'exercise')) return [`${cell.text.split('\n')[0]}: no exercise stands above it`];
    if (!has(cell, 'exercise')) return [];
    const [, number, kind] = /^\*\*Exercise (\d+\.\d+) · ([^.*]+)\.\*\* /.exec(cell.text) ?? [];
    if (!number) return [`'${cell.text.slice(0, 40)}': begin with **Exercise 3.2 · prove.**`];
    if (!KINDS.includes(kind)) return [`Exercise ${number} is of the kind '${kind}'; the kinds are ${KINDS.join(', ')}`];
    const answer = cells[i + 1];
    if (!has(answer, 'answer')) return [`Exercise ${number} has no answer below it`];
    if (!answer.text.startsWith(`// Answer ${number}\n`)) return [`Exercise ${number}: its answer begins with // Answer ${number}`];
    if (!/\bawait answer\(/.test(answer.text) || /\bshow\(/.test(answer.text))
      return [`Answer ${number}: show it by answer(…), which folds it`];
    const { source_hidden, outputs_hidden } = answer.metadata.jupyter ?? {};
    return source_hidden && outputs_hidden ? [] : [`Answer ${number} is not folded; set jupyter.source_hidden and outputs_hidden`];
  });
}

/** The functions that a cell declares at its top level, by `function` or as a value. */
function functionsIn(cell: string): string[] {
  const { statements } = ts.createSourceFile('cell.ts', cell, ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement)) return statement.name ? [statement.name.text] : [];
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name) && initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)) ? [name.text] : [],
    );
  });
}

/** Functions that one cell declares and a later one calls: they belong to the library. */
function helpers(code: readonly string[]): string[] {
  return code.flatMap((text, i) =>
    functionsIn(text).filter((name) => code.slice(i + 1).some((later) => new RegExp(`(?<![.\\w])${name}\\(`).test(later))),
  );
}

/** Functions that two lessons write: the second takes it from the library, which has it from the first. */
const writtenTwice = (lessons: Readonly<Record<string, readonly string[]>>) => {
  const all = Object.entries(lessons).flatMap(([file, code]) => [...new Set(code.flatMap(functionsIn))].map((name) => ({ file, name })));
  return all.flatMap(({ file, name }, i) => {
    const before = all.slice(0, i).find((one) => one.name === name);
    return before ? [`${file} writes ${name}, as ${before.file} does: put it into src/hand, and import it from lemmata/hand`] : [];
  });
};

describe.each(notebooks)('%s', (file) => {
  const { cells: raw } = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { cells: Cell[] };
  const cells = raw.map((cell) => ({ ...cell, text: cell.source.join('') }));
  const code = cells.filter((cell) => cell.cell_type === 'code');
  const prose = cells.filter((cell) => cell.cell_type === 'markdown').map(({ text }) => text);

  it('says at the head what it gives, needs and takes, and at the end what to keep, what failed and where to read on', () => {
    for (const word of [`**After this ${isLesson(file) ? 'day' : 'week'} you can**`, '**You need**', '**It takes**'])
      expect(prose[0]).toContain(word);
    for (const word of ['What to take along', 'What failed', 'Where to read on']) expect(prose.at(-1)).toContain(word);
  });

  it('asks in each section for a prediction and says what surprised us', () => {
    const sections = prose
      .join('\n\n')
      .split(/^## (?=\d+\. )/m)
      .slice(1);
    const asked = sections.filter((section) => !/^\d+\. (Capstone|What held|Decision)/.test(section));
    expect(asked.length).toBeGreaterThan(0);
    for (const section of asked)
      for (const part of ['**Predict.**', '**What surprised us.**'])
        expect(section.includes(part), `${section.split('\n')[0]}: ${part}`).toBe(true);
  });

  const lessons = isLesson(file) ? it : undefined;
  lessons?.('ends in one decision, and has one group of exercises, that of its day', () => {
    const day = Number(/day(\d\d)/.exec(file)![1]);
    expect(prose[0]).toMatch(new RegExp(`^# Day ${day} · \\S`));
    expect(prose.join('\n\n').match(/^## \d+\. Decision/gm)).toHaveLength(1);
    expect(code.filter(({ text }) => text.includes('**Decision.**'))).toHaveLength(1);
    for (const { text } of cells.filter((cell) => has(cell, 'exercise'))) expect(text).toContain(`**Exercise ${day}.`);
  });

  it('has exercises with folded answers, four to six a group, of at least three kinds', () => {
    expect(exerciseFaults(cells)).toEqual([]);
    const groups = new Map<string, Set<string>[]>();
    for (const { text } of cells.filter((cell) => has(cell, 'exercise'))) {
      const [, group, kind] = /Exercise (\d+)\.\d+ · ([^.*]+)/.exec(text)!;
      groups.set(group, [...(groups.get(group) ?? []), new Set([kind])]);
    }
    expect(groups.size).toBeGreaterThan(0);
    for (const [group, kinds] of groups) {
      expect(kinds.length, `group ${group}`).toBeGreaterThanOrEqual(4);
      expect(kinds.length, `group ${group}`).toBeLessThanOrEqual(6);
      expect(new Set(kinds.flatMap((kind) => [...kind])).size, `kinds of group ${group}`).toBeGreaterThanOrEqual(3);
    }
  });

  it(`has no cell over ${LINES} lines and no helper function that a later cell calls, but for what a lesson writes by hand`, () => {
    expect(code.filter(({ source }) => source.length > LINES).map(({ text }) => text.split('\n')[0])).toEqual([]);
    if (!isLesson(file)) expect(helpers(code.map(({ text }) => text))).toEqual([]);
  });

  it('states theorems folded behind their idea, in the order of the PDF', () => {
    const shown = code.flatMap(({ text }) => [...text.matchAll(/statement\(\s*'(thm:[\w-]+)',\s*['"`]/g)].map((match) => match[1]));
    expect(code.flatMap(({ text }) => text.match(/statement\(/g) ?? []).length).toBe(shown.length);
    const week = basename(file).split('-')[0];
    // A week without proofs of its own, such as that of the paper, states theorems of the others in their order.
    const own = globSync(`proofs/${week}.tex`, { cwd: ROOT });
    const files = own.length > 0 ? own : globSync('proofs/{week*,path}.tex', { cwd: ROOT }).sort();
    const source = files.map((name) => readFileSync(join(ROOT, name), 'utf8')).join('\n');
    const proved = [...source.matchAll(/\\thmlabel\{(thm:[\w-]+)\}/g)].map((match) => match[1]);
    expect(shown).toEqual(proved.filter((label) => shown.includes(label)));
    if (!isLesson(file)) expect(shown.length).toBeGreaterThan(0);
  });
});

it('the lessons write no function twice', () => {
  const codeOf = (file: string) =>
    (JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { cells: Cell[] }).cells
      .filter((cell) => cell.cell_type === 'code')
      .map(({ source }) => source.join(''));
  expect(writtenTwice(Object.fromEntries(notebooks.flatMap((file) => (isLesson(file) ? [[file, codeOf(file)]] : []))))).toEqual([]);
});

describe('the form of a notebook', () => {
  const cell = (text: string, tag?: string, jupyter?: object) =>
    ({ cell_type: 'markdown', source: [text], text, metadata: { ...(tag && { tags: [tag] }), ...(jupyter && { jupyter }) } }) as TextCell;
  const folded = { source_hidden: true, outputs_hidden: true };

  it('would notice an exercise without its answer, an open answer, and one that stands alone', () => {
    const exercise = cell('**Exercise 1.1 · prove.** Why?', 'exercise');
    expect(exerciseFaults([exercise, cell('// Answer 1.1\nawait answer(x);', 'answer', folded)])).toEqual([]);
    expect(exerciseFaults([exercise])).toEqual(['Exercise 1.1 has no answer below it']);
    expect(exerciseFaults([exercise, cell('// Answer 1.1\nawait answer(x);', 'answer')])).toEqual([
      'Answer 1.1 is not folded; set jupyter.source_hidden and outputs_hidden',
    ]);
    expect(exerciseFaults([exercise, cell('// Answer 1.2\nawait answer(x);', 'answer', folded)])[0]).toContain('begins with // Answer 1.1');
    expect(exerciseFaults([cell('// Answer 1.1\nawait answer(x);', 'answer', folded)])[0]).toContain('no exercise stands above it');
    expect(exerciseFaults([cell('**Exercise 1.1 · guess.** Why?', 'exercise')])[0]).toContain("of the kind 'guess'");
  });

  it('would notice a function that two lessons write', () => {
    const linear = 'function linear(x: number) {\n  return x;\n}';
    expect(writtenTwice({ 'day02.ipynb': [linear, 'linear(1);'], 'day03.ipynb': ['const relu = (x: number) => x;'] })).toEqual([]);
    expect(writtenTwice({ 'day02.ipynb': [linear], 'day03.ipynb': ['const linear = (x: number) => x;'] })).toEqual([
      'day03.ipynb writes linear, as day02.ipynb does: put it into src/hand, and import it from lemmata/hand',
    ]);
  });

  it('would notice a helper', () => {
    expect(helpers(['const mean = (v: number[]) => v[0];', 'mean([1]);'])).toEqual(['mean']);
    expect(helpers(['function mean() {}', 'const x = 1;', 'mean();'])).toEqual(['mean']);
    expect(helpers(['const mean = (v: number[]) => v[0];\nmean([1]);', 'const demean = 1;'])).toEqual([]);
    expect(helpers(['const right = ({ a, b }: (typeof all)[number]) => a + b;', 'right(all[0]);'])).toEqual(['right']);
    expect(helpers(['const mean = async <T>(\n  v: T[],\n  n = size(v),\n) => v[n];', 'await mean([1]);'])).toEqual(['mean']);
    expect(helpers(['const model = compile((x: tf.Tensor) => x);\nconst mean = 1;', 'model(1);\nstats.mean([1]);'])).toEqual([]);
    expect(helpers(['{\n  const mean = (v: number[]) => v[0];\n}', 'mean([1]);'])).toEqual([]);
  });
});
