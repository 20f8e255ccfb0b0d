import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { distance, expectReference } from '../../../tests/support/gradients.js';
import { fold, key, randint } from '../../base/random.js';
import { initMlp, type MlpParams, mlp } from '../../models/mlp.js';
import { huber } from '../../nn/losses/huber.js';
import { meanSquaredError } from '../../nn/losses/mean-squared-error.js';
import { type AdamState, adam } from '../../optim/adam.js';
import { sgd } from '../../optim/sgd.js';
import { compile } from '../../tensor/compile.js';
import { stopGradient } from '../../tensor/stop-gradient.js';
import { chosen } from '../actions.js';
import reference from '../reinforcement.reference.json' with { type: 'json' }; // made by reference/reinforcement.py with PyTorch 2.13
import { type DqnState, dqnStep, duelingNetwork, initDuelingNetwork, tdTarget } from './q-network.js';

// Of the script: actions, rewards and ends.
const action = { data: Int32Array.of(1, 0, 1, 1, 0), shape: [5] };
const reward = { data: Float32Array.of(0.5, -1, 2, 0, 1), shape: [5] };
const done = { data: Float32Array.of(0, 0, 1, 0, 0), shape: [5] };

const net = <T>([b0, w0, b1, w1]: T[]): MlpParams<T> => ({
  layers: [
    { b: b0, w: w0 },
    { b: b1, w: w1 },
  ],
});

/** Double, dueling: the loss of `dqnStep`, with γ = 0.9. */
function doubleDueling(...xs: tf.Tensor[]): tf.Tensor {
  const [params, target, [state, next]] = [net(xs.slice(0, 4)), net(xs.slice(6)), xs.slice(4, 6)];
  const [taken, r, ends] = [tf.tensor1d(action.data, 'int32'), tf.tensor1d(reward.data), tf.tensor1d(done.data)];
  const outcome = { reward: r, terminated: ends };
  const y = stopGradient(tdTarget(duelingNetwork(target, next), outcome, { discount: 0.9, online: duelingNetwork(params, next) }));
  return huber(chosen(duelingNetwork(params, state), taken), y);
}

describe('dqnStep', () => {
  it('has the loss of PyTorch, forward and backward', () => expectReference(doubleDueling, reference.doubleDueling));

  // By gradient descent with rate 1 the step's change is the gradient, of the script: one number for all of them is their distance.
  it.each(['openvino', 'onnxruntime'] as const)('compiled on %s steps along the gradients of PyTorch', async (runtime) => {
    const { inputs, dy, y, grads } = reference.doubleDueling;
    const given = inputs.map(({ data, shape }) => ({ data: Float32Array.from(data), shape }));
    const params = net(given.slice(0, 4));
    const optimizer = sgd(params, { learningRate: 1 });
    const step = compile(dqnStep(duelingNetwork, optimizer, { discount: 0.9 }), { runtime });
    const before = { learner: optimizer.init(params), target: optimizer.init(net(given.slice(6))).parameters };
    const { state, loss } = await step(before, { state: given[4], next: given[5], action, reward, terminated: done }, 0.25);
    expect(loss.item()).toBeCloseTo(y.data[0], 5);
    const moved = inputs.slice(0, 4).flatMap(({ data }) => data);
    const after = state.learner.parameters.data();
    const expected = moved.map((v, i) => v - grads.slice(0, 4).flatMap(({ data }) => data)[i] / dy.data[0]);
    expect(distance(after, expected)).toBeLessThan(1e-5);
    const slow = inputs.slice(6).flatMap(({ data }) => data);
    const followed = slow.map((v, i) => v + 0.25 * (expected[i] - v));
    expect(distance(state.target.data(), followed)).toBeLessThan(1e-5);
    step.release();
  });

  // Two states: action 0 stays and earns 1 in the first, 0 in the second; action 1 changes sides and earns 0 and 2. With γ = 0.5, to and
  // fro is worth v₀ = ½ v₁ and v₁ = 2 + ½ v₀, so 4/3 and 8/3, but staying is worth 1 + ½ v₀, so v₀ = 2, v₁ = 2 + 1 = 3, q₀ = (2, 1.5), q₁ = (1.5, 3).
  it.each([
    ['a table', mlp, initMlp(key(1), [2, 2])],
    ['a dueling network', duelingNetwork, initDuelingNetwork(key(1), [2, 16, 2])],
  ] as const)('finds the values of a chain of two states with %s', async (_, network, params) => {
    const optimizer = adam(params, { learningRate: 0.01 });
    const step = compile(dqnStep(network, optimizer, { discount: 0.5 }), { donate: [0] });
    const B = 32;
    const learner = optimizer.init(params);
    let state: Parameters<typeof step>[0] = { learner, target: learner.parameters };
    const side = (sides: Int32Array) => ({
      data: Float32Array.from({ length: 2 * B }, (_, i) => +(sides[i >> 1] === i % 2)),
      shape: [B, 2],
    });
    for (let i = 0; i < 1500; i++) {
      const [from, action] = [0, 1].map((k) => randint(fold(fold(key(2), i), k), [B], 0, 2));
      const reward = {
        data: Float32Array.from(
          from.data,
          (s, j) =>
            [
              [1, 0],
              [0, 2],
            ][s][action.data[j]],
        ),
        shape: [B],
      };
      const batch = {
        state: side(from.data),
        action,
        reward,
        next: side(from.data.map((s, j) => (s + action.data[j]) % 2)),
        terminated: { data: new Float32Array(B), shape: [B] },
      };
      ({ state } = await step(state, batch, 0.05));
    }
    const values = compile(({ learner, target }: DqnState<AdamState>) =>
      network(optimizer.params({ ...learner, parameters: target }), tf.eye(2)),
    );
    expectClose((await values(state)).data(), [2, 1.5, 1.5, 3], 1);
    for (const f of [step, values]) f.release();
  });
});

describe('what dqnStep can be told', () => {
  const { inputs } = reference.doubleDueling;
  const given = inputs.map(({ data, shape }) => ({ data: Float32Array.from(data), shape }));
  const params = net(given.slice(0, 4));
  const optimizer = sgd(params, { learningRate: 1 });
  const before = { learner: optimizer.init(params), target: optimizer.init(net(given.slice(6))).parameters };
  const batch = { state: given[4], next: given[5], action, reward, terminated: done };
  const numbers = (...data: number[]) => ({ data: Float32Array.from(data), shape: [data.length] });
  /** The second transition alone. */
  const second = {
    state: { data: given[4].data.slice(3, 6), shape: [1, 3] },
    next: { data: given[5].data.slice(3, 6), shape: [1, 3] },
    action: { data: action.data.slice(1, 2), shape: [1] },
    reward: numbers(reward.data[1]),
    terminated: numbers(done.data[1]),
  };
  const stepped = async (options: Parameters<typeof dqnStep>[2], of: typeof batch & { discount?: object; weight?: object }) => {
    const step = compile(dqnStep(duelingNetwork, optimizer, { discount: 0.9, ...options }));
    const { state, loss, error } = await step(before, of as never, 0);
    const found = { parameters: Array.from(state.learner.parameters.data()), loss: loss.item(), error: Array.from(error.data()) };
    step.release();
    return found;
  };

  // A weight of 5 on one of five transitions and none on the others is that transition alone; the loss is still the mean of all.
  it.each([{}, { loss: meanSquaredError }])('weighs transitions in the gradient, of %o', async (options) => {
    const all = await stepped(options, { ...batch, weight: numbers(0, 5, 0, 0, 0) });
    const alone = await stepped(options, second);
    expectClose(all.parameters, alone.parameters, 5);
    expect(all.loss).toBeCloseTo((await stepped(options, batch)).loss, 6);
    expect(all.error[1]).toBeCloseTo(alone.error[0], 6);
  });

  it('leaves the target bit for bit at a share of 0, so that a training need not write it', async () => {
    const step = compile(dqnStep(duelingNetwork, optimizer, { discount: 0.9 }));
    const { state } = await step(before, batch, 0);
    expect(state.target.data()).toEqual((before.target as { data: Float32Array }).data);
    step.release();
  });

  it('counts the future by each transition’s own discount', async () => {
    const [alike, at81] = [
      await stepped({}, { ...batch, discount: numbers(0.9, 0.9, 0.9, 0.9, 0.9) }),
      await stepped({ discount: 0.81 }, batch),
    ];
    expectClose(alike.parameters, (await stepped({}, batch)).parameters, 6);
    const { error } = await stepped({}, { ...batch, discount: numbers(0.9, 0.81, 0.9, 0.9, 0.9) });
    expectClose(error, [alike.error[0], at81.error[1], ...alike.error.slice(2)], 6);
  });

  it('takes the mean of the errors’ squares for a loss', async () => {
    const { loss, error } = await stepped({ loss: meanSquaredError }, batch);
    expect(loss).toBeCloseTo(error.reduce((sum, e) => sum + e * e, 0) / 5, 5);
    await expect(stepped({ loss: huber, gamma: 1 } as never, batch)).rejects.toThrow("there is no option 'gamma'");
  });
});

describe('tdTarget', () => {
  const [r, ends, target, online] = [
    tf.tensor1d([1, 1]),
    tf.tensor1d([0, 1]),
    tf.tensor2d([
      [5, 3],
      [5, 3],
    ]),
    tf.tensor2d([
      [0, 1],
      [0, 1],
    ]),
  ];

  it('takes the best of the target network, or the worth of what the network in training picks', () => {
    expectClose(tdTarget(target, { reward: r, terminated: ends }, { discount: 0.9 }).dataSync(), [5.5, 1], 6);
    expectClose(tdTarget(target, { reward: r, terminated: ends }, { discount: 0.9, online }).dataSync(), [3.7, 1], 6);
  });

  it('names the shapes that do not fit', () => {
    expect(() => tdTarget(target, { reward: r.expandDims(1), terminated: ends }, { discount: 0.9 })).toThrow(
      'tdTarget takes reward and terminated [B] and values [B, A]: got reward [2,1], terminated [2], target [2,2]',
    );
    expect(() => tdTarget(target, { reward: r, terminated: ends.expandDims(1) }, { discount: 0.9 })).toThrow('terminated [2,1]');
    expect(() => tdTarget(tf.zeros([2, 2, 1]), { reward: r, terminated: ends }, { discount: 0.9 })).toThrow('target [2,2,1]');
    expect(() => tdTarget(target, { reward: r, terminated: ends }, { gamma: 0.9 } as never)).toThrow("there is no option 'gamma'");
  });

  it('of double learning never exceeds that of plain learning', () => {
    const plain = tdTarget(target, { reward: r, terminated: ends }, { discount: 0.9 }).dataSync();
    tdTarget(target, { reward: r, terminated: ends }, { discount: 0.9, online })
      .dataSync()
      .forEach((y, i) => {
        expect(y).toBeLessThanOrEqual(plain[i]);
      });
  });
});
