import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../compile.js';
import { trace } from '../../../trace/trace.js';
import { withKnownResults } from './known.js';

beforeAll(() => tf.setBackend('cpu'));

const scalar = [{ shape: [], dtype: 'float32' as const }];
const ops = (fn: (x: tf.Tensor) => tf.Tensor[]) => withKnownResults(trace(fn, scalar)).nodes.map(({ op }) => op);

describe('what constants alone determine', () => {
  it.each<[string, (x: tf.Tensor) => tf.Tensor, number]>([
    ['a convolution', (x) => tf.conv2d(tf.ones([1, 2, 2, 1]) as tf.Tensor4D, tf.fill([1, 1, 1, 1], 2) as tf.Tensor4D, 1, 'same').add(x), 5],
    ['a mean over windows', (x) => tf.avgPool(tf.fill([1, 3, 3, 1], 2) as tf.Tensor4D, 2, 1, 'valid').add(x), 5],
    ['an ELU', (x) => tf.tensor1d([2, 2, 3]).elu().slice([0], [2]).add(x), 5],
  ])('is not written into at the next call: %s', async (_, fn, right) => {
    const run = compile(fn, { runtime: 'openvino' });
    for (let i = 0; i < 3; i++) expect([...new Set((await run(tf.scalar(3))).data())]).toEqual([right]);
  });

  it('is a constant, unless it is a view, or large products', () => {
    const v = tf.tensor1d([1, 2, 3]);
    expect(ops((x) => [v.exp().sum().mul(x)])).toEqual(['Mul']);
    expect(ops((x) => [v.tile([50]).mul(x)])).toEqual(['Tile', 'Mul']);
    expect(ops((x) => [v.exp(), x.add(1)])).toEqual(['Identity', 'Add']);
    const wide = tf.tensor(
      Float32Array.from({ length: 300 * 300 }, (_, i) => i % 7),
      [300, 300],
    );
    expect(ops((x) => [wide.matMul(wide).mul(x)])).toEqual(['Gemm', 'Mul']);
  });
});
