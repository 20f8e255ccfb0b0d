// npm run experiments [-- name… --quick | --stale]: evidence that takes longer than a notebook should, from experiments/<folder>/.
//   name       week02/momentum for one, week02 for all of a folder; nothing for all
//   (nothing)  runs those whose result is missing or stale, each part in a process; one that was killed goes on from its checkpoint
//   --quick    runs a slice of seconds and prints the numbers; writes nothing
//   --stale    fails when a result does not follow from the experiment, the data and the library as they are, by its slice; saves nothing
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript6';
import { experimentNames, insane, moved, pinsOf } from '../experiments/experiment.ts';
import { resultsFolder, save } from '../src/report/results.ts';
import { endWith, SetUpFailure } from './bootstrap/failure.mjs';
import { at, readJson } from './bootstrap/files.mjs';
import { runAll } from './experiments/shards.mjs';
import { datasets, sha256, sourceOf, withoutComments } from './notebooks/provenance.mjs';

/** @typedef {import('../experiments/experiment.ts').Experiment} Experiment */
/** @typedef {import('../experiments/experiment.ts').Found} Found */
/** @typedef {{ experiment: Experiment, file: string, inputs: { code: string, data: string }, slice: Found }} Known */

/** What experiments share whatever they are of, a form and a sentence: their text decides no number. */
const FORM = ['../experiment.js', '../share.js'];

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, stale: { type: 'boolean' } },
  });
  const known = await slices(chosen(positionals));
  if (values.quick) print(known);
  else if (values.stale) refuseStale(known);
  else await refresh(known);
} catch (error) {
  endWith(error);
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

/** Runs the slice of each. @param {string[]} files @returns {Promise<Known[]>} */
async function slices(files) {
  const jobs = await Promise.all(
    files.map(async (file) => {
      /** @type {Experiment} */
      const experiment = (await import(pathToFileURL(file).href)).default;
      return { experiment, file, quick: true, folder: at('build', 'experiments', `${experiment.name}-quick-${process.pid}`) };
    }),
  );
  try {
    const found = await Promise.all(runAll(jobs));
    return await Promise.all(
      jobs.map(async ({ experiment, file }, i) => ({ experiment, file, slice: found[i], inputs: await inputsOf(experiment, file) })),
    );
  } finally {
    for (const { folder } of jobs) rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Known[]} known */
function print(known) {
  for (const { slice } of known)
    for (const { description, value, unit } of Object.values(slice.numbers))
      console.log(`${description}: ${Number(value.toPrecision(4))}${unit === '1' ? '' : ` ${unit}`}`);
}

/** Names every one that is stale. @param {Known[]} known */
function refuseStale(known) {
  const stale = known.flatMap((one) => {
    const { name } = one.experiment;
    return changes(one).map((change) => `${name} is stale: ${change}; run npm run experiments ${name}.`);
  });
  if (stale.length > 0) throw new SetUpFailure(stale.join('\n'));
}

/** Runs those that are stale, and saves each as soon as it is done. @param {Known[]} known */
async function refresh(known) {
  const jobs = known
    .map((one) => ({ ...one, quick: false, folder: at('build', 'experiments', `${one.experiment.name}-${stampOf(one).slice(0, 12)}`) }))
    .filter((one) => changes(one).length > 0 || console.log(`${one.experiment.name}: up to date`));
  const runs = runAll(jobs).map(async (run, i) => {
    const [found, { experiment, slice, inputs, folder }] = [await run, jobs[i]];
    const missed = insane(experiment, found.numbers);
    if (missed.length) throw new SetUpFailure(`${experiment.name} is not kept: ${missed.join('; ')}.`);
    const machine = { cpu: cpus()[0]?.model.trim() ?? 'unknown', threads: availableParallelism(), minutes: found.minutes };
    const { name, about, seed, data: read = [] } = experiment;
    const { numbers, tables, figures, trials = 1 } = found;
    const data = (await datasets((dataset) => read.includes(dataset))).map((line) => {
      const [name, sha256] = line.split(' ');
      return { name, sha256 };
    });
    save(
      `experiments/${name}`,
      { title: about, seed, parameters: {}, data, trials, numbers, tables, figures },
      { machine, provenance: inputs, slice: pinsOf(slice) },
    );
    rmSync(folder, { recursive: true, force: true });
  });
  const failed = (await Promise.allSettled(runs)).flatMap((run) => (run.status === 'rejected' ? [run.reason] : []));
  if (failed.length > 0) throw failed.length === 1 ? failed[0] : new SetUpFailure(failed.map(({ message }) => message).join('\n'));
}

/**
 * Hashes of what the numbers follow from beside the library, whose changes show in the slice: the experiment's own code and its neighbours', and the data.
 *
 * @param {Experiment} experiment
 * @param {string} file
 */
async function inputsOf({ name, data = [] }, file) {
  const found = await datasets((dataset) => data.includes(dataset));
  if (found.length < data.length)
    throw new SetUpFailure(`${name} reads ${data.join(', ')}, and the store does not hold all of it; run npx lemmata data update.`);
  return { code: sha256(neighbours(file).join('\0')), data: sha256(found.join('\n')) };
}

/** The file and what it imports of its folder, and of tasks that several experiments share. @param {string} file */
function neighbours(file) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  const visit = (/** @type {string} */ one) => {
    if (seen.has(one)) return;
    const code = withoutComments(readFileSync(one, 'utf8'));
    seen.set(one, code);
    for (const { fileName } of ts.preProcessFile(code, true, true).importedFiles)
      if (/^\.\.?\/(?!src\/)(?:[\w-]+\/)*[\w-]+\.js$/.test(fileName) && !FORM.includes(fileName))
        visit(sourceOf(resolve(dirname(one), fileName)));
  };
  visit(file);
  return [...seen].map(([one, code]) => `${relative(dirname(file), one)}\0${code}`).sort();
}

/** Differs where the experiment, its data or its slice does. @param {Known} known */
function stampOf({ inputs, slice }) {
  return sha256(JSON.stringify([inputs, pinsOf(slice)]));
}

/** What is not as it was when the result was saved. @param {Known} known */
function changes({ experiment: { name }, inputs, slice }) {
  const saved = readJson(`${resultsFolder()}/experiments/${name}.json`);
  if (!saved?.slice) return ['it has no result'];
  const own = Object.entries(inputs).flatMap(([input, hash]) => (hash === saved.provenance[input] ? [] : [`its ${input} changed`]));
  const drift = moved(saved.slice, pinsOf(slice));
  return [...own, ...(drift.length ? [`of its slice, ${drift.join(', ')}`] : [])];
}
