import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript6';
import { at, ROOT, readJson } from '../bootstrap/files.mjs';
import { bookTheorems } from '../latex/book.mjs';

/** Where results are kept, those that a notebook reads too. */
export const RESULTS = process.env.LEMMATA_RESULTS ?? at('results');

export const sha256 = (/** @type {string} */ text) => createHash('sha256').update(text).digest('hex');

/**
 * What the outputs of a notebook follow from, as hashes: its code cells, the modules of this library that they import with
 * comments stripped, the versions of the packages that those import, the data they load, the theorems they show, the experiments
 * that they read, and the book of theorems with its verdicts where they count it.
 *
 * @param {import('./run.mjs').Notebook} notebook
 * @returns {Promise<Record<string, string> & { stamp: string }>}
 */
export async function provenance(notebook) {
  const code = notebook.cells.filter((cell) => cell.cell_type === 'code').map((cell) => cell.source.join(''));
  const inputs = {
    cells: sha256(code.join('\0')),
    ...closure(code.join('\n'), at('notebooks', 'cell.ts')),
    data: sha256((await datasets((name) => code.some((cell) => cell.includes(`'${name}'`)))).join('\n')),
    theorems: sha256((await theorems(code)).join('\0')),
    ...evidence(code),
    ...counts(code),
  };
  return { ...inputs, stamp: sha256(Object.values(inputs).join('\n')) };
}

/**
 * Hashes of the modules that an import of the code reaches, and of the versions of the packages that those import. A module is
 * what `dist` emitted for `lemmata/…`, and a source file where there is one; its types and comments do not count.
 *
 * @param {string} code
 * @param {string} from  the file that holds the code
 */
export function closure(code, from) {
  /** @type {Set<string>} */
  const packages = new Set();
  /** @type {Map<string, string>} */
  const seen = new Map();
  const visit = (/** @type {string} */ source, /** @type {string} */ from) => {
    for (const { fileName: name } of ts.preProcessFile(source, true, true).importedFiles) {
      if (name.startsWith('node:')) continue;
      if (!name.startsWith('.') && !name.startsWith('lemmata/')) packages.add(packageOf(name));
      else read(name.startsWith('.') ? sourceOf(join(dirname(from), name)) : at('dist', name.slice('lemmata/'.length), 'index.js'));
    }
  };
  const read = (/** @type {string} */ file) => {
    if (seen.has(file)) return;
    if (!existsSync(file)) throw new Error(`${relative(ROOT, file)} is imported but was not built; run npm run build`);
    const code = stripped(file);
    seen.set(file, code);
    visit(code, file);
  };
  visit(code, from);
  const modules = [...seen].map(([file, text]) => `${relative(ROOT, file)}\0${text}`).sort();
  return { modules: sha256(modules.join('\0')), packages: sha256(versions([...packages].sort()).join('\n')) };
}

/** @type {Map<string, string>} */
const known = new Map();

/** A module without its comments; several experiments share most of theirs. @param {string} file */
function stripped(file) {
  const code = known.get(file) ?? withoutComments(readFileSync(file, 'utf8'));
  known.set(file, code);
  return code;
}

export const sourceOf = (/** @type {string} */ file) => (existsSync(file.replace(/js$/, 'ts')) ? file.replace(/js$/, 'ts') : file);

const packageOf = (/** @type {string} */ name) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** @param {string} code */
export function withoutComments(code) {
  const compilerOptions = { removeComments: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(code, { compilerOptions }).outputText.replace(/\/\/# sourceMappingURL=.*/, '');
}

/** @param {string[]} packages */
function versions(packages) {
  const locked = readJson(at('package-lock.json')).packages;
  return packages.map((name) => `${name} ${locked[`node_modules/${name}`]?.version ?? 'unlocked'}`);
}

/**
 * The sources' own hashes of the datasets whose names are asked for.
 *
 * @param {(name: string) => boolean} asked
 */
export async function datasets(asked) {
  /** @type {typeof import('../../src/market/index.ts')} */
  const { listDatasets } = await import(at('dist', 'market', 'index.js'));
  return (await listDatasets()).filter(({ name }) => asked(name)).map(({ name, sourceSha256 }) => `${name} ${sourceSha256}`);
}

/** @param {string[]} code */
async function theorems(code) {
  const { theoremOf } = await import(at('dist', 'report', 'statement.js'));
  const labels = code.flatMap((cell) => [...cell.matchAll(/statement\(\s*'(thm:[\w-]+)'/g)].map((match) => match[1]));
  return labels.map((label) => Object.values(theoremOf(label)).join('\n'));
}

/**
 * The results that code reads and does not save, by their name in results/: those of experiments, and of benches, as `bench-citations`.
 *
 * @param {string} code
 */
export function evidenceOf(code) {
  const read = [...code.matchAll(/\bevidence\(\s*'([^']+)'|\bnum\(\s*['`]((?:experiments\/|bench)[^'`.$]*)\./g)];
  return [...new Set(read.map(([, experiment, other]) => (experiment ? `experiments/${experiment}` : other)))].sort();
}

/**
 * A hash of what each result holds that the code reads: not of how long it took where. Nothing of code that reads none.
 *
 * @param {string[]} code
 * @returns {{ evidence?: string }}
 */
function evidence(code) {
  const names = evidenceOf(code.join('\n'));
  if (names.length === 0) return {};
  const found = names.map((name) => {
    const saved = readJson(`${RESULTS}/${name}.json`);
    const short = name.replace(/^experiments\//, '');
    if (!saved)
      throw new Error(
        short === name
          ? `a cell reads results/${name}.json, and there is none; run npm run bench -- ${name.replace(/^bench-?/, '')}`
          : `a cell reads the experiment '${short}', which has no result; run npm run experiments ${short}`,
      );
    const { numbers, tables, figures, trials, title } = saved;
    return JSON.stringify([short, title, trials, numbers, tables, figures]);
  });
  return { evidence: sha256(found.join('\0')) };
}

/**
 * A hash of what a code counts that reads the verdicts of checks or of changed code: those files, and what each theorem of the book binds,
 * not its words. Nothing of code that reads neither.
 *
 * @param {string[]} code
 * @returns {{ counts?: string }}
 */
function counts(code) {
  const read = ['checks.json', 'mutants.json'].filter((file) => code.some((cell) => cell.includes(`'${file}'`)));
  if (read.length === 0) return {};
  const bound = bookTheorems(ROOT).map(({ label, week, number, uses, checks, implementations, clauses }) =>
    JSON.stringify([label, week, number, uses, checks, implementations, clauses]),
  );
  const files = read.map((file) => (existsSync(`${RESULTS}/${file}`) ? readFileSync(`${RESULTS}/${file}`, 'utf8') : ''));
  return { counts: sha256([...files, ...bound].join('\0')) };
}
