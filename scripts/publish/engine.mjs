import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { changes, digestOf, filesOf, readStamp, writeStamp } from './stamps.mjs';

/**
 * Something that is built. `inputs` are what it is made of, by the names a reader knows; `outputs` are files or folders of the repository.
 * `after` names targets whose outputs it reads. `changed` stands for the comparison of stamps where a target keeps its own account;
 * its stamp says only how long it took. `missing`
 * says which program is not installed, and how to get it.
 *
 * @typedef {{
 *   name: string, group: string, after?: readonly string[], outputs: readonly string[],
 *   inputs: () => import('./stamps.mjs').Inputs | Promise<import('./stamps.mjs').Inputs>,
 *   changed?: () => string[] | Promise<string[]>, missing?: () => string | undefined,
 *   build: () => string | Promise<string>, minutes?: number,
 * }} Target
 */

/** What became of a target. @typedef {'current' | 'built' | 'failed' | 'missing'} Fate */

/** @typedef {{ root: string, log?: (line: string) => void, complain?: (line: string) => void, jobs?: number }} Options */

/**
 * Why a target is not what its inputs say now, and those inputs; no reason where there is nothing to do.
 *
 * @param {Target} target
 * @param {string} root
 */
export async function whyBuild(target, root) {
  const inputs = await target.inputs();
  const absent = target.outputs.filter((output) => digestOf(join(root, output)) === 'none').map((output) => `${output} is not there`);
  if (target.changed) return { inputs, reasons: [...absent, ...(await target.changed())] };
  const stamp = readStamp(root, target.name);
  if (absent.length > 0) return { inputs, reasons: absent };
  if (!stamp) return { inputs, reasons: ['it was not built here before'] };
  const touched = changes(stamp.outputs, filesOf(root, target.outputs)).map((change) => `${change} since it was built`);
  return { inputs, reasons: [...changes(stamp.inputs, inputs), ...touched] };
}

/**
 * Says what a run would build, and why; builds nothing.
 *
 * @param {readonly Target[]} targets  in any order
 * @param {Options} options
 * @returns {Promise<string[]>} the names of what would be built
 */
export async function dryRun(targets, { root, log = console.log, complain = console.error }) {
  /** @type {string[]} */
  const would = [];
  for (const target of ordered(targets)) {
    const missing = target.missing?.();
    let reasons = [];
    try {
      reasons = (await whyBuild(target, root)).reasons;
    } catch (error) {
      complain(`${target.name} would fail: ${/** @type {Error} */ (error).message}`);
      continue;
    }
    const above = (target.after ?? []).filter((name) => would.includes(name));
    if (reasons.length === 0 && above.length === 0) continue;
    would.push(target.name);
    const told = reasons.length > 0 ? list(reasons) : `if what ${list(above)} leaves is another`;
    log(`${target.name}: ${missing ? 'cannot be built here; ' : ''}${told}`);
  }
  return would;
}

/**
 * Builds what is not current, each after those that it reads, several at once; one line for each. A target that fails leaves what it had
 * built before, and the others go on but for those that read it.
 *
 * @param {readonly Target[]} targets
 * @param {Options} options
 * @returns {Promise<Map<string, Fate>>}
 */
export async function run(targets, { root, log = console.log, complain = console.error, jobs = Math.min(4, availableParallelism()) }) {
  /** @type {Map<string, Fate>} */
  const fates = new Map();
  const byName = new Map(targets.map((target) => [target.name, target]));
  const slot = slots(jobs);
  /** @type {Set<string>} */
  const told = new Set();
  /** @type {(target: Target) => Promise<Fate>} */
  const make = async (target) => {
    const failed = (target.after ?? []).filter((name) => fates.get(name) === 'failed');
    if (failed.length > 0) {
      complain(`${target.name}: not built, since ${list(failed)} failed; what was built before is as it was`);
      return 'failed';
    }
    try {
      const { inputs, reasons } = await whyBuild(target, root);
      if (reasons.length === 0) {
        log(`${target.name}  up to date`);
        return 'current';
      }
      const missing = target.missing?.();
      if (missing) {
        complain(`${target.name}: not built`);
        if (!told.has(missing)) complain(missing);
        told.add(missing);
        return 'missing';
      }
      const from = performance.now();
      const summary = await target.build();
      const seconds = Number(((performance.now() - from) / 1000).toFixed(1));
      writeStamp(root, target.name, { inputs, outputs: filesOf(root, target.outputs), seconds });
      log(`${summary}  ${seconds.toFixed(1)} s`);
      return 'built';
    } catch (error) {
      complain(/** @type {Error} */ (error).message);
      complain(`${target.name}: failed; what was built before is as it was`);
      return 'failed';
    }
  };
  /** @type {Map<string, Promise<void>>} */
  const going = new Map();
  /** @type {(target: Target) => Promise<void>} */
  const go = (target) => {
    const before = going.get(target.name);
    if (before) return before;
    const above = (target.after ?? []).flatMap((name) => byName.get(name) ?? []);
    const done = Promise.all(above.map(go)).then(() => slot(async () => void fates.set(target.name, await make(target))));
    going.set(target.name, done);
    return done;
  };
  await Promise.all(ordered(targets).map(go));
  return fates;
}

/**
 * Each target after those that it reads.
 *
 * @param {readonly Target[]} targets
 * @throws when targets read one another in a circle
 */
export function ordered(targets) {
  const byName = new Map(targets.map((target) => [target.name, target]));
  /** @type {Set<Target>} */
  const found = new Set();
  const visit = (/** @type {Target} */ target, /** @type {string[]} */ above) => {
    if (above.includes(target.name)) throw new Error(`${target.name} is built from itself, by way of ${list(above)}`);
    for (const name of target.after ?? []) {
      const other = byName.get(name);
      if (other && !found.has(other)) visit(other, [...above, target.name]);
    }
    found.add(target);
  };
  for (const target of targets) if (!found.has(target)) visit(target, []);
  return [...found];
}

/** Lets so many work at once. @param {number} count */
function slots(count) {
  let free = count;
  /** @type {(() => void)[]} */
  const waiting = [];
  return async (/** @type {() => Promise<void>} */ work) => {
    if (free === 0) await new Promise((resolve) => waiting.push(/** @type {() => void} */ (resolve)));
    else free--;
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/** The first few. @param {readonly string[]} names */
const list = (names) => `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
