import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fold, key, normal, sizeOf, uniform } from '../../../base/index.js';
import { compile } from '../../compile.js';
import type { Graph } from '../../graph/graph.js';
import { interpret } from '../../interpret/interpret.js';
import { trace } from '../../trace/trace.js';
import { rewrite } from './rewrite.js';
import { sums } from './sums.js';

beforeAll(() => tf.setBackend('cpu'));

const RUNTIMES = ['openvino', 'onnxruntime'] as const;
/** Of Σ|x|. Float32 numbers are 1.2·10⁻⁷ apart. */
const BOUND = 1e-6;

/** The hardest numbers are all equal, since then no rounding makes up for another. */
const DATA: Record<string, (n: number) => Float32Array> = {
  '0.1': (n) => new Float32Array(n).fill(0.1),
  '1/3': (n) => new Float32Array(n).fill(1 / 3),
  uniform: (n) => uniform(key(1), [n]).data,
  normal: (n) => normal(key(2), [n]).data,
};

/** The largest |y − Σx| / Σ|x| of the elements of y, whose terms the interpreter sums in double precision. */
async function errorOf(fn: (x: tf.Tensor) => tf.Tensor, shape: readonly number[], x: Float32Array, runtime: (typeof RUNTIMES)[number]) {
  const compiled = compile(fn, { runtime });
  const y = (await compiled({ data: x, shape })).data();
  compiled.release();
  const graph = trace((x) => [fn(x)], [{ shape, dtype: 'float32' }]);
  const [exact, size] = [x, x.map(Math.abs)].map((values) => interpret(graph, [Float64Array.from(values)])[0]);
  return Array.from(y).reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i]) / size[i]), 0);
}

describe.each(RUNTIMES)('on %s the error of a sum is below 10⁻⁶ Σ|x|', (runtime) => {
  const axis = fc.constantFrom(1, 2, 3, 7, 16, 33, 64, 100, 251, 512, 1000, 4096);
  const cases = fc
    .tuple(fc.array(axis, { minLength: 1, maxLength: 5 }), fc.nat(), fc.constantFrom(...Object.keys(DATA)), fc.constantFrom('sum', 'mean'))
    .filter(([shape, mask]) => sizeOf(shape) <= 2 ** 18 && mask % 2 ** shape.length > 0);

  it('of any axes of any rank', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([shape, mask, data, how]) => {
        const axes = shape.map((_, axis) => axis).filter((axis) => (mask >> axis) % 2 === 1);
        const fn = (x: tf.Tensor) => (how === 'sum' ? x.sum(axes) : x.mean(axes));
        expect(await errorOf(fn, shape, DATA[data](sizeOf(shape)), runtime), `${how} of ${data} [${shape}] over ${axes}`).toBeLessThan(
          BOUND,
        );
      }),
      { numRuns: 60, seed: 20_260_102 },
    );
  });

  // 2²⁰, a prime near it, and what lies as a row, a column, before and behind.
  it.each([[[2 ** 20]], [[1_048_573]], [[2 ** 20, 1]], [[1024, 1024]], [[64, 1024, 16]], [[16, 16, 64, 8, 8]]])(
    'of all of %j',
    async (shape) => {
      for (const name of ['0.1', 'normal'])
        expect(await errorOf((x) => x.sum(), shape, DATA[name](sizeOf(shape)), runtime), name).toBeLessThan(BOUND);
    },
  );

  it.each([
    ['mean of squares', (x: tf.Tensor) => x.square().mean()],
    ['squared norm', (x: tf.Tensor) => x.square().sum()],
    ['dot product with ones', (x: tf.Tensor) => x.flatten().dot(tf.ones([x.size]))],
    ['running sum', (x: tf.Tensor) => x.flatten().cumsum(0)],
    ['running sum from the end, without the element itself', (x: tf.Tensor) => x.flatten().cumsum(0, true, true).add(1)],
    ['sum of a column', (x: tf.Tensor) => x.reshape([-1, 5]).sum(0)],
    ['running sum of a column', (x: tf.Tensor) => x.reshape([-1, 5]).cumsum(0)],
  ])('of a %s', async (_, fn) => {
    for (const n of [50, 1000, 65_535])
      for (const name of ['0.1', 'uniform']) expect(await errorOf(fn, [n], DATA[name](n), runtime), `${name} ${n}`).toBeLessThan(BOUND);
  });

  it.each([
    ['vector times a narrow matrix', (x: tf.Tensor) => x.reshape([1, -1]).matMul(tf.ones([x.size, 3]))],
    ['flat matrix times a vector', (x: tf.Tensor) => x.reshape([5, -1]).matMul(tf.ones([x.size / 5, 1]))],
    ['vector times a matrix that is transposed', (x: tf.Tensor) => tf.ones([1, x.size / 5]).matMul(x.reshape([5, -1]), false, true)],
  ])('of a long %s', async (_, fn) => {
    for (const name of ['0.1', 'uniform']) expect(await errorOf(fn, [65_535], DATA[name](65_535), runtime), name).toBeLessThan(BOUND);
  });
});

describe('sums in blocks', () => {
  const float = (...shape: number[]) => ({ shape, dtype: 'float32' as const });
  const ops = (graph: Graph) => rewrite(graph, [sums]).nodes.map(({ op }) => op);
  const graphOf = (shape: number[], axes: number[]) => trace((x) => [x.sum(axes), x.mean(axes)], [float(...shape)]);

  it('of products are the same numbers', () => {
    const [row, column, wide, tall] = [float(1, 600), float(600, 1), float(5, 600), float(600, 5)];
    for (const [a, b, transposeA, transposeB] of [
      [row, column, false, false],
      [column, column, true, false],
      [row, tall, false, false],
      [row, wide, false, true],
      [column, wide, true, true],
      [wide, column, false, false],
      [tall, row, true, true],
    ] as const) {
      const graph = trace((x, y) => [tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, transposeA, transposeB)], [a, b]);
      expect(ops(graph)).not.toContain('MatMul');
      expect(ops(graph)[0]).not.toBe('Gemm');
      const inputs = [a, b].map(({ shape }, i) => Float64Array.from(normal(fold(key(4), i), [...shape]).data));
      const [before, now] = [graph, rewrite(graph, [sums])].map((g) => interpret(g, inputs)[0]);
      for (const [i, value] of before.entries()) expect(now[i]).toBeCloseTo(value, 12);
    }
  });

  it('are the same numbers', () => {
    for (const [shape, axes] of [
      [[130], [0]],
      [[1000], [0]],
      [[1021], [0]],
      [[3, 1021], [1]],
      [[1021, 3], [0]],
      [[2, 131, 3], [1]],
      [
        [70, 3, 80],
        [0, 2],
      ],
      [
        [9, 1, 9, 2],
        [0, 2],
      ],
    ]) {
      const graph = graphOf(shape, axes);
      const x = Float64Array.from(normal(fold(key(3), 1), shape).data);
      const [before, now] = [graph, rewrite(graph, [sums])].map((g) => interpret(g, [x]));
      for (const [j, y] of before.entries()) for (const [i, value] of y.entries()) expect(now[j][i]).toBeCloseTo(value, 12);
    }
  });

  it('leave short sums and rows of up to 512 as they are', () => {
    for (const [shape, axes] of [
      [[63], [0]],
      [[32, 512], [1]],
      [[32, 64, 8], [1]],
      [[63, 100], [0]],
      [
        [8, 9, 8],
        [0, 2],
      ],
    ])
      expect(ops(graphOf(shape, axes))).toEqual(['ReduceSum', 'ReduceMean']);
  });

  it('of leading axes are rows of ones times matrices', () => {
    expect(ops(trace((x) => [x.sum(0)], [float(64, 10)]))).toEqual(['Gemm', 'Reshape']);
    expect(ops(trace((x) => [x.mean([0, 1], true)], [float(8, 8, 3)]))).toEqual(['Reshape', 'Gemm', 'Div', 'Reshape']);
    expect(ops(trace((x) => [x.sum(0)], [float(256, 10)]))).toEqual(['Reshape', 'ReduceSum', 'Gemm', 'Reshape']);
  });

  it('go on through NaN, and infinity where it is', async () => {
    const x = new Float32Array(5000).fill(1);
    for (const runtime of RUNTIMES) {
      const sum = compile((x: tf.Tensor) => ({ sum: x.sum(), running: x.cumsum(0) }), { runtime });
      x[4999] = Number.NaN;
      expect((await sum(x)).sum.item()).toBeNaN();
      x[4999] = Number.NEGATIVE_INFINITY;
      const { sum: all, running } = await sum(x);
      expect([all.item(), ...running.data().slice(-2)]).toEqual([Number.NEGATIVE_INFINITY, 4999, Number.NEGATIVE_INFINITY]);
    }
  });
});
