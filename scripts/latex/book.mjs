import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindings } from './bindings.mjs';

/**
 * A theorem of a week, or of the path as week 11, with its number there, and the clauses of it that are marked unchecked, with the reason.
 *
 * @typedef {import('./bindings.mjs').Theorem & { week: number, number: number, unchecked: { clause: string, why: string }[] }} BookTheorem
 */

/**
 * The theorems of all weeks, in order: what another document may name.
 *
 * @param {string} root  where the repository is
 * @returns {BookTheorem[]}
 */
export function bookTheorems(root) {
  return weeks(root).flatMap(({ week, file }) => {
    const { theorems, unchecked } = bindings(readFileSync(join(root, file), 'utf8'), file);
    const marks = (/** @type {string} */ label) => unchecked.filter((mark) => mark.label === label);
    return theorems.map((theorem, i) => ({ ...theorem, week, number: i + 1, unchecked: marks(theorem.label) }));
  });
}

/** The chapter behind the weeks: what the thirty-day path needs. No week has proofs under this number. */
export const PATH = 11;

/** Whether a file of proofs/ is a chapter. @param {string} name */
export const isChapter = (name) => /^(?:week\d\d|path)\.tex$/.test(name);

/** What a chapter is called where it is named: `week 3`, `the path`. @param {number} week */
export const nameOfChapter = (week) => (week === PATH ? 'the path' : `week ${week}`);

/** The chapters' documents: proofs/week01.tex and so on, and proofs/path.tex behind them. @param {string} root */
export function weeks(root) {
  return readdirSync(join(root, 'proofs'))
    .filter(isChapter)
    .map((name) => ({ week: name === 'path.tex' ? PATH : Number(name.slice(4, 6)), file: `proofs/${name}` }))
    .sort((a, b) => a.week - b.week);
}

/**
 * Labels that two weeks have in common, one line each: a book of all weeks would not know which is meant.
 *
 * @param {string} root
 */
export function repeatedLabels(root) {
  const places = weeks(root).flatMap(({ file }) => bindings(readFileSync(join(root, file), 'utf8'), file).places);
  /** @type {Map<string, string>} */
  const first = new Map();
  return places.flatMap(({ value, where }) => {
    const before = first.get(value);
    if (before === undefined) first.set(value, where);
    return before === undefined ? [] : [`${where}: the label ${value} is taken by ${before}; give it another name`];
  });
}

/** The documents of a folder: its .tex files that are no part of another. @param {string} folder */
export function documentsIn(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tex') && readFileSync(join(folder, name), 'utf8').includes('\\begin{document}'))
    .sort()
    .map((name) => join(folder, name));
}
