import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bookTheorems } from '../latex/book.mjs';
import { replaceBetween } from './between.mjs';

/** Summaries that do not carry the name of their week. @type {Record<number, readonly string[]>} */
export const SUMMARIES = { 4: ['greff'] };

/** What a week leaves beside notebook, proofs, summary and post. @type {Record<number, readonly [string, string][]>} */
export const MORE = {
  3: [['project outline', 'summaries/project-outline.tex']],
  11: [
    ['the anthology', 'proofs/anthology.tex'],
    ['answers', 'proofs/answers.tex'],
  ],
  12: [
    ['the paper', 'paper/paper.tex'],
    ['slides', 'slides/slides.tex'],
    ['letters', 'paper/letters/README.md'],
  ],
};

const BEGIN = '<!-- The table is written by npm run reproduce -- README. -->';
const END = '<!-- Here the table ends. -->';

/**
 * The table of twelve weeks with which the README begins: every notebook, document and post that is there, linked.
 *
 * @param {string} root  where the repository is
 */
export function weeksTable(root) {
  const theorems = bookTheorems(root);
  const rows = Array.from({ length: 12 }, (_, i) => {
    const week = i + 1;
    const name = `week${String(week).padStart(2, '0')}`;
    const notebooks = globSync(`notebooks/${name}-*.ipynb`, { cwd: root }).sort();
    const count = theorems.filter(({ where }) => where.startsWith(`proofs/${name}.tex:`)).length;
    const proofs = [...(count > 0 ? [[`${count} theorems`, `proofs/${name}.tex`]] : []), ...(MORE[week] ?? [])];
    const summaries = [name, ...(SUMMARIES[week] ?? [])].map((summary) => `summaries/${summary}.tex`);
    const post = `blog/posts/${name}.md`;
    const cells = [
      notebooks.map((file) => [topicOf(root, file), file]),
      proofs.filter(([, file]) => existsSync(join(root, file))),
      summaries.filter((file) => existsSync(join(root, file))).map((file) => [titleOf(root, file), file]),
      existsSync(join(root, post)) ? [[headOf(root, post), post]] : [],
    ];
    const texts = [String(week), ...cells.map((links) => links.map(([text, file]) => `[${text}](${file})`).join(', '))];
    return `|${texts.map((text) => (text ? ` ${text} ` : ' ')).join('|')}|`;
  });
  return ['| week | notebook | proofs and papers | in a page | post |', '|---|---|---|---|---|', ...rows]
    .join('\n')
    .replaceAll('|  |', '| |');
}

/**
 * Puts the table into the README.
 *
 * @param {string} root
 * @throws when the README does not say where
 */
export function writeWeeks(root) {
  replaceBetween(join(root, 'README.md'), { begin: BEGIN, end: END, text: weeksTable(root) });
  return 'README.md';
}

/** `# Week 3 · Bayesian networks` → Bayesian networks. @param {string} root @param {string} file */
function topicOf(root, file) {
  const { cells } = JSON.parse(readFileSync(join(root, file), 'utf8'));
  const heading = [cells[0].source].flat().join('').split('\n')[0];
  return heading.replace(/^# (?:Week \d+ · )?/, '');
}

/** The second argument of \lemmatatitle. @param {string} root @param {string} file */
const titleOf = (root, file) => /\\lemmatatitle\{[^}]*\}\{([^}]*)\}/.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? file;

/** The title in a post's head. @param {string} root @param {string} file */
const headOf = (root, file) => (/^title: (.*)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? file).replace(/^(['"])(.*)\1$/, '$2');
