import { globSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './engine.mjs';

/** @typedef {import('./engine.mjs').Target} Target */

/** How often files are looked at, ms. */
const EVERY = 500;

/**
 * Builds targets again whenever one of their files or a result changes, until it is told to end. A file that is new is seen with the next change.
 *
 * @param {readonly Target[]} targets
 * @param {{ root: string, signal?: AbortSignal, log?: (line: string) => void, complain?: (line: string) => void }} options
 */
export async function watch(targets, { signal, ...options }) {
  (options.log ?? console.log)('watching; Ctrl-C ends it');
  let files = await watched(targets, options.root);
  for (let before = times(files); !signal?.aborted; await sleep(EVERY)) {
    const now = times(files);
    if (now === before) continue;
    files = await watched(targets, options.root);
    before = times(files); // what changes while it builds is seen after it
    await run(targets, options);
  }
}

/** The files that targets are made of, but for what they make themselves. @param {readonly Target[]} targets @param {string} root */
async function watched(targets, root) {
  const names = await Promise.all(
    targets.map(async (target) => {
      try {
        return Object.keys(await target.inputs());
      } catch {
        return globSync(`${dirname(target.outputs[0])}/*`, { cwd: root }); // its fault was told; what mends it is likely here
      }
    }),
  );
  const made = new Set(targets.flatMap(({ outputs }) => outputs));
  const files = [...names.flat(), ...globSync('results/**/*.json', { cwd: root })]
    .filter((name) => !made.has(name) && !name.startsWith('build/'))
    .map((name) => join(root, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  return new Set(files);
}

/** When each was changed last. @param {Set<string>} files */
const times = (files) => [...files].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs).join(' ');
