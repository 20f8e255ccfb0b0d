import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type InputSpec, trace } from '../trace/trace.js';
import { describeOnnx } from './decode.js';
import { toOnnx } from './emit.js';

const float = (...shape: number[]): InputSpec => ({ shape, dtype: 'float32' });
const data = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i + 1));
type Fn = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** The file of `fn` over x [batch, …], and what it gives at a batch length. */
function exported(fn: Fn, ...shape: number[]) {
  const at = (length: number) => trace(fn, [float(length, ...shape)]);
  const bytes = toOnnx(at(4), { dynamicBatch: at });
  const run = async (batch: number) => {
    const session = await ort.InferenceSession.create(bytes);
    const dims = [batch, ...shape];
    const input = new ort.Tensor('float32', data(dims.reduce((a, b) => a * b, 1)), dims);
    const { out0 } = await session.run({ in0: input });
    await session.release();
    return { shape: [...out0.dims], values: Array.from(out0.data as Float32Array) };
  };
  return { bytes, run };
}

/** The same, computed by tfjs itself. */
function eager(fn: Fn, batch: number, ...shape: number[]) {
  return tf.tidy(() => {
    const dims = [batch, ...shape];
    const [y] = fn(tf.tensor(data(dims.reduce((a, b) => a * b, 1)), dims));
    return { shape: y.shape, values: Array.from(y.dataSync()) };
  });
}

const close = (got: { shape: number[]; values: number[] }, expected: typeof got) => {
  expect(got.shape).toEqual(expected.shape);
  const errors = got.values.map((x, i) => Math.abs(x - expected.values[i]));
  expect(Math.max(...errors)).toBeLessThan(1e-5);
};

const w = tf.tensor2d(data(12), [3, 4]);
const CASES: Record<string, { fn: Fn; shape: number[] }> = {
  'a layer over every time step': { fn: (x) => [tf.tanh(x.reshape([-1, 3]).matMul(w)).reshape([-1, 5, 4])], shape: [5, 3] },
  'heads split, moved and joined': {
    fn: (x) => [x.reshape([-1, 5, 2, 3]).transpose([0, 2, 1, 3]).softmax().transpose([0, 2, 1, 3]).reshape([-1, 30])],
    shape: [5, 6],
  },
  'a zero state of the batch length': { fn: (x) => [tf.concat([tf.zeros([x.shape[0], 2]), x], 1)], shape: [3] },
  'sums and means over the batch': { fn: (x) => [x.sum(0).add(x.mean(0)).div(x.shape[0])], shape: [3] },
};

describe('toOnnx with a dynamic batch', () => {
  it.each(Object.entries(CASES))('serves %s at any length', async (_, { fn, shape }) => {
    const { run } = exported(fn, ...shape);
    for (const batch of [1, 4, 9]) close(await run(batch), eager(fn, batch, ...shape));
  });

  it('names the open dimensions', () => {
    const { inputs, outputs } = describeOnnx(exported((x) => [x.reshape([-1, 3])], 5, 3).bytes);
    expect([inputs[0].shape, outputs[0].shape]).toEqual([
      ['batch', 5, 3],
      ['5*batch', 3],
    ]);
  });

  it('refuses what no file can say', () => {
    expect(() => exported((x) => [x.add(tf.range(0, x.shape[0]).reshape([-1, 1]))], 3)).toThrow(
      'a constant of shape [batch] depends on the batch length',
    );
    expect(() => exported((x) => [x.mul(Math.sqrt(x.shape[0]))], 3)).toThrow('depends on the batch length in a way that no file can say');
    expect(() => exported((x) => [x.shape[0] > 1010 ? x.exp() : x.abs()], 3)).toThrow('does something else at another batch length');
    expect(() => exported((x) => [x.pad([[0, 1], [0, 0]])], 3)).toThrow('a dimension is no multiple of the batch length'); // biome-ignore format: one line
  });
});
