import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, expectReference, inDouble } from '../../../tests/support/gradients.js';
import type { HostArray } from '../../base/host-array.js';
import { fold, type Key, key, normal, split, uniform } from '../../base/random.js';
import { type AdamState, adam } from '../../optim/adam.js';
import { averaged } from '../../optim/averaged.js';
import { sgd } from '../../optim/sgd.js';
import type { DeviceTensor } from '../../tensor/buffers/device-tensor.js';
import { compile } from '../../tensor/compile.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { flatten, map, type Tree } from '../../tensor/tree.js';
import reference from '../adversarial.reference.json' with { type: 'json' }; // made by reference/adversarial.py with PyTorch 2.13
import { initTcn, type TcnParams } from '../forecast/tcn.js';
import { initMlp, type MlpParams } from '../mlp.js';
import { type Adversaries, type Game, ganStep, nonSaturating, wassersteinGp } from './gan.js';
import { seriesCritic, seriesGenerator } from './series-gan.js';

const critic = ([b0, w0, b1, w1]: tf.Tensor[]): MlpParams => ({
  layers: [
    { b: b0, w: w0 },
    { b: b1, w: w1 },
  ],
});
const lossOf =
  (game: Game) =>
  (...xs: tf.Tensor[]) => {
    const [real, fake, mix] = xs.slice(4);
    return game.critic((x) => seriesCritic(critic(xs), x), real, fake, mix);
  };
const generate = (...[b0, w0, b1, w1, bs, ws, bo, wo, z]: tf.Tensor[]) =>
  seriesGenerator(
    { blocks: [{ first: { b: b0, w: w0 }, second: { b: b1, w: w1 }, shortcut: { b: bs, w: ws } }], out: { b: bo, w: wo } },
    z,
    { dilations: [1] },
  );

describe('the losses and networks of GANs', () => {
  it('equal PyTorch, forward and backward, the gradient penalty by its second derivatives', () => {
    expectReference(lossOf(wassersteinGp()), reference.wassersteinCritic);
    expectReference(lossOf(nonSaturating), reference.critic);
    expectReference(nonSaturating.generator, reference.generatorLoss);
    expectReference(generate, reference.generator);
  });

  it('have gradients that differences agree with, the gradient penalty too', () => {
    gradCheck(lossOf(wassersteinGp()), reference.wassersteinCritic.inputs);
  });

  // A linear critic x·w with ‖w‖ = 1 has slope 1 everywhere: only the difference of means is left.
  it('have no penalty on a linear critic of norm 1', () => {
    const [w, real, fake] = [
      [0.6, 0.8],
      [1, 2, 3, 4],
      [0, 1, 1, 0],
    ].map((data, i) => ({ data, shape: [2, i === 0 ? 1 : 2] }));
    const loss = (w: tf.Tensor, real: tf.Tensor, fake: tf.Tensor) =>
      wassersteinGp(1e6).critic((x) => x.matMul(w).squeeze([1]), real, fake, tf.tensor1d([0.3, 0.9]));
    expect(inDouble(loss, [w, real, fake]).y[0]).toBeCloseTo(0.7 - (0.6 * 4 + 0.8 * 6) / 2, 5);
  });

  it('make stationary series: noise shifted in time shifts the series', () => {
    const inputs = reference.generator.inputs.map(({ data, shape }) => tf.tensor(data, shape));
    const z = tf.randomNormal([1, 9, 2], 0, 1, 'float32', 1);
    const series = (from: number) => generate(...inputs.slice(0, 8), z.slice([0, from, 0], [1, 6, 2])).dataSync();
    expect(distance(series(2).slice(0, 2), series(0).slice(2, 4))).toBeLessThan(1e-6);
  });

  it('name the noise that is too short, and batches that do not fit', () => {
    const inputs = reference.generator.inputs.map(({ data, shape }) => tf.tensor(data, shape));
    expect(() => generate(...inputs.slice(0, 8), tf.zeros([1, 2, 2]))).toThrow(
      'seriesGenerator makes each step of 3 steps of noise [B, T, Z], so T must be 3 or more: got noise [1,2,2]',
    );
    const { blocks, out } = map(weights.generator, (leaf: HostArray<Float32Array>) => tf.tensor(leaf.data, leaf.shape)) as TcnParams;
    expect(() => seriesGenerator({ blocks: [...blocks, ...blocks], out }, tf.zeros([1, 9, 2]), { dilations: [1] })).toThrow(
      `seriesGenerator: ${2 * blocks.length} blocks but 1 dilations`,
    );
    const step = ganStep(networks, wassersteinGp(), descent);
    const batch = { real: tf.zeros([2, 4, 8, 1]), noise: tf.zeros([2, 4, 10, 2]), mix: tf.zeros([2, 4]) };
    expect(() => step(asTensors(start), batch)).toThrow(
      'ganStep takes real [K, B, ...] for K of 1 or more, noise [K + 1, B, ...] and mix [K, B]: got real [2,4,8,1], noise [2,4,10,2], mix [2,4]',
    );
  });
});

const [T, DILATIONS, REACH] = [8, [1, 2], 7];

/** Convolutions against a perceptron, on series of 8 steps. */
const weights = {
  generator: initTcn(key(1), { inputs: 2, width: 16, kernel: 2, dilations: DILATIONS, outputs: 1 }),
  critic: initMlp(key(2), [T, 32, 32, 1]),
};
const make = (params: TcnParams, noise: tf.Tensor) => seriesGenerator(params, noise, { dilations: DILATIONS });
const networks: Adversaries<typeof weights.generator, typeof weights.critic> = { generate: make, score: seriesCritic };

/** By plain gradient descent, whose steps show each gradient's size. */
const descent = {
  generator: sgd(weights.generator, { learningRate: 0.1 }),
  critic: sgd(weights.critic, { learningRate: 0.1 }),
};
const start = { generator: descent.generator.init(weights.generator), critic: descent.critic.init(weights.critic) };
const asTensors = <P>(tree: P) => map(tree, ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape)) as never;

const PHI = 0.6;

/** Series xₜ = ½ + φ (xₜ₋₁ − ½) + √(1 − φ²) eₜ: of mean ½ and variance 1. */
function autoregression(k: Key, n: number): Float32Array {
  const shocks = normal(k, [n, T]).data;
  const x = new Float32Array(n * T);
  for (let i = 0; i < n * T; i++) x[i] = i % T === 0 ? shocks[i] : PHI * x[i - 1] + Math.sqrt(1 - PHI * PHI) * shocks[i];
  return x.map((v) => v + 0.5);
}

function batchOf(k: Key, K: number, B: number) {
  const [forReal, forNoise, forMix] = split(k, 3);
  return {
    real: { data: autoregression(forReal, K * B), shape: [K, B, T, 1] },
    noise: normal(forNoise, [K + 1, B, REACH - 1 + T, 2]),
    mix: uniform(forMix, [K, B]),
  };
}

describe('ganStep', () => {
  it.each(['openvino', 'onnxruntime'] as const)('compiled on %s is one graph, and equals the eager step', async (runtime) => {
    for (const rules of [wassersteinGp(), nonSaturating]) {
      const step = ganStep(networks, rules, descent);
      const batch = batchOf(key(3), 2, 8);
      const eager = flatten<tf.Tensor>(step(asTensors(start), asTensors(batch)) as never as Tree<tf.Tensor>).leaves;
      const compiled = compile(step, { runtime });
      const got = flatten<DeviceTensor>((await compiled(start, batch)) as never as Tree<DeviceTensor>).leaves;
      expect(got.length).toBe(eager.length);
      for (const [i, leaf] of got.entries()) expect(distance(leaf.data(), eager[i].dataSync())).toBeLessThan(1e-5);
      expect(compiled.programs.length).toBe(1);
      compiled.release();
    }
  });

  it('says of which length the critic scores series', () => {
    const params = { layers: [{ w: tf.zeros([12, 1]), b: tf.zeros([1]) }] };
    expect(() => seriesCritic(params, tf.zeros([2, 5, 2]))).toThrow(
      'seriesCritic scores series [B, T, F] of T F = 12 numbers, for which its weights were made: got x [2,5,2], w [12,1]',
    );
  });

  it('learns mean, variance and autocorrelation of AR(1) series by the Wasserstein game', { timeout: 60_000 }, async () => {
    const rates = { learningRate: 2e-3, beta1: 0, beta2: 0.9 };
    const generator = averaged(weights.generator, adam(weights.generator, rates), { decay: 0.99 });
    const critic = adam(weights.critic, rates);
    const step = compile(ganStep(networks, wassersteinGp(), { generator, critic }), { donate: [0] });
    let state: Parameters<typeof step>[0] = { generator: generator.init(weights.generator), critic: critic.init(weights.critic) };
    for (let i = 0; i < 600; i++) ({ state } = await step(state, batchOf(fold(key(4), i), 3, 64)));
    const sample = compile((state: AdamState & { average: tf.Tensor }, noise: tf.Tensor) => make(generator.average(state), noise));
    const n = 4000;
    const x = Float64Array.from((await sample(state.generator, normal(key(5), [n, REACH - 1 + T, 2]))).data());
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
    const covariance = (lag: number) => {
      let sum = 0;
      for (let i = 0; i < n; i++) for (let t = lag; t < T; t++) sum += (x[i * T + t] - mean) * (x[i * T + t - lag] - mean);
      return sum / (n * (T - lag));
    };
    const found = [mean, covariance(0), covariance(1) / covariance(0)];
    const sought = [0.5, 1, PHI];
    for (const [i, value] of found.entries()) expect(Math.abs(value - sought[i]), `${found}`).toBeLessThan(0.1);
    for (const f of [step, sample]) f.release();
  });
});
