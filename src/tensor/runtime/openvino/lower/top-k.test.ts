import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { compile } from '../../../compile.js';
import { trace } from '../../../trace/trace.js';
import { legalise } from './lower.js';

beforeAll(() => tf.setBackend('cpu'));

/** The k largest of a row, equal ones in their order. */
function byHand(row: readonly number[], k: number): { values: number[]; indices: number[] } {
  const above = (x: number) => (Number.isNaN(x) ? 1 : 0);
  const indices = row
    .map((_, i) => i)
    .sort((i, j) => above(row[j]) - above(row[i]) || (row[j] > row[i] ? 1 : row[j] < row[i] ? -1 : i - j));
  return { values: indices.slice(0, k).map((i) => row[i]), indices: indices.slice(0, k) };
}

it.each(['openvino', 'onnxruntime'] as const)(
  'TopK on %s puts NaN first, as NumPy and PyTorch do, and equal elements in their order',
  async (runtime) => {
    const element = fc.constantFrom(
      Number.NEGATIVE_INFINITY,
      -3.4028234663852886e38,
      -1,
      -0,
      0,
      1,
      1,
      2,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    );
    const rows = fc.array(fc.array(element, { minLength: 7, maxLength: 7 }), { minLength: 3, maxLength: 3 });
    for (const k of [1, 3, 7]) {
      const f = compile((x: tf.Tensor) => tf.topk(x, k), { runtime });
      await fc.assert(
        fc.asyncProperty(rows, async (x) => {
          const { values, indices } = await f({ data: Float32Array.from(x.flat()), shape: [3, 7] });
          const expected = x.map((row) => byHand(row, k));
          expect([...indices.data()]).toEqual(expected.flatMap((row) => row.indices));
          expect([...values.data()].map((v) => v + 0)).toEqual(expected.flatMap((row) => row.values.map((v) => Math.fround(v) + 0)));
        }),
        { numRuns: 60, seed: 20_260_101 },
      );
      expect(f.programs.map((program) => program.runtime)).toEqual([runtime]);
    }
  },
);

it('integers beyond 2²⁴ and many rounds are left to another runtime', async () => {
  const integers = compile((x: tf.Tensor) => tf.topk(x, 2).indices);
  const indices = await integers({ data: Int32Array.of(5, 16777217, 16777216, 16777217), shape: [4] });
  expect([...indices.data()]).toEqual([1, 3]);
  const many = compile((x: tf.Tensor) => tf.topk(x, 65).indices);
  expect([...(await many(new Float32Array(70))).data()]).toEqual(Array.from({ length: 65 }, (_, i) => i));
  for (const { programs } of [integers, many]) expect(programs.map(({ runtime }) => runtime)).toEqual(['onnxruntime']);
  const graph = trace((x) => [tf.topk(x, 65).indices], [{ shape: [70], dtype: 'float32' }]);
  expect(legalise(graph).nodes.map(({ op }) => op)).toContain('TopK');
});
