import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import type { HostArray } from '../../base/host-array.js';
import { key, normal, randint, split } from '../../base/random.js';
import { meanSquaredError } from '../../nn/losses/mean-squared-error.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { flatten, map } from '../../tensor/tree.js';
import { type ActorCriticParams, actorCritic, initActorCritic } from '../agents/actor-critic.js';
import { cartPole } from '../environments/cart-pole.js';
import type { World } from '../environments/world.js';
import { a2c, ppo, reinforce } from './actor-critics.js';
import { dqn } from './dqn.js';
import { evaluate } from './evaluate.js';
import { type PolicyBatch, policyGradientObjective, ppoObjective } from './objectives.js';
import type { Training } from './training.js';

const folder = mkdtempSync(join(tmpdir(), 'rl-'));
afterAll(() => rmSync(folder, { recursive: true }));

const small = { key: key(3), hidden: [8], threads: 1 };
/** With episodes of twelve steps at most, so that both ends occur in a short training. */
const short: World = { ...cartPole, limit: 12 };
const TRAININGS: Record<string, () => Training<unknown>> = {
  dqn: () => dqn(short, { ...small, steps: 160, learningStarts: 40, every: 4, targetEvery: 16, batch: 8, size: 90 }),
  'dqn, double, dueling, by priority, of three steps': () =>
    dqn(short, {
      ...small,
      ...{ steps: 160, learningStarts: 40, every: 4, targetEvery: 16, batch: 8, size: 90 },
      ...{ double: true, dueling: true, multiStep: 3, priority: {} },
    }),
  ppo: () => ppo(short, { ...small, steps: 160, count: 2, horizon: 16, epochs: 2, minibatches: 2 }),
  a2c: () => a2c(short, { ...small, steps: 160, count: 2 }),
  reinforce: () => reinforce(short, { ...small, steps: 160, count: 2 }),
};
const numbers = (params: unknown) => flatten<HostArray>(params as never).leaves.map(({ data }) => Array.from(data));

describe.each(Object.entries(TRAININGS))('%s', (name, make) => {
  it('goes on from a checkpoint in another process, bit for bit', async () => {
    const file = join(folder, `${name}.safetensors`);
    const [whole, killed, resumed] = [make(), make(), make()];
    await whole.advance();
    await killed.advance(85);
    killed.restore(file); // there is none yet
    killed.save(file);
    await killed.advance(140); // what was done after the checkpoint is lost
    resumed.restore(file);
    await resumed.advance();
    expect(resumed.step).toBe(whole.step);
    expect(whole.step).toBeGreaterThanOrEqual(160);
    expect(resumed.episodes).toEqual(whole.episodes);
    expect(whole.episodes.length).toBeGreaterThan(5);
    expect(numbers(resumed.params())).toEqual(numbers(whole.params()));
    expect(numbers(resumed.average())).toEqual(numbers(whole.average()));
    expect(numbers(whole.average())).not.toEqual(numbers(whole.params()));
    for (const training of [whole, killed, resumed]) training.release();
  });
});

describe('a training', () => {
  it('refuses the checkpoint of another', async () => {
    const file = join(folder, 'other.safetensors');
    const training = TRAININGS.a2c();
    training.save(file);
    expect(existsSync(file)).toBe(true);
    expect(() => a2c(short, { ...small, steps: 160, count: 3 }).restore(file)).toThrow(
      'other.safetensors is of another training: count is 2 there and 3 here. Delete it',
    );
    expect(() => dqn(short, { ...small }).restore(file)).toThrow('is of another training: name is "a2c" there and not told here, ');
    expect(() => dqn(short, { ...small }).restore(file)).toThrow('more. Delete it to start afresh, or name another file');
  });

  it('names an option that does not exist, and numbers out of range', () => {
    expect(() => ppo(cartPole, { key: key(1), gamma: 0.9 } as never)).toThrow("ppo: there is no option 'gamma'");
    expect(() => a2c(cartPole, { key: key(1), lambda: 2 })).toThrow('a2c: lambda must be a finite number from 0 to 1, got 2');
    expect(() => reinforce(cartPole, { key: key(1), horizon: 5 } as never)).toThrow("reinforce: there is no option 'horizon'");
    expect(() => ppo(cartPole, { key: key(1), count: 1, horizon: 4, minibatches: 4 })).toThrow(
      'minibatches must be a whole number from 1 to 2',
    );
    expect(() => dqn(cartPole, { key: key(1), every: 7 })).toThrow('targetEvery must be a multiple of every');
    expect(() => reinforce(cartPole, { key: key(1), anneal: true } as never)).toThrow("reinforce: there is no option 'anneal'");
    expect(() => dqn(cartPole, { key: key(1), epsilon: 0.1 } as never)).toThrow("dqn: there is no option 'epsilon'");
    expect(() => dqn(cartPole, { key: key(1), explore: { start: 1, to: 0, share: 1 } } as never)).toThrow(
      "dqn: explore: there is no option 'start'",
    );
    expect(() => dqn(cartPole, { key: key(1), explore: { from: 1, to: 0.05 } } as never)).toThrow(
      'dqn: explore: share must be a finite number above 0, got undefined',
    );
    expect(() => ppo(cartPole, {} as never)).toThrow('ppo: key must be a random stream, as key(1), got none');
    expect(() => dqn(cartPole, { key: 1 } as never)).toThrow('dqn: key must be a random stream, as key(1), got 1');
  });

  // A world of two states, told by the observation: action 1 is right in the one, 0 in the other, and pays 1; an episode is of five steps.
  const sides: World = {
    name: 'sides',
    stateSize: 2,
    features: 1,
    actions: 2,
    limit: 100,
    draws: 5,
    start(state, n, u) {
      state[2 * n] = u.reduce((bits, v, i) => bits + (v < 0.5 ? 2 ** i : 0), 0); // the five states, as bits
      state[2 * n + 1] = 0;
    },
    advance(state, action, reward, terminated) {
      for (let n = 0; n < action.length; n++) {
        reward[n] = +(((state[2 * n] >> state[2 * n + 1]) & 1) === action[n]);
        terminated[n] = +(++state[2 * n + 1] === 5);
      }
    },
    observe(state, observation, from, to) {
      for (let n = from; n < to; n++) observation[n] = (state[2 * n] >> state[2 * n + 1]) & 1 ? 1 : -1;
    },
  };

  it.each([
    [
      'dqn',
      dqn(sides, { ...small, steps: 3000, learningStarts: 100, every: 2, targetEvery: 20, learningRate: 0.01, batch: 32, discount: 0.5 }),
    ],
    ['ppo', ppo(sides, { ...small, steps: 4000, learningRate: 0.01 })],
    ['a2c', a2c(sides, { ...small, steps: 4000, learningRate: 0.01 })],
    ['reinforce', reinforce(sides, { ...small, steps: 4000, learningRate: 0.01 })],
  ] as const)('by %s learns what pays', async (_, training) => {
    await training.advance();
    const last = training.episodes.slice(-100).map(({ earned }) => earned);
    expect(last.reduce((a, b) => a + b, 0) / last.length).toBeGreaterThan(4.5); // 2.5 by chance, 5 at most
    training.release();
  });

  it('by DQN stops where its loss is no number', async () => {
    const huge: World = {
      ...sides,
      advance(state, action, reward, terminated) {
        sides.advance(state, action, reward, terminated);
        reward.fill(1e30);
      },
    };
    const training = dqn(huge, { ...small, steps: 300, learningStarts: 50, every: 2, targetEvery: 20, batch: 8, loss: meanSquaredError });
    await expect(training.advance()).rejects.toThrow(/^dqn: the loss is (NaN|Infinity) at step \d+; lower learningRate, 0.00025/);
    training.release();
  });

  it('is evaluated over whole episodes, each counted once', async () => {
    const right = await evaluate(sides, ({ data }) => Int32Array.from(data, (x) => +(x > 0)), { key: key(1), episodes: 9 });
    expect(Array.from(right)).toEqual(new Array(9).fill(5));
    const fallen = await evaluate(cartPole, ({ shape: [N] }) => new Int32Array(N).fill(1), { key: key(1), episodes: 50 });
    expect(Math.min(...fallen)).toBeGreaterThanOrEqual(8); // pushed to one side it falls after 9 steps from rest, and starts are near it
    expect(Math.max(...fallen)).toBeLessThanOrEqual(12);
  });
});

describe('objectives', () => {
  const [forX, forA, forR, forOld] = split(key(5), 4);
  const B = 6;
  const tensors = map(initActorCritic(key(4), [3, 8, 2]), ({ data, shape }: HostArray<Float32Array>) =>
    tf.tensor(data, shape),
  ) as ActorCriticParams;
  const batch: PolicyBatch = {
    state: tf.tensor2d(normal(forX, [B, 3]).data, [B, 3]),
    action: tf.tensor1d(randint(forA, [B], 0, 2).data, 'int32'),
    old: tf.tensor1d(normal(forOld, [B]).data.map((z) => -0.7 + 0.1 * z)),
    advantage: tf.tensor1d(normal(forA, [B]).data),
    returns: tf.tensor1d(normal(forR, [B]).data),
  };
  const gradients = (objective: (params: ActorCriticParams, batch: PolicyBatch) => tf.Tensor, of: PolicyBatch) => {
    const { value, grads } = valueAndGrad((params: ActorCriticParams) => objective(params, of))(tensors);
    return [value.dataSync()[0], ...flatten<tf.Tensor>(grads as never).leaves.flatMap((g) => Array.from(g.dataSync()))];
  };

  it('do not see rows that do not count', () => {
    const objective = policyGradientObjective({ value: 0.5, entropy: 0.01 });
    const first = Object.fromEntries(
      Object.entries(batch).map(([name, t]) => [name, (t as tf.Tensor).slice(0, 4)]),
    ) as unknown as PolicyBatch;
    const weight = tf.tensor1d([1.5, 1.5, 1.5, 1.5, 0, 0]);
    expectClose(gradients(objective, { ...batch, weight }), gradients(objective, first), 5);
  });

  // The square that counts is the larger of (V − R)² and that of V held within ε of V_old = R − A.
  it('of PPO hold the critic near what it was', () => {
    const options = { clip: 0.2, value: 0.5, entropy: 0.01 };
    const [free] = gradients(ppoObjective(options), batch);
    const [clipped] = gradients(ppoObjective({ ...options, clipCritic: true }), batch);
    const value = actorCritic(tensors, batch.state).value.dataSync();
    const [A, R] = [batch.advantage.dataSync(), batch.returns.dataSync()];
    const squares = Array.from(value, (v, i) => {
      const was = R[i] - A[i];
      const held = was + Math.min(Math.max(v - was, -0.2), 0.2);
      return [(v - R[i]) ** 2, Math.max((v - R[i]) ** 2, (held - R[i]) ** 2)];
    });
    const more = squares.reduce((sum, [own, larger]) => sum + larger - own, 0) / B;
    expect(more).toBeGreaterThan(0.1);
    expect(clipped - free).toBeCloseTo((0.5 / 2) * more, 5);
  });

  it('of PPO are the same for advantages of another scale and level', () => {
    const objective = ppoObjective({ clip: 0.2, value: 0.5, entropy: 0.01 });
    expectClose(gradients(objective, { ...batch, advantage: batch.advantage.mul(7).add(3) }), gradients(objective, batch), 5);
  });
});
