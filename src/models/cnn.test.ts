import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, expectReference } from '../../tests/support/gradients.js';
import { type HostArray, key, normal } from '../base/index.js';
import { crossEntropy } from '../nn/losses/cross-entropy.js';
import { compile } from '../tensor/compile.js';
import { valueAndGrad } from '../tensor/grad.js';
import { gradCheck } from '../tensor/grad-check.js';
import { flatten, map, type Tree } from '../tensor/tree.js';
import { type CnnParams, cnn, initCnn } from './cnn.js';
import reference from './cnn.reference.json' with { type: 'json' }; // made by reference/cnn.py with PyTorch 2.13

const pairs = (weights: tf.Tensor[]) => weights.flatMap((w, i) => (i % 2 === 0 ? [{ w, b: weights[i + 1] }] : []));
const model = (x: tf.Tensor, ...weights: tf.Tensor[]) => {
  const layers = pairs(weights);
  return cnn({ stages: layers.slice(0, 2), head: { layers: layers.slice(2) } }, x);
};

describe('cnn', () => {
  it('equals PyTorch, forward and backward', () => expectReference(model, reference.cnn));

  it('backward agrees with differences', () => void gradCheck(model, reference.cnn.inputs));

  it.each(['openvino', 'onnxruntime'] as const)('a step compiled on %s equals the eager one', async (runtime) => {
    const params = initCnn(key(1), { side: 8, channels: [1, 4, 6], size: 3, widths: [5, 3] });
    const x = normal(key(2), [4, 8, 8, 1]);
    const y = { data: Int32Array.of(2, 0, 1, 1), shape: [4] };
    const step = (params: CnnParams, x: tf.Tensor, y: tf.Tensor) => valueAndGrad((p: CnnParams) => crossEntropy(cnn(p, x), y))(params);
    const compiled = await compile(step, { runtime })(params, x, y);
    const tensors = map(params, ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape)) as CnnParams;
    const eager = step(tensors, tf.tensor(x.data, x.shape), tf.tensor1d(y.data, 'int32'));
    expect(compiled.value.item()).toBeCloseTo(eager.value.dataSync()[0], 5);
    const numbers = (tree: unknown) =>
      flatten<{ data(): Float32Array } | tf.Tensor>(tree as Tree<tf.Tensor>).leaves.map((leaf) =>
        leaf instanceof tf.Tensor ? leaf.dataSync() : leaf.data(),
      );
    const expected = numbers(eager.grads);
    numbers(compiled.grads).forEach((g, i) => void expect(distance(g, expected[i])).toBeLessThan(1e-5));
  });

  it('sizes its head by what the stages leave of an image', () => {
    const { stages, head } = initCnn(key(3), { side: 28, channels: [1, 16, 32], size: 3, widths: [128, 10] });
    expect(stages.map(({ w }) => w.shape)).toEqual([
      [3, 3, 1, 16],
      [3, 3, 16, 32],
    ]);
    expect(head.layers.map(({ w }) => w.shape)).toEqual([
      [7 * 7 * 32, 128],
      [128, 10],
    ]);
  });

  it('refuses a side that its stages cannot halve', () => {
    expect(() => initCnn(key(4), { side: 30, channels: [1, 8, 8], size: 3, widths: [10] })).toThrow(
      'initCnn: channels [1,8,8] are 2 stages that halve the side, so it must be a multiple of 4 and there must be one: got side 30',
    );
  });
});
