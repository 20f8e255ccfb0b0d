import type { HostArray, Key } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import { environments } from '../environments/environments.js';
import type { World } from '../environments/world.js';

/**
 * What a policy earns in new episodes, all played side by side, each from a start of its own.
 *
 *     const params = training.params();
 *     const greedy = compile((params: ActorCriticParams, x: tf.Tensor) => actorCritic(params, x).policy.argMax(1)); // of dqn: mlp(params, x)
 *     const earned = await evaluate(world, async (x) => (await greedy(params, x)).data(), { key: key(2), episodes: 1000 });
 *     hacMean(earned, { lags: 0 }).interval        of the mean; of the difference to another policy that met the same key, episode by episode
 *
 * @param act      what to do, [N], where x is seen, [N, F]
 * @param options  the key of the starts, and N, how many episodes
 * @returns        Σ r of each episode [N], undiscounted
 * @throws         when N is no positive integer, or as a step of the world
 */
export async function evaluate(
  world: World,
  act: (observation: HostArray<Float32Array>) => ArrayLike<number> | Promise<ArrayLike<number>>,
  options: { readonly key: Key; readonly episodes: number },
): Promise<Float64Array> {
  checkOptions('evaluate', options, ['key', 'episodes']);
  const { key, episodes: N } = options;
  checkWhole('evaluate', 'episodes', N);
  const copies = environments(world, { key, count: N });
  const earned = new Float64Array(N);
  const isOver = new Uint8Array(N);
  let observation = copies.reset();
  for (let left = N; left > 0; ) {
    const step = copies.step(await act(observation));
    observation = step.observation;
    for (let n = 0; n < N; n++) {
      if (isOver[n]) continue; // a copy whose episode has ended plays another, which does not count
      earned[n] += step.reward.data[n];
      if (!step.terminated.data[n] && !step.truncated.data[n]) continue;
      isOver[n] = 1;
      left--;
    }
  }
  return earned;
}
