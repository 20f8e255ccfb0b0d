import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The figures that a document shows, as PDFs in build/figures/, and problems, one line each. \resfig{week03.width} is
 * results/week03/width.svg, which the notebook saved; letters stay letters, in an embedded font.
 *
 * @param {{ key: string, where: string }[]} wanted
 * @param {string} results  the folder of the results
 * @param {string} root     where the repository is
 */
export function figures(wanted, results, root) {
  /** @type {string[]} */
  const problems = [];
  for (const { key, where } of new Map(wanted.map((figure) => [figure.key, figure])).values()) {
    const svg = join(results, svgOf(key));
    const pdf = join(root, 'build', 'figures', `${key}.pdf`);
    if (!existsSync(svg)) problems.push(`${where}: \\resfig{${key}}: there is no results/${svgOf(key)}; ${choices(dirname(svg), key)}`);
    else {
      const problem = convert(svg, pdf);
      if (problem) problems.push(`${where}: \\resfig{${key}}: ${problem}`);
    }
  }
  return problems;
}

/** `week03.width` → `week03/width.svg`. @param {string} key */
export const svgOf = (key) => `${key.slice(0, key.lastIndexOf('.'))}/${key.slice(key.lastIndexOf('.') + 1)}.svg`;

/** @param {string} folder @param {string} key */
function choices(folder, key) {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.svg')) : [];
  const result = key.slice(0, key.lastIndexOf('.'));
  return names.length ? `${result} has ${names.map((name) => name.slice(0, -4)).join(', ')}` : `no figure is saved for ${result}`;
}

/**
 * Equal pictures give equal bytes: the date is fixed.
 *
 * @param {string} svg
 * @param {string} pdf
 * @returns {string | undefined} what went wrong
 */
function convert(svg, pdf) {
  mkdirSync(dirname(pdf), { recursive: true });
  const env = { ...process.env, SOURCE_DATE_EPOCH: '0' };
  const draft = `${pdf}.${process.pid}`;
  const { error, status, stderr } = spawnSync('rsvg-convert', ['--format=pdf', `--output=${draft}`, svg], { env, encoding: 'utf8' });
  if (error) return 'rsvg-convert is not installed; sudo apt install librsvg2-bin, or brew install librsvg';
  if (status !== 0) return `rsvg-convert says: ${stderr.trim()}`;
  if (existsSync(pdf) && readFileSync(pdf).equals(readFileSync(draft)))
    rmSync(draft); // as it was: latexmk has nothing to do
  else renameSync(draft, pdf);
}
