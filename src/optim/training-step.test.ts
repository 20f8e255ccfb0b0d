import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../../tests/support/compiled.js';
import { fold, key, normal } from '../base/random.js';
import { batchNorm, initBatchNorm, initLinear, linear, meanSquaredError, type RunningAverages } from '../nn/index.js';
import { compile } from '../tensor/compile.js';
import { type AdamState, adam, averaged, type ParamsOf, sgd, trainingStep } from './index.js';

describe('trainingStep', () => {
  // L = ½ w², so that w ← (1 − η) w.
  it('moves the parameters along the gradient and returns the loss before it', async () => {
    const initial = { w: { data: Float32Array.of(2), shape: [1] } };
    const optimizer = sgd(initial, { learningRate: 0.25 });
    const step = compile(trainingStep(optimizer, ({ w }) => w.square().sum().mul(0.5)));
    let { state, loss } = await step(optimizer.init(initial));
    expect(loss.item()).toBe(2);
    ({ state, loss } = await step(state));
    expect(loss.item()).toBe(1.125);
    expect([...state.parameters.data()]).toEqual([1.125]);
  });

  it('passes on whatever else the loss takes, and works on optimisers of optimisers', async () => {
    const initial = initLinear(key(1), { inputs: 3, outputs: 1 });
    const optimizer = averaged(initial, adam(initial, { learningRate: 0.1 }), { decay: 0.5 });
    type Params = ParamsOf<typeof optimizer>;
    const lossOf = (params: Params, x: tf.Tensor, y: tf.Tensor, scale: tf.Tensor) => meanSquaredError(linear(params, x), y).mul(scale);
    const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
    const x = normal(key(2), [32, 3]);
    const y = { data: Float32Array.from({ length: 32 }, (_, b) => x.data[3 * b] - x.data[3 * b + 2]), shape: [32, 1] };
    let { state, loss } = await step(optimizer.init(initial), x, y, 2);
    for (let k = 0; k < 300; k++) ({ state, loss } = await step(state, x, y, 2));
    expect(loss.item()).toBeLessThan(1e-4);
  });

  it.each(RUNTIMES)('leaves room for what is no parameter: the running averages of a batch norm, on %s', async (runtime) => {
    const norm = initBatchNorm({ width: 2 });
    const initial = { norm: norm.params, out: initLinear(key(3), { inputs: 2, outputs: 1 }) };
    const optimizer = adam(initial, { learningRate: 0.05 });
    type Params = ParamsOf<typeof optimizer>;
    const forward = ({ norm, out }: Params, averages: RunningAverages, x: tf.Tensor) => {
      const { y, averages: next } = batchNorm(norm, x, { averages });
      return { prediction: linear(out, y), averages: next };
    };
    const learn = trainingStep(optimizer, (params, averages: RunningAverages, x: tf.Tensor, y: tf.Tensor) =>
      meanSquaredError(forward(params, averages, x).prediction, y),
    );
    type State = { learner: AdamState; averages: RunningAverages };
    const step = compile(
      ({ learner, averages }: State, x: tf.Tensor, y: tf.Tensor) => {
        const next = forward(optimizer.params(learner), averages, x).averages;
        const { state, loss } = learn(learner, averages, x, y);
        return { state: { learner: state, averages: next }, loss };
      },
      { donate: [0], runtime },
    );
    const batch = (k: number) => {
      const x = normal(fold(key(4), k), [64, 2]);
      const data = x.data.map((v, at) => (at % 2 === 0 ? 5 + 3 * v : v));
      return { x: { data, shape: [64, 2] }, y: { data: Float32Array.from({ length: 64 }, (_, b) => x.data[2 * b]), shape: [64, 1] } };
    };
    const first = batch(0);
    let { state, loss } = await step({ learner: optimizer.init(initial), averages: norm.averages }, first.x, first.y);
    for (let k = 1; k < 200; k++) {
      const { x, y } = batch(k);
      ({ state, loss } = await step(state, x, y));
    }
    expect(loss.item()).toBeLessThan(0.05); // what a batch's own mean and deviation hide of y
    const [mean, variance] = [state.averages.mean.data(), state.averages.variance.data()];
    expect(Math.abs(mean[0] - 5)).toBeLessThan(0.5); // columns N(5, 3²) and N(0, 1)
    expect(Math.abs(variance[0] / 9 - 1)).toBeLessThan(0.3);
    expect(Math.abs(mean[1])).toBeLessThan(0.2);
    expect(Math.abs(variance[1] - 1)).toBeLessThan(0.3);
  });

  it('asks for one number', () => {
    const initial = { w: { data: Float32Array.of(1, 2), shape: [2] } };
    const optimizer = sgd(initial, { learningRate: 0.1 });
    const state = { parameters: tf.tensor1d([1, 2]), velocity: tf.tensor1d([]) };
    expect(() => trainingStep(optimizer, ({ w }) => w)(state)).toThrow('the loss must be one float32 number, got float32 [2]');
  });
});
