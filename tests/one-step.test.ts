import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { adversarialStep, pgd, type Raised, randomStart } from '../src/attack/index.js';
import { full } from '../src/base/index.js';
import * as models from '../src/models/index.js';
import * as nn from '../src/nn/index.js';
import { adam, type Tensors, trainingStep } from '../src/optim/index.js';
import * as rl from '../src/rl/index.js';
import { compile, fold, key, normal, uniform } from '../src/tensor/index.js';
import { RUNTIMES } from './support/compiled.js';

/** A training: where it starts, its step, and what step k is given. */
interface Training {
  readonly start: unknown;
  readonly step: (state: never, batch: never) => { state: unknown; loss: tf.Tensor };
  readonly batch: (k: number) => unknown;
}

/** By Adam, of a loss of the parameters and the batch. */
function byAdam<P, B>(initial: P, lossOf: (params: Tensors<P>, batch: B) => tf.Tensor, batch: (k: number) => unknown): Training {
  const optimizer = adam(initial, { learningRate: 0.01 });
  return { start: optimizer.init(initial), step: trainingStep(optimizer, lossOf), batch };
}

const [B, T] = [16, 6];
interface Batch {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}
/** Sequences [B, T, 2] whose first features are to be added up, [B, 1]. */
const sequences = (() => {
  const x = normal(key(1), [B, T, 2]);
  const sum = (b: number) => Array.from({ length: T }, (_, t) => x.data[2 * (b * T + t)]).reduce((a, b) => a + b) / T;
  return { x, y: { data: Float32Array.from({ length: B }, (_, b) => sum(b)), shape: [B, 1] } };
})();
/** Points in the unit square, of one class left and of another right. */
const points = (() => {
  const x = uniform(key(2), [B, 2]);
  return { x, y: { data: Int32Array.from({ length: B }, (_, b) => Number(x.data[2 * b] > 0.5)), shape: [B] } };
})();

function lstm(): Training {
  const initial = { lstm: nn.initLstm(key(3), { inputs: 2, width: 8 }), head: nn.initLinear(key(4), { inputs: 8, outputs: 1 }) };
  return byAdam(
    initial,
    ({ lstm, head }, { x, y }: Batch) => nn.meanSquaredError(nn.linear(head, nn.lstmLast(lstm, x)), y),
    () => sequences,
  );
}

function attention(): Training {
  const config = { inputs: 2, outputs: 1, width: 8, heads: 2, layers: 1 };
  return byAdam(
    models.initTransformer(key(5), config),
    (params, { x, y }: Batch) => nn.meanSquaredError(models.transformer(params as models.TransformerParams, x, config), y),
    () => sequences,
  );
}

/** Two rings of nodes, told apart from their neighbours. */
function gcn(): Training {
  const ring = (from: number) => Array.from({ length: 8 }, (_, i) => [from + i, from + ((i + 1) % 8)] as const);
  const graph = nn.normaliseAdjacency(16, [...ring(0), ...ring(8)]);
  const y = { data: Int32Array.from({ length: 16 }, (_, i) => Number(i > 7)), shape: [16] };
  return byAdam(
    models.initGcn(key(6), [3, 8, 2]),
    (params, { x, y, graph }: Batch & { graph: tf.Tensor }) => nn.crossEntropy(models.gcn(params, x, { graph }), y),
    () => ({ x: normal(key(7), [16, 3]), y, graph }),
  );
}

/** The critic by second derivatives, then the generator. */
function wganGp(): Training {
  const weights = {
    generator: models.initTcn(key(8), { inputs: 1, width: 4, kernel: 2, dilations: [1], outputs: 1 }),
    critic: models.initMlp(key(9), [T, 16, 1]),
  };
  const networks = {
    generate: (params: models.TcnParams, noise: tf.Tensor) => models.seriesGenerator(params, noise, { dilations: [1] }),
    score: models.seriesCritic,
  };
  const rates = { learningRate: 0.005, beta1: 0, beta2: 0.9 };
  const [generator, critic] = [adam(weights.generator, rates), adam(weights.critic, rates)];
  const step = models.ganStep(networks, models.wassersteinGp(), { generator, critic });
  const real = normal(key(10), [2, B, T, 1]);
  return {
    start: { generator: generator.init(weights.generator), critic: critic.init(weights.critic) },
    step: (state: Parameters<typeof step>[0], batch: models.GanBatch) => {
      const { criticLoss, state: next } = step(state, batch);
      return { state: next, loss: criticLoss };
    },
    batch: (k) => ({ real, noise: normal(fold(key(11), k), [3, B, T + 2, 1]), mix: uniform(fold(key(12), k), [2, B]) }),
  };
}

function bayesByBackprop(): Training {
  const widths = [2, 8, 1];
  const y = { data: points.x.data.filter((_, i) => i % 2 === 0), shape: [B, 1] };
  return byAdam(
    models.initBayesNet(key(13), widths),
    (q, batch: models.BayesBatch) => models.negativeElbo(q as models.BayesNetParams, batch, { prior: 1, likelihood: nn.meanSquaredError }),
    (k) => ({ x: points.x, y, noise: models.bayesNetNoise(fold(key(14), k), widths, [B]), weight: 1e-3 }),
  );
}

function pgdTraining(): Training {
  const initial = models.initMlp(key(15), [2, 16, 2]);
  const optimizer = adam(initial, { learningRate: 0.01 });
  const attack = (loss: Raised, x: tf.Tensor, start: tf.Tensor) => pgd(loss, x, { epsilon: 0.05, steps: 3, start });
  return {
    start: optimizer.init(initial),
    step: adversarialStep(optimizer, (params, x, y) => nn.crossEntropy(models.mlp(params as models.MlpParams, x), y), attack),
    batch: (k) => ({ ...points, start: randomStart(fold(key(16), k), 'linf', points.x.shape) }),
  };
}

/** Double, dueling, of several steps and weighed: everything that a step can be told. */
function dqn(): Training {
  const initial = rl.initDuelingNetwork(key(17), [2, 16, 2]);
  const optimizer = adam(initial, { learningRate: 0.01 });
  const step = rl.dqnStep(rl.duelingNetwork as never, optimizer, { loss: nn.meanSquaredError });
  const learner = optimizer.init(initial);
  const numbers = (value: (b: number) => number) => ({ data: Float32Array.from({ length: B }, (_, b) => value(b)), shape: [B] });
  const batch = {
    ...{ state: points.x, next: points.x, action: points.y, reward: numbers((b) => points.y.data[b]), terminated: numbers((b) => b % 2) },
    ...{ discount: numbers((b) => 0.9 ** (1 + (b % 3))), weight: numbers((b) => 0.5 + (b % 2)) },
  };
  return {
    start: { learner, target: learner.parameters },
    step: (state: Parameters<typeof step>[0], { share, ...transitions }: rl.Transitions & { share: tf.Tensor }) =>
      step(state, transitions, share),
    batch: (k) => ({ ...batch, share: k % 20 === 0 ? 1 : 0 }),
  };
}

/** Of a policy that acted alike in all states, and a critic that knew nothing. */
const policyGradient = (objective: (params: rl.ActorCriticParams, batch: rl.PolicyBatch) => tf.Tensor) => (): Training =>
  byAdam(
    rl.initActorCritic(key(18), [2, 16, 2]),
    (params, batch: rl.PolicyBatch) => objective(params as rl.ActorCriticParams, batch),
    () => ({
      ...{ state: points.x, action: points.y, old: full([B], -Math.LN2), returns: full([B], 1) },
      advantage: { data: Float32Array.from({ length: B }, (_, b) => (b % 3) - 1), shape: [B] },
    }),
  );
const weights = { value: 0.5, entropy: 0.01 };

const TRAININGS = {
  DQN: dqn,
  PPO: policyGradient(rl.ppoObjective({ ...weights, clip: 0.2 })),
  'A2C and REINFORCE': policyGradient(rl.policyGradientObjective(weights)),
  lstm,
  attention,
  gcn,
  'WGAN-GP': wganGp,
  'Bayes by Backprop': bayesByBackprop,
  'PGD training': pgdTraining,
};

afterEach(() => vi.restoreAllMocks());

describe.each(Object.entries(TRAININGS))('%s', (_, make) => {
  it.each(RUNTIMES)('trains on %s by one compiled step, and JavaScript computes with no tensor', async (runtime) => {
    const { start, step, batch } = make();
    const compiled = compile(step as (state: unknown, batch: unknown) => { state: unknown; loss: tf.Tensor }, { runtime, donate: [0] });
    const kernels = vi.spyOn(tf.engine(), 'runKernel');
    let { state, loss } = await compiled(start as never, batch(0) as never);
    const first = loss.item();
    expect(kernels).toHaveBeenCalled(); // while it was traced
    kernels.mockClear();
    for (let k = 1; k < 60; k++) ({ state, loss } = await compiled(state as never, batch(k) as never));
    expect(kernels).not.toHaveBeenCalled();
    expect(compiled.programs.map(({ runtime }) => runtime)).toEqual([runtime]);
    expect(loss.item()).toBeLessThan(0.8 * first);
    compiled.release();
  });
});
