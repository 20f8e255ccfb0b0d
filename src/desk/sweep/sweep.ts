import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Key } from '../../base/index.js';
import { checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import type { Halving } from './halving.js';
import { checkSpace, type Params, type SearchSpace } from './space.js';
import { openStudy, type SweepTrial } from './study.js';

/** What a trial is told beside its parameters. */
export interface TrialContext {
  /** 0 … trials − 1 */
  readonly slot: number;
  /** the trial's own: the same when it is tried again */
  readonly key: Key;
  /** Writes a value on the way, at whole steps from 1 on that rise; it throws where the trial has fallen behind, which ends it as `pruned`. */
  report(step: number, value: number): Promise<void>;
}

/** What a sweep is over: the default export of a module. */
export type SweepObjective = (params: Params, trial: TrialContext) => number | Promise<number>;

/** What is searched, how, and where it is written. */
export interface SweepConfig {
  /** the study's file, which Optuna and its dashboard open: `JournalStorage(JournalFileBackend(file))` */
  readonly study: string;
  /** the study's name there */
  readonly name: string;
  /** the module whose default export is the `SweepObjective`: an absolute URL, `new URL('./objective.js', import.meta.url).href` */
  readonly objective: string;
  /** what may be tried */
  readonly space: SearchSpace;
  /** configurations to try */
  readonly trials: number;
  /** which values are good */
  readonly direction: 'minimise' | 'maximise';
  /** `random` draws evenly, `parzen` from where trials were good: `parzen` unless told */
  readonly sampler?: 'random' | 'parzen';
  /** ends trials that fall behind; none unless told */
  readonly halving?: Halving;
  /** processes that work at once: 1 */
  readonly workers?: number;
  /** decides what is drawn: 1 */
  readonly seed?: number;
}

/** Times that a worker may die on a slot before it is given up. */
const DEATHS = 5;

/**
 * Tries configurations in processes of their own, and writes each to a study that others can open.
 *
 *     const { best } = await sweep({
 *       study: 'rate.journal', name: 'rate', objective: new URL('./objective.js', import.meta.url).href, trials: 40, direction: 'minimise', workers: 2,
 *       space: { rate: { type: 'float', low: 1e-4, high: 1e-1, log: true }, layers: { type: 'int', low: 1, high: 4 } },
 *     });
 *
 * A study that is there goes on: called again, it tries what is left. A worker that is killed loses its trial's work and nothing else: another takes the
 * slot up with the same parameters and key. Optuna may add trials of its own, which are left to it, but not at the same time. What throws is `failed` with its message, and not tried again.
 *
 * @returns the trials by their number, and the best that is complete
 * @throws  when the space or an option is out of range, the module has no such function, the file holds another study, or a worker dies five times in a row without ending a trial
 */
export async function sweep(config: SweepConfig): Promise<{ trials: readonly SweepTrial[]; best: SweepTrial | undefined }> {
  checkOptions('sweep', config ?? null, [
    'study',
    'name',
    'objective',
    'space',
    'trials',
    'direction',
    'sampler',
    'halving',
    'workers',
    'seed',
  ]);
  const { study: file, name, space, trials: slots, direction, sampler = 'parzen', halving, workers = 1, seed = 1 } = config;
  checkSpace(space);
  checkWhole('sweep', 'trials', slots);
  checkWhole('sweep', 'workers', workers);
  checkOneOf('sweep', 'direction', direction, ['minimise', 'maximise']);
  checkOneOf('sweep', 'sampler', sampler, ['random', 'parzen']);
  if (halving)
    for (const [option, least] of [
      ['first', 1],
      ['keep', 2],
    ] as const)
      checkWhole('sweep: halving', option, halving[option], { from: least });
  checkWhole('sweep', 'seed', seed);
  for (const [option, text] of Object.entries({ study: file, name, objective: config.objective }))
    if (typeof text !== 'string' || text === '') throw new Error(`sweep: ${option} is ${JSON.stringify(text)}; it must be a text`);
  if (!URL.canParse(config.objective))
    throw new Error(
      `sweep: objective is '${config.objective}'; it must be an absolute URL: new URL('./objective.js', import.meta.url).href`,
    );
  const study = openStudy(file, { name, space, maximise: direction === 'maximise', worker: 'pool' });
  study.check();
  const ended = () =>
    study.trials().filter(({ state, error }) => state !== 'running' && (state !== 'failed' || error !== undefined)).length;
  const keep = async () => {
    for (let deaths = 0, before = -1; ; ) {
      const message = await oneWorker(config);
      if (message === undefined) return;
      const done = ended();
      deaths = done === before ? deaths + 1 : 1;
      before = done;
      if (deaths >= DEATHS)
        throw new Error(
          `sweep: a worker died ${DEATHS} times without ending a trial, last ${message}; the study ${file} keeps what was done`,
        );
    }
  };
  await Promise.all(Array.from({ length: workers }, keep));
  const trials = study.trials();
  const complete = trials
    .filter(({ state }) => state === 'complete')
    .sort((a, b) => (direction === 'maximise' ? -1 : 1) * (a.value! - b.value!));
  return { trials, best: complete[0] };
}

/** Runs one worker's process to its end. Returns how it died, or undefined when it found nothing left to do. */
function oneWorker(config: SweepConfig): Promise<string | undefined> {
  const child = fork(fileURLToPath(new URL('./worker-process.js', import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send({ config, worker: randomUUID() });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', ({ fault }: { fault: string }) => reject(new Error(fault)));
    child.once('exit', (status, signal) => resolve(status === 0 ? undefined : signal ? `by ${signal}` : `with status ${status}`));
  });
}
