import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onEnd, stopAll } from './command.mjs';
import { endWith, explain, SetUpFailure } from './failure.mjs';
import { OWN, read, sweep } from './files.mjs';
import { data, kernel, library } from './library.mjs';
import { checkPlatform, handOver, packages } from './node.mjs';
import { environment, lightgbm, openvino } from './python.mjs';

/**
 * One part of the set-up.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {string} what             words for a reader
 * @property {() => boolean} current   whether there is nothing to do
 * @property {() => unknown} make
 */

/** In this order: each needs those before it. */
const STEPS = [packages, environment, openvino, lightgbm, library, data, kernel];

/**
 * Brings the checkout up to date and resolves in the locked Node. A step says whether it is `current`; one that is not is
 * made aside and put in place by one rename, so a set-up that is killed leaves the old state or the new one.
 *
 * @param {{ only?: readonly string[] }} [wanted]  `only`: names of steps; none for all
 */
export async function setUp({ only = [] } = {}) {
  let what = 'Lemmata';
  try {
    checkPlatform();
    for (const step of choose(only)) {
      what = step.what;
      if (!step.current()) await alone(() => step.current() || step.make());
      if (step === packages) await handOver();
    }
  } catch (error) {
    endWith(error instanceof Error && 'syscall' in error ? explain(what, error.message) : error);
  }
}

/** @param {readonly string[]} only */
function choose(only) {
  const unknown = only.find((name) => STEPS.every((step) => step.name !== name));
  if (unknown) throw new SetUpFailure(`There is no step ${unknown}: the steps are ${STEPS.map(({ name }) => name).join(', ')}.`);
  return only.length === 0 ? STEPS : STEPS.filter(({ name }) => only.includes(name));
}

/**
 * Makes a step while no other set-up of this checkout makes one.
 *
 * @param {() => unknown} make
 */
async function alone(make) {
  mkdirSync(OWN, { recursive: true });
  for (let told = false; !take(); await sleep(200)) {
    if (!told) console.log(`  waiting for another set-up, process ${read(LOCK)}; if there is none, delete ${LOCK}`);
    told = true;
  }
  const release = () => {
    sweep();
    rmSync(LOCK, { force: true });
  };
  const forget = onEnd(async (code) => {
    await stopAll();
    release();
    process.exit(code);
  });
  try {
    sweep();
    await make();
  } finally {
    release();
    forget();
  }
}

const LOCK = join(OWN, 'lock');

/** A link appears with its content, so no one reads a lock without its owner. */
function take() {
  const draft = `${LOCK}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, LOCK);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if (!alive(Number(read(LOCK)))) rmSync(LOCK, { force: true }); // its owner was killed
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

const codeOf = (/** @type {unknown} */ error) => (error instanceof Error && 'code' in error ? error.code : undefined);

/** @param {number} pid */
function alive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
