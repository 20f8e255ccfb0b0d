// npm run notebooks [-- name… --profile quick | --stale | --check]: executes notebooks through our kernel.
//   (nothing)        writes outputs, a provenance stamp and results/ back
//   --profile quick  small parameters, into build/ only; prints the headline numbers
//   --stale          fails when something that the outputs follow from has changed since; runs nothing
//   --check          the same, and fails on numbers that a fresh run does not reproduce within their tolerance
import { cpSync, existsSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { endWith, SetUpFailure } from './bootstrap/failure.mjs';
import { at, ROOT, readJson } from './bootstrap/files.mjs';
import { differences } from './notebooks/compare.mjs';
import { notebooksIn, resultOf, savedIn } from './notebooks/files.mjs';
import { provenance, RESULTS } from './notebooks/provenance.mjs';
import { execute, normalised, readNotebook, writeNotebook } from './notebooks/run.mjs';
import { writeStamp } from './publish/stamps.mjs';

const LARGEST = 1_000_000;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { profile: { type: 'string', default: 'full' }, check: { type: 'boolean' }, stale: { type: 'boolean' } },
  });
  if (!['full', 'quick'].includes(values.profile)) throw new SetUpFailure(`--profile ${values.profile}: the profiles are full and quick`);
  const work = values.check ? check : values.stale ? refuseStale : values.profile === 'quick' ? quick : refresh;
  /** @type {string[]} */
  const stale = [];
  for (const file of chosen(positionals)) {
    const done = work(basename(file, '.ipynb'), file);
    await (values.stale ? done.catch((error) => stale.push(messageOf(error))) : done); // all that are, and not the first alone
  }
  if (stale.length) throw new SetUpFailure(stale.join('\n'));
} catch (error) {
  endWith(error);
}

/** What a failure says; other errors are not caught. @param {unknown} error */
function messageOf(error) {
  if (error instanceof SetUpFailure) return error.message;
  throw error;
}

/** All notebooks, or those that a name is part of, or files by their path. @param {string[]} names */
function chosen(names) {
  const files = notebooksIn(ROOT);
  if (names.length === 0) return files.map((file) => at(file));
  return names.flatMap((name) => {
    if (name.endsWith('.ipynb')) return [resolve(name)];
    const found = files.filter((file) => file.includes(name));
    if (found.length === 0)
      throw new SetUpFailure(`There is no notebook '${name}': there are ${files.map((file) => basename(file, '.ipynb')).join(', ')}.`);
    return found.map((file) => at(file));
  });
}

/**
 * @param {string} name
 * @param {string} file
 */
async function refresh(name, file) {
  const original = readNotebook(file);
  const inputs = await provenance(original);
  const from = performance.now();
  const { notebook, results } = await execute(name, original, { profile: 'full', stamp: inputs.stamp, directory: dirname(file) });
  refuseComplaints(name, notebook);
  const shown = normalised(original, notebook, { profile: 'full', ...inputs });
  const size = Buffer.byteLength(JSON.stringify(shown, null, 1));
  if (size > LARGEST)
    throw new SetUpFailure(`${name} has ${size} bytes with its outputs, more than ${LARGEST}; thin out the rows of its charts.`);
  writeNotebook(file, shown);
  for (const result of existsSync(results) ? savedIn(results) : []) {
    rmSync(join(RESULTS, result), { recursive: true, force: true }); // its charts
    for (const part of [`${result}.json`, result])
      if (existsSync(join(results, part))) cpSync(join(results, part), join(RESULTS, part), { recursive: true });
  }
  // npm run reproduce -- --dry-run sums such times.
  if (file.startsWith(at('notebooks')))
    writeStamp(ROOT, resultOf(relative(ROOT, file)), {
      inputs: {},
      outputs: {},
      seconds: Number(((performance.now() - from) / 1000).toFixed(1)),
    });
}

/**
 * A notebook that is read must not begin with a warning; one on stderr is a defect to mend.
 *
 * @param {string} name
 * @param {import('./notebooks/run.mjs').Notebook} notebook
 */
function refuseComplaints(name, { cells }) {
  const complaint = cells.flatMap(({ outputs = [] }) => outputs).find((output) => output.name === 'stderr');
  if (complaint) throw new SetUpFailure(`${name} wrote to stderr, so its outputs are not kept: ${[complaint.text].flat().join('').trim()}`);
}

/**
 * @param {string} name
 * @param {string} file
 */
async function quick(name, file) {
  const original = readNotebook(file);
  const { results } = await execute(name, original, {
    profile: 'quick',
    stamp: (await provenance(original)).stamp,
    directory: dirname(file),
  });
  for (const { numbers } of saved(results))
    for (const { description, value, unit } of Object.values(numbers))
      console.log(`${description}: ${Number(value.toPrecision(4))}${unit === '1' ? '' : ` ${unit}`}`);
}

/**
 * Throws unless the outputs are those of a full run of these cells, modules, packages, data and theorems.
 *
 * @param {string} name
 * @param {string} file
 */
async function refuseStale(name, file) {
  const original = readNotebook(file);
  const inputs = await provenance(original);
  const stamped = original.metadata.lemmata?.provenance ?? {};
  const repair = `run npm run notebooks ${name}`;
  if (stamped.profile !== 'full') throw new SetUpFailure(`${name} has no outputs of a full run; ${repair}.`);
  const stale = Object.keys(inputs).filter((input) => input !== 'stamp' && inputs[input] !== stamped[input]);
  if (stale.length) throw new SetUpFailure(`${name} is stale: its ${stale.join(', ')} changed since its outputs were made; ${repair}.`);
  return { original, stamp: inputs.stamp };
}

/**
 * @param {string} name
 * @param {string} file
 */
async function check(name, file) {
  const { original, stamp } = await refuseStale(name, file);
  const { results } = await execute(name, original, { profile: 'full', stamp, directory: dirname(file) });
  for (const fresh of saved(results)) {
    const committed = readJson(join(RESULTS, `${fresh.name}.json`));
    if (committed?.code !== stamp)
      throw new SetUpFailure(`results/${fresh.name}.json was not saved by this notebook as it is; run npm run notebooks ${name}.`);
    const moved = differences(committed, fresh);
    if (moved.length) throw new SetUpFailure(`${name} does not reproduce results/${fresh.name}.json:\n    ${moved.join('\n    ')}`);
  }
}

/**
 * @param {string} folder
 * @returns {({ name: string } & import('../src/report/index.ts').Findings)[]}
 */
function saved(folder) {
  return (existsSync(folder) ? savedIn(folder) : []).map((result) => readJson(join(folder, `${result}.json`)));
}
