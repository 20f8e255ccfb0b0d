import type { HostArray, Key } from '../../base/index.js';
import { checkKey, checkOptions, checkWhole, threefry } from '../../base/internal.js';
import type { World } from './world.js';

/** What came of one action in each of N copies. Its arrays are written anew by the next step: copy what is to stay. */
export interface Step {
  /** x [N, F], to act on next: of the episode that began, where one ended. */
  readonly observation: HostArray<Float32Array>;
  /** x [N, F] of the states that the actions led to: the last one of an episode that ended, else as `observation`. It is what a replay keeps. */
  readonly finalObservation: HostArray<Float32Array>;
  /** r [N] */
  readonly reward: HostArray<Float32Array>;
  /** [N]: 1 where the episode ended for good, so that nothing follows it; else 0. */
  readonly terminated: HostArray<Uint8Array>;
  /** [N]: 1 where the limit of steps cut the episode, and nothing else ended it; else 0. */
  readonly truncated: HostArray<Uint8Array>;
}

/** Where N copies stand: all that they need to go on, bit for bit. */
export interface EnvironmentsState {
  /** s [N, S], as one array. */
  readonly state: Float64Array;
  /** Steps of the present episode [N]. */
  readonly steps: Int32Array;
  /** Episodes begun [N]. */
  readonly episodes: Int32Array;
}

/** Copies of a world that begin a new episode as soon as one ends. */
export interface Environments {
  readonly world: World;
  /** N */
  readonly count: number;
  /** Begins a new episode in all copies: x [N, F]. */
  reset(): HostArray<Float32Array>;
  /**
   * One action in each copy.
   *
   * @throws when there is not one action for each, one is none of the world's, or `reset` was never called
   */
  step(action: ArrayLike<number>): Step;
  /** A copy of where they stand. */
  save(): EnvironmentsState;
  /**
   * Goes on from there: x [N, F].
   *
   * @throws when it is of another world or another number of copies
   */
  restore(state: EnvironmentsState): HostArray<Float32Array>;
}

/** How many copies, and their luck. */
export interface EnvironmentsOptions {
  /** Episode e of copy n draws its numbers from this key, n and e alone: two policies meet the same starts. */
  readonly key: Key;
  /** N */
  readonly count: number;
}

/**
 * N copies of a world, side by side in typed arrays, with Gymnasium's contract for vectors of them that reset within the step.
 *
 *     const cartPoles = environments(cartPole, { key: key(1), count: 8 });
 *     let observation = cartPoles.reset();
 *     for (…) ({ observation } = cartPoles.step(actions));
 *
 * @throws when the count is no positive integer, a size of the world is none, its episodes have no limit, or the key is none
 *
 * Towers et al. 2024, `AutoresetMode.SAME_STEP`. An end is one of two, which advantages and targets treat differently: see `Rollout`.
 */
export function environments(world: World, options: EnvironmentsOptions): Environments {
  checkOptions('environments', options, ['key', 'count']);
  const { key, count: N } = options;
  checkWhole('environments', 'count', N);
  const { features: F, limit } = world;
  const copies = copiesOf(world, key, N);
  const rows = () => ({ data: new Float32Array(N * F), shape: [N, F] });
  const ends = () => ({ data: new Uint8Array(N), shape: [N] });
  const [observation, finalObservation] = [rows(), rows()];
  const [terminated, truncated] = [ends(), ends()];
  const reward = { data: new Float32Array(N), shape: [N] };
  const result: Step = { observation, finalObservation, reward, terminated, truncated };
  const seen = () => {
    world.observe(copies.state, observation.data, 0, N);
    return observation;
  };
  return {
    world,
    count: N,
    reset() {
      for (let n = 0; n < N; n++) copies.begin(n);
      return seen();
    },
    step(action) {
      copies.advance(action, reward.data, terminated.data);
      world.observe(copies.state, finalObservation.data, 0, N);
      observation.data.set(finalObservation.data);
      const { steps } = copies;
      const [ended, cut] = [terminated.data, truncated.data];
      for (let n = 0; n < N; n++) {
        steps[n]++;
        const isCut = steps[n] >= limit && ended[n] === 0;
        cut[n] = isCut ? 1 : 0;
        if (ended[n] === 0 && !isCut) continue;
        copies.begin(n);
        world.observe(copies.state, observation.data, n, n + 1);
      }
      return result;
    },
    save: () => ({ state: copies.state.slice(), steps: copies.steps.slice(), episodes: copies.episodes.slice() }),
    restore(state) {
      for (const name of ['state', 'steps', 'episodes'] as const) {
        if (state[name]?.length !== copies[name].length)
          throw new Error(
            `environments: ${state[name]?.length} numbers of ${name} are no ${N} copies of ${world.name}, which have ${copies[name].length}; were they saved with another count?`,
          );
        copies[name].set(state[name]);
      }
      return seen();
    },
  };
}

/**
 * The states of N copies, with their episodes; what ends one is the caller's.
 *
 * @throws when a size of the world is no whole number, it has no limit, or the key is none
 */
export function copiesOf(world: World, key: Key, N: number) {
  for (const name of ['stateSize', 'features', 'actions'] as const) checkWhole(world.name, name, world[name]);
  checkWhole(world.name, 'draws', world.draws, { from: 0 });
  checkWhole(world.name, 'limit', world.limit, { from: 1 }, 'an episode that nothing ends would never be over');
  checkKey(world.name, key);
  const { draws, actions: A } = world;
  const [state, steps, episodes] = [new Float64Array(N * world.stateSize), new Int32Array(N), new Int32Array(N)];
  const pairs = Math.ceil(draws / 2);
  const [taken, u, word] = [new Int32Array(N), new Float64Array(draws), new Uint32Array(2)];
  return {
    state,
    steps,
    episodes,
    begin(n: number): void {
      // A stream of its own would need two keys; a counter of episode and copy needs none, and there is an episode every twenty steps.
      for (let i = 0; i < draws; i++) {
        if (i % 2 === 0) threefry(key, episodes[n], n * pairs + (i >>> 1), word);
        u[i] = (word[i % 2] + 0.5) * 2 ** -32;
      }
      world.start(state, n, u);
      episodes[n]++;
      steps[n] = 0;
    },
    advance(action: ArrayLike<number>, reward: Float32Array, terminated: Uint8Array): void {
      if (episodes[0] === 0) throw new Error(`${world.name}: call reset() before the first step`);
      if (action.length !== N) throw new Error(`${world.name}: step takes one action for each of ${N} copies, got ${action.length}`);
      for (let n = 0; n < N; n++) {
        const a = action[n];
        if (!(a >= 0 && a < A && a === (a | 0)))
          throw new Error(`${world.name}: an action is a whole number from 0 to ${A - 1}, got ${a} for copy ${n}`);
        taken[n] = a;
      }
      world.advance(state, taken, reward, terminated);
    },
  };
}
