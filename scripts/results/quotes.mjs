import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindings } from '../latex/bindings.mjs';

/** A place that quotes a number: its key, 'week03.cold.gain', with the part of an uncertainty that it may end in. */
/** @typedef {{ key: string, where: string }} Quote */

/** Where words that quote results stand. */
const FOLDERS = ['proofs', 'summaries', 'paper', 'slides', 'blog', 'notebooks', 'experiments', 'docs'];

/**
 * Every place that quotes a number of results/: \resnum in LaTeX, num('…') in posts, letters, notebooks and experiments.
 *
 * @param {string} root  where the repository is
 * @returns {Quote[]}
 */
export function quotes(root) {
  const readme = existsSync(join(root, 'README.md')) ? ['README.md'] : [];
  return [...readme, ...FOLDERS.flatMap((folder) => filesOf(root, folder))].flatMap((file) =>
    quotesOf(file, readFileSync(join(root, file), 'utf8')),
  );
}

/** @param {string} root @param {string} folder */
const filesOf = (root, folder) =>
  (existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }) : [])
    .filter((name) => /\.(?:tex|md|njk|ipynb|ts)$/.test(name) && !/(?:^|\/)(?:node_modules|\.ipynb_checkpoints)\//.test(name))
    .map((name) => `${folder}/${name}`)
    .sort();

/**
 * @param {string} file  its name, for places
 * @param {string} text
 * @returns {Quote[]}
 */
export function quotesOf(file, text) {
  if (file.endsWith('.tex')) return bindings(text, file).numbers.map(({ key, where }) => ({ key, where }));
  if (file.endsWith('.ipynb')) return inNotebook(file, JSON.parse(text).cells);
  return calls(text).map(({ key, line }) => ({ key, where: `${file}:${line}` }));
}

/** A line of a notebook is a line of a cell. @param {string} file @param {{ source: string | string[] }[]} cells */
const inNotebook = (file, cells) =>
  cells.flatMap(({ source }, i) =>
    calls([source].flat().join('')).map(({ key, line }) => ({ key, where: `${file}: cell ${i + 1}, line ${line}` })),
  );

/** @param {string} text */
const calls = (text) =>
  [...text.matchAll(/\bnum\(\s*(['"`])([a-z0-9/-]+\.[^'"`$]+)\1/g)].map((match) => ({
    key: match[2],
    line: text.slice(0, match.index).split('\n').length,
  }));

/** Whether a quote shows a number or a part of its uncertainty. @param {string} quoted @param {string} key */
export const quotesNumber = (quoted, key) =>
  quoted === key || (quoted.startsWith(`${key}.`) && /^(se|low|high)$/.test(quoted.slice(key.length + 1)));
