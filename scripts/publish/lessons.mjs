import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceBetween } from './between.mjs';

/** Where the path's index stands. */
export const INDEX = 'notebooks/transformer/README.md';
const BEGIN = '<!-- The table is written by npm run reproduce -- README. -->';
const END = '<!-- Here the table ends. -->';

/**
 * The lessons of the thirty-day path, a row each: what is built, which days it needs, and which weeks go deeper. A notebook says so itself,
 * in its metadata: `lemmata.lesson` has `builds`, `needs` and `weeks`.
 *
 * @param {string} root  where the repository is
 */
export function lessonsTable(root) {
  const rows = globSync('notebooks/transformer/day*.ipynb', { cwd: root })
    .sort()
    .map((file) => {
      const { cells, metadata } = JSON.parse(readFileSync(join(root, file), 'utf8'));
      const [, day, topic] = /^# Day (\d+) · (.+)/.exec([cells[0].source].flat().join('')) ?? [];
      /** @type {{ builds: string, needs: number[], weeks: number[] } | undefined} */
      const lesson = metadata.lemmata?.lesson;
      if (!day || !lesson)
        throw new Error(
          `${file}: a lesson begins with '# Day 8 · …', and its metadata has lemmata.lesson: { builds: 'what', needs: [2], weeks: [5] }`,
        );
      const name = file.slice(file.lastIndexOf('/') + 1);
      const needs = lesson.needs.map((other) => `day ${other}`).join(', ') || 'nothing';
      return `| ${day} | [${topic}](${name}) | ${lesson.builds} | ${needs} | ${lesson.weeks.map((week) => linkOf(root, week)).join(', ')} |`;
    });
  return ['| day | lesson | what you build | needs | goes deeper |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** @param {string} root @param {number} week */
function linkOf(root, week) {
  const [file] = globSync(`notebooks/week${String(week).padStart(2, '0')}-*.ipynb`, { cwd: root });
  if (!file) throw new Error(`a lesson names week ${week}, which has no notebook; the weeks are 1 to 12`);
  return `[week ${week}](../${file.slice('notebooks/'.length)})`;
}

/** Whether the index shows the lessons that there are. @param {string} root */
export const lessonsShown = (root) =>
  !existsSync(join(root, INDEX)) || readFileSync(join(root, INDEX), 'utf8').includes(lessonsTable(root));

/** Puts the table into the index. @param {string} root @throws when the index does not say where */
export function writeLessons(root) {
  if (existsSync(join(root, INDEX))) replaceBetween(join(root, INDEX), { begin: BEGIN, end: END, text: lessonsTable(root) });
}
