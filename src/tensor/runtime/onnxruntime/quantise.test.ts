import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { key, normal, split } from '../../../base/random.js';
import { fromTf, toTf } from '../../buffers/device-tensor.js';
import { compile } from '../../compile.js';
import { valueAndGrad } from '../../grad.js';
import { describeOnnx } from '../../onnx/decode.js';
import { quantise } from './quantise.js';

beforeAll(() => tf.setBackend('cpu'));

const [first, second, input] = split(key(1), 3);
const tensor = ({ data, shape }: { data: Float32Array; shape: readonly number[] }) => tf.tensor(data, [...shape]);

describe('quantise', () => {
  it('rounds weights and inputs to 8 bits: by hand', async () => {
    // Column 1: s = 1, so ŵ − 128 = 127, −64. Column 2: s = 2/127, so 127 and ⌊31.75⌉ = 32. The range of x is 0 to 255: sₓ = 1.
    const w = tf.tensor([127, 2, -64.4, 0.5], [2, 2]);
    const compiled = compile((x: tf.Tensor) => x.matMul(w), { runtime: 'onnxruntime' });
    const x = { data: Float32Array.of(255, 10.4, 3, 1), shape: [2, 2] };
    await compiled(x);
    const { onnx, products, loss } = await quantise(compiled.toOnnx(), { x });
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(onnx);
    const y = (await session.run({ x: new Tensor(x.data, x.shape) }))[session.outputNames[0]].data as Float32Array;
    const byHand = [255 * 127 - 10 * 64, ((255 * 127 + 10 * 32) * 2) / 127, 3 * 127 - 64, ((3 * 127 + 32) * 2) / 127];
    for (const [i, value] of byHand.entries()) expect(y[i]).toBeCloseTo(value, 3);
    const exact = [255 * 127 - 10.4 * 64.4, 255 * 2 + 10.4 * 0.5, 3 * 127 - 64.4, 6.5];
    const expected = Math.hypot(...exact.map((v, i) => v - byHand[i])) / Math.hypot(...exact);
    expect(products).toBe(1);
    expect(loss.output).toBeCloseTo(expected, 5);
  });

  it('costs a trained MLP about a per cent and keeps the batch open', async () => {
    const x = normal(input, [128, 16]);
    const target = tensor(x).square().sum(1, true).div(16).sub(1);
    const model = ([w1, b1, w2]: readonly tf.Tensor[], x: tf.Tensor) => x.matMul(w1).add(b1).relu().matMul(w2);
    const objective = (params: readonly tf.Tensor[]) => model(params, tensor(x)).sub(target).square().mean();
    const step = compile((params: readonly tf.Tensor[]) => {
      const { value, grads } = valueAndGrad(objective)(params);
      return { value, params: params.map((p, i) => p.sub(grads[i].mul(0.05))) };
    });
    let params = fromTf([tensor(normal(first, [16, 128])).mul(1 / 4), tf.zeros([128]), tensor(normal(second, [128, 4])).mul(1 / 12)]);
    let error = Number.NaN;
    for (let i = 0; i < 300; i++) {
      const next = await step(params as never);
      [params, error] = [next.params as typeof params, next.value.item()];
    }
    expect(error).toBeLessThan(0.05); // of a target with variance 2/16: it has learnt
    const trained = toTf(params) as unknown as tf.Tensor[];
    const compiled = compile((x: tf.Tensor) => model(trained, x), { runtime: 'onnxruntime' });
    await compiled(x);
    const exact = compiled.toOnnx({ dynamicBatch: ['x'] });
    const { onnx, products, loss } = await quantise(exact, { x: { data: x.data.slice(0, 7 * 16), shape: [7, 16] } });
    expect(products).toBe(2);
    expect(onnx.length).toBeLessThan(exact.length / 2);
    expect(loss.output).toBeGreaterThan(1e-4); // rounding to 1/255 of the range leaves this much at least
    expect(loss.output).toBeLessThan(0.03);
    expect(describeOnnx(onnx).operators).toMatchObject({ DynamicQuantizeLinear: 2, MatMulInteger: 2 });
  });

  it('finds matrices behind a reshape, and leaves no trace of it', async () => {
    const w = tensor(normal(first, [4, 40]));
    const compiled = compile((x: tf.Tensor) => x.matMul(w.reshape([16, 10])), { runtime: 'onnxruntime' });
    const x = normal(input, [3, 16]);
    await compiled(x);
    const { onnx, products } = await quantise(compiled.toOnnx(), { x });
    expect(products).toBe(1);
    const { operators } = describeOnnx(onnx);
    expect(operators.Reshape).toBeUndefined();
    expect(onnx.length).toBeLessThan(w.size * 4); // the matrix in float32 is gone
  });

  it('refuses a graph that takes its parameters, and a sample that does not fit', async () => {
    const compiled = compile((w: tf.Tensor, x: tf.Tensor) => x.matMul(w), { runtime: 'onnxruntime' });
    const x = { data: new Float32Array(4), shape: [2, 2] };
    await compiled(x, x);
    await expect(quantise(compiled.toOnnx(), { x })).rejects.toThrow('closes over its parameters');
    const w = tf.tensor([1, 2, 3, 4], [2, 2]);
    const closed = compile((x: tf.Tensor) => x.matMul(w), { runtime: 'onnxruntime' });
    await closed(x);
    await expect(quantise(closed.toOnnx(), { X: x })).rejects.toThrow("the sample lacks the input 'x'; it has X");
  });
});
