import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { key, uniform } from '../../../base/index.js';
import { compile } from '../../compile.js';
import { valueAndGrad } from '../../grad.js';

beforeAll(() => tf.setBackend('cpu'));

const RUNTIMES = ['openvino', 'onnxruntime'] as const;
const floats = (...x: number[]) => Float32Array.from(x);
const integers = (...x: number[]) => Int32Array.from(x);
type Operator = (...tensors: tf.Tensor[]) => tf.Tensor;

async function numbers(fn: Operator, ...args: (Float32Array | Int32Array | { data: Float32Array | Int32Array; shape: number[] })[]) {
  const at = async (options: object) => [
    ...(await (compile(fn, options) as (...args: unknown[]) => Promise<{ data(): Float32Array }>)(...args)).data(),
  ];
  return {
    openvino: await at({ runtime: 'openvino' }),
    onnxruntime: await at({ runtime: 'onnxruntime' }),
    exact: await at({ precision: 'float64' }),
  };
}

describe('quotients', () => {
  const pairs = Array.from({ length: 3600 }, (_, i) => [(i % 60) + 1, Math.floor(i / 60) + 1]);
  const [a, b] = [0, 1].map((k) => Float32Array.from(pairs, (pair) => pair[k]));

  it.each(RUNTIMES)('of 1 … 60 by 1 … 60 have their floors and remainders on %s', async (runtime) => {
    const f = compile(
      (x: tf.Tensor, y: tf.Tensor) => ({ floor: x.floorDiv(y), chain: x.mul(y).div(y).floor(), one: x.div(x).floor(), mod: x.mod(y) }),
      { runtime },
    );
    const { floor, chain, one, mod } = await f(a, b);
    expect([...floor.data()]).toEqual(pairs.map(([a, b]) => Math.floor(a / b)));
    expect([...mod.data()]).toEqual(pairs.map(([a, b]) => a % b));
    expect([...chain.data()]).toEqual(pairs.map(([a]) => a));
    expect(new Set(one.data())).toEqual(new Set([1]));
  });

  // JavaScript's % of two float32 numbers is exact, and their quotient in double precision on the right side of a whole number.
  it.each(RUNTIMES)('of floats of both signs, multiples and near multiples are exact on %s', async (runtime) => {
    const [u, v] = [uniform(key(1), [3000]).data, uniform(key(2), [3000]).data];
    const y = v.map((v, i) => (i % 2 ? 1 : -1) * [v + 0.01, 0.1, 0.7, 1e3 * v + 1][i % 4]);
    const x = y.map((y, i) => (i % 3 ? Math.fround(y * Math.floor(u[i] * 99)) : (u[i] - 0.5) * 1e4));
    const f = compile((x: tf.Tensor, y: tf.Tensor) => ({ floor: x.floorDiv(y), mod: x.mod(y) }), { runtime });
    const { floor, mod } = await f(x, y);
    expect([...floor.data()]).toEqual(Array.from(x, (x, i) => Math.floor(x / y[i]) + 0));
    const python = (x: number, y: number) => (x % y !== 0 && x % y < 0 !== y < 0 ? (x % y) + y : x % y);
    for (const [i, r] of mod.data().entries()) expect(r + 0, `${x[i]} mod ${y[i]}`).toBe(Math.fround(python(x[i], y[i])) + 0);
  });

  it.each(RUNTIMES)('have the gradient of the remainder that was taken on %s', async (runtime) => {
    const x = floats(0.21, 0.34, 5, 41, 7, -7);
    const f = compile((x: tf.Tensor) => valueAndGrad((x: tf.Tensor) => x.mod(x).sum())(x).grads, { runtime });
    expect([...(await f(x)).data()].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]); // x mod x = 0
  });

  it('of integers do not end the process at zero and at −2³¹ by −1', async () => {
    const [x, y] = [integers(7, -7, 7, -(2 ** 31), 5, -(2 ** 31), -5), integers(-2, 2, 0, -1, 3, 0, -1)];
    const run = (fn: Operator) => compile(fn, { runtime: 'onnxruntime' }) as (...xs: Int32Array[]) => Promise<{ data(): Int32Array }>;
    expect([...(await run((x, y) => x.floorDiv(y))(x, y)).data()]).toEqual([-4, -4, 0, -(2 ** 31), 1, 0, 5]);
    expect([...(await run((x, y) => x.mod(y))(x, y)).data()]).toEqual([-1, 1, 0, 0, 2, 0, 0]);
    expect([...(await run((x) => x.floorDiv(tf.scalar(-1, 'int32')))(x)).data()]).toEqual([-7, 7, -7, -(2 ** 31), -5, -(2 ** 31), 5]);
  });

  it('of integers near 2³¹ leave nothing out', async () => {
    const ends = [2 ** 31 - 1, -(2 ** 31), 2 ** 24 + 1, -(2 ** 24) - 13, 7, -7, 1];
    const [x, y] = [integers(...ends.flatMap((a) => ends.map(() => a))), integers(...ends.flatMap(() => ends))];
    const right = Array.from(x, (a, i) => Math.floor(a / y[i]) | 0);
    for (const options of [{ runtime: 'onnxruntime' }, { precision: 'float64' }] as const) {
      const f = compile((x: tf.Tensor, y: tf.Tensor) => x.floorDiv(y), options);
      expect([...(await f(x, y)).data()]).toEqual(right);
    }
  });

  it('cast to integers are the nearest of them, and 0 of NaN', async () => {
    const x = floats(1.9, -1.9, Number.NaN, 1e10, -1e10, Infinity, -Infinity, 2147483520, -2147483648);
    const right = [1, -1, 0, 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1, -(2 ** 31), 2147483520, -(2 ** 31)];
    expect(await numbers((x) => x.cast('int32'), x)).toEqual({ openvino: right, onnxruntime: right, exact: right });
  });
});

describe('an index outside', () => {
  const x = { data: floats(1, 2, 3, 4, 5, 6), shape: [3, 2] };
  const all = <T>(value: T) => ({ openvino: value, onnxruntime: value, exact: value });
  const at = [0, 2, 3, -1, 1000, -(2 ** 31), 2 ** 31 - 1];
  const nan = Number.NaN;

  it('takes NaN, and of integers 0', async () => {
    const rows = [1, 2, 5, 6, ...new Array(10).fill(nan)];
    expect(await numbers((x, i) => tf.gather(x, i), x, integers(...at))).toEqual(all(rows));
    expect(await numbers((x, i) => tf.gather(x, i, 1), x, integers(1, 2))).toEqual(all([2, nan, 4, nan, 6, nan]));
    expect(await numbers((x, i) => tf.gather(x.cast('int32'), i), x, integers(1, 3))).toEqual(all([3, 4, 0, 0]));
    const perRow = { data: integers(1, 2, 0, 1, 5, -1), shape: [3, 2] };
    expect(await numbers((x, i) => tf.gather(x, i, 1, 1), x, perRow)).toEqual(all([2, nan, 3, 4, nan, nan]));
  });

  it('of a tuple takes NaN where one of it is outside', async () => {
    const tuples = { data: integers(2, 1, 0, 2, -1, 0, 9, 9, 1, 0), shape: [5, 2] };
    expect(await numbers((x, i) => tf.gatherND(x, i), x, tuples)).toEqual(all([6, nan, nan, nan, 3]));
    const rows = { data: integers(1, 3, 100_000, -100), shape: [4, 1] };
    expect(await numbers((x, i) => tf.gatherND(x, i), x, rows)).toEqual(all([3, 4, ...new Array(6).fill(nan)]));
  });

  it('is where nothing is put', async () => {
    const rows = { data: integers(1, 3, -1, 100_000), shape: [4, 1] };
    const updates = { data: floats(1, 2, nan, nan, nan, nan, nan, nan), shape: [4, 2] };
    expect(await numbers((i, u) => tf.scatterND(i, u, [3, 2]), rows, updates)).toEqual(all([0, 0, 1, 2, 0, 0]));
    expect(await numbers((x, i, u) => tf.tensorScatterUpdate(x, i, u), x, rows, updates)).toEqual(all([1, 2, 1, 2, 5, 6]));
    const tuples = { data: integers(2, 1, 0, 2, 3, 0), shape: [3, 2] };
    expect(await numbers((x, i, u) => tf.tensorScatterUpdate(x, i, u), x, tuples, floats(7, 8, 9))).toEqual(all([1, 2, 3, 4, 5, 7]));
  });

  it('has no gradient', async () => {
    const f = compile((x: tf.Tensor, i: tf.Tensor) => valueAndGrad((x: tf.Tensor) => tf.gather(x, i).sum())(x).grads);
    expect([...(await f(x, integers(2, 3, -1))).data()]).toEqual([0, 0, 0, 0, 1, 1]);
  });

  it('that is known while tracing is an error', async () => {
    const run = (fn: Operator) => compile(fn)(x as never);
    await expect(run((x) => tf.gather(x, [3]))).rejects.toThrow('GatherV2: the index value 3 is not in [0, 2]');
    await expect(run((x) => tf.gatherND(x, tf.tensor2d([[3]], [1, 1], 'int32')))).rejects.toThrow(
      'Invalid indices: 3 does not index into 3,2',
    );
  });
});

describe('at the ends of the scale', () => {
  const close = (actual: number[], right: number[]) =>
    right.forEach((y, i) => {
      if (Number.isFinite(y)) expect(Math.abs(actual[i] - y), `${i}: ${actual[i]}, right ${y}`).toBeLessThanOrEqual(5e-7 * Math.abs(y));
      else expect(actual[i]).toBe(y);
    });

  it.each(RUNTIMES)('softplus and logSigmoid keep their digits on %s', async (runtime) => {
    const xs = [-85, -75, -20, -17.7, -15, -12, -8, -1, 0, 1, 20, 100, Infinity, -Infinity];
    const right = xs.map((x) => Math.max(Math.fround(x), 0) + Math.log1p(Math.exp(-Math.abs(Math.fround(x)))));
    close((await numbers((x) => tf.softplus(x), floats(...xs)))[runtime], right);
    close((await numbers((x) => tf.logSigmoid(x.neg()).neg(), floats(...xs)))[runtime], right);
    expect((await numbers((x) => tf.softplus(x), floats(Number.NaN)))[runtime]).toEqual([Number.NaN]);
  });

  it.each(RUNTIMES)('logarithms keep their digits near 1 on %s', async (runtime) => {
    const xs = floats(0.5, 0.76, 0.9, 0.999999, 1.0000001, 1.00001, 1.01, 1.2499, 1.26, 2, 1e30, Infinity, 0);
    close((await numbers((x) => x.log(), xs))[runtime], Array.from(xs, Math.log));
    const small = floats(1e-9, 3e-7, 6.1e-6, -6.1e-6, 1e-3, -0.5, 5);
    close((await numbers((x) => x.log1p(), small))[runtime], Array.from(small, Math.log1p));
  });

  it.each(RUNTIMES)('extrema and log-sums of infinities are what they are on %s', async (runtime) => {
    const x = { data: floats(-Infinity, -Infinity, -Infinity, 1, Infinity, 1, Infinity, Infinity), shape: [4, 2] };
    expect((await numbers((x) => x.max(1), x))[runtime]).toEqual([-Infinity, 1, Infinity, Infinity]);
    expect((await numbers((x) => x.min(1), x))[runtime]).toEqual([-Infinity, -Infinity, 1, Infinity]);
    expect((await numbers((x) => tf.logSumExp(x, 1), x))[runtime]).toEqual([-Infinity, 1, Infinity, Infinity]);
    const window = { data: floats(-Infinity, -Infinity, 3, -Infinity), shape: [1, 2, 2, 1] };
    expect((await numbers((x) => tf.maxPool(x as tf.Tensor4D, [2, 1], 1, 'same'), window))[runtime]).toEqual([3, -Infinity, 3, -Infinity]);
  });
});
