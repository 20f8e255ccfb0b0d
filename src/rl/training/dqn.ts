import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, split, uniform } from '../../base/index.js';
import { checkKey, checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { initMlp, type MlpParams, mlp } from '../../models/index.js';
import { huber } from '../../nn/index.js';
import { adam, averaged } from '../../optim/index.js';
import { compile } from '../../tensor/index.js';
import { type DqnOptions, dqnStep, duelingNetwork, initDuelingNetwork } from '../agents/q-network.js';
import { environments } from '../environments/environments.js';
import type { World } from '../environments/world.js';
import { type Priority, replay } from '../replay/replay.js';
import { arraysOf, from, loadArrays, numbersOf, saveArrays, unpacked, withArrays, within } from './checkpoint.js';
import { episodeLog } from './episodes.js';
import type { Training } from './training.js';

/** Everything that is chosen of a training by deep Q-learning. Where left out it is what CleanRL's `dqn.py` takes for CartPole. */
export interface DqnConfig {
  /** What all that is random comes from. */
  readonly key: Key;
  /** Actions in all: 500,000. */
  readonly steps?: number;
  /** Widths of the hidden layers: 120 and 84. */
  readonly hidden?: readonly number[];
  /** η of Adam: 2.5e-4. */
  readonly learningRate?: number;
  /** γ, what a reward is worth one step later: 0.99. */
  readonly discount?: number;
  /** The most transitions that are kept: 10,000. */
  readonly size?: number;
  /** B, transitions of one update: 128. */
  readonly batch?: number;
  /** Actions before the first update: 10,000. Of no more `steps` than that nothing is learnt. */
  readonly learningStarts?: number;
  /** Actions from one update to the next: 10. */
  readonly every?: number;
  /** Actions from one copy of the network to the target to the next, a multiple of `every`: 500. */
  readonly targetEvery?: number;
  /** ε, the share of random actions: from 1 to 0.05 in the first half of the steps, `{ from: 1, to: 0.05, share: 0.5 }`. */
  readonly explore?: { readonly from: number; readonly to: number; readonly share: number };
  /** ρ: `huber`; CleanRL's is `meanSquaredError`. */
  readonly loss?: DqnOptions['loss'];
  /** Whether the network in training picks the action that the target values: false. */
  readonly double?: boolean;
  /** Whether values come from that of the state and the advantages of actions: false. */
  readonly dueling?: boolean;
  /** n, steps of a transition: 1. */
  readonly multiStep?: number;
  /** Whether transitions are drawn by error, and how; uniformly when left out. */
  readonly priority?: Priority;
  /** β of the weights against the priority when training begins; it rises to 1: 0.4. */
  readonly importance?: number;
  /** Of the running mean of the parameters, one step at a time: 0.999. */
  readonly decay?: number;
  /** Processor threads of each step: as many as there are. */
  readonly threads?: number;
}

/** A Q-network's parameters in JavaScript's memory. */
type Params = MlpParams<HostArray<Float32Array>>;

const DEFAULTS = {
  steps: 500_000,
  hidden: [120, 84] as readonly number[],
  learningRate: 2.5e-4,
  discount: 0.99,
  size: 10_000,
  batch: 128,
  learningStarts: 10_000,
  every: 10,
  targetEvery: 500,
  explore: { from: 1, to: 0.05, share: 0.5 },
  double: false,
  dueling: false,
  multiStep: 1,
  importance: 0.4,
  decay: 0.999,
};

/**
 * A training of a Q-network in one copy of a world: ε-greedy actions into a replay, and every few actions a compiled step on a batch of it.
 *
 *     const training = dqn(cartPole, { key: key(1), loss: meanSquaredError });
 *     training.restore('cartpole.safetensors');
 *     while (training.step < 500_000) {
 *       await training.advance(training.step + 50_000);
 *       training.save('cartpole.safetensors');
 *     }
 *
 * @throws when an option is unknown or out of range; on the way, when the loss is no number
 *
 * Mnih et al. 2015, algorithm 1; double: van Hasselt, Guez & Silver 2016; dueling: Wang et al. 2016; priorities: Schaul et al. 2016; several
 * steps: Hessel et al. 2018. An episode that is cut at its limit keeps the value of its last state, which theirs loses.
 */
export function dqn(world: World, config: DqnConfig): Training<Params> {
  checkOptions('dqn', config, ['key', ...(Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]), 'loss', 'priority', 'threads']);
  const { key, loss = huber, priority, threads, ...given } = config;
  const chosen = { ...DEFAULTS, ...given };
  const { steps, hidden, discount, batch, learningStarts, every, targetEvery, explore, double, dueling, multiStep, decay } = chosen;
  for (const name of ['steps', 'batch', 'every', 'targetEvery', 'size'] as const) checkWhole('dqn', name, chosen[name]);
  checkKey('dqn', key);
  checkNumber('dqn', 'importance', chosen.importance, { from: 0, to: 1 });
  checkOptions('dqn: explore', explore, ['from', 'to', 'share']);
  for (const name of ['from', 'to'] as const) checkNumber('dqn: explore', name, explore[name], { from: 0, to: 1 });
  checkNumber('dqn: explore', 'share', explore.share, { above: 0 }, 'it is of the steps, in which ε goes from the one to the other');
  if (targetEvery % every !== 0)
    throw new Error(`dqn: targetEvery must be a multiple of every, since the target moves with an update: got ${targetEvery} and ${every}`);

  const [forWeights, forEpisodes, forActions, forBatches] = split(key, 4);
  const widths = [world.features, ...hidden, world.actions];
  const initial = dueling ? initDuelingNetwork(forWeights, widths) : initMlp(forWeights, widths);
  const network = dueling ? duelingNetwork : (params: MlpParams, x: tf.Tensor) => mlp(params, x);
  const optimizer = averaged(initial, adam(initial, { learningRate: chosen.learningRate }), { decay });
  const on = threads && { threads };
  const learning = dqnStep(network as never, optimizer, { discount, double, loss });
  type Learning = Parameters<typeof learning>;
  const learn = compile(learning, { donate: [0], ...on });
  // Between two copies the target stays where it is: a share of 0 would read and write it at each update, to the same numbers.
  const learnOnly = compile(
    (learner: Learning[0]['learner'], target: tf.Tensor, batch: Learning[1]) => {
      const { state, ...found } = learning({ learner, target }, batch, tf.scalar(0));
      return { learner: state.learner, ...found };
    },
    { donate: [0], ...on },
  );
  const greedy = compile((parameters: tf.Tensor, x: tf.Tensor) => network(optimizer.params({ parameters } as never), x).argMax(-1), {
    ...on,
  });
  const learner = optimizer.init(initial);
  let state = { learner, target: learner.parameters };

  const copies = environments(world, { key: forEpisodes, count: 1 });
  const memory = replay({ size: chosen.size, count: 1, features: world.features, steps: multiStep, discount, priority });
  const log = episodeLog(1);
  let observation = copies.reset();
  memory.start(observation);
  let step = 0;
  let act: Awaited<ReturnType<typeof greedy.session>> | undefined;
  const about = { ...chosen, priority, loss: loss.name, world: world.name, key };

  /** ε at this step. */
  const exploring = () => Math.max(explore.to, explore.from + ((explore.to - explore.from) * step) / (explore.share * steps));
  const choose = (): number => {
    const { data: u } = uniform(fold(forActions, step), [2]);
    if (u[0] < exploring()) return Math.floor(u[1] * world.actions);
    return act!(state.learner.parameters as never, observation as never)[0];
  };
  const keeping = async (transitions: unknown) => {
    const { learner, error } = await learnOnly(state.learner as never, state.target as never, transitions as never);
    state = { learner: learner as never, target: state.target };
    return error;
  };
  const copying = async (transitions: unknown) => {
    const { state: next, loss, error } = await learn(state as never, transitions as never, 1);
    state = next as never;
    if (!Number.isFinite(loss.item()))
      throw new Error(`dqn: the loss is ${loss.item()} at step ${step}; lower learningRate, ${chosen.learningRate}, or scale the rewards`);
    return error;
  };
  const update = async () => {
    const beta = chosen.importance + ((1 - chosen.importance) * step) / steps;
    const { transitions, rows } = memory.sample(fold(forBatches, step), batch, beta);
    const error = step % targetEvery === 0 ? await copying(transitions) : await keeping(transitions);
    if (priority) memory.update(rows, error.data() as Float32Array);
  };
  const hostParams = (vector: 'parameters' | 'average'): Params => unpacked(initial, numbersOf(state.learner[vector]) as Float32Array);

  return {
    world,
    get step() {
      return step;
    },
    episodes: log.ended,
    async advance(to = steps) {
      act ??= await greedy.session(learner.parameters as never, observation as never);
      for (const end = Math.min(to, steps); step < end; step++) {
        const action = [choose()];
        const moved = copies.step(action);
        memory.add(action, moved);
        log.add(moved, step + 1);
        observation = moved.observation;
        if (step > learningStarts && step % every === 0) await update();
      }
    },
    params: () => hostParams('parameters'),
    average: () => hostParams('average'),
    save(file) {
      saveArrays(
        file,
        {
          ...within('state', arraysOf(state)),
          ...within('replay', memory.save()),
          ...within('environments', { ...copies.save() }),
          ...within('episodes', log.save()),
          step: Float64Array.of(step),
        },
        about,
      );
    },
    restore(file) {
      const saved = loadArrays(file, about);
      if (!saved) return;
      state = withArrays(state, from(saved, 'state'));
      memory.restore(from(saved, 'replay'));
      observation = copies.restore(from(saved, 'environments') as never);
      log.restore(from(saved, 'episodes'));
      step = saved.step[0];
    },
    release() {
      act?.release();
      learn.release();
      learnOnly.release();
      greedy.release();
    },
  };
}
