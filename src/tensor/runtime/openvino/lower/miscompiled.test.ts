import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../../../base/index.js';
import { compile } from '../../../compile.js';
import { trace } from '../../../trace/trace.js';
import { legalise } from './lower.js';

beforeAll(() => tf.setBackend('cpu'));

const float = (...shape: number[]) => ({ shape, dtype: 'float32' as const });
const ops = (fn: (...x: tf.Tensor[]) => tf.Tensor, ...shapes: number[][]) => {
  const graph = trace(
    (...x) => [fn(...x)],
    shapes.map((shape) => float(...shape)),
  );
  return [graph, legalise(graph)].map(({ nodes }) => nodes.map(({ op }) => op));
};

/** What OpenVINO gives, less what double precision gives. */
async function expectRight(fn: (...x: tf.Tensor[]) => tf.Tensor, ...shapes: number[][]): Promise<void> {
  const inputs = shapes.map((shape, i) => normal(fold(key(1), i), shape));
  const [actual, expected] = await Promise.all([
    compile(fn, { runtime: 'openvino' })(...inputs),
    compile(fn, { precision: 'float64' })(...inputs),
  ]);
  expect(actual.shape).toEqual(expected.shape);
  const [x, y] = [actual.data(), expected.data()];
  for (let i = 0; i < y.length; i++) expect(Math.abs(x[i] - y[i])).toBeLessThan(1e-5 * Math.max(1, Math.abs(y[i])));
}

describe('graphs that OpenVINO compiles wrongly', () => {
  it.each([
    [2, 2, 2],
    [4, 4, 4],
    [3, 3, 2],
    [4, 2, 4],
  ])('attention of several heads at %d steps and %d heads of width %d', async (T, H, d) => {
    const split = (x: tf.Tensor) => x.reshape([3, T, H, d]).transpose([0, 2, 1, 3]);
    const mixed = (x: tf.Tensor) =>
      split(x)
        .matMul(split(x.mul(2)), false, true)
        .softmax()
        .matMul(split(x.mul(3)));
    await expectRight(mixed, [3, T, H * d]);
    await expectRight(
      (x) =>
        mixed(x)
          .transpose([0, 2, 1, 3])
          .reshape([3, T, H * d]),
      [3, T, H * d],
    );
    const three = (x: tf.Tensor) => {
      const [q, k, v] = x.reshape([3, T, 3, H, d]).transpose([2, 0, 3, 1, 4]).unstack(0);
      return q
        .matMul(k, false, true)
        .softmax()
        .matMul(v)
        .transpose([0, 2, 1, 3])
        .reshape([3, T, H * d]);
    };
    await expectRight(three, [3, T, 3 * H * d]);
  });

  it('a product reshaped to a scalar is squeezed', async () => {
    const dot = (x: tf.Tensor, y: tf.Tensor) => x.dot(y);
    expect(ops(dot, [3], [3])).toEqual([
      ['Reshape', 'Reshape', 'Gemm', 'Reshape'],
      ['Reshape', 'Reshape', 'Gemm', 'Squeeze'],
    ]);
    await expectRight(dot, [3], [3]);
  });

  it('|x| of joined vectors is max(x, −x)', async () => {
    const joined = (x: tf.Tensor, y: tf.Tensor) => {
      const both = tf.concat([x, y]);
      return both.abs().mul(2).add(both);
    };
    expect(ops(joined, [3], [4])).toEqual([
      ['Concat', 'Abs', 'Mul', 'Add'],
      ['Concat', 'Neg', 'Max', 'Mul', 'Add'],
    ]);
    await expectRight(joined, [3], [4]);
  });

  it('|x| of a vector that no argument changes is max(x, −x)', async () => {
    const v = tf.tensor([-0.5, -2.5, 0.25, -3]);
    const product = tf.tensor([1, -2, 3, 4], [2, 2]);
    for (const known of [() => v.add(0.5), () => tf.gather(v, [0, 3]), () => product.matMul(product).flatten(), () => v.tile([2])])
      await expectRight((x) => x.sum().add(known().abs()), [3]);
  });

  it.each([1, 3, 8, 31, 32])('a network that is added to its own input is added to its last shift, of %d rows', async (rows) => {
    const [v, c, w, b] = [[8, 20], [20], [20, 8], [8]].map((shape, i) => {
      const { data } = normal(fold(key(2), i), shape);
      return tf.tensor(data, shape);
    });
    const block = (x: tf.Tensor) => {
      const y = x.mul(2);
      const flat = y.reshape([rows, 8]);
      return y.add(flat.matMul(v).add(c).matMul(w).add(b).reshape([1, rows, 8]));
    };
    // It ends the process where it is not: the test would not be told that it failed.
    await expectRight(block, [1, rows, 8]);
    await expectRight((x) => block(x).sub(0.5), [1, rows, 8]);
  });

  it('a square constant that products take both ways is transposed beforehand', async () => {
    const w = tf.tensor(normal(key(2), [8, 8]).data, [8, 8]);
    const both = (x: tf.Tensor) => x.matMul(w).tanh().matMul(w, false, true);
    const graph = trace((x) => [both(x)], [float(5, 8)]);
    expect(graph.nodes.map(({ attributes }) => attributes)).toEqual([{}, {}, { transB: 1 }]);
    expect(legalise(graph).nodes.map(({ attributes }) => attributes)).toEqual([{}, {}, {}]);
    expect(legalise(graph).constants).toHaveLength(2);
    await expectRight(both, [5, 8]);
  });

  it('a constant that products of batches take both ways is two constants', async () => {
    const w = tf.tensor(normal(key(2), [2, 3, 3]).data, [2, 3, 3]);
    const both = (x: tf.Tensor) => tf.concat([x.matMul(w), x.matMul(w, false, true)]);
    const graph = trace((x) => [both(x)], [float(2, 3, 3)]);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['MatMul', 'Transpose', 'MatMul', 'Concat']);
    expect(legalise(graph).nodes.map(({ op }) => op)).toEqual(['MatMul', 'MatMul', 'Concat']);
    await expectRight(both, [2, 3, 3]);
  });

  it('a known vector that meets a reduction of three axes is written out', async () => {
    const v = tf.tensor([1, 2, 3]);
    const meeting = (x: tf.Tensor) => x.sum(1).mul(2).mul(v);
    const [neutral, lowered] = ops(meeting, [2, 4, 3]);
    expect(neutral).toEqual(['ReduceSum', 'Mul', 'Mul']);
    expect(lowered).toEqual(['ReduceSum', 'Mul', 'Expand', 'Mul']);
    await expectRight(meeting, [2, 4, 3]);
    await expectRight(
      (x) =>
        x
          .mean(2)
          .greater(v.slice(0, 2).reshape([2, 1]))
          .toFloat(),
      [2, 4, 3],
    );
  });
});
