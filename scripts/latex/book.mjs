import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindings } from './bindings.mjs';

/**
 * A theorem of a week, by its label: where it stands, and its number there.
 *
 * @typedef {import('./bindings.mjs').Theorem & { week: number, number: number }} BookTheorem
 */

/**
 * The theorems of all weeks, in order: what another document may name.
 *
 * @param {string} root  where the repository is
 * @returns {BookTheorem[]}
 */
export function bookTheorems(root) {
  return weeks(root).flatMap(({ week, file }) => {
    const { theorems } = bindings(readFileSync(join(root, file), 'utf8'), file);
    return theorems.map((theorem, i) => ({ ...theorem, week, number: i + 1 }));
  });
}

/** The weeks' documents: proofs/week01.tex and so on. @param {string} root */
export function weeks(root) {
  return readdirSync(join(root, 'proofs'))
    .flatMap((name) => {
      const [, digits] = /^week(\d\d)\.tex$/.exec(name) ?? [];
      return digits ? [{ week: Number(digits), file: `proofs/${name}` }] : [];
    })
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
