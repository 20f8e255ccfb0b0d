import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fold, key } from '../../base/index.js';
import { tryLock } from '../../market/internal.js';
import { endsAt } from './halving.js';
import { drawByParzen } from './parzen.js';
import { drawEvenly } from './space.js';
import { openStudy, type SweepTrial, triedOf, workersOf } from './study.js';
import type { SweepConfig, SweepObjective } from './sweep.js';

/** Ends a trial that has fallen behind. */
class Pruned extends Error {}

/** Runs trials of a study, one after the other, until no slot is left; a process has one such loop. */
export async function work(config: SweepConfig, worker: string): Promise<void> {
  const { study: file, name, space, direction, trials: slots, sampler = 'parzen', seed = 1 } = config;
  const maximise = direction === 'maximise';
  mkdirSync(workersOf(file), { recursive: true });
  const lock = await tryLock(join(workersOf(file), worker));
  if (!lock) throw new Error(`sweep: another worker of ${file} is called '${worker}'`);
  try {
    const { default: objective } = await loaded(config.objective);
    if (typeof objective !== 'function')
      throw new Error(`sweep: ${config.objective} has no default export that is a function of parameters`);
    const study = openStudy(file, { name, space, maximise, worker });
    const next = (slot: number, tried: readonly SweepTrial[]) => {
      const own = fold(key(seed), slot);
      return sampler === 'random' ? drawEvenly(own, space) : drawByParzen(own, space, triedOf(tried, maximise));
    };
    for (let trial = await study.claim(slots, next); trial; trial = await study.claim(slots, next))
      await runOne(study, trial, objective, config);
  } finally {
    lock.release();
  }
}

async function loaded(objective: string): Promise<{ default: SweepObjective }> {
  try {
    return await import(objective);
  } catch (cause) {
    throw new Error(`sweep: the objective ${objective} could not be loaded: ${(cause as Error).message}`, { cause });
  }
}

async function runOne(
  study: ReturnType<typeof openStudy>,
  { number, slot, params }: SweepTrial,
  objective: SweepObjective,
  config: SweepConfig,
): Promise<void> {
  const { direction, halving, seed = 1 } = config;
  let last: number | undefined;
  let before = 0;
  const report = async (step: number, value: number) => {
    if (!Number.isSafeInteger(step) || step <= before)
      throw new Error(`it reported at step ${step} after ${before}; steps are whole numbers from 1 on that rise`);
    if (!Number.isFinite(value)) throw new Error(`it reported ${JSON.stringify(value)} at step ${step}; it must be a finite number`);
    before = step;
    last = value;
    await study.report(number, step, value);
    if (halving && endsAt(study.trials(), { number, step, maximise: direction === 'maximise' }, halving)) throw new Pruned();
  };
  try {
    const value = await objective(params, { slot, key: fold(key(seed), 1_000_000 + slot), report });
    if (!Number.isFinite(value))
      throw new Error(`the objective is ${typeof value === 'number' ? value : JSON.stringify(value)}; it must be a finite number`);
    await study.finish(number, 'complete', value);
  } catch (error) {
    if (error instanceof Pruned) await study.finish(number, 'pruned', last);
    else await study.finish(number, 'failed', undefined, error instanceof Error ? error.message : String(error));
  }
}
