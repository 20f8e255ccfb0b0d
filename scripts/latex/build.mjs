import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { alone } from './alone.mjs';
import { bindings, verify } from './bindings.mjs';
import { bookTheorems, repeatedLabels, weeks } from './book.mjs';
import { figures, svgOf } from './figures.mjs';
import { unembedded } from './fonts.mjs';
import { firstError, latexmk } from './latexmk.mjs';
import { links } from './links.mjs';
import { complaints, pages } from './log.mjs';
import { maps } from './maps.mjs';
import { numbers } from './numbers.mjs';
import { dangling } from './references.mjs';
import { readSource } from './source.mjs';
import { currentOf, statusOf, verdictOf } from './verdicts.mjs';

export { documentsIn } from './book.mjs';

const root = resolve(import.meta.dirname, '../..');
const resultsFolder = () => process.env.LEMMATA_RESULTS ?? join(root, 'results');

/** Where a document's PDF is put: beside its source. @param {string} file */
export const pdfOf = (file) => file.replace(/\.tex$/, '.pdf');

/**
 * The files that a document is made of, as paths in the repository: its sources, the results and figures that it quotes, the verdicts on
 * its theorems. Packages of proofs/ and bibliographies are among them, whether it loads them or not.
 *
 * @param {string} file
 */
export function inputsOf(file) {
  const source = readSource(resolve(file), root);
  const found = bindings(source);
  const shared = ['proofs', 'paper', relative(root, dirname(resolve(file)))].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => /\.(?:sty|bib|ist)$/.test(name))
      .map((name) => join(folder, name)),
  );
  const results = found.numbers.map(({ key }) => `results/${key.slice(0, key.indexOf('.'))}.json`);
  const named = [...found.uses, ...found.names].some(({ value }) => !found.labels.has(value));
  const builder = readdirSync(join(root, 'scripts/latex')).map((name) => `scripts/latex/${name}`);
  return [
    ...new Set([
      ...source.files.map((path) => relative(root, path)),
      ...shared,
      ...results,
      ...found.figures.map(({ key }) => `results/${svgOf(key)}`),
      ...(found.theorems.length || named ? ['results/checks.json'] : []),
      ...(named ? weeks(root).map(({ file }) => file) : []),
      ...[...builder, 'src/report/quoted.ts'],
      ...found.checks.map(({ value }) => value.split('#')[0]),
      ...found.implementations.map(({ value }) => value.split('#')[0]),
    ]),
  ].sort();
}

/**
 * Builds one document beside its source: verifies what it binds, writes what LaTeX reads of it into build/, runs LaTeX and reads its log.
 *
 * @param {string} file
 * @returns {Promise<{ pdf: string, pages: number, summary: string }>}  `summary`: the line to print
 * @throws {Error}  with a line of `file:line: problem` for each thing that is wrong; the PDF of before is then left as it was
 */
export function build(file) {
  const path = resolve(file);
  // Two runs of LaTeX in one folder write each other's files half over.
  return alone(`${folderOf(path)}.lock`, () => buildAlone(path));
}

/** Where LaTeX works on a document. @param {string} path */
const folderOf = (path) => join(root, 'build', basename(dirname(path)), basename(path, '.tex'));

/** @param {string} path */
async function buildAlone(path) {
  const name = basename(path, '.tex');
  const shown = relative(root, path);
  const source = readSource(path, root);
  const found = bindings(source);
  const book = bookTheorems(root);
  /** @type {import('./verdicts.mjs').Checks} */
  const checks = readJson(join(resultsFolder(), 'checks.json')) ?? {};
  const values = numbers(found.numbers, (result) => readJson(join(resultsFolder(), `${result}.json`)), stamps());
  const problems = [
    ...verify(found, root, new Set(book.map(({ label }) => label))),
    ...dangling(found, dirname(path), root),
    ...(dirname(path) === join(root, 'proofs') ? repeatedLabels(root) : []),
    ...values.problems,
    ...figures(found.figures, resultsFolder(), root),
  ];
  if (problems.length) throw new Error(problems.join('\n'));

  const folder = folderOf(path);
  mkdirSync(folder, { recursive: true });
  const others = book.filter(
    ({ label }) => !found.labels.has(label) && [...found.uses, ...found.names].some(({ value }) => value === label),
  );
  const current = currentOf([...found.theorems, ...others], checks, root);
  write(join(folder, 'lemmata-checks.tex'), found.theorems.map((theorem) => statusLine(theorem, current)).join(''));
  write(join(folder, 'lemmata-others.tex'), others.map((theorem) => statusLine(theorem, current) + placeLine(theorem)).join(''));
  write(join(folder, 'lemmata-numbers.tex'), values.tex);
  write(join(folder, 'lemmata-maps.tex'), maps(book, currentOf(book, checks, root)));
  const places = [...found.checks, ...found.implementations].map(({ value }) => value);
  write(join(folder, 'lemmata-links.tex'), [...links(places, root)].map(([place, url]) => `\\lemmata@link{${place}}{${url}}\n`).join(''));
  write(
    join(folder, 'theorems.json'),
    `${JSON.stringify(
      graph(found, (check) => statusOf(current[check])),
      null,
      2,
    )}\n`,
  );

  const output = await latexmk(path, folder, root);
  const log = readFileSync(join(folder, `${name}.log`), 'latin1');
  if (output.status !== 0) throw new Error(`${shown} did not build:\n${firstError(log) ?? output.text.split('\n').slice(-20).join('\n')}`);
  const tooLong =
    / in a page\}/.test(source.text) && pages(log) !== 1 ? [`a summary is one page, this one has ${pages(log)}; shorten it`] : [];
  const wrong = [...tooLong, ...complaints(log), ...unembedded(join(folder, `${name}.pdf`))];
  if (wrong.length) throw new Error(wrong.map((line) => `${shown}: ${line}`).join('\n'));

  const pdf = pdfOf(path);
  copyFileSync(join(folder, `${name}.pdf`), `${pdf}.new`);
  renameSync(`${pdf}.new`, pdf); // a viewer never opens half a file
  const statuses = found.checks.map(({ value }) => statusOf(current[value]));
  return { pdf, pages: pages(log), summary: `${relative(root, pdf)}  ${plural(pages(log), 'page')}${tally(statuses)}` };
}

/**
 * What the margin says of a theorem: {label}{checked, failing or unchecked}{wrong formulas refused}{2 of 3 clauses, or nothing}.
 *
 * @param {import('./bindings.mjs').Theorem} theorem
 * @param {import('./verdicts.mjs').Checks} checks
 */
function statusLine(theorem, checks) {
  const { label, clauses } = theorem;
  const { status, refused, covered } = verdictOf(theorem, checks);
  const share = clauses ? `${covered.length} of ${plural(clauses.length, 'clause')}` : '';
  return `\\lemmata@status{${label}}{${status}}{${refused}}{${share}}\n`;
}

/** Where a theorem of another document stands. @param {import('./book.mjs').BookTheorem} theorem */
const placeLine = ({ label, kind, number, week }) =>
  `\\lemmata@place{${label}}{${kind === 'lemma' ? 'Lemma' : 'Theorem'}}{${number}}{${week}}\n`;

/** The provenance stamps of the notebooks' outputs. */
function stamps() {
  const folder = join(root, 'notebooks');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ipynb'));
  return new Set(files.map((file) => readJson(join(folder, file)).metadata.lemmata?.provenance?.stamp).filter(Boolean));
}

/**
 * Nodes and edges of the theorem graph, for the site and the anthology.
 *
 * @param {import('./bindings.mjs').Bindings} found
 * @param {(check: string) => string} status
 */
function graph({ theorems }, status) {
  return theorems.map(({ label, title, uses, checks, implementations }) => ({
    label,
    title,
    uses,
    implementedBy: implementations,
    checks: checks.map((check) => ({ check, status: status(check) })),
  }));
}

/** @param {string[]} statuses */
function tally(statuses) {
  if (statuses.length === 0) return '';
  const counts = [...new Set(statuses)].map((status) => `${statuses.filter((other) => other === status).length} ${status}`);
  return `, ${plural(statuses.length, 'check')}: ${counts.join(', ')}`;
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (thrown) {
    const error = /** @type {NodeJS.ErrnoException} */ (thrown);
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${relative(root, file)} cannot be read: ${error.message}; make it again with npm test or npm run notebooks`);
  }
}

/**
 * Writes only what changed, so latexmk sees that nothing has to be done.
 *
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  let before;
  try {
    before = readFileSync(file, 'utf8');
  } catch {}
  if (before !== text) writeFileSync(file, text);
}

/**
 * @param {number} count
 * @param {string} noun
 */
function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
