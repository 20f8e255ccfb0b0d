import type { Key } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { copiesOf } from './environments.js';
import type { World } from './world.js';

/** What came of one action. */
export interface Outcome {
  /** x [F], an array of its own. */
  readonly observation: Float32Array;
  /** r, what the action earned. */
  readonly reward: number;
  /** Whether the episode ended for good, so that nothing follows it. */
  readonly terminated: boolean;
  /** Whether the limit of steps cut it, and nothing else ended it. */
  readonly truncated: boolean;
}

/** One copy of a world, to be played by hand. */
export interface Environment {
  readonly world: World;
  /** Begins a new episode: x [F]. */
  reset(): Float32Array;
  /**
   * @throws when the action is none of the world's, or there is no episode: before the first `reset`, and after an end until the next
   */
  step(action: number): Outcome;
}

/**
 * A world with Gymnasium's contract: `reset`, then `step` until the episode is terminated or truncated, then `reset` again.
 *
 *     const world = environment(cartPole, { key: key(1) });
 *     let x = world.reset();
 *     for (let over = false; !over; ) {
 *       const { observation, terminated, truncated } = world.step(x[2] > 0 ? 1 : 0);
 *       [x, over] = [observation, terminated || truncated];
 *     }
 *
 * Towers et al. 2024. A step after the end, which Gymnasium only warns of, is an error.
 */
export function environment(world: World, options: { readonly key: Key }): Environment {
  checkOptions('environment', options, ['key']);
  const copy = copiesOf(world, options.key, 1);
  const [reward, terminated] = [new Float32Array(1), new Uint8Array(1)];
  const seen = () => {
    const observation = new Float32Array(world.features);
    world.observe(copy.state, observation, 0, 1);
    return observation;
  };
  let over: 'terminated' | 'truncated' | undefined;
  return {
    world,
    reset() {
      over = undefined;
      copy.begin(0);
      return seen();
    },
    step(action) {
      if (over) throw new Error(`${world.name}: the episode was ${over} after ${copy.steps[0]} steps; call reset() to begin another`);
      copy.advance([action], reward, terminated);
      copy.steps[0]++;
      if (terminated[0] === 1) over = 'terminated';
      else if (copy.steps[0] >= world.limit) over = 'truncated';
      return { observation: seen(), reward: reward[0], terminated: over === 'terminated', truncated: over === 'truncated' };
    },
  };
}
