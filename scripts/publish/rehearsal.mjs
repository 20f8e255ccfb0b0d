import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { notebooksIn, resultOf } from '../notebooks/files.mjs';
import { evidenceOf, provenance, sha256 } from '../notebooks/provenance.mjs';
import { readNotebook } from '../notebooks/run.mjs';
import { node } from './child.mjs';
import { data, experimentFiles, experimentInputs, TYPESCRIPT } from './evidence.mjs';

/** @typedef {import('./engine.mjs').Target} Target */

/**
 * The way from the data to the notebooks in small: each experiment's slice of some seconds, each notebook with its quick parameters. What they
 * find is written to build/quick/ and nowhere else, so that the committed results stay; documents are then built of those.
 *
 * @param {string} root
 * @returns {Target[]}
 */
export function rehearsal(root) {
  const experiments = experimentFiles(root).map((file) => {
    const name = file.replace(/\.ts$/, '');
    const short = name.replace(/^experiments\//, '');
    return quick(root, {
      name,
      group: 'experiments',
      after: ['data'],
      inputs: () => experimentInputs(root, file),
      args: [...TYPESCRIPT, 'scripts/experiments.mjs', short, '--quick'],
    });
  });
  const notebooks = notebooksIn(root).map((file) => {
    const name = resultOf(file);
    const read = evidenceOf(readFileSync(join(root, file), 'utf8')).filter((one) => one.startsWith('experiments/'));
    return quick(root, {
      name,
      group: 'notebooks',
      after: ['data', ...read.map((one) => `quick/${one}`)],
      inputs: async () => {
        const notebook = readNotebook(join(root, file));
        const { stamp: _, ...inputs } = await provenance(notebook);
        return { ...inputs, 'its quick parameters': sha256(JSON.stringify(notebook.metadata.lemmata?.quick ?? {})) };
      },
      args: ['scripts/notebooks.mjs', file, '--profile', 'quick'],
    });
  });
  return [data(), ...experiments, ...notebooks];
}

/**
 * @param {string} root
 * @param {{ name: string, group: string, after: string[], inputs: Target['inputs'], args: string[] }} of
 * @returns {Target}
 */
function quick(root, { name, group, after, inputs, args }) {
  const out = `build/quick/${name}.txt`;
  return {
    name: `quick/${name}`,
    group,
    after,
    outputs: [out],
    inputs,
    build: async () => {
      const said = await node(args);
      const file = join(root, out);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.${process.pid}`, `${said}\n`);
      renameSync(`${file}.${process.pid}`, file);
      return out;
    },
  };
}
