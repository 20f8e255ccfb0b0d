import { globSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * All notebooks, by their path in the repository: the weeks, then the lessons of each path, in order.
 *
 * @param {string} root  where the repository is
 */
export function notebooksIn(root) {
  const files = globSync('notebooks/**/*.ipynb', { cwd: root }).filter((file) => !file.includes('.ipynb_checkpoints'));
  return files.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}

/**
 * The result that a notebook saves: `week01` of `notebooks/week01-regression.ipynb`, `transformer/day01` of
 * `notebooks/transformer/day01-series.ipynb`.
 *
 * @param {string} file  within the repository
 */
export function resultOf(file) {
  const folder = dirname(file).replace(/^notebooks\/?/, '');
  return join(folder, basename(file, '.ipynb').split('-')[0]);
}

/**
 * The results in a folder and the folders in it, by name; the charts that lie beside them are none.
 *
 * @param {string} folder
 */
export const savedIn = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && !file.endsWith('.vl.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
