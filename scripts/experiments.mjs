// npm run experiments [-- name… --quick | --stale]: evidence that takes longer than a notebook should, from experiments/<folder>/.
//   name       week02/momentum for one, week02 for all of a folder; nothing for all
//   (nothing)  runs those whose result is missing or stale; one that was killed goes on from its checkpoint
//   --quick    runs a slice of seconds and prints the numbers; writes nothing
//   --stale    fails when something that a result follows from has changed since; runs nothing
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { experimentNames, misses } from '../experiments/experiment.ts';
import { replaceFile } from '../src/base/replace-file.ts';
import { progress } from '../src/report/progress.ts';
import { canonical, resultsFolder } from '../src/report/results.ts';
import { endWith, SetUpFailure } from './bootstrap/failure.mjs';
import { at, readJson } from './bootstrap/files.mjs';
import { closure, datasets, sha256, withoutComments } from './notebooks/provenance.mjs';

/** @typedef {import('../experiments/experiment.ts').Experiment} Experiment */
/** @typedef {{ code: string, packages: string, data: string, stamp: string }} Inputs  hashes */

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, stale: { type: 'boolean' } },
  });
  const files = chosen(positionals);
  if (values.stale) await refuseStale(files);
  else for (const file of files) await (values.quick ? quick(await load(file)) : refresh(await load(file), file));
} catch (error) {
  endWith(error);
}

/** @param {string} file @returns {Promise<Experiment>} */
async function load(file) {
  return (await import(pathToFileURL(file).href)).default;
}

/** All experiments, or those that are named by themselves or by their folder, or files by their path. @param {string[]} names */
function chosen(names) {
  const known = experimentNames();
  return (names.length > 0 ? names : known).flatMap((name) => {
    if (name.endsWith('.ts')) return resolve(name);
    const meant = known.filter((one) => one === name || one.startsWith(`${name}/`));
    if (meant.length === 0) throw new SetUpFailure(`There is no experiment '${name}': there are ${known.join(', ')}.`);
    return meant.map((one) => at('experiments', `${one}.ts`));
  });
}

/**
 * Runs it unless its result is there and follows from the code, packages and data as they are.
 *
 * @param {Experiment} experiment
 * @param {string} file
 */
async function refresh(experiment, file) {
  const inputs = await provenance(experiment, file);
  if (changed(experiment, inputs).length === 0) return console.log(`${experiment.name}: up to date`);
  const folder = at('build', 'experiments', `${experiment.name}-${inputs.stamp.slice(0, 12)}`);
  const begun = performance.now();
  const numbers = await run(experiment, { quick: false, folder });
  const missed = misses(numbers);
  if (missed.length) throw new SetUpFailure(`${experiment.name} is not kept: ${missed.join('; ')}.`);
  const machine = {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    minutes: (performance.now() - begun) / 60_000,
  };
  const { name, about, seed } = experiment;
  replaceFile(resultOf(experiment), canonical({ name, about, seed, numbers, machine, provenance: inputs }));
  rmSync(folder, { recursive: true, force: true });
}

/** @param {Experiment} experiment */
async function quick(experiment) {
  const folder = at('build', 'experiments', `${experiment.name}-quick-${process.pid}`);
  try {
    for (const { about, value, unit } of Object.values(await run(experiment, { quick: true, folder })))
      console.log(`${about}: ${Number(value.toPrecision(4))}${unit === '1' ? '' : ` ${unit}`}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names every one that is stale. @param {string[]} files */
async function refuseStale(files) {
  const stale = [];
  for (const file of files) {
    const experiment = await load(file);
    const inputs = changed(experiment, await provenance(experiment, file));
    if (inputs.length > 0)
      stale.push(`${experiment.name} is stale: its ${inputs.join(', ')} changed since; run npm run experiments ${experiment.name}.`);
  }
  if (stale.length > 0) throw new SetUpFailure(stale.join('\n'));
}

/**
 * @param {Experiment} experiment
 * @param {{ quick: boolean, folder: string }} options
 */
async function run(experiment, { quick, folder }) {
  mkdirSync(folder, { recursive: true });
  /** @type {ReturnType<typeof progress> | undefined} */
  let bar;
  /** @type {import('../experiments/experiment.ts').RunOptions['onStep']} */
  const onStep = (done, total, note) => {
    bar ??= progress(total, { label: experiment.name });
    bar.tick(done, note);
  };
  const numbers = await experiment.run({ quick, onStep, folder });
  bar?.end();
  return numbers;
}

/**
 * Hashes of what the numbers follow from: the code, the packages that it imports, and the data.
 *
 * @param {Experiment} experiment
 * @param {string} file
 * @returns {Promise<Inputs>}
 */
async function provenance({ name, data = [] }, file) {
  const source = withoutComments(readFileSync(file, 'utf8'));
  const { modules, packages } = closure(source, file);
  const found = await datasets((dataset) => data.includes(dataset));
  if (found.length < data.length)
    throw new SetUpFailure(`${name} reads ${data.join(', ')}, and the store does not hold all of it; run npx lemmata data update.`);
  const inputs = { code: sha256(`${basename(file)}\0${source}\0${modules}`), packages, data: sha256(found.join('\n')) };
  return { ...inputs, stamp: sha256(Object.values(inputs).join('\n')) };
}

/**
 * What is not as it was when the result was saved: names of inputs, or 'result' when there is none.
 *
 * @param {Experiment} experiment
 * @param {Inputs} inputs
 */
function changed(experiment, inputs) {
  const saved = readJson(resultOf(experiment))?.provenance;
  if (!saved) return ['result'];
  return Object.entries(inputs).flatMap(([input, hash]) => (input === 'stamp' || hash === saved[input] ? [] : [input]));
}

/** @param {Experiment} experiment */
function resultOf({ name }) {
  return `${resultsFolder()}/experiments/${name}.json`;
}
