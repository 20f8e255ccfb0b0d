import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../../market/internal.js';
import type { Json } from '../../trade/index.js';
import { appendToLog, readEntries } from '../../trade/internal.js';
import type { Tried } from './parzen.js';
import type { Choice, NumberRange, Params, SearchSpace } from './space.js';

/** Where a trial is: those that were killed are `failed` and tried again under another number. */
export type TrialState = 'running' | 'complete' | 'pruned' | 'failed';

/** One configuration and what came of it. */
export interface SweepTrial {
  /** 0, 1 … in the order of their beginnings */
  readonly number: number;
  /** 0 … trials − 1: which of those that were asked for; one that was killed leaves its slot to another */
  readonly slot: number;
  /** what was tried */
  readonly params: Params;
  /** where it is */
  readonly state: TrialState;
  /** what it came to; of one that was pruned the last that it reported */
  readonly value?: number;
  /** by step */
  readonly reported: ReadonlyMap<number, number>;
  /** why it failed */
  readonly error?: string;
  /** the process that ran it */
  readonly worker: string;
}

/** Optuna's numbers of what a line does, and of a trial's state. */
const [CREATE_STUDY, CREATE_TRIAL, SET_STATE, REPORT, SET_ATTRIBUTE] = [0, 4, 6, 7, 8];
const STATES: Readonly<Record<TrialState, number>> = { running: 0, complete: 1, pruned: 2, failed: 3 };

type Line = Readonly<Record<string, Json>> & { readonly op_code: number };

/** A study in a file that Optuna 5 reads as its `JournalFileBackend`. */
export interface Study {
  /** All trials, by their number. */
  trials(): SweepTrial[];
  /** Gives this worker a slot: one that a killed worker has left, or a new one with the parameters that `next` makes. Undefined when none is left. */
  claim(slots: number, next: (slot: number, tried: readonly SweepTrial[]) => Params): Promise<SweepTrial | undefined>;
  /** Writes a value on the way. */
  report(number: number, step: number, value: number): Promise<void>;
  /** Writes how a trial ended, unless it was given to another. */
  finish(number: number, state: Exclude<TrialState, 'running'>, value?: number, error?: string): Promise<void>;
}

/**
 * Opens a study for a worker, whose lock the operating system takes back when it ends: what it was doing then is for others to do.
 *
 * A line is written whole or not at all, and by one at a time; a torn one is moved to `<file>.torn`.
 */
export function openStudy(
  file: string,
  { name, space, maximise, worker }: { name: string; space: SearchSpace; maximise: boolean; worker: string },
): Study {
  const write = (next: (trials: SweepTrial[], lines: readonly Line[]) => Line | undefined) =>
    appendToLog<Line>(file, (lines) => next(trialsOf(lines), lines));
  const line = (op_code: number, fields: Readonly<Record<string, Json>>): Line => ({ op_code, worker_id: worker, ...fields });
  const isMine = (trials: readonly SweepTrial[], number: number) => trials[number].state === 'running' && trials[number].worker === worker;
  return {
    trials: () => trialsOf(readEntries<Line>(file)),
    async claim(slots, next) {
      await write((_, lines) => (lines.length > 0 ? undefined : line(CREATE_STUDY, { study_name: name, directions: [maximise ? 2 : 1] })));
      const dead = await deadAmong(file, trialsOf(readEntries<Line>(file)));
      for (const owner of dead) {
        const left = trialsOf(readEntries<Line>(file)).filter(({ state, worker }) => state === 'running' && worker === owner);
        for (const { number } of left)
          await write((trials) => {
            const { state, worker } = trials[number];
            return state === 'running' && worker === owner
              ? line(SET_STATE, { trial_id: number, state: STATES.failed, values: null, datetime_complete: now() })
              : undefined;
          });
      }
      let mine: number | undefined;
      await write((trials) => {
        const held = new Set(trials.filter(({ state, error }) => state !== 'failed' || error !== undefined).map(({ slot }) => slot));
        const slot = Array.from({ length: slots }, (_, i) => i).find((i) => !held.has(i));
        if (slot === undefined) return undefined;
        mine = trials.length;
        const again = trials.find((trial) => trial.slot === slot);
        return line(CREATE_TRIAL, created(space, slot, worker, again?.params ?? next(slot, trials)));
      });
      return mine === undefined ? undefined : this.trials()[mine];
    },
    async report(number, step, value) {
      await write((trials) => (isMine(trials, number) ? line(REPORT, { trial_id: number, step, intermediate_value: value }) : undefined));
    },
    async finish(number, state, value, error) {
      if (error !== undefined)
        await write((trials) => (isMine(trials, number) ? line(SET_ATTRIBUTE, { trial_id: number, user_attr: { error } }) : undefined));
      const end = { trial_id: number, state: STATES[state], values: value === undefined ? null : [value], datetime_complete: now() };
      await write((trials) => (isMine(trials, number) ? line(SET_STATE, end) : undefined));
    },
  };
}

/** What trials that ended have come to, as losses: less is better. */
export const triedOf = (trials: readonly SweepTrial[], maximise: boolean): Tried[] =>
  trials.flatMap(({ state, value, params }) =>
    (state === 'complete' || state === 'pruned') && value !== undefined ? [{ params, loss: maximise ? -value : value }] : [],
  );

/** The folder where workers hold their locks. */
export const workersOf = (file: string): string => `${file}.workers`;

/** Workers of running trials that are no more. */
async function deadAmong(file: string, trials: readonly SweepTrial[]): Promise<string[]> {
  const owners = new Set(trials.filter(({ state }) => state === 'running').map(({ worker }) => worker));
  const dead: string[] = [];
  for (const owner of owners) {
    const path = join(workersOf(file), owner);
    const lock = existsSync(path) ? await tryLock(path, { make: false }) : undefined;
    if (lock || !existsSync(path)) dead.push(owner);
    lock?.release();
  }
  return dead;
}

const now = () => new Date().toISOString().replace('Z', '000+00:00'); // Optuna's microseconds

function created(space: SearchSpace, slot: number, worker: string, params: Params): Readonly<Record<string, Json>> {
  const internal = Object.entries(space).map(([name, range]) => [
    name,
    range.type === 'choice' ? range.of.indexOf(params[name]) : Number(params[name]),
  ]);
  return {
    ...{ study_id: 0, datetime_start: now(), state: STATES.running, value: null, values: null },
    distributions: Object.fromEntries(Object.entries(space).map(([name, range]) => [name, JSON.stringify(distributionOf(range))])),
    params: Object.fromEntries(internal),
    ...{ user_attrs: { slot, worker }, system_attrs: {}, intermediate_values: {} },
  };
}

function distributionOf(range: NumberRange | Choice): Readonly<Record<string, Json>> {
  if (range.type === 'choice') return { name: 'CategoricalDistribution', attributes: { choices: range.of } };
  const { low, high, log = false } = range;
  return range.type === 'int'
    ? { name: 'IntDistribution', attributes: { log, step: 1, low, high } }
    : { name: 'FloatDistribution', attributes: { step: null, low, high, log } };
}

/** A line, as far as it is read here. */
interface Operation {
  readonly op_code: number;
  readonly worker_id: string;
  readonly trial_id: number;
  readonly state: number;
  readonly values: readonly number[] | null;
  readonly step: number;
  readonly intermediate_value: number;
  readonly user_attr: { readonly error?: string };
  readonly user_attrs?: { readonly slot?: number; readonly worker?: string };
  readonly params: Readonly<Record<string, number>>;
  readonly distributions: Readonly<Record<string, string>>;
}

/** The trials that some lines come to. */
function trialsOf(lines: readonly Line[]): SweepTrial[] {
  type Mutable = { -readonly [K in keyof SweepTrial]: SweepTrial[K] };
  const trials: Mutable[] = [];
  for (const line of lines as readonly unknown[] as readonly Operation[]) {
    const trial = trials[line.trial_id];
    if (line.op_code === CREATE_TRIAL) {
      const { slot = trials.length, worker = line.worker_id } = line.user_attrs ?? {};
      trials.push({ number: trials.length, slot, params: paramsOf(line), state: 'running', reported: new Map(), worker });
    } else if (line.op_code === SET_STATE) {
      trial.state = (Object.keys(STATES) as TrialState[]).find((state) => STATES[state] === line.state) ?? 'failed';
      if (line.values) trial.value = line.values[0];
    } else if (line.op_code === REPORT) trial.reported = new Map([...trial.reported, [line.step, line.intermediate_value]]);
    else if (line.op_code === SET_ATTRIBUTE && 'error' in line.user_attr) trial.error = line.user_attr.error;
  }
  return trials;
}

function paramsOf({ params, distributions }: Operation): Params {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const { attributes } = JSON.parse(distributions[name]);
      return [name, attributes.choices ? attributes.choices[value] : value];
    }),
  );
}
