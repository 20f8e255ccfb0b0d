import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { bindings, verify } from './bindings.mjs';
import { bookTheorems, documentsIn, nameOfChapter, PATH, repeatedLabels } from './book.mjs';
import { readSource } from './source.mjs';

/** @typedef {import('./graph.mjs').Node} Node */

/**
 * What is wrong with the bindings of all documents, one line each with file and line.
 *
 * @param {string} root  where the repository is
 */
export function verifyAll(root) {
  const labels = new Set(bookTheorems(root).map(({ label }) => label));
  const folders = ['proofs', 'summaries', 'paper', 'slides'].map((folder) => join(root, folder)).filter(existsSync);
  const found = folders.flatMap(documentsIn).flatMap((file) => verify(bindings(readSource(file, root)), root, labels));
  return [...new Set([...found, ...repeatedLabels(root)])]; // a chapter is read in its own document too
}

/**
 * The test files that theorems name, of all weeks or of those that are named, 'week03' or 'path'.
 *
 * @param {readonly Node[]} graph
 * @param {readonly string[]} [names]
 */
export function testsOf(graph, names = []) {
  const nameOf = (/** @type {number} */ week) => (week === PATH ? 'path' : `week${String(week).padStart(2, '0')}`);
  const chosen = graph.filter(({ week }) => names.length === 0 || names.includes(nameOf(week)));
  return [...new Set(chosen.flatMap(({ checks }) => checks.map(({ file }) => file)))].sort();
}

/** Of the test files that have run, those whose theorems all passed. @param {readonly Node[]} graph @param {readonly string[]} files */
export function passed(graph, files) {
  const checks = graph.flatMap((node) => node.checks);
  return files.filter((file) => checks.every((check) => check.file !== file || check.status === 'checked'));
}

/**
 * The line of each week, and their sum: theorems, clauses, clauses checked, wrong formulas refused, and of the changes that a mutation
 * tester made in the bound functions' files, those that were noticed.
 *
 * @param {readonly Node[]} graph
 */
export function weekLines(graph) {
  const numbers = [...new Set(graph.map(({ week }) => week))].sort((a, b) => a - b);
  return [
    ...numbers.map((number) =>
      line(
        nameOfChapter(number),
        graph.filter(({ week }) => week === number),
      ),
    ),
    line('in all', graph),
  ];
}

/** @param {string} name @param {readonly Node[]} nodes */
function line(name, nodes) {
  // A theorem without a list is one clause.
  const clauses = nodes.flatMap(({ clauses, status }) => (clauses.length ? clauses.map((clause) => clause.status) : [status]));
  const checked = clauses.filter((status) => status === 'checked').length;
  const refused = nodes.reduce((sum, node) => sum + node.refused, 0);
  const files = new Map(
    nodes.flatMap(({ implementations }) => implementations.flatMap(({ file, mutants }) => (mutants ? [[file, mutants]] : []))),
  );
  const [killed, of] = [...files.values()].reduce(([killed, of], mutants) => [killed + mutants.killed, of + mutants.of], [0, 0]);
  return (
    `${name.padEnd(8)}${String(nodes.length).padStart(4)} theorems ${String(clauses.length).padStart(4)} clauses, ${checked} checked; ` +
    `${refused} wrong formulas refused; ${killed} of ${of} mutants killed`
  );
}

/** @param {string} root */
const stampFile = (root) => join(root, 'build', 'stamps', 'theorem-tests.json');

/** @param {string} root @returns {Record<string, string>} */
const stampsOf = (root) => (existsSync(stampFile(root)) ? JSON.parse(readFileSync(stampFile(root), 'utf8')) : {});

/**
 * Of the test files, those that have not passed as they are now: that, or what they import, changed since, or their verdict is missing.
 *
 * @param {string} root
 * @param {readonly string[]} files
 */
export function stale(root, files) {
  const stamps = stampsOf(root);
  /** @type {Record<string, { status: string } | undefined>} */
  const verdicts = JSON.parse(readFileSync(join(root, 'results', 'checks.json'), 'utf8'));
  const hasPassed = (/** @type {string} */ file) => {
    const mine = Object.entries(verdicts).filter(([name]) => name.startsWith(`${file}#`));
    return mine.length > 0 && mine.every(([, verdict]) => verdict?.status === 'passed');
  };
  return files.filter((file) => !hasPassed(file) || stamps[file] !== digestOf(root, file));
}

/** Keeps that these test files have passed as they are now. @param {string} root @param {readonly string[]} files */
export function remember(root, files) {
  const stamps = { ...stampsOf(root), ...Object.fromEntries(files.map((file) => [file, digestOf(root, file)])) };
  mkdirSync(dirname(stampFile(root)), { recursive: true });
  writeFileSync(stampFile(root), `${JSON.stringify(Object.fromEntries(Object.entries(stamps).sort()), null, 2)}\n`);
}

/**
 * What a test's verdict follows from: its file, all that it imports, the data beside them, and the packages.
 *
 * @param {string} root
 * @param {string} file
 */
export function digestOf(root, file) {
  const hash = createHash('sha256');
  for (const path of [...closure(resolve(root, file)), join(root, 'package-lock.json'), join(root, 'vitest.config.ts')].sort())
    if (existsSync(path)) hash.update(`${relative(root, path)}\n`).update(readFileSync(path));
  return hash.digest('hex');
}

/** @type {Map<string, string[]>} */
const known = new Map();

/** A module, those that it imports by a relative path, and the files that are no code in the folders of tests. @param {string} start */
function closure(start) {
  const found = new Set([start, ...beside(dirname(start)), ...beside(join(dirname(start), 'reference'))]);
  for (const path of found) {
    let imports = known.get(path);
    if (!imports) {
      imports = importsOf(path);
      known.set(path, imports);
    }
    for (const other of imports) found.add(other);
  }
  return found;
}

/** @param {string} folder */
const beside = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isFile() && !/\.m?ts$/.test(entry.name) ? [join(folder, entry.name)] : [],
      )
    : [];

/** @param {string} path */
function importsOf(path) {
  if (!/\.(?:ts|mjs)$/.test(path) || !existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].flatMap(([, name]) => {
    const other = resolve(dirname(path), name);
    return [other.replace(/\.js$/, '.ts'), other].filter(existsSync).slice(0, 1);
  });
}
