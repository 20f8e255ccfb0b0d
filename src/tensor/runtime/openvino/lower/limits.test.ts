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
});
