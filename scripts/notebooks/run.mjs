import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SetUpFailure } from '../bootstrap/failure.mjs';
import { at, write } from '../bootstrap/files.mjs';
import { PYTHON } from '../bootstrap/python.mjs';
import { RESULTS } from './provenance.mjs';

/**
 * What these programs read of a notebook (nbformat 4).
 *
 * @typedef {{ name?: string, text?: string | string[] }} Output
 * @typedef {object} Cell
 * @property {string} id
 * @property {string} cell_type
 * @property {string[]} source
 * @property {{ tags?: string[] }} metadata
 * @property {Output[]} [outputs]
 * @property {number | null} [execution_count]
 *
 * @typedef {object} Notebook
 * @property {Cell[]} cells
 * @property {{ language_info?: object, lemmata?: { quick?: object, provenance?: Record<string, string> } }} metadata
 */

/**
 * @param {string} file
 * @returns {Notebook}
 */
export const readNotebook = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * A notebook as Jupyter writes it: equal notebooks have equal bytes.
 *
 * @param {string} file
 * @param {Notebook} notebook
 */
export const writeNotebook = (file, notebook) => write(file, `${JSON.stringify(notebook, null, 1)}\n`);

/**
 * Runs a copy of a notebook in build/ through our kernel.
 *
 * @param {string} name
 * @param {Notebook} notebook
 * @param {{ profile: string, stamp: string, directory: string }} options
 *   `directory` is where it runs: the folder of the original, for its relative imports
 * @returns the notebook with its outputs, and the folder with the results that it saved
 * @throws  with the cell and its traceback when a cell fails
 */
export async function execute(name, notebook, { profile, stamp, directory }) {
  const folder = at('build', 'notebooks', profile, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.ipynb`);
  writeNotebook(file, withoutOutputs(profile === 'quick' ? withQuickParameters(notebook) : notebook));
  const env = {
    ...process.env,
    JUPYTER_PATH: await kernelFolder(),
    LEMMATA_RESULTS: join(folder, 'results'),
    LEMMATA_EVIDENCE: RESULTS,
    LEMMATA_PROFILE: profile,
    LEMMATA_CODE: stamp,
  };
  const args = [at('scripts', 'notebooks', 'execute.py'), file, directory];
  await python(`${name}, ${profile} profile`, args, env);
  return { notebook: readNotebook(file), results: join(folder, 'results') };
}

/**
 * Runs a Python program and shows its last line while it runs. Throws what it wrote to stderr when it fails.
 *
 * @param {string} what
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function python(what, args, env) {
  const begun = Date.now();
  const child = spawn(PYTHON, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  child.stdout.on(
    'data',
    (chunk) => process.stdout.isTTY && process.stdout.write(`\r\x1b[K${what}: ${String(chunk).trim().split('\n').at(-1)}`),
  );
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  if (status !== 0)
    throw new SetUpFailure(
      `${what} failed: ${complaint
        .replace(/^.*?^error: /ms, '')
        .trim()
        .replace(/\n/g, '\n    ')}`,
    );
  console.log(`${what}: ran in ${((Date.now() - begun) / 1000).toFixed(0)} s`);
}

/** Our kernel, registered where only these runs look. */
async function kernelFolder() {
  const { installKernel } = await import(at('dist', 'kernel', 'install.js'));
  installKernel({ prefix: at('build', 'jupyter') });
  return at('build', 'jupyter', 'share', 'jupyter');
}

/** @param {Notebook} notebook */
const withoutOutputs = (notebook) => ({
  ...notebook,
  cells: notebook.cells.map((cell) => (cell.cell_type === 'code' ? { ...cell, outputs: [], execution_count: null } : cell)),
});

/**
 * A cell after the one tagged `parameters` that sets the smaller values of the notebook's own metadata.
 *
 * @param {Notebook} notebook
 */
function withQuickParameters(notebook) {
  const at = notebook.cells.findIndex((cell) => cell.metadata.tags?.includes('parameters'));
  const quick = notebook.metadata.lemmata?.quick;
  if (at < 0 || !quick) throw new Error("a quick run needs a cell tagged 'parameters' and metadata.lemmata.quick with the values to set");
  const source = [`Object.assign(parameters, ${JSON.stringify(quick)});`];
  const cell = { cell_type: 'code', id: 'quick-parameters', metadata: {}, source, outputs: [], execution_count: null };
  return { ...notebook, cells: notebook.cells.toSpliced(at + 1, 0, cell) };
}

/**
 * What a reader sees, and the kernel's language details, which JupyterLab would else add on opening: no timings, no widget state.
 *
 * @param {Notebook} original
 * @param {Notebook} executed
 * @param {Record<string, string>} provenance
 */
export function normalised(original, executed, provenance) {
  const cells = original.cells.map((cell) => {
    if (cell.cell_type !== 'code') return cell;
    const { outputs, execution_count } = executed.cells.find(({ id }) => id === cell.id) ?? {};
    return { ...cell, execution_count, outputs };
  });
  const { language_info } = executed.metadata;
  return { ...original, cells, metadata: { ...original.metadata, language_info, lemmata: { ...original.metadata.lemmata, provenance } } };
}
