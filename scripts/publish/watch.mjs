import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './engine.mjs';

/** How often files are looked at, ms. */
const EVERY = 700;

/**
 * Builds targets again whenever one of their inputs changes, until the process ends.
 *
 * @param {readonly import('./engine.mjs').Target[]} targets
 * @param {{ root: string }} options
 */
export async function watch(targets, { root }) {
  console.log('watching; Ctrl-C ends it');
  for (let before = await seen(targets, root); ; await sleep(EVERY)) {
    const now = await seen(targets, root);
    if (now === before) continue;
    await run(targets, { root });
    before = await seen(targets, root);
  }
}

/** Names of the inputs of targets, and when those that are files were changed. @param {readonly import('./engine.mjs').Target[]} targets @param {string} root */
async function seen(targets, root) {
  const inputs = await Promise.all(
    targets.map(async (target) => {
      try {
        return await target.inputs();
      } catch (error) {
        return { error: /** @type {Error} */ (error).message };
      }
    }),
  );
  const made = new Set(targets.flatMap(({ outputs }) => outputs));
  const names = inputs.flatMap((one) => Object.entries(one).map(([name, digest]) => `${name} ${timeOf(join(root, name)) ?? digest}`));
  return names.filter((name) => !made.has(name.split(' ')[0])).join('\n');
}

/** @param {string} file */
const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
