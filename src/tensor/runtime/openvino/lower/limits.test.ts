import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../compile.js';

beforeAll(() => tf.setBackend('cpu'));

const LOWEST = -3.4028234663852886e38;
/** Rows as masks fill them: with the lowest number, with −∞, with both, and beside numbers. */
const rows = {
  data: Float32Array.from(
    [
      [LOWEST, LOWEST, LOWEST],
      [LOWEST, -Infinity, LOWEST],
      [-Infinity, -Infinity, -Infinity],
      [1, -Infinity, LOWEST],
      [Number.NaN, LOWEST, 1],
      [Infinity, -Infinity, 0],
    ].flat(),
  ),
  shape: [6, 3],
};

describe.each(['openvino', 'onnxruntime'] as const)('on %s', (runtime) => {
  it('the extremum of a row of the lowest number is that number, and of nothing but an infinity the infinity', async () => {
    const [largest, smallest, all] = await compile((x: tf.Tensor) => [x.max(1), x.neg().min(1), x.slice([0, 0], [2, 3]).max()], {
      runtime,
    })(rows);
    const right = [LOWEST, LOWEST, -Infinity, 1, Number.NaN, Infinity];
    expect([...largest.data()]).toEqual(right);
    expect([...smallest.data()]).toEqual(right.map((x) => -x));
    expect(all.item()).toBe(LOWEST);
  });

  it('a row that is masked throughout by the lowest number has equal probabilities', async () => {
    const logs = await compile((x: tf.Tensor) => tf.logSoftmax(x.slice([0, 0], [1, 3]), 1), { runtime })(rows);
    for (const log of logs.data()) expect(log).toBeCloseTo(-Math.log(3), 6);
  });

  it('the gradient of a maximum over a window goes to the first of its largest, the lowest number and −∞ too', async () => {
    const x = { data: Float32Array.of(0, 1, LOWEST, LOWEST, -Infinity, -Infinity, -2, -Infinity), shape: [1, 8, 1] };
    const weights = tf.tensor([1, 2, 4, 8], [1, 4, 1]);
    const pooled = (x: tf.Tensor) =>
      tf
        .pool(x as tf.Tensor3D, [2, 1], 'max', 'valid', 1, [2, 1])
        .mul(weights.expandDims(-1))
        .sum();
    const gradient = await compile((x: tf.Tensor) => tf.grad((x) => pooled(x.reshape([1, 8, 1, 1])))(x), { runtime })(x);
    expect([...gradient.data()]).toEqual([0, 1, 2, 0, 4, 0, 8, 0]);
  });
});
