import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { RUNTIMES } from '../../tests/support/compiled.js';
import { expectReference, inDouble } from '../../tests/support/gradients.js';
import { fold, type HostArray, key, normal, uniform } from '../base/index.js';
import { adam } from '../optim/adam.js';
import { compile } from '../tensor/compile.js';
import { grad, valueAndGrad } from '../tensor/grad.js';
import { map } from '../tensor/tree.js';
import { actorCritic as actorCriticHeads, initActorCritic } from './agents/actor-critic.js';
import { policyGradientLoss, ppoLoss } from './agents/policy-gradient.js';
import { categoricalEntropy, categoricalLogProbability, sampleCategorical } from './categorical-policy.js';
import { gaussianEntropy, gaussianLogProbability, sampleGaussian } from './gaussian-policy.js';
import reference from './reinforcement.reference.json' with { type: 'json' }; // made by reference/reinforcement.py with PyTorch 2.13

describe('policies', () => {
  it('equal PyTorch, forward and backward', () => expectReference(gaussianEntropy, reference.gaussianEntropy));

  it('know their largest entropies: log A for equal actions, log σ + ½ log 2πe for a normal', () => {
    expect(categoricalEntropy(tf.zeros([1, 5])).dataSync()[0]).toBeCloseTo(Math.log(5), 6);
    expect(gaussianEntropy(tf.tensor1d([Math.log(2)])).dataSync()[0]).toBeCloseTo(Math.log(2) + 0.5 * Math.log(2 * Math.PI * Math.E), 6);
  });

  // A count of n draws with probability p has standard deviation √(n p (1 − p)).
  it('are sampled with their probabilities', () => {
    const n = 20_000;
    const logits = tf.tensor2d([[0, Math.log(3), Math.log(6)]]);
    const { data, shape } = uniform(key(1), [n, 3]);
    const drawn = sampleCategorical(logits, { u: tf.tensor(data, shape) }).dataSync();
    for (const [a, p] of [0.1, 0.3, 0.6].entries()) {
      const count = drawn.filter((v) => v === a).length;
      expect(Math.abs(count - n * p)).toBeLessThan(4 * Math.sqrt(n * p * (1 - p)));
    }
    expect(sampleCategorical(tf.zeros([1, 2]), { u: tf.tensor2d([[0, 0.5]]) }).dataSync()[0]).toBe(1); // u = 0 is no NaN
    const policy = { mean: tf.tensor1d([1, -2]), logDeviation: tf.tensor1d([0, Math.log(3)]) };
    expectClose(sampleGaussian(policy, { noise: tf.tensor1d([0.5, -1]) }).dataSync(), [1.5, -5], 6);
  });

  it('name the shapes that do not fit', () => {
    expect(() => categoricalLogProbability(tf.zeros([3, 2]), tf.zeros([3]))).toThrow(
      'categoricalLogProbability takes one number for each action [B, A] and int32 actions [B] (these are float32): got values [3,2], action [3]',
    );
    expect(() => categoricalLogProbability(tf.zeros([2, 2]), tf.tensor1d([0, 2], 'int32'))).toThrow('got 2 at index 1');
    expect(() => gaussianLogProbability({ mean: tf.zeros([3, 2]), logDeviation: tf.zeros([3, 2]) }, tf.zeros([3, 2]))).toThrow(
      'and logDeviation [K]: got mean [3,2]',
    );
    expect(() => sampleCategorical(tf.zeros([4, 4]), { u: tf.zeros([4]) })).toThrow(
      'sampleCategorical takes a uniform number for each logit: u like logits [..., A]: got logits [4,4], u [4]',
    );
  });
});

// https://github.com/tensorflow/agents/issues/562: an action that is not allowed has the logit −∞. Of logits 0 and 1 the second has
// log-probability −log(1 + e⁻¹), and with p = e/(1 + e) the entropy is −p log p − (1 − p) log(1 − p) and its slope −p (log p + H).
describe('a policy with actions that are not allowed', () => {
  const logits = { data: Float32Array.of(0, -Infinity, 1), shape: [1, 3] };
  const p = Math.E / (1 + Math.E);
  const H = -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  const of = (f: (l: tf.Tensor) => tf.Tensor) => (l: tf.Tensor) => valueAndGrad((l: tf.Tensor) => f(l).sum())(l);

  it.each(RUNTIMES)('is that of the other actions, on %s', async (runtime) => {
    const logP = await compile((l: tf.Tensor, a: tf.Tensor) => of((l) => categoricalLogProbability(l, a))(l), { runtime })(
      logits,
      Int32Array.of(2),
    );
    expect(logP.value.item()).toBeCloseTo(Math.log(p), 6);
    expectClose(logP.grads.data(), [p - 1, 0, 1 - p], 6);
    const entropy = await compile(of(categoricalEntropy), { runtime })(logits);
    expect(entropy.value.item()).toBeCloseTo(H, 6);
    const slope = -p * (Math.log(p) + H);
    expectClose(entropy.grads.data(), [-slope, 0, slope], 6);
  });

  it('has the same second derivatives in its plain form, and never draws them', () => {
    const hidden = tf.tensor2d([[0, -Infinity, 0]]);
    const slope = (f: (l: tf.Tensor) => tf.Tensor) => (l: tf.Tensor) => grad((l: tf.Tensor) => f(l.add(hidden)).sum())(l);
    const two = tf.tensor1d([1], 'int32');
    const [l, both] = [
      { data: [0, 5, 1], shape: [1, 3] },
      { data: [0, 1], shape: [1, 2] },
    ];
    for (const [three, pair] of [
      [categoricalEntropy.plain, categoricalEntropy.plain],
      [
        (x: tf.Tensor) => categoricalLogProbability.plain(x, tf.tensor1d([2], 'int32')),
        (x: tf.Tensor) => categoricalLogProbability.plain(x, two),
      ],
    ]) {
      const squared = (f: (l: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => slope(f)(x).square().sum();
      const alone = inDouble(
        (x) =>
          grad((x: tf.Tensor) => pair(x).sum())(x)
            .square()
            .sum(),
        [both],
      );
      const { y, grads } = inDouble(squared(three), [l]);
      expect(y[0]).toBeCloseTo(alone.y[0], 10);
      expectClose(grads[0], [alone.grads[0][0], 0, alone.grads[0][1]], 10);
    }
    const { data, shape } = uniform(key(3), [500, 3]);
    expect(
      sampleCategorical(tf.tensor2d([[0, -Infinity, 1]]), { u: tf.tensor(data, shape) })
        .equal(1)
        .any()
        .dataSync()[0],
    ).toBe(0);
  });
});

describe('actorCritic', () => {
  const heads = (...[b0, w0, b1, w1, c0, v0, c1, v1, x]: tf.Tensor[]) => {
    const net = (b0: tf.Tensor, w0: tf.Tensor, b1: tf.Tensor, w1: tf.Tensor) => ({
      layers: [
        { b: b0, w: w0 },
        { b: b1, w: w1 },
      ],
    });
    const { policy, value } = actorCriticHeads({ actor: net(b0, w0, b1, w1), critic: net(c0, v0, c1, v1) }, x);
    return tf.concat([policy, value.expandDims(1)], 1);
  };

  it('equals PyTorch, forward and backward', () => expectReference(heads, reference.actorCriticHeads));

  it('starts with orthogonal weights of gain √2, 0.01 and 1', () => {
    const { actor, critic } = initActorCritic(key(4), [3, 16, 16, 4]);
    /** w wᵀ or wᵀ w, whichever is smaller. */
    const gram = ({ data, shape: [F, D] }: HostArray<Float32Array>) => {
      const [n, at] = F <= D ? [F, (i: number, k: number) => data[i * D + k]] : [D, (i: number, k: number) => data[k * D + i]];
      const sum = (i: number, j: number) =>
        Array.from({ length: Math.max(F, D) }, (_, k) => at(i, k) * at(j, k)).reduce((a, b) => a + b, 0);
      return Array.from({ length: n * n }, (_, i) => sum(Math.floor(i / n), i % n));
    };
    const identity = (n: number, scale: number) => Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) === i % n ? scale : 0));
    for (const [layers, last] of [
      [actor.layers, 1e-4],
      [critic.layers, 1],
    ] as const)
      for (const [l, { w, b }] of layers.entries()) {
        expectClose(gram(w), identity(Math.min(...w.shape), l === 2 ? last : 2), 6);
        expect(b.data.every((v) => v === 0)).toBe(true);
      }
  });

  it('starts with a policy that hardly prefers an action', () => {
    const params = map(initActorCritic(key(4), [3, 16, 4]), ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape));
    const { policy } = actorCriticHeads(params, tf.randomNormal([20, 3], 0, 1, 'float32', 1));
    for (const p of policy.softmax().dataSync()) expect(Math.abs(p - 0.25)).toBeLessThan(0.005);
  });
});

describe('learning', () => {
  // Two contexts, three actions; what pays is action 2 in the first and action 0 in the second. The linear policy is a table.
  it('a contextual bandit by REINFORCE in compiled steps', async () => {
    const B = 64;
    const context = tf.tensor2d(Array.from({ length: B }, (_, i) => (i % 2 ? [0, 1] : [1, 0])));
    const payoff = tf.tensor2d([
      [0, 0.5, 1],
      [1, 0.5, 0],
    ]);
    const params = { w: { data: new Float32Array(6), shape: [2, 3] } };
    const optimizer = adam(params, { learningRate: 0.1 });
    const step = compile(
      (state: Parameters<typeof optimizer.params>[0], u: tf.Tensor) => {
        const { w } = optimizer.params(state);
        const drawn = sampleCategorical(context.matMul(w as tf.Tensor2D), { u });
        const pay = context
          .matMul(payoff)
          .mul(tf.oneHot(drawn as tf.Tensor1D, 3))
          .sum(-1);
        const loss = ({ w }: { w: tf.Tensor }) =>
          policyGradientLoss(categoricalLogProbability(context.matMul(w as tf.Tensor2D), drawn), pay.sub(pay.mean()));
        return { state: optimizer.update(state, valueAndGrad(loss)({ w }).grads), pay: pay.mean(), policy: w.softmax() };
      },
      { donate: [0] },
    );
    let state: Parameters<typeof step>[0] = optimizer.init(params);
    let last: { pay: number; policy: number[] } | undefined;
    for (let i = 0; i < 150; i++) {
      const result = await step(state, uniform(fold(key(2), i), [B, 3]));
      state = result.state;
      last = { pay: result.pay.item(), policy: Array.from(result.policy.data()) };
    }
    expect(last!.policy[2]).toBeGreaterThan(0.95);
    expect(last!.policy[3]).toBeGreaterThan(0.95);
    step.release();
  });

  // Reward −(a − 3)²: the best mean is 3, and PPO reuses each batch of actions four times.
  it.each(['openvino', 'onnxruntime'] as const)('the mean of a Gaussian policy by PPO in compiled steps on %s', async (runtime) => {
    const B = 128;
    const params = { mean: { data: Float32Array.of(0), shape: [1] }, logDeviation: { data: Float32Array.of(0), shape: [1] } };
    const optimizer = adam(params, { learningRate: 0.03 });
    const spread = (mean: tf.Tensor) => mean.expandDims(0).tile([B, 1]);
    const act = compile(
      (state: Parameters<typeof optimizer.params>[0], noise: tf.Tensor) => {
        const { mean, logDeviation } = optimizer.params(state);
        const policy = { mean: spread(mean), logDeviation };
        const a = sampleGaussian(policy, { noise });
        return { a, old: gaussianLogProbability(policy, a) };
      },
      { runtime },
    );
    const learn = compile(
      (state: Parameters<typeof optimizer.params>[0], { a, old }: { a: tf.Tensor; old: tf.Tensor }) => {
        const reward = a.sub(3).square().neg().squeeze([1]);
        const centred = reward.sub(reward.mean());
        const advantage = centred.div(centred.square().mean().sqrt().add(1e-8));
        const loss = ({ mean, logDeviation }: { mean: tf.Tensor; logDeviation: tf.Tensor }) =>
          ppoLoss(gaussianLogProbability({ mean: spread(mean), logDeviation }, a), advantage, { old });
        const next = optimizer.update(state, valueAndGrad(loss)(optimizer.params(state)).grads);
        return { state: next, ...optimizer.params(next) };
      },
      { runtime },
    );
    let state: Parameters<typeof learn>[0] = optimizer.init(params);
    let found: { mean: number; logDeviation: number } | undefined;
    for (let i = 0; i < 60; i++) {
      const acted = await act(state, normal(fold(key(3), i), [B, 1]));
      for (let again = 0; again < 4; again++) {
        const result = await learn(state, acted);
        state = result.state;
        found = { mean: result.mean.item(), logDeviation: result.logDeviation.item() };
      }
    }
    expect(found!.mean).toBeCloseTo(3, 0);
    expect(found!.logDeviation).toBeLessThan(-1); // it is sure of it
    for (const f of [act, learn]) f.release();
  });
});
