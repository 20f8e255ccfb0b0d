import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { distance, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { compile } from '../../tensor/compile.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { trace } from '../../tensor/trace/trace.js';
import { map } from '../../tensor/tree.js';
import layers from '../layers.reference.json' with { type: 'json' }; // made by reference/layers.py with PyTorch 2.13
import { batchNorm, batchNormEval, initBatchNorm, type RunningAverages } from './batch-norm.js';

beforeAll(() => tf.setBackend('cpu'));

const start = (width: number) =>
  map(initBatchNorm({ width }), ({ data, shape }: { data: Float32Array; shape: number[] }) => tf.tensor(data, shape));

describe('batchNorm', () => {
  it("has PyTorch's running averages after two batches", () => {
    const { inputs, mean, variance } = layers.runningAverages;
    const twice = (pick: (averages: RunningAverages) => tf.Tensor) => (x: tf.Tensor) => {
      let { params, averages } = start(3);
      for (const batch of x.unstack()) ({ averages } = batchNorm(params, batch, { averages }));
      return pick(averages);
    };
    expectClose(
      inDouble(
        twice((a) => a.mean),
        inputs,
      ).y,
      mean.data,
      7,
    );
    expectClose(
      inDouble(
        twice((a) => a.variance),
        inputs,
      ).y,
      variance.data,
      7,
    );
  });

  it('gives each channel mean 0 and variance 1, whatever the shape of the batch', () => {
    const { params, averages } = start(2);
    const data = [1, -5, 4, 0, 2, 9, 7, 3];
    const { y } = inDouble((x) => batchNorm(params, x, { averages, epsilon: 0 }).y, [{ data, shape: [2, 2, 2] }]);
    const flat = inDouble((x) => batchNorm(params, x, { averages, epsilon: 0 }).y, [{ data, shape: [4, 2] }]);
    expect(distance(y, flat.y)).toBe(0);
    for (const channel of [0, 1]) {
      const column = y.filter((_: number, i: number) => i % 2 === channel) as Float64Array;
      expect(column.reduce((sum, v) => sum + v, 0)).toBeCloseTo(0, 14);
      expect(column.reduce((sum, v) => sum + v * v, 0) / 4).toBeCloseTo(1, 14);
    }
  });

  it('is its plain form, and its averages have no gradient', () => {
    const points = [
      { data: [1, -5, 4, 0, 2, 9, 7, 3], shape: [4, 2] },
      { data: [1.5, -2], shape: [2] },
      { data: [0.25, 1], shape: [2] },
    ];
    const averages = { mean: tf.tensor1d([0.5, 1]), variance: tf.tensor1d([2, 3]) };
    const call = (norm: typeof batchNorm.plain) => (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
      norm({ gamma, beta }, x, { averages, momentum: 0.25, epsilon: 0.5 });
    expectSameDerivatives(
      (...xs) => call(batchNorm)(...(xs as [tf.Tensor, tf.Tensor, tf.Tensor])).y,
      (...xs) => call(batchNorm.plain)(...(xs as [tf.Tensor, tf.Tensor, tf.Tensor])).y,
      points,
    );
    for (const pick of ['mean', 'variance'] as const) {
      const both = [batchNorm, batchNorm.plain].map((norm) =>
        inDouble((...xs) => call(norm)(...(xs as [tf.Tensor, tf.Tensor, tf.Tensor])).averages[pick], points),
      );
      expectClose(both[0].y as Float64Array, both[1].y as Float64Array, 12);
      for (const { grads } of both) expect(grads.flatMap((g) => Array.from(g)).every((g) => Number(g) === 0)).toBe(true);
    }
    const { params } = start(2);
    const ofAverages = valueAndGrad((held: RunningAverages) => batchNorm(params, tf.eye(2), { averages: held }).y.sum())(averages).grads;
    expect([ofAverages.mean.arraySync(), ofAverages.variance.arraySync()]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  // With the batch's own mean and (biased) variance as averages, evaluation is training.
  it('evaluates as it trains when the averages are those of the batch', () => {
    const x = tf.tensor2d([1, -5, 4, 0, 2, 9, 7, 3], [4, 2]);
    const { params, averages } = start(2);
    const { mean, variance } = tf.moments(x, 0);
    const evaluated = batchNormEval(params, x, { averages: { mean, variance } }).dataSync();
    expect(distance(evaluated, batchNorm(params, x, { averages }).y.dataSync())).toBeLessThan(1e-6);
  });

  const loss = (params: { gamma: tf.Tensor; beta: tf.Tensor }, averages: RunningAverages, x: tf.Tensor) =>
    batchNorm(params, x, { averages }).y.square().mul(x).sum();
  const specs = [[3], [3], [3], [3], [6, 3]].map((shape) => ({ shape, dtype: 'float32' as const }));

  it("computes a batch's statistics once when the forward runs inside the gradient and beside it", () => {
    const ops = (withAverages: boolean) =>
      trace((gamma, beta, mean, variance, x) => {
        const { value, grads } = valueAndGrad(loss)({ gamma, beta }, { mean, variance }, x);
        const next = batchNorm({ gamma, beta }, x, { averages: { mean, variance } }).averages;
        return [value, grads.gamma, grads.beta, ...(withAverages ? [next.mean, next.variance] : [])];
      }, specs).nodes.length;
    expect(ops(true) - ops(false)).toBe(8); // old · (1 − m) + new · m, for the mean and for the variance, and μ = x₀ + mean d as [F]
  });

  it.each(['openvino', 'onnxruntime'] as const)('carries its averages through a compiled step on %s', async (runtime) => {
    const step = compile(
      (averages: RunningAverages, x: tf.Tensor) => {
        const { params } = start(3);
        return { averages: batchNorm(params, x, { averages }).averages, loss: valueAndGrad(loss)(params, averages, x).value };
      },
      { runtime },
    );
    const [{ data, shape }] = layers.runningAverages.inputs;
    let { averages } = initBatchNorm({ width: 3 }) as unknown as Awaited<ReturnType<typeof step>>;
    const [batches, B, F] = shape;
    for (let i = 0; i < batches; i++) {
      const batch = { data: Float32Array.from(data.slice(i * B * F, (i + 1) * B * F)), shape: [B, F] };
      ({ averages } = await step(averages, batch));
    }
    expect(distance(averages.mean.data(), layers.runningAverages.mean.data)).toBeLessThan(1e-6);
    expect(distance(averages.variance.data(), layers.runningAverages.variance.data)).toBeLessThan(1e-6);
  });

  it('names what does not fit, and a batch without a variance', () => {
    const { params, averages } = start(3);
    expect(() => batchNorm(params, tf.ones([4, 2]), { averages })).toThrow(
      'batchNorm normalises the last axis of x, so gamma, beta, mean, variance must be [2]: got x [4,2], gamma [3], beta [3]',
    );
    expect(() => batchNorm(params, tf.ones([1, 3]), { averages })).toThrow(
      /batchNorm needs 2 rows or more for a variance.*: got x \[1,3\]/,
    );
    expect(() => batchNorm(params, tf.ones([0, 3]), { averages })).toThrow('batchNorm needs 2 rows or more for a variance');
    expect(() => batchNormEval(params, tf.ones([4, 2]), { averages })).toThrow('must be [2]: got x [4,2]');
    const oneWrong = (gamma: tf.Tensor) => () => batchNorm({ ...params, gamma }, tf.ones([4, 3]), { averages });
    expect(oneWrong(tf.ones([2]))).toThrow('must be [3]: got x [4,3], gamma [2], beta [3]');
    expect(oneWrong(tf.ones([3, 1]))).toThrow('must be [3]: got x [4,3], gamma [3,1], beta [3]');
    expect(batchNorm(params, tf.ones([2, 5, 3]), { averages }).y.shape).toEqual([2, 5, 3]);
  });
});
