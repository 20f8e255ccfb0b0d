import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runChild } from '../../tests/support/child.js';
import { fromArray, toTf } from './buffers/device-tensor.js';
import { compile } from './compile.js';
import './eager.js';
import { valueAndGrad } from './grad.js';
import { describeOnnx } from './onnx/decode.js';

beforeAll(() => tf.setBackend('cpu'));

const RUNTIMES = ['openvino', 'onnxruntime'] as const;
const vector = (...values: number[]) => fromArray(Float32Array.from(values), [values.length]);

/** Least squares of y on x by gradient descent at rate 0.1; the gradient is 2/B Xᵀ(Xw − y). */
const descend = (state: { w: tf.Tensor1D; t: tf.Tensor }, batch: { x: tf.Tensor2D; y: tf.Tensor1D }) => {
  const loss = (w: tf.Tensor1D) => batch.x.dot(w).sub(batch.y).square().mean();
  const { value, grads } = valueAndGrad(loss)(state.w);
  return { state: { w: state.w.sub(grads.mul(0.1)) as tf.Tensor1D, t: state.t.add(1) }, loss: value as tf.Tensor };
};
const start = () => ({ w: vector(0, 0), t: fromArray([0], []) });
const batch = () => ({ x: { data: Float32Array.of(1, 0, 0, 2), shape: [2, 2] }, y: Float32Array.of(1, 4) });

describe.each(RUNTIMES)('compile on %s', (runtime) => {
  it('computes the product of two vectors', async () => {
    const product = compile((x: tf.Tensor1D, y: tf.Tensor1D) => x.dot(y), { runtime });
    expect((await product(vector(1, 2, 3), vector(4, 5, 6))).item()).toBe(32);
  });

  it('computes a training step: by hand, w₁ = 0.1·(1, 8), loss₀ = 8.5', async () => {
    const step = compile(descend, { runtime });
    const { state, loss } = await step(start(), batch());
    expect(loss.item()).toBe(8.5); // (1² + 4²) / 2
    expect([...state.w.data()]).toEqual([Math.fround(0.1), Math.fround(0.8)]);
    expect(state.t.item()).toBe(1);
  });

  it('follows the eager steps for 50 steps to 1e-5 with a donated state', async () => {
    const step = compile(descend, { runtime, donate: [0] });
    let state = start();
    let eager = { w: tf.tensor1d([0, 0]), t: tf.scalar(0) as tf.Tensor };
    const data = { x: tf.tensor2d([1, 0, 0, 2], [2, 2]), y: tf.tensor1d([1, 4]) };
    for (let i = 0; i < 50; i++) {
      ({ state } = await step(state, batch()));
      eager = descend(eager, data).state;
    }
    const difference = tf.sub(toTf(state).w, eager.w).abs().max().dataSync()[0];
    expect(difference).toBeLessThan(1e-5);
    expect(state.t.item()).toBe(50);
  });

  it('takes numbers, typed arrays, shaped arrays, tensors of tfjs and its own', async () => {
    const sum = compile((a: tf.Tensor, b: tf.Tensor, c: tf.Tensor, d: tf.Tensor, e: tf.Tensor) => a.add(b).add(c).add(d).add(e), {
      runtime,
    });
    const result = await sum(1, Float32Array.of(10, 20), { data: Float64Array.of(100), shape: [1] }, tf.tensor1d([1000]), vector(1e4, 2e4));
    expect([...result.data()]).toEqual([11111, 21121]);
  });

  it('takes the absolute value of joined vectors and leaves the vectors as they are', async () => {
    const joined = compile(
      (a: tf.Tensor1D, b: tf.Tensor1D) => {
        const x = tf.concat([a, b]);
        return x.abs().add(x);
      },
      { runtime },
    );
    expect([...(await joined(Float32Array.of(-1, 2), Float32Array.of(3, -4))).data()]).toEqual([0, 4, 6, 0]);
    expect([...(await joined(Int32Array.of(-1, 2), Int32Array.of(3, -4))).data()]).toEqual([0, 4, 6, 0]);
    joined.release();
  });

  it('multiplies by a square constant and by its transpose', async () => {
    const A = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const both = compile((x: tf.Tensor2D) => ({ plain: x.matMul(A), turned: x.matMul(A, false, true) }), { runtime });
    const { plain, turned } = await both({ data: Float32Array.of(1, 10), shape: [1, 2] });
    expect([...plain.data()]).toEqual([31, 42]);
    expect([...turned.data()]).toEqual([21, 43]);
  });

  it('adds a constant to a sum along the axis it belongs to', async () => {
    const b = tf.tensor1d([10, 20]);
    const sums = compile((x: tf.Tensor3D) => ({ sum: x.sum(-1).add(b), chained: x.sum(-1).mul(2).relu().add(b) }), { runtime });
    const { sum, chained } = await sums({ data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), shape: [3, 2, 2] });
    expect([...sum.data()]).toEqual([13, 27, 21, 35, 29, 43]);
    expect([...chained.data()]).toEqual([16, 34, 32, 50, 48, 66]);
  });

  it('keeps int32 and bool as such', async () => {
    const f = compile((i: tf.Tensor, b: tf.Tensor) => ({ i: i.add(tf.scalar(1, 'int32')), b: b.logicalNot() }), { runtime });
    const { i, b } = await f(Int32Array.of(16777217, -5), { data: Uint8Array.of(1, 0), shape: [2], dtype: 'bool' });
    expect([i.dtype, [...i.data()]]).toEqual(['int32', [16777218, -4]]);
    expect([b.dtype, [...b.data()]]).toEqual(['bool', [0, 1]]);
  });

  it('gives arrays without elements without a runtime seeing them', async () => {
    const f = compile((x: tf.Tensor2D, empty: tf.Tensor2D) => ({ all: tf.concat([x, empty]), none: empty.mul(2), total: empty.sum() }), {
      runtime,
    });
    const { all, none, total } = await f({ data: Float32Array.of(1, 2), shape: [1, 2] }, { data: new Float32Array(), shape: [0, 2] });
    expect([all.shape, [...all.data()]]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect([none.shape, [...none.data()]]).toEqual([[0, 2], []]);
    expect(total.item()).toBe(0);
  });

  it('returns constants, its own arguments, one value twice, nothing, and arguments that change places', async () => {
    const three = compile(() => tf.scalar(3), { runtime });
    expect((await three()).item()).toBe(3);
    const twice = compile((x: tf.Tensor) => [x, x.add(1), x.add(1)], { runtime });
    expect((await twice(5)).map((y) => y.item())).toEqual([5, 6, 6]);
    expect((await compile((x: tf.Tensor2D) => x.mul(2), { runtime })({ data: new Float32Array(), shape: [0, 3] })).shape).toEqual([0, 3]);
    expect(await compile(() => ({}), { runtime })()).toEqual({});
    const swap = compile((s: { a: tf.Tensor; b: tf.Tensor }) => ({ a: s.b, b: s.a }), { runtime, donate: [0] });
    let state = { a: vector(1), b: vector(2) };
    for (let i = 0; i < 5; i++) state = await swap(state);
    expect([state.a.item(), state.b.item()]).toEqual([2, 1]);
  });

  it('takes one tensor as two parts of a donated state', async () => {
    const count = compile((s: { a: tf.Tensor; b: tf.Tensor }) => ({ a: s.a.add(1), b: s.b.add(2) }), { runtime, donate: [0] });
    const zero = vector(0);
    let state = { a: zero, b: zero };
    for (let i = 0; i < 5; i++) state = await count(state);
    expect([state.a.item(), state.b.item()]).toEqual([5, 10]);
  });

  it('gives results that no later call changes, small ones and large ones', async () => {
    const f = compile((x: tf.Tensor) => ({ large: tf.fill([2000], 1).mul(x), small: x.mul(2) }), { runtime });
    const results = [];
    for (let i = 1; i <= 4; i++) results.push(await f(i));
    expect(results.map(({ large, small }) => [large.data()[1999], small.item()])).toEqual([
      [1, 2],
      [2, 4],
      [3, 6],
      [4, 8],
    ]);
  });

  it('answers calls that overlap as if they came one after another', async () => {
    const square = compile((x: tf.Tensor) => x.square(), { runtime });
    const input = Float32Array.of(0);
    const pending = Array.from({ length: 50 }, (_, i) => {
      input[0] = i; // each call must have read it before it returns
      return square(input);
    });
    expect((await Promise.all(pending)).map((y) => y.item())).toEqual(Array.from({ length: 50 }, (_, i) => i * i));
  });

  it.each([1, 2])('gives the same bits run to run on %i threads', async (threads) => {
    const make = () => compile((x: tf.Tensor2D) => tf.softmax(x.matMul(x)).matMul(x).sum(0), { runtime, threads });
    const x = { data: Float32Array.from({ length: 250_000 }, (_, i) => Math.sin(i)), shape: [500, 500] };
    const bits = async (f: ReturnType<typeof make>) => new Uint32Array((await f(x)).data().buffer);
    const [f, g] = [make(), make()];
    const first = await bits(f);
    for (let call = 0; call < 5; call++) expect(await bits(f)).toEqual(first);
    expect(await bits(g)).toEqual(first);
  });

  it("flushes denormals in its own arithmetic and leaves JavaScript's alone", async () => {
    const halve = compile((x: tf.Tensor) => x.mul(0.5), { runtime });
    const tiny = Float32Array.of(1.2e-38); // the least normal float32 is 1.1755e-38
    for (let call = 0; call < 3; call++) expect((await halve(tiny)).data()[0]).toBe(0); // the first call leaves the event loop running, later ones do not
    expect(Float64Array.of(Number.MIN_VALUE)[0] * 1).toBe(5e-324);
  });
});

describe('what compile refuses', () => {
  it('names the place of an argument that is no data', async () => {
    const f = compile((params: { w: tf.Tensor }) => params.w.square());
    // biome-ignore lint/suspicious/noExplicitAny: what a caller without types may pass
    await expect((f as any)({ w: new BigInt64Array(2) })).rejects.toThrow(
      'params.w must be a tensor, a number, or a Float32Array, Float64Array, Int32Array or Uint8Array (alone or as { data, shape }), got a BigInt64Array',
    );
    await expect(f({ w: { data: new Float32Array(5), shape: [2, 3] } })).rejects.toThrow('params.w has shape [2,3], so 6 elements, got 5');
    await expect(f({ w: { data: new Float32Array(6), shape: [2.5, 2.4] } })).rejects.toThrow(
      'params.w has shape [2.5,2.4]; sizes are whole numbers',
    );
  });

  it('says which argument changed when the function does not fit the new shape', async () => {
    const f = compile((x: tf.Tensor2D, w: tf.Tensor2D) => x.matMul(w));
    await f({ data: new Float32Array(6), shape: [2, 3] }, { data: new Float32Array(3), shape: [3, 1] });
    await expect(f({ data: new Float32Array(8), shape: [2, 4] }, { data: new Float32Array(3), shape: [3, 1] })).rejects.toThrow(
      /inner dimensions.*\(x is float32 \[2,4\], and was float32 \[2,3\]\)/s,
    );
  });

  it('asks for the value of a traced tensor: the error names this file', async () => {
    const f = compile((x: tf.Tensor) => (x.sum().dataSync()[0] > 0 ? x : x.neg()));
    await expect(f(1)).rejects.toThrow(/compile\.test\.ts:\d+.*tf\.where/s);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('is an asynchronous function', async () => {
    const f = compile((async (x: tf.Tensor) => x) as unknown as (x: tf.Tensor) => tf.Tensor);
    await expect(f(1)).rejects.toThrow('compile takes a synchronous function, got an async one');
  });

  it('is a result that is no tensor', async () => {
    const f = compile((x: tf.Tensor) => ({ x, n: 3 }));
    await expect(f(1)).rejects.toThrow('must return tensors, got a number as n');
  });

  it('is a closed-over tensor that was disposed, or a variable that was assigned', async () => {
    const captured = tf.tensor1d([1, 2]);
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const f = compile(function scale(x: tf.Tensor) {
      return x.mul(captured);
    });
    const g = compile(function shift(x: tf.Tensor) {
      return x.add(variable);
    });
    expect([...(await f(2)).data(), ...(await g(2)).data()]).toEqual([2, 4, 3, 4]);
    captured.dispose();
    variable.assign(tf.tensor1d([5, 5]));
    await expect(f(2)).rejects.toThrow('scale closes over a tensor [2] that was disposed after it was compiled');
    await expect(g(2)).rejects.toThrow('shift closes over a tensor [2] that was changed after it was compiled');
  });

  it('is an option out of range', async () => {
    const compileWith = (options: unknown) => () => compile((x: tf.Tensor) => x, options as object);
    expect(compileWith({ runtme: 'openvino' })).toThrow(
      "compile: there is no option 'runtme'; it takes runtime, device, threads, donate, precision (did you mean runtime?)",
    );
    expect(compileWith({ runtime: 'tensorrt' })).toThrow("compile: runtime must be openvino or onnxruntime, got 'tensorrt'");
    expect(compileWith({ device: 'gpu' })).toThrow("compile: device must be cpu, webgpu or cuda, got 'gpu'");
    expect(compileWith({ precision: 64 })).toThrow('compile: precision must be float32 or float64, got 64');
    expect(compileWith({ donate: 0 })).toThrow('compile: donate must be a list of arguments counted from 0, such as [0], got 0');
    expect(() => compile((x: tf.Tensor) => x, { threads: 0 })).toThrow('compile: threads must be a whole number from 1 up, got 0');
    await expect(compile((x: tf.Tensor) => x, { donate: [1] })(1)).rejects.toThrow(
      'compile: donate names argument 1, counted from 0, where the compiled function was given no tensor',
    );
  });

  it('is a tensor that was disposed, and a function that was released', async () => {
    const x = vector(1, 2);
    x.dispose();
    const f = compile((x: tf.Tensor) => x.add(1));
    await expect(f(x)).rejects.toThrow('this tensor [2] was disposed');
    f.release();
    await expect(f(1)).rejects.toThrow('was released; compile it again');
  });
});

describe('device', () => {
  // In a process of its own: Dawn writes to stderr that it finds no Vulkan.
  it.each(['webgpu', 'cuda'])('%s computes where its driver is, and else says what is missing', (device) => {
    const { outcome, available, detail } = runChild('device.ts', {}, device) as { outcome: unknown; available: boolean; detail: string };
    expect(available).toBe(outcome === 9);
    if (outcome === 9) return expect(detail).toBe(`use it with compile(fn, { device: '${device}' })`);
    expect(outcome).toBe(`nothing can run the compiled function: ${detail}`);
    expect(detail).toMatch(
      /^(webgpu does not start: .*WebGPU.*; it needs a GPU|the libraries of CUDA are a separate download: node|this build of .* has no (cuda|webgpu) provider, only)/s,
    );
  });

  it('of OpenVINO is the cpu', async () => {
    await expect(compile((x: tf.Tensor) => x, { runtime: 'openvino', device: 'cuda' })(3)).rejects.toThrow(
      'OpenVINO computes on the cpu here, not on cuda',
    );
  });

  it('is refused where the graph does not suit the runtime that was asked for', async () => {
    const halves = (x: tf.Tensor) => x.floorDiv(tf.scalar(2, 'int32'));
    const x = Int32Array.of(16777219, -7);
    await expect(compile(halves, { runtime: 'openvino' })(x)).rejects.toThrow(/^nothing can run halves: OpenVINO computes .* float32/);
    const f = compile(halves);
    expect([...(await f(x)).data()]).toEqual([8388609, -4]); // through float32 it would be 8388610
    expect(f.programs[0].runtime).toBe('onnxruntime');
  });
});

describe('precision', () => {
  it('float64 keeps what float32 loses', async () => {
    const f = (x: tf.Tensor, y: tf.Tensor) => x.add(y).sub(y);
    const x = { data: Float64Array.of(1e-12), shape: [1] };
    const double = await compile(f, { precision: 'float64' })(x, 1);
    expect(double.dtype).toBe('float64');
    expect(double.data()[0]).toBeCloseTo(1e-12, 15);
    expect((await compile(f)(x, 1)).data()[0]).toBe(0);
    await expect(compile(f)(double, 1)).rejects.toThrow(
      "x is float64, f computes in float32: compile with precision 'float64', or use toTf",
    );
  });
});

describe('toOnnx', () => {
  const predict = (params: { w: tf.Tensor2D }, x: tf.Tensor2D) => x.matMul(params.w).relu();
  const params = { w: fromArray(Float32Array.of(1, -1, 2, 0), [2, 2]) };

  it('leaves the batch length of the named inputs open', async () => {
    const compiled = compile(predict);
    await compiled(params, fromArray([1, 2, 3, 4], [2, 2]));
    const { inputs, outputs } = describeOnnx(compiled.toOnnx({ inputNames: ['w', 'x'], outputNames: ['y'], dynamicBatch: ['x'] }));
    expect(inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['w', [2, 2]],
      ['x', ['batch', 2]],
    ]);
    expect(outputs.map(({ name, shape }) => [name, shape])).toEqual([['y', ['batch', 2]]]);
    expect(() => compiled.toOnnx({ dynamicBatch: ['X'] })).toThrow(
      "toOnnx: dynamicBatch names 'X', which is none of the inputs params.w, x",
    );
    compiled.release();
  });
});
