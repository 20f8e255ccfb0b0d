import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../../../tests/support/compiled.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { compile } from '../../tensor/compile.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by reference/recurrent.py with PyTorch 2.13
import { causalConvolution } from './causal-convolution.js';

const dilated =
  (dilation: number) =>
  (...[x, w, b]: tf.Tensor[]) =>
    causalConvolution({ w, b }, x, { dilation });
const { inputs } = reference.causalConvolution;

describe('causalConvolution', () => {
  // w = (½, ½): a moving average of two. ∂xₜ of Σ y is ½ for each y that sees xₜ.
  it('is a moving average where its weights say so', () => {
    const x = { data: [2, 4, 8, 16], shape: [1, 4, 1] };
    const { y, grads } = inDouble(dilated(1), [x, { data: [0.5, 0.5], shape: [2, 1, 1] }, { data: [0], shape: [1] }]);
    expect([...y]).toEqual([1, 3, 6, 12]);
    expect(grads.map((g) => [...g])).toEqual([[1, 1, 1, 0.5], [14, 30], [4]]);
  });

  it('does not see the future: a shock moves no output before it', () => {
    const shocked = { ...inputs[0], data: inputs[0].data.map((v, i) => (i % 12 >= 6 ? v + 1 : v)) }; // from t = 3
    const [before, after] = [inputs[0], shocked].map((x) => inDouble(dilated(2), [x, ...inputs.slice(1)]).y);
    expect([...after].map((v, i) => v !== before[i])).toEqual([...after].map((_, i) => i % 24 >= 12));
  });

  it.each(RUNTIMES)('takes integers as the numbers they are, on %s', async (runtime) => {
    const weights = { w: tf.ones([2, 1, 1]), b: tf.zeros([1]) };
    const sums = compile((x: tf.Tensor) => causalConvolution(weights, x), { runtime });
    expect([...(await sums({ data: Int32Array.of(1, -1, 3), shape: [1, 3, 1] })).data()]).toEqual([1, 0, 2]);
  });

  it('names what does not fit', () => {
    expect(() => causalConvolution({ w: tf.zeros([3, 2, 4]), b: tf.zeros([4]) }, tf.zeros([2, 6, 5]))).toThrow(
      'causalConvolution maps x [B, T, F] by w [K, F, D] and b [D]: got x [2,6,5], w [3,2,4], b [4]',
    );
    expect(() => causalConvolution({ w: tf.zeros([3, 2, 4]), b: tf.zeros([4]) }, tf.zeros([2, 6, 2]), { dilation: 0 })).toThrow(
      'dilation must be a whole number from 1 up, got 0',
    );
  });
});
