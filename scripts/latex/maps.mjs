// What stands on what, drawn: the theorems of a chapter in their order, an arrow from each to those whose proofs use it.

import { verdictOf } from './verdicts.mjs';

/** @typedef {import('./book.mjs').BookTheorem} BookTheorem */

const ROW = 0.46; // cm between two theorems

/**
 * \theoremmap{3} of every week, and the rows of \checkcounts, as lemmata-maps.tex defines them.
 *
 * @param {BookTheorem[]} theorems  of all weeks, in order
 * @param {import('./verdicts.mjs').Checks} checks  current ones
 */
export function maps(theorems, checks) {
  const weeks = [...new Set(theorems.map(({ week }) => week))];
  const drawn = weeks.map((week) => `\\csgdef{lemmata@map@${week}}{${chapterMap(week, theorems)}}\n`);
  return `${drawn.join('')}\\csgdef{lemmata@counts}{${countTable(weeks, theorems, checks)}}\n`;
}

/**
 * What a proof uses without the detour by another: of a → b → c and a → c, only the first two are drawn.
 *
 * @param {BookTheorem} theorem
 * @param {Map<string, BookTheorem>} byLabel
 */
export function reduced(theorem, byLabel) {
  /** @type {(label: string, seen?: Set<string>) => Set<string>} */
  const above = (label, seen = new Set()) => {
    for (const used of byLabel.get(label)?.uses ?? [])
      if (!seen.has(used)) {
        seen.add(used);
        above(used, seen);
      }
    return seen;
  };
  const uses = [...new Set(theorem.uses)];
  return uses.filter((label) => !uses.some((other) => other !== label && above(other).has(label)));
}

/**
 * The theorems of a week below each other, with arcs at their left; theorems of other weeks are named at the right.
 *
 * @param {number} week
 * @param {BookTheorem[]} theorems
 */
function chapterMap(week, theorems) {
  const byLabel = new Map(theorems.map((theorem) => [theorem.label, theorem]));
  const here = theorems.filter((theorem) => theorem.week === week);
  const y = (/** @type {number} */ number) => (-ROW * number).toFixed(2);
  const lines = here.map((theorem) => {
    const far = theorem.uses.flatMap((label) => {
      const used = byLabel.get(label);
      return used && used.week !== week ? [`\\hyperref[${label}]{${used.week}.${used.number}}`] : [];
    });
    const also = far.length ? `\\quad{\\color{quiet}uses ${far.join(', ')}}` : '';
    return (
      `\\fill[ink] (0,${y(theorem.number)}) circle (1.6pt);` +
      `\\node[right=3pt,font=\\footnotesize] at (0,${y(theorem.number)}) ` +
      `{\\makebox[2.8em][l]{\\textsf{${week}.${theorem.number}}}\\hyperref[${theorem.label}]{${theorem.title}}${also}};`
    );
  });
  const arcs = here.flatMap((theorem) =>
    reduced(theorem, byLabel).flatMap((label) => {
      const used = byLabel.get(label);
      if (used?.week !== week) return [];
      const reach = (-0.35 - 0.17 * Math.abs(theorem.number - used.number)).toFixed(2);
      return [
        `\\draw[ink!60,->,>=stealth] (-0.08,${y(used.number)}) .. controls (${reach},${y(used.number)}) and (${reach},${y(theorem.number)}) .. (-0.08,${y(theorem.number)});`,
      ];
    }),
  );
  return `\\begin{tikzpicture}${arcs.join('')}${lines.join('')}\\end{tikzpicture}`;
}

/**
 * What was checked, a row for each chapter.
 *
 * @param {number[]} weeks
 * @param {BookTheorem[]} theorems
 * @param {import('./verdicts.mjs').Checks} checks
 */
function countTable(weeks, theorems, checks) {
  const row = (/** @type {BookTheorem[]} */ own) => {
    const verdicts = own.map((theorem) => ({ theorem, ...verdictOf(theorem, checks) }));
    // A statement without a list is one clause.
    const clauses = sum(own.map((theorem) => theorem.clauses.length || 1));
    const covered = sum(verdicts.map(({ theorem, status, covered }) => (theorem.clauses ? covered.length : Number(status === 'checked'))));
    return [own.length, clauses, covered, sum(verdicts.map(({ refused }) => refused))];
  };
  const rows = weeks.map((week) => {
    const counts = row(theorems.filter((theorem) => theorem.week === week));
    return `\\textsf{${week}}&\\csuse{lemmata@chapter@${week}}&${counts.join('&')}\\\\`;
  });
  return `${rows.join('')}\\midrule&&${row(theorems).join('&')}\\\\`;
}

const sum = (/** @type {number[]} */ values) => values.reduce((total, value) => total + value, 0);
