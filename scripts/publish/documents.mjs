import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { bindings, covers } from '../latex/bindings.mjs';
import { bookTheorems, documentsIn, isChapter } from '../latex/book.mjs';
import { build, pdfOf } from '../latex/build.mjs';
import { svgOf } from '../latex/figures.mjs';
import { lineOf } from '../latex/graph.mjs';
import { missingLatex } from '../latex/latexmk.mjs';
import { links } from '../latex/links.mjs';
import { maps } from '../latex/maps.mjs';
import { numbers } from '../latex/numbers.mjs';
import { readSource } from '../latex/source.mjs';
import { currentOf } from '../latex/verdicts.mjs';
import { notebooksIn } from '../notebooks/files.mjs';
import { digest, filesOf } from './stamps.mjs';

/** @typedef {import('./engine.mjs').Target} Target */
/** @typedef {import('../latex/bindings.mjs').Bindings} Bindings */

/** Folders of documents: a group each. */
export const FOLDERS = ['proofs', 'summaries', 'paper', 'slides'];

/** Of proofs/, what is of all weeks. */
const BOOKS = ['anthology', 'answers'];

/**
 * The PDFs: a target for every document of LaTeX, made of its sources, and of the numbers, figures, verdicts and theorems that it names.
 *
 * @param {string} root
 * @returns {Target[]}
 */
export function documents(root) {
  /** @type {string | undefined | false} */
  let missing = false;
  return FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => documentsIn(join(root, folder)).map((file) => ({ folder, file })))
    .map(({ folder, file }) => {
      const name = `${folder}/${basename(file, '.tex')}`;
      return {
        name,
        group: BOOKS.includes(basename(file, '.tex')) ? 'anthology' : folder,
        after: above(root, file),
        outputs: [relative(root, pdfOf(file))],
        inputs: () => inputsOf(root, file),
        missing: () => {
          if (missing === false) missing = missingLatex();
          return missing;
        },
        build: async () => (await build(file)).summary,
      };
    });
}

/** The targets that save what a document quotes. @param {string} root @param {string} file */
function above(root, file) {
  try {
    const found = bindings(readSource(file, root));
    const results = [...found.numbers, ...found.figures].map(({ key }) => key.slice(0, key.indexOf('.')));
    return [...new Set([...results, ...(dirname(file) === join(root, 'paper') ? ['paper/tables'] : [])])];
  } catch {
    return []; // said, with file and line, when its inputs are read
  }
}

/**
 * What a document is made of, by name: files, `week03.cold.gain` for a number as it is shown, `src/…#name` for what it binds.
 *
 * @param {string} root
 * @param {string} file
 * @returns {import('./stamps.mjs').Inputs}
 */
export function inputsOf(root, file) {
  const source = readSource(file, root);
  const found = bindings(source);
  const results = process.env.LEMMATA_RESULTS ?? join(root, 'results');
  const sources = source.files.map((path) => relative(root, path));
  const builder = readdirSync(join(root, 'scripts/latex')).map((name) => `scripts/latex/${name}`);
  return {
    ...filesOf(root, [...sources, ...packages(root, file, source.text), ...builder, 'src/report/quoted.ts']),
    ...filesOf(
      root,
      found.figures.map(({ key }) => `${relative(root, results)}/${svgOf(key)}`),
    ),
    ...quotes(root, results, found),
    ...places(root, found),
    ...verdicts(root, results, found, source.text),
  };
}

/** Styles, bibliographies and index styles that a document names, or that one of those names. @param {string} root @param {string} file @param {string} text */
function packages(root, file, text) {
  const known = [...new Set(['proofs', 'paper', relative(root, dirname(file))])]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => /\.(?:sty|bib|ist)$/.test(name))
        .map((name) => `${folder}/${name}`),
    );
  /** @type {Set<string>} */
  const found = new Set();
  for (const texts = [text]; texts.length > 0; ) {
    const read = /** @type {string} */ (texts.pop());
    for (const path of known)
      if (!found.has(path) && new RegExp(`(?<![\\w-])${basename(path).replace(/\.\w+$/, '')}(?![\\w-])`).test(read)) {
        found.add(path);
        texts.push(readFileSync(join(root, path), 'utf8'));
      }
  }
  return [...found];
}

/** Every number as it is shown; one that is missing or stale as 'none', which the build then refuses. @param {string} root @param {string} results @param {Bindings} found */
function quotes(root, results, found) {
  const load = (/** @type {string} */ name) => once(join(results, `${name}.json`));
  const { texts } = numbers(found.numbers, load, stamps(root));
  return Object.fromEntries(found.numbers.map(({ format, key }) => [`${key} as ${format}`, texts.get(`${format}|${key}`) ?? 'none']));
}

/** That what is bound is there, and where. @param {string} root @param {Bindings} found */
function places(root, { checks, implementations }) {
  const linked = links(
    [...checks, ...implementations].map(({ value }) => value),
    root,
  );
  return Object.fromEntries([
    ...checks.map(({ value }) => [value, digest(`${[...covers(root, value)].sort().join('')} ${linked.get(value) ?? ''}`)]),
    ...implementations.map(({ value }) => {
      const [file, name] = value.split('#');
      const line = existsSync(join(root, file)) ? lineOf(root, file, name) : 0;
      return [value, line === 0 ? 'none' : digest(linked.get(value) ?? 'there')];
    }),
  ]);
}

/** What the tests said of its theorems, and of those that it names; of all, where it draws or counts them. @param {string} root @param {string} results @param {Bindings} found @param {string} text */
function verdicts(root, results, found, text) {
  const book = theoremsOf(root);
  const checks = once(join(results, 'checks.json')) ?? {};
  const named = new Set([...found.uses, ...found.names].map(({ value }) => value).filter((label) => !found.labels.has(label)));
  const others = book.filter(({ label }) => named.has(label));
  const current = currentOf([...found.theorems, ...others], checks, root);
  return {
    ...Object.fromEntries(
      [...found.theorems, ...others].flatMap((theorem) =>
        theorem.checks.map((check) => [`the verdict on ${check}`, digest(JSON.stringify(current[check]) ?? 'none')]),
      ),
    ),
    ...Object.fromEntries(others.map(({ label, kind, number, week }) => [label, `${kind} ${week}.${number}`])),
    ...(/\\(?:theoremmap|checkcounts)\b/.test(text) && { 'the map of all theorems': digest(maps(book, currentOf(book, checks, root))) }),
  };
}

/** @type {{ of?: string, theorems?: import('../latex/book.mjs').BookTheorem[] }} */
const book = {};

/** The theorems of all weeks, read again when a week's text is another. @param {string} root */
function theoremsOf(root) {
  const of = JSON.stringify(
    filesOf(
      root,
      readdirSync(join(root, 'proofs')).flatMap((name) => (isChapter(name) ? [`proofs/${name}`] : [])),
    ),
  );
  if (book.of !== of || !book.theorems) Object.assign(book, { of, theorems: bookTheorems(root) });
  return /** @type {import('../latex/book.mjs').BookTheorem[]} */ (book.theorems);
}

/** The stamps of notebooks, which their results carry. @param {string} root */
function stamps(root) {
  return new Set(notebooksIn(root).flatMap((file) => once(join(root, file))?.metadata.lemmata?.provenance?.stamp ?? []));
}

/** @type {Map<string, { of: string, value: any }>} */
const read = new Map();

/** A JSON file, parsed once as long as it is the same; undefined where there is none. @param {string} file @returns {any} */
function once(file) {
  const of = Object.values(filesOf('', [file]))[0];
  const before = read.get(file);
  if (before?.of === of) return before.value;
  const value = of === 'none' ? undefined : JSON.parse(readFileSync(file, 'utf8'));
  read.set(file, { of, value });
  return value;
}
