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
  /** Refuses a file that holds another study, or this with another direction or space. */
  check(): void;
  /** All trials in the order of their numbers, but for those that Optuna has added. */
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
  const write = (next: (trials: readonly (SweepTrial | undefined)[]) => Line | undefined) =>
    appendToLog<Line>(file, (lines) => next(filed(lines)));
  const line = (op_code: number, fields: Readonly<Record<string, Json>>): Line => ({ op_code, worker_id: worker, ...fields });
  const isOf = (trial: SweepTrial | undefined, owner: string) => trial?.state === 'running' && trial.worker === owner;
  const isMine = (trials: readonly (SweepTrial | undefined)[], number: number) => isOf(trials[number], worker);
  const read = () => filed(readEntries<Line>(file)).filter((trial) => trial !== undefined);
  return {
    trials: read,
    check: () => refuseOther(file, readEntries<Line>(file), { name, space, maximise }),
    async claim(slots, next) {
      await appendToLog<Line>(file, (lines) => {
        refuseOther(file, lines, { name, space, maximise });
        return lines.length > 0 ? undefined : line(CREATE_STUDY, { study_name: name, directions: [directionOf(maximise)] });
      });
      for (const owner of await deadAmong(file, read()))
        for (const { number } of read().filter((trial) => isOf(trial, owner)))
          await write((trials) =>
            isOf(trials[number], owner)
              ? line(SET_STATE, { trial_id: number, state: STATES.failed, values: null, datetime_complete: now() })
              : undefined,
          );
      let mine: number | undefined;
      await write((all) => {
        const trials = all.filter((trial) => trial !== undefined);
        const held = new Set(trials.filter(({ state, error }) => state !== 'failed' || error !== undefined).map(({ slot }) => slot));
        const slot = Array.from({ length: slots }, (_, i) => i).find((i) => !held.has(i));
        if (slot === undefined) return undefined;
        mine = all.length;
        const again = trials.find((trial) => trial.slot === slot);
        return line(CREATE_TRIAL, created(space, slot, worker, again?.params ?? next(slot, trials)));
      });
      return read().find(({ number }) => number === mine);
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

const directionOf = (maximise: boolean) => (maximise ? 2 : 1);

/** Refuses a file that holds another study than this. */
function refuseOther(
  file: string,
  lines: readonly Line[],
  { name, space, maximise }: { name: string; space: SearchSpace; maximise: boolean },
): void {
  const studies = lines.filter(({ op_code }) => op_code === CREATE_STUDY) as unknown as { study_name: string; directions: number[] }[];
  const other = studies.find(({ study_name, directions }) => study_name !== name || directions.join() !== String(directionOf(maximise)));
  if (other)
    throw new Error(
      `sweep: ${file} holds the study '${other.study_name}', which ${other.directions[0] === 2 ? 'maximises' : 'minimises'}, and not '${name}', which ${maximise ? 'maximises' : 'minimises'}; name another file`,
    );
  const own = JSON.stringify(distributionsOf(space));
  const strange = (lines as readonly unknown[] as readonly Operation[]).find(
    (line) => line.user_attrs?.slot !== undefined && JSON.stringify(sorted(line.distributions)) !== own,
  );
  if (strange)
    throw new Error(
      `sweep: the trials of ${file} were drawn from another space, ${JSON.stringify(sorted(strange.distributions))}; give that, or name another file`,
    );
}

const sorted = <V>(of: Readonly<Record<string, V>>) => Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
const distributionsOf = (space: SearchSpace) =>
  sorted(Object.fromEntries(Object.entries(space).map(([name, range]) => [name, JSON.stringify(distributionOf(range))])));

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
    distributions: distributionsOf(space),
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

/** The trials that some lines come to, at the places of their numbers; undefined where Optuna made one. */
function filed(lines: readonly Line[]): (SweepTrial | undefined)[] {
  type Mutable = { -readonly [K in keyof SweepTrial]: SweepTrial[K] };
  const trials: (Mutable | undefined)[] = [];
  for (const line of lines as readonly unknown[] as readonly Operation[]) {
    if (line.op_code === CREATE_TRIAL) {
      const { slot, worker = line.worker_id } = line.user_attrs ?? {};
      const number = trials.length;
      trials.push(slot === undefined ? undefined : { number, slot, params: paramsOf(line), state: 'running', reported: new Map(), worker });
      continue;
    }
    const trial = trials[line.trial_id];
    if (!trial) continue;
    if (line.op_code === SET_STATE) {
      trial.state = (Object.keys(STATES) as TrialState[]).find((state) => STATES[state] === line.state) ?? 'failed';
      if (line.values) trial.value = line.values[0];
    } else if (line.op_code === REPORT) trial.reported = new Map([...trial.reported, [line.step, line.intermediate_value]]);
    else if (line.op_code === SET_ATTRIBUTE && line.user_attr.error !== undefined) trial.error = line.user_attr.error;
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
