import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../../../base/random.js';
import { compile } from '../../../compile.js';
import { interpret } from '../../../interpret/interpret.js';
import { trace } from '../../../trace/trace.js';
import { inFastForms } from './fast-forms.js';

const product = (k: number, m: number, n: number) =>
  trace(
    (x, y) => [tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, true)],
    [
      { shape: [k, m], dtype: 'float32' },
      { shape: [k, n], dtype: 'float32' },
    ],
  );
const ops = (graph: ReturnType<typeof product>) => inFastForms(graph).nodes.map(({ op }) => op);

describe('a product Xᵀ Y', () => {
  it('with few columns leaves X as it lies', () => {
    const graph = product(128, 64, 8);
    expect(ops(graph)).toEqual(['Gemm', 'Transpose']);
    const inputs = graph.inputs.map(({ shape }, i) => Float64Array.from(normal(fold(key(1), i), shape).data));
    expect(interpret(inFastForms(graph), inputs)).toEqual(interpret(graph, inputs));
  });

  it('with one column, with many, or of small matrices stays', () => {
    for (const graph of [product(128, 64, 1), product(128, 64, 32), product(32, 64, 8)]) expect(ops(graph)).toEqual(['Gemm']);
  });
});

describe('an outer product', () => {
  it.each([
    ['x y', [5, 1], [1, 3], false, false, ['Mul']],
    ['x yᵀ', [5, 1], [3, 1], false, true, ['Reshape', 'Mul']],
    ['xᵀ yᵀ', [1, 5], [3, 1], true, true, ['Reshape', 'Reshape', 'Mul']],
  ] as const)('%s is a multiplication', (_, a, b, transposeA, transposeB, expected) => {
    const graph = trace(
      (x, y) => [tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, transposeA, transposeB)],
      [
        { shape: a, dtype: 'float32' },
        { shape: b, dtype: 'float32' },
      ],
    );
    expect(ops(graph)).toEqual(expected);
    const inputs = graph.inputs.map(({ shape }, i) => Float64Array.from(normal(fold(key(2), i), shape).data));
    expect(interpret(inFastForms(graph), inputs)).toEqual(interpret(graph, inputs));
  });
});

describe('a sigmoid', () => {
  it('keeps its limits, and is right to a rounding between them', async () => {
    const f = compile((x: tf.Tensor) => x.sigmoid(), { runtime: 'openvino' });
    const xs = Float32Array.of(
      Number.NEGATIVE_INFINITY,
      -1000,
      -88.8,
      -20,
      -1,
      -1e-9,
      0,
      1,
      20,
      1000,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    );
    const y = (await f(xs)).data();
    for (const [i, x] of xs.entries()) {
      const exact = 1 / (1 + Math.exp(-x));
      if (Number.isNaN(x)) expect(y[i]).toBeNaN();
      else expect(Math.abs(y[i] - exact)).toBeLessThan(3e-7 * exact + 1e-37);
    }
  });
});
