import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import '../without-banner.js';
import { compile } from '../compile.js';
import { fromArray, fromTf, toTf } from './device-tensor.js';

beforeAll(() => tf.setBackend('cpu'));

describe('conversions', () => {
  it('carry values, shapes and types to tfjs and back', () => {
    const tree = { a: tf.tensor2d([1.5, 2, 3, 4], [2, 2]), b: [tf.tensor1d([7], 'int32'), tf.tensor1d([true, false], 'bool')] };
    const back = toTf(fromTf(tree));
    expect(back.a.arraySync()).toEqual([
      [1.5, 2],
      [3, 4],
    ]);
    expect(back.b.map((t) => [t.dtype, ...t.dataSync()])).toEqual([
      ['int32', 7],
      ['bool', 1, 0],
    ]);
  });

  it('name the leaf that is a host array, and the way to a tensor', () => {
    const host = { w: { data: Float32Array.of(1, 2), shape: [2] } };
    expect(() => toTf(host)).toThrow('toTf: w is no tensor of a compiled function; of host arrays: toTf(fromTf(…))');
    expect((toTf(fromTf(host)).w as unknown as tf.Tensor).arraySync()).toEqual([1, 2]);
  });

  it('take bytes for numbers, and for truth values where that is asked for', async () => {
    const pixels = { data: Uint8Array.of(0, 1, 2, 128, 255), shape: [5] };
    for (const runtime of ['openvino', 'onnxruntime'] as const) {
      const scaled = compile((x: tf.Tensor) => x.div(255), { runtime });
      expect([...(await scaled(pixels)).data()]).toEqual([0, 1, 2, 128, 255].map((x) => Math.fround(x / 255)));
      const chosen = compile((x: tf.Tensor) => tf.where(x as tf.Tensor1D, tf.ones([5]), tf.zeros([5])), { runtime });
      expect([...(await chosen({ ...pixels, dtype: 'bool' })).data()]).toEqual([0, 1, 1, 1, 1]);
      await expect(chosen(pixels)).rejects.toThrow("Argument 'condition' passed to 'where' must be bool tensor, but got int32 tensor");
    }
    expect([fromArray(pixels.data, [5]).dtype, [...fromArray(pixels.data, [5], 'bool').data()]]).toEqual(['int32', [0, 1, 1, 1, 1]]);
  });

  it('copy: changing an array later changes nothing', () => {
    const array = Float32Array.of(1, 2);
    const tensor = fromArray(array, [2]);
    array[0] = 9;
    tensor.data()[1] = 9;
    expect([...tensor.data()]).toEqual([1, 2]);
    expect(() => tensor.item()).toThrow('item() is for tensors of one element, got shape [2]; use data()');
    expect(() => fromArray([1, 2, 3], [2, 2])).toThrow('shape [2,2] has 4 elements, got 3 values');
  });
});
