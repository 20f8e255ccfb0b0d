import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf as testDigest, testsOf } from '../latex/checks.mjs';
import { theoremGraph } from '../latex/graph.mjs';
import { notebooksIn, resultOf } from '../notebooks/files.mjs';
import { closure, datasets, evidenceOf, provenance, sha256 } from '../notebooks/provenance.mjs';
import { readNotebook } from '../notebooks/run.mjs';
import { node } from './child.mjs';
import { filesOf } from './stamps.mjs';

/** @typedef {import('./engine.mjs').Target} Target */

/** Node's options to run a script of TypeScript. */
export const TYPESCRIPT = ['--import', './scripts/typescript.mjs'];

/**
 * What results follow from: the data, the experiments, the notebooks that read them. Each keeps its own account of what is stale, in what
 * it saves; here it is only asked.
 *
 * @param {string} root
 * @returns {Target[]}
 */
export function evidence(root) {
  const experiments = experimentFiles(root).map((file) => experiment(root, file));
  const notebooks = notebooksIn(root).map((file) => notebook(root, file));
  return [data(), ...experiments, ...notebooks];
}

/** The files of all experiments. @param {string} root */
export const experimentFiles = (root) =>
  globSync('experiments/*/*.ts', { cwd: root })
    .filter((file) => /export default/.test(readFileSync(join(root, file), 'utf8')))
    .sort();

/** What an experiment saved last; nothing of one that was never run. @param {string} root @param {string} file */
function savedOf(root, file) {
  const saved = join(root, 'results', file.replace(/ts$/, 'json'));
  return existsSync(saved) ? JSON.parse(readFileSync(saved, 'utf8')) : undefined;
}

/** What an experiment follows from. @param {string} root @param {string} file */
export async function experimentInputs(root, file) {
  const names = (savedOf(root, file)?.data ?? []).map((/** @type {{ name: string }} */ { name }) => name);
  const { modules, packages } = closure(readFileSync(join(root, file), 'utf8'), join(root, file));
  const read = await datasets((dataset) => names.includes(dataset));
  return { 'its code or the library': modules, 'its packages': packages, 'its data': sha256(read.join('\n')) };
}

/** Nothing to do where the store holds what the notebooks read; else the default data are fetched. @returns {Target} */
export function data() {
  return {
    name: 'data',
    group: 'data',
    outputs: [],
    inputs: () => ({}),
    changed: async () => ((await datasets(() => true)).length > 0 ? [] : ['the store is empty']),
    build: async () => {
      await node(['dist/cli/main.js', 'data', 'update'], { show: true });
      return 'data';
    },
  };
}

/**
 * @param {string} root
 * @param {string} file
 * @returns {Target}
 */
function experiment(root, file) {
  const name = file.replace(/\.ts$/, '');
  return {
    name,
    group: 'experiments',
    after: ['data'],
    outputs: [`results/${name}.json`],
    inputs: () => experimentInputs(root, file),
    // Whether a change of the library moves what it found, its slice of some seconds says: that is run first, and the rest only then.
    build: async () => {
      await node([...TYPESCRIPT, 'scripts/experiments.mjs', name.replace(/^experiments\//, '')], { show: true });
      return name;
    },
    minutes: sum(savedOf(root, file)?.machine?.minutes),
  };
}

/** Minutes of all parts. @param {unknown} minutes */
const sum = (minutes) =>
  typeof minutes === 'number' ? minutes : Object.values(minutes ?? {}).reduce((total, part) => total + Number(part), 0);

/**
 * @param {string} root
 * @param {string} file
 * @returns {Target}
 */
function notebook(root, file) {
  const name = resultOf(file);
  const text = readFileSync(join(root, file), 'utf8');
  const read = evidenceOf(text).filter((one) => one.startsWith('experiments/'));
  return {
    name,
    group: 'notebooks',
    after: ['data', ...read, ...(text.includes("'checks.json'") ? ['checks'] : [])],
    outputs: [file],
    inputs: () => ({}),
    changed: async () => {
      const original = readNotebook(join(root, file));
      /** @type {Record<string, string>} */
      const stamped = original.metadata.lemmata?.provenance ?? {};
      if (stamped.profile !== 'full') return ['it has no outputs of a full run'];
      const now = await provenance(original);
      return Object.keys(now).flatMap((input) => (input === 'stamp' || now[input] === stamped[input] ? [] : [`its ${input} changed`]));
    },
    build: async () => {
      await node(['scripts/notebooks.mjs', name], { show: true });
      return file;
    },
  };
}

/**
 * The tests that theorems name; scripts/checks.mjs runs those that changed.
 *
 * @param {string} root
 * @returns {Target}
 */
export function checks(root) {
  return {
    name: 'checks',
    group: 'checks',
    outputs: ['build/theorems.json'],
    inputs: () => ({
      ...filesOf(root, [...globSync('proofs/{week*,path}.tex', { cwd: root }), 'results/mutants.json', 'scripts/checks.mjs']),
      ...Object.fromEntries(testsOf(theoremGraph(root)).map((file) => [`${file} with what it imports`, testDigest(root, file)])),
    }),
    build: async () => {
      await node(['scripts/checks.mjs'], { show: true });
      return 'results/checks.json';
    },
  };
}
