import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromArray } from '../buffers/device-tensor.js';
import { compile } from '../compile.js';

beforeAll(() => tf.setBackend('cpu'));

describe.each(['openvino', 'onnxruntime'] as const)('session on %s', (runtime) => {
  const weights = tf.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
  const affine = ({ x, shift }: { x: tf.Tensor; shift: tf.Tensor }) => ({ y: x.matMul(weights).add(shift), rows: tf.ones([2], 'int32') });

  it('computes what the compiled function does, into the same arrays at every call', async () => {
    const compiled = compile(affine, { runtime });
    const x = { data: Float32Array.of(1, 0, 0, 1), shape: [2, 2] };
    const predict = await compiled.session({ x, shift: 0.5 });
    const first = predict({ x, shift: 0.5 });
    expect(Array.from(first.y)).toEqual([1.5, 2.5, 3.5, 4.5, 5.5, 6.5]);
    expect(first.rows).toEqual(Int32Array.of(1, 1));
    x.data.set([0, 2, 2, 0]);
    const second = predict({ x, shift: -1 });
    expect(second).toBe(first);
    expect(second.y).toBe(first.y);
    expect(Array.from(second.y)).toEqual([7, 9, 11, 1, 3, 5]);
    const once = await compiled({ x, shift: -1 });
    expect(Array.from(once.y.data())).toEqual(Array.from(second.y));
    expect(Array.from(predict({ x: fromArray([1, 1, 1, 1], [2, 2]), shift: 0 }).y)).toEqual([5, 7, 9, 5, 7, 9]);
    predict.release();
    compiled.release();
  });

  it('does not read or write arrays of the caller after a call', async () => {
    const compiled = compile((x: tf.Tensor) => x.mul(2), { runtime });
    const x = new Float32Array(64).fill(3);
    const predict = await compiled.session(x);
    const y = predict(x);
    structuredClone(y, { transfer: [y.buffer as ArrayBuffer] }); // takes the result's memory away
    structuredClone(x, { transfer: [x.buffer] });
    expect(() => predict(new Float32Array(64))).toThrow(); // nowhere to put the result, and no crash
    predict.release();
    compiled.release();
  });

  it('reads a tensor where it is, and leaves it as it was', async () => {
    const compiled = compile((x: tf.Tensor) => x.mul(2), { runtime });
    const next = compile((x: tf.Tensor) => x.add(1), { runtime, donate: [0] });
    const predict = await compiled.session(Float32Array.of(0, 0));
    let x = fromArray([1, 2], [2]);
    expect(Array.from(predict(x))).toEqual([2, 4]);
    expect(Array.from(predict(Float32Array.of(7, 8)))).toEqual([14, 16]);
    expect(Array.from(x.data())).toEqual([1, 2]);
    for (let i = 1; i <= 3; i++) {
      x = await next(x); // into the memory that the session has read, or beside it
      expect(Array.from(predict(x))).toEqual([2 + 2 * i, 4 + 2 * i]);
    }
    x.dispose();
    expect(() => predict(x)).toThrow('was disposed');
    expect(Array.from(predict(Float32Array.of(7, 8)))).toEqual([14, 16]);
    for (const one of [predict, compiled, next]) one.release();
  });

  it('says what does not fit, outlives its function, and refuses calls once released', async () => {
    const compiled = compile((x: tf.Tensor) => x.mul(2), { runtime });
    const predict = await compiled.session(Float32Array.of(1, 2));
    expect(() => predict(Float32Array.of(1, 2, 3))).toThrow('is for other arguments: x is float32 [3], and was float32 [2]');
    compiled.release();
    expect(Array.from(predict(Float32Array.of(3, 4)))).toEqual([6, 8]);
    predict.release();
    expect(() => predict(Float32Array.of(3, 4))).toThrow('was released; make another');
    await expect(compiled.session(Float32Array.of(1))).rejects.toThrow('was released');
  });
});
