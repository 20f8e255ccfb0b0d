import type { HostArray } from '../../base/index.js';
import type { Environments, Step } from '../environments/environments.js';
import { generalisedAdvantage } from '../generalised-advantage.js';
import type { PolicyBatch } from './objectives.js';

/** What was seen and done, row by row, for an update. */
export interface Experience {
  readonly state: Float32Array;
  readonly action: Int32Array;
  readonly old: Float32Array;
  readonly advantage: Float32Array;
  readonly returns: Float32Array;
}

/** What plays: the policy that acts in step t, and the critic. */
export interface Actor {
  act(x: HostArray<Float32Array>, t: number): { action: Int32Array; value: Float32Array; old: Float32Array };
  valueOf(x: HostArray<Float32Array>): Float32Array;
}

/** Plays T steps in each copy, or until an episode of each has ended, and says how good each action was. */
export function rollout(
  copies: Environments,
  start: HostArray<Float32Array>,
  actor: Actor,
  { horizon, each, advantages }: { horizon?: number; each: (step: Step) => void; advantages: { discount: number; lambda: number } },
): { seen: Experience; last: HostArray<Float32Array> } {
  const N = copies.count;
  const rows = { state: [] as Float32Array[], action: [] as Int32Array[], old: [] as Float32Array[], value: [] as Float32Array[] };
  const ends = {
    reward: [] as Float32Array[],
    terminated: [] as Uint8Array[],
    truncated: [] as Uint8Array[],
    finalValue: [] as Float32Array[],
  };
  /** Whether a row counts: of whole episodes, until the first of its copy has ended. */
  const counts: Uint8Array[] = [];
  const isOver = new Uint8Array(N);
  let observation = start;
  for (let t = 0; horizon === undefined ? isOver.includes(0) : t < horizon; t++) {
    rows.state.push(observation.data.slice());
    const { action, value, old } = actor.act(observation, t);
    rows.action.push(action);
    rows.value.push(value);
    rows.old.push(old);
    const step = copies.step(action);
    each(step);
    observation = step.observation;
    for (const name of ['reward', 'terminated', 'truncated'] as const) (ends[name] as unknown[]).push(step[name].data.slice());
    ends.finalValue.push(step.truncated.data.includes(1) ? actor.valueOf(step.finalObservation) : new Float32Array(N));
    counts.push(isOver.map((over) => 1 - over));
    if (horizon === undefined) for (let n = 0; n < N; n++) isOver[n] |= step.terminated.data[n] | step.truncated.data[n];
  }
  const T = counts.length;
  const table = (parts: readonly ArrayLike<number>[]) => ({
    data: Float32Array.from(parts.flatMap((part) => Array.from(part))),
    shape: [parts.length, N],
  });
  const { advantage, returns } = generalisedAdvantage(
    {
      reward: table(ends.reward),
      value: table([...rows.value, actor.valueOf(observation)]),
      terminated: table(ends.terminated),
      truncated: table(ends.truncated),
      finalValue: table(ends.finalValue),
    },
    advantages,
  );
  const kept = Array.from({ length: T * N }, (_, i) => i).filter((i) => counts[Math.floor(i / N)][i % N] === 1);
  const F = start.shape[1];
  const state = new Float32Array(kept.length * F);
  kept.forEach((i, j) => {
    state.set(rows.state[Math.floor(i / N)].subarray((i % N) * F, ((i % N) + 1) * F), j * F);
  });
  const of = (parts: readonly ArrayLike<number>[]) => kept.map((i) => parts[Math.floor(i / N)][i % N]);
  return {
    seen: {
      state,
      action: Int32Array.from(of(rows.action)),
      old: Float32Array.from(of(rows.old)),
      advantage: Float32Array.from(kept, (i) => advantage.data[i]),
      returns: Float32Array.from(kept, (i) => returns.data[i]),
    },
    last: observation,
  };
}

/** Rows as a step takes them; those of whole episodes, whose number changes, are filled up to a power of two with rows that do not count. */
export function batchOf(seen: Experience, rows: Int32Array, F: number, isPadded: boolean): PolicyBatch<HostArray> {
  const B = isPadded ? 2 ** Math.ceil(Math.log2(rows.length)) : rows.length;
  const state = new Float32Array(B * F);
  rows.forEach((i, j) => {
    state.set(seen.state.subarray(i * F, (i + 1) * F), j * F);
  });
  const of = <D extends Float32Array | Int32Array>(all: D) => {
    const data = all instanceof Int32Array ? new Int32Array(B) : new Float32Array(B);
    rows.forEach((i, j) => {
      data[j] = all[i];
    });
    return { data, shape: [B] };
  };
  const weight = { data: new Float32Array(B).fill(B / rows.length, 0, rows.length), shape: [B] };
  return {
    state: { data: state, shape: [B, F] },
    action: of(seen.action),
    old: of(seen.old),
    advantage: of(seen.advantage),
    returns: of(seen.returns),
    ...(isPadded && { weight }),
  };
}
