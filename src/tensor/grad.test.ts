import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { grad, valueAndGrad } from './grad.js';

describe('valueAndGrad', () => {
  // L = Σ (w·x + b − y)² with w = 2, b = 1, x = [1,2], y = [0,0]: residuals 3 and 5, so L = 34, ∂w = 2(3·1 + 5·2), ∂b = 2(3 + 5).
  const lossOf = ({ line }: { line: { w: tf.Scalar; b: tf.Scalar } }, x: tf.Tensor, y: tf.Tensor) =>
    x.mul(line.w).add(line.b).sub(y).square().sum();

  it('returns the loss and a gradient for each parameter, and leaks nothing', () => {
    const params = { line: { w: tf.scalar(2), b: tf.scalar(1) } };
    const [x, y] = [tf.tensor1d([1, 2]), tf.tensor1d([0, 0])];
    const before = tf.memory().numTensors;
    const { value, grads } = valueAndGrad(lossOf)(params, x, y);
    expect(tf.memory().numTensors).toBe(before + 3);
    expect([value, grads.line.w, grads.line.b].map((t) => t.dataSync()[0])).toEqual([34, 26, 16]);
  });

  it('gives an unused parameter gradient zero', () => {
    const { used, unused } = grad(({ used }: { used: tf.Tensor; unused: tf.Tensor }) => used.square().sum())({
      used: tf.tensor1d([3]),
      unused: tf.tensor2d([[1, 2]]),
    });
    expect([used.arraySync(), unused.arraySync()]).toEqual([[6], [[0, 0]]]);
    const { value, grads } = valueAndGrad((_: tf.Tensor) => tf.scalar(5))(tf.tensor1d([1, 2]));
    expect([value.arraySync(), grads.arraySync()]).toEqual([5, [0, 0]]);
  });

  it('says what is wrong with the loss or a parameter', () => {
    expect(() => grad((x: tf.Tensor) => x.square())(tf.tensor1d([1, 2]))).toThrow(
      'the loss must be one float32 number, got float32 [2]; reduce it with .mean() or .sum()',
    );
    expect(() => grad(({ k }: { k: tf.Tensor }) => k.sum())({ k: tf.tensor1d([1], 'int32') })).toThrow(
      'params.k must be a float32 tensor, got int32 [1]',
    );
    expect(() => grad(({ k }: { k: tf.Tensor }) => k.sum())({ k: 3 } as never)).toThrow('params.k must be a float32 tensor, got a number');
    const at = tf.tensor1d([1, 2]);
    expect(() => grad((x: tf.Tensor) => x.sum().cast('int32'))(at)).toThrow('the loss must be one float32 number, got int32 []');
    expect(() => grad((() => Promise.resolve(1)) as never)(at)).toThrow('the loss must be one float32 number, got a Promise');
    expect(() => grad((() => 1) as never)(at)).toThrow('the loss must be one float32 number, got a number');
  });

  it('gives a loss of shape [1, 1] as a scalar', () => {
    const { value, grads } = valueAndGrad((x: tf.Tensor) => x.square().sum().reshape([1, 1]))(tf.tensor1d([3]));
    expect([value.shape, value.dataSync()[0], grads.dataSync()[0]]).toEqual([[], 9, 6]);
  });

  it('differentiates twice where the operators can: (x³)″ = 6x', () => {
    const second = grad((x: tf.Tensor) => grad((z: tf.Tensor) => z.pow(3).sum())(x).sum());
    expect(second(tf.scalar(2)).dataSync()[0]).toBeCloseTo(12, 4);
  });
});
