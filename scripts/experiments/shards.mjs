import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { collected } from '../../experiments/experiment.ts';
import { replaceFile } from '../../src/base/replace-file.ts';
import { progress } from '../../src/report/progress.ts';
import { SetUpFailure } from '../bootstrap/failure.mjs';
import { at } from '../bootstrap/files.mjs';

/** @typedef {import('../../experiments/experiment.ts').Experiment} Experiment */
/** @typedef {import('../../experiments/experiment.ts').Found} Found */
/** @typedef {{ experiment: Experiment, file: string, folder: string, quick: boolean }} Job  one run of an experiment, with a folder for what it leaves when it is killed */

/**
 * Runs experiments, their parts in processes, as many at once as there are cores. What a part found is in the folder when it ends, and a part
 * that is there already does not run again. Each run settles when the last of its parts has, so that one that fails takes no other's work with it.
 *
 * @param {readonly Job[]} jobs
 * @returns {Promise<Found>[]}
 */
export function runAll(jobs) {
  /** @type {(() => Promise<void>)[]} */
  const queue = [];
  const runs = jobs.map((job) => {
    const bar = bars(job);
    const parts = (job.experiment.parts ?? ['']).map((part) => {
      const kept = join(job.folder, `found-${part || 'all'}.json`);
      if (existsSync(kept)) return Promise.resolve(/** @type {const} */ ([part, JSON.parse(readFileSync(kept, 'utf8'))]));
      return /** @type {Promise<readonly [string, Found]>} */ (
        new Promise((resolve, reject) =>
          queue.push(() =>
            runPart(job, part, (step) => bar.step(part, step)).then(
              (found) => {
                replaceFile(kept, JSON.stringify(found));
                resolve([part, found]);
              },
              (error) => reject(error),
            ),
          ),
        )
      );
    });
    return Promise.allSettled(parts).then((settled) => {
      bar.end();
      const found = settled.map((part) => {
        if (part.status === 'rejected') throw part.reason;
        return part.value;
      });
      return collected(job.experiment, Object.fromEntries(found));
    });
  });
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await next();
  };
  for (let i = 0; i < availableParallelism(); i++) work();
  return runs;
}

/**
 * @param {Job} job
 * @param {string} part
 * @param {(step: { done: number, total: number, note?: string }) => void} onStep
 * @returns {Promise<Found>}
 */
function runPart({ experiment, file, folder, quick }, part, onStep) {
  const own = join(folder, part || 'all');
  mkdirSync(own, { recursive: true });
  const options = { execArgv: ['--import', at('scripts', 'typescript.mjs')] };
  const worker = fork(at('scripts', 'experiments', 'worker.mjs'), [file, part, own, quick ? 'quick' : 'full'], options);
  running.add(worker);
  return new Promise((resolve, reject) => {
    /** @type {Found | undefined} */
    let found;
    worker.on('message', (/** @type {any} */ message) => {
      if (message.found) found = message.found;
      else onStep(message);
    });
    worker.on('close', (status, signal) => {
      running.delete(worker);
      if (found) resolve(found);
      else
        reject(
          new SetUpFailure(`${experiment.name}${part && `, ${part},`} ended with ${signal ?? `status ${status}`} before it was done.`),
        );
    });
  });
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => {
  for (const worker of running) worker.kill();
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => process.exit(130));

/** One line for all parts of a run. @param {Job} job */
function bars({ experiment: { name, parts = [''] }, quick }) {
  /** @type {Map<string, { done: number, total: number }>} */
  const steps = new Map();
  /** @type {ReturnType<typeof progress> | undefined} */
  let bar;
  return {
    /** @param {string} part @param {{ done: number, total: number, note?: string }} step */
    step(part, step) {
      if (quick) return;
      steps.set(part, step);
      const sum = (/** @type {'done' | 'total'} */ key) => [...steps.values()].reduce((total, one) => total + one[key], 0);
      const total = (sum('total') / steps.size) * parts.length; // of those that have not begun as of the others
      bar ??= progress(total, { label: name });
      bar.tick((sum('done') / total) * total, [part, step.note].filter(Boolean).join(', '));
    },
    end: () => bar?.end(),
  };
}
