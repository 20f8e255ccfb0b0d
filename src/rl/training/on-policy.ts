import type * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, permutation, split, uniform } from '../../base/index.js';
import { adam, averaged, linearDecay, type Tensors, trainingStep } from '../../optim/index.js';
import { compile } from '../../tensor/index.js';
import { type ActorCriticParams, actorCritic, initActorCritic } from '../agents/actor-critic.js';
import { categoricalLogProbability, sampleCategorical } from '../categorical-policy.js';
import { environments } from '../environments/environments.js';
import type { World } from '../environments/world.js';
import { arraysOf, from, loadArrays, numbersOf, saveArrays, unpacked, withArrays, within } from './checkpoint.js';
import { episodeLog } from './episodes.js';
import type { PolicyBatch } from './objectives.js';
import { batchOf, type Experience, rollout } from './rollout.js';
import type { Training } from './training.js';

/** An actor's and a critic's parameters in JavaScript's memory. */
export type HostActorCritic = ActorCriticParams<HostArray<Float32Array>>;

/** What every training by the policy's own actions goes by. */
export interface OnPolicySettings {
  /** What all that is random comes from. */
  readonly key: Key;
  /** Actions in all. */
  readonly steps: number;
  /** N, copies of the world. */
  readonly count: number;
  /** Widths of the hidden layers of actor and critic. */
  readonly hidden: readonly number[];
  /** η of Adam at the first update. */
  readonly learningRate: number;
  /** Whether η falls to 0 along a straight line. */
  readonly anneal: boolean;
  /** γ, what a reward is worth one step later. */
  readonly discount: number;
  /** λ of the advantages. */
  readonly lambda: number;
  /** c_e, how much the entropy counts. */
  readonly entropy: number;
  /** c_v, how much the critic's ½ mean square counts. */
  readonly value: number;
  /** The largest norm of a gradient. */
  readonly clipNorm: number;
  /** Of the running mean of the parameters, one update at a time. */
  readonly decay: number;
}

/** What tells one kind of training from another. */
export interface Recipe {
  /** The loss of a batch, of which one compiled step goes down the gradient. */
  readonly objective: (params: ActorCriticParams, batch: PolicyBatch) => tf.Tensor;
  /** T, steps of each copy between updates; whole episodes, one of each copy, when left out. */
  readonly horizon?: number;
  /** How often each action is learnt from. */
  readonly epochs: number;
  /** In how many parts. */
  readonly minibatches: number;
}

/** A training by the policy's own actions: play, estimate advantages, update, again. */
export function onPolicy(
  world: World,
  about: OnPolicySettings & { readonly name: string },
  recipe: Recipe,
  threads?: number,
): Training<HostActorCritic> {
  const { key, steps, count: N, hidden, learningRate, anneal, discount, lambda, clipNorm, decay } = about;
  const { horizon, epochs, minibatches, objective } = recipe;
  const { features: F, actions: A } = world;
  const [forWeights, forEpisodes, forActions, forBatches] = split(key, 4);
  const initial = initActorCritic(forWeights, [F, ...hidden, A]);
  const updates = horizon ? Math.ceil(steps / (N * horizon)) * epochs * minibatches : 0;
  const rate = anneal ? linearDecay({ from: learningRate, steps: updates }) : learningRate;
  const optimizer = averaged(initial, adam(initial, { learningRate: rate, clipNorm, epsilon: 1e-5 }), { decay });
  const options = threads ? { threads } : {};
  const learn = compile(trainingStep(optimizer, objective as (params: Tensors<typeof initial>, batch: PolicyBatch) => tf.Tensor), {
    donate: [0],
    ...options,
  });
  const play = compile((parameters: tf.Tensor, x: tf.Tensor, u: tf.Tensor) => {
    const { policy, value } = actorCritic(optimizer.params({ parameters } as never) as ActorCriticParams, x);
    const action = sampleCategorical(policy, { u });
    return { action, value, old: categoricalLogProbability(policy, action) };
  }, options);
  let learner = optimizer.init(initial);
  const copies = environments(world, { key: forEpisodes, count: N });
  const log = episodeLog(N);
  let observation = copies.reset();
  let [iteration, step] = [0, 0];
  let session: Awaited<ReturnType<typeof play.session>> | undefined;

  const acting = (x: HostArray<Float32Array>, u: HostArray<Float32Array>) => session!(learner.parameters as never, x as never, u as never);
  const actor = {
    act(x: HostArray<Float32Array>, t: number) {
      const { action, value, old } = acting(x, uniform(fold(fold(forActions, iteration), t), [N, A]));
      return { action: Int32Array.from(action), value: Float32Array.from(value), old: Float32Array.from(old) };
    },
    valueOf: (x: HostArray<Float32Array>) => Float32Array.from(acting(x, { data: new Float32Array(N * A), shape: [N, A] }).value),
  };
  const update = async (seen: Experience) => {
    const B = seen.action.length;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order =
        minibatches > 1 ? permutation(fold(fold(forBatches, iteration), epoch), B).data : Int32Array.from({ length: B }, (_, i) => i);
      for (let part = 0; part < minibatches; part++) {
        const rows = order.subarray(Math.floor((part * B) / minibatches), Math.floor(((part + 1) * B) / minibatches));
        const result = await learn(learner as never, batchOf(seen, rows, F, horizon === undefined) as never);
        learner = result.state as unknown as typeof learner;
      }
    }
  };

  return {
    world,
    get step() {
      return step;
    },
    episodes: log.ended,
    async advance(to = steps) {
      session ??= await play.session(
        learner.parameters as never,
        observation as never,
        { data: new Float32Array(N * A), shape: [N, A] } as never,
      );
      while (step < Math.min(to, steps)) {
        if (horizon === undefined) {
          observation = copies.reset();
          log.leave();
        }
        const { seen, last } = rollout(copies, observation, actor, {
          horizon,
          each: (moved) => {
            step += N;
            log.add(moved, step);
          },
          advantages: { discount, lambda },
        });
        observation = last;
        await update(seen);
        iteration++;
      }
    },
    params: () => unpacked(initial, numbersOf(learner.parameters) as Float32Array),
    average: () => unpacked(initial, numbersOf(learner.average) as Float32Array),
    save(file) {
      const arrays = {
        ...within('state', arraysOf(learner)),
        ...within('environments', { ...copies.save() }),
        ...within('episodes', log.save()),
      };
      saveArrays(file, { ...arrays, at: Float64Array.of(step, iteration) }, { ...about, world: world.name });
    },
    restore(file) {
      const saved = loadArrays(file, { ...about, world: world.name });
      if (!saved) return;
      learner = withArrays(learner, from(saved, 'state'));
      observation = copies.restore(from(saved, 'environments') as never);
      log.restore(from(saved, 'episodes'));
      [step, iteration] = saved.at;
    },
    release() {
      session?.release();
      learn.release();
      play.release();
    },
  };
}
