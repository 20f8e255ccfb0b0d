import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../../../base/index.js';
import { interpret } from '../../../interpret/interpret.js';
import { trace } from '../../../trace/trace.js';
import { withFusedSums } from '../../lower/gemm-add.js';
import { withPlainProducts } from './plain-products.js';

beforeAll(() => tf.setBackend('cpu'));

describe('a Gemm', () => {
  it.each([
    [false, false, false, ['MatMul']],
    [true, false, false, ['Transpose', 'MatMul']],
    [false, true, true, ['Transpose', 'MatMul', 'Add']],
    [true, true, true, ['Transpose', 'Transpose', 'MatMul', 'Add']],
  ])('with left operand transposed %s, right %s, something added %s is said plainly', (transposeX, transposeY, isShifted, ops) => {
    const shapes = [transposeX ? [2, 4] : [4, 2], transposeY ? [3, 2] : [2, 3], [3]];
    const product = (x: tf.Tensor, y: tf.Tensor, shift: tf.Tensor) => {
      const xy = tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, transposeX, transposeY);
      return [isShifted ? xy.add(shift) : xy];
    };
    const specs = shapes.map((shape) => ({ shape, dtype: 'float32' as const }));
    const graph = withFusedSums(trace(product as (...tensors: tf.Tensor[]) => tf.Tensor[], specs));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Gemm']);
    const plain = withPlainProducts(graph);
    expect(plain.nodes.map(({ op }) => op)).toEqual(ops);
    const inputs = shapes.map((shape, i) => Float64Array.from(normal(fold(key(1), i), shape).data));
    expect(interpret(plain, inputs)).toEqual(interpret(graph, inputs));
  });
});
