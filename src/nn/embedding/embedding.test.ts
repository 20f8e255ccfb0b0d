import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import { compile } from '../../tensor/compile.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { checkClassLabels } from '../losses/labels.js';
import { embedding, initEmbedding } from './embedding.js';

beforeAll(() => tf.setBackend('cpu'));

describe('embedding', () => {
  // Row 0 is asked for twice, row 1 never, row 2 once: the gradient of Σ y counts.
  it('picks rows and counts them in the gradient', () => {
    const { y, grads } = inDouble(
      (table) => embedding(table, tf.tensor1d([2, 0, 0], 'int32')),
      [{ data: [1, 2, 3, 4, 5, 6], shape: [3, 2] }],
    );
    expect([...y]).toEqual([5, 6, 1, 2, 1, 2]);
    expect([...grads[0]]).toEqual([2, 2, 0, 0, 1, 1]);
  });

  it('gives padding a vector of zeros', () => {
    const { data } = initEmbedding(key(1), { count: 3, width: 2, paddingIndex: 1 });
    expect([...data.slice(2, 4)]).toEqual([0, 0]);
    expect([data[0], data[5]]).toEqual([0, 5].map((i) => initEmbedding(key(1), { count: 3, width: 2 }).data[i]));
    expect(() => initEmbedding(key(1), { count: 3, width: 2, paddingIndex: 3 })).toThrow(
      'initEmbedding: paddingIndex must be a whole number from 0 to 2, got 3; it is the label of a row of the table',
    );
    expect(() => embedding(tf.zeros([3, 2]), tf.tensor1d([0], 'int32'), { paddingIndex: -1 })).toThrow(
      'paddingIndex must be a whole number',
    );
  });

  it('starts from a standard normal table of its shape', () => {
    expect(initEmbedding(key(1), { count: 7, width: 3 }).shape).toEqual([7, 3]);
  });

  it.each(['openvino', 'onnxruntime'] as const)('takes labels as an argument of a compiled function on %s', async (runtime) => {
    const step = compile(
      (table: tf.Tensor, labels: tf.Tensor) => valueAndGrad((table: tf.Tensor) => embedding(table, labels).square().sum())(table),
      { runtime },
    );
    const table = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] };
    const { value, grads } = await step(table, { data: Int32Array.of(2, 0, 0, 2), shape: [2, 2] });
    expect(value.item()).toBe(2 * (25 + 36) + 2 * (1 + 4));
    expect([...grads.data()]).toEqual([4, 8, 0, 0, 20, 24]);
  });

  it.each(['openvino', 'onnxruntime'] as const)(
    'gives NaN for a label outside the table that only shows in a call, on %s',
    async (runtime) => {
      const loss = (table: tf.Tensor, labels: tf.Tensor) => embedding(table, labels).square().sum();
      const step = compile(
        (table: tf.Tensor, labels: tf.Tensor) => ({ y: embedding(table, labels), ...valueAndGrad(loss)(table, labels) }),
        {
          runtime,
        },
      );
      const table = { data: Float32Array.of(1, 2, 3), shape: [3, 1] };
      const { y, value } = await step(table, Int32Array.of(2, 3, -1, 1000, 0));
      expect([...y.data()]).toEqual([3, Number.NaN, Number.NaN, Number.NaN, 1]);
      expect(value.item()).toBeNaN();
      expect((await step(table, Int32Array.of(2, 1, 1, 0, 0))).value.item()).toBe(9 + 4 + 4 + 1 + 1);
    },
  );

  it('names a label outside the table, eager or constant, and another type', () => {
    const table = tf.zeros([3, 2]);
    const wrong = tf.tensor1d([1, 3], 'int32');
    const message = 'embedding: labels are 0 … 2, one for each of 3 classes; got 3 at index 1';
    expect(() => embedding(table, wrong)).toThrow(message);
    expect(() => inDouble((table) => embedding(table, wrong), [{ data: [0, 0, 0], shape: [3, 1] }])).toThrow(message);
    expect(() => embedding(table, tf.tensor1d([1, 2]))).toThrow(
      'embedding takes a table [V, D] and int32 labels (these are float32): got table [3,2], labels [2]',
    );
    expect(() => checkClassLabels('sectors', Int32Array.of(0, -1), 11)).toThrow(
      'sectors: labels are 0 … 10, one for each of 11 classes; got -1 at index 1',
    );
  });
});
