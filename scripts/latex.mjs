// npm run proofs, npm run summaries: builds the documents of a folder, or those named, and says what became of each.
//
//     node scripts/latex.mjs proofs            every proofs/*.tex that is a document
//     node scripts/latex.mjs proofs week01     of these, week01: so npm run proofs -- week01 builds one
//     node scripts/latex.mjs proofs/week01.tex
//
// Before LaTeX runs, every name a document binds is looked up: theorems in tests, functions in src/, numbers in results/. After it,
// the log is read: an undefined reference or a line that sticks out by more than 5 pt fails. Equal sources give equal bytes.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { bindings, covers, verify } from './latex/bindings.mjs';
import { complaints, pages } from './latex/log.mjs';
import { numbers } from './latex/numbers.mjs';

const root = resolve(import.meta.dirname, '..');
const results = process.env.LEMMATA_RESULTS ?? join(root, 'results');
const PROGRAMS = ['latexmk', 'pdflatex'];

const missing = PROGRAMS.filter((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error);
if (missing.length) {
  console.error(
    `LaTeX is not installed (missing: ${missing.join(', ')}); proofs and summaries are PDFs made with it, everything else works without. To install it:\n` +
      '  Debian, Ubuntu  sudo apt-get install --no-install-recommends texlive-latex-base texlive-latex-recommended texlive-latex-extra texlive-pictures latexmk lmodern\n' +
      '  macOS           brew install --cask mactex-no-gui',
  );
  process.exit(process.env.CI ? 1 : 3);
}

const documents = documentsOf(process.argv.slice(2));
if (documents.length === 0) {
  console.error('latex: no document; name a folder or a .tex file, as in: node scripts/latex.mjs proofs');
  process.exit(1);
}
for (const document of documents) {
  try {
    console.log(await build(document));
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exitCode = 1;
  }
}

/**
 * The documents that the arguments name: files, folders, or names within the folder that comes first.
 *
 * @param {string[]} given
 */
function documentsOf([first, ...names]) {
  const folder = first && existsSync(first) && statSync(first).isDirectory() ? resolve(first) : undefined;
  if (folder && names.length === 0) return inFolder(folder);
  return (folder ? names.map((name) => join(folder, `${basename(name, '.tex')}.tex`)) : [first, ...names].filter(Boolean)).map((file) => {
    if (existsSync(file)) return resolve(file);
    const beside = existsSync(dirname(file)) ? inFolder(dirname(file)) : [];
    console.error(
      `latex: there is no ${relative(root, resolve(file))}${beside.length ? `; there are ${beside.map((name) => basename(name, '.tex')).join(', ')}` : ''}`,
    );
    return process.exit(1);
  });
}

/** @param {string} folder */
function inFolder(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tex') && readFileSync(join(folder, name), 'utf8').includes('\\begin{document}'))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * Builds one document beside its source and returns the line to print.
 *
 * @param {string} file
 */
async function build(file) {
  const name = basename(file, '.tex');
  const shown = relative(root, file);
  const found = bindings(readFileSync(file, 'utf8'), shown);
  /** @type {Checks} */
  const checks = readJson(join(results, 'checks.json')) ?? {};
  const values = numbers(found.numbers, (result) => readJson(join(results, `${result}.json`)), stamps());
  const problems = [...verify(found, root), ...values.problems];
  if (problems.length) throw new Error(problems.join('\n'));

  const folder = join(root, 'build', basename(dirname(file)), name);
  mkdirSync(folder, { recursive: true });
  const current = currentOf(found, checks);
  const status = (/** @type {string} */ check) => statusOf(current[check]);
  write(join(folder, 'lemmata-checks.tex'), found.theorems.map((theorem) => `\\lemmata@status${verdict(theorem, current)}\n`).join(''));
  write(join(folder, 'lemmata-numbers.tex'), values.tex);
  write(join(folder, 'theorems.json'), `${JSON.stringify(graph(found, status), null, 2)}\n`);

  const output = await latexmk(file, folder);
  const log = readFileSync(join(folder, `${name}.log`), 'latin1');
  if (output.status !== 0) throw new Error(`${shown} did not build:\n${firstError(log) ?? output.text.split('\n').slice(-20).join('\n')}`);
  const wrong = complaints(log);
  if (wrong.length) throw new Error(wrong.map((line) => `${shown}: ${line}`).join('\n'));

  const pdf = file.replace(/\.tex$/, '.pdf');
  copyFileSync(join(folder, `${name}.pdf`), `${pdf}.new`);
  renameSync(`${pdf}.new`, pdf); // a viewer never opens half a file
  return `${relative(root, pdf)}  ${plural(pages(log), 'page')}${tally(found.checks.map(({ value }) => status(value)))}`;
}

/**
 * What results/checks.json says of each check.
 *
 * @typedef {{ status: 'passed' | 'failed', mutants: number, clauses: string }} Check
 * @typedef {Record<string, Check | undefined>} Checks
 */

/**
 * The entries that a document names and that are of its tests as they stand: one without a clause that its test file covers by now is
 * of an older file, and says nothing.
 *
 * @param {import('./latex/bindings.mjs').Bindings} found
 * @param {Checks} checks
 * @returns {Checks}
 */
function currentOf(found, checks) {
  const isCurrent = (/** @type {string} */ name) =>
    checks[name]?.clauses !== undefined && [...covers(root, name)].every((clause) => checks[name]?.clauses.includes(clause));
  return Object.fromEntries(found.checks.flatMap(({ value }) => (isCurrent(value) ? [[value, checks[value]]] : [])));
}

/** @param {Check | undefined} check */
function statusOf(check) {
  return check ? { passed: 'checked', failed: 'failing' }[check.status] : 'unchecked';
}

/**
 * What the margin says of a theorem: {label}{checked, failing or unchecked}{wrong formulas refused}{2 of 3 clauses, or nothing}.
 *
 * @param {import('./latex/bindings.mjs').Theorem} theorem
 * @param {Checks} checks
 */
function verdict({ label, checks: names, clauses }, checks) {
  const found = names.map((name) => checks[name]);
  const statuses = found.map(statusOf);
  const status = ['failing', 'unchecked'].find((worst) => statuses.includes(worst)) ?? 'checked';
  const refused = found.reduce((sum, check) => sum + (check?.mutants ?? 0), 0);
  const covered = new Set(found.flatMap((check) => [...(check?.clauses ?? '')]));
  const share = clauses ? `${[...clauses].filter((clause) => covered.has(clause)).length} of ${plural(clauses.length, 'clause')}` : '';
  return `{${label}}{${status}}{${refused}}{${share}}`;
}

/** The provenance stamps of the notebooks' outputs. */
function stamps() {
  const folder = join(root, 'notebooks');
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ipynb'))
    : [];
  return new Set(files.map((file) => readJson(join(folder, file)).metadata.lemmata?.provenance?.stamp).filter(Boolean));
}

/**
 * Nodes and edges of the theorem graph, for the site and the anthology.
 *
 * @param {import('./latex/bindings.mjs').Bindings} found
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

/**
 * @param {string} file
 * @param {string} folder  of what LaTeX writes
 * @returns {Promise<{ status: number | null, text: string }>}
 */
function latexmk(file, folder) {
  const args = ['-pdf', '-interaction=nonstopmode', '-halt-on-error', '-file-line-error', `-outdir=${folder}`, basename(file)];
  const search = `.:${folder}:${join(root, 'proofs')}:${process.env.TEXINPUTS ?? ''}`; // the empty end keeps TeX's own folders
  const env = { ...process.env, TEXINPUTS: search, SOURCE_DATE_EPOCH: '0', FORCE_SOURCE_DATE: '1', max_print_line: '10000' };
  return new Promise((done, fail) => {
    const child = spawn('latexmk', args, { cwd: dirname(file), env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      text += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('close', (status) => done({ status, text }));
  });
}

/**
 * TeX's first error with the lines below it, which show where.
 *
 * @param {string} log
 */
function firstError(log) {
  const lines = log.split('\n');
  const at = lines.findIndex((line) => /^(!|[^\s:]+:\d+: )/.test(line));
  return at < 0 ? undefined : lines.slice(at, at + 6).join('\n');
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
