import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { trace } from '../../tensor/trace/trace.js';
import reference from '../pytorch.reference.json' with { type: 'json' }; // made by reference/pytorch.py with PyTorch 2.13
import { lstm, lstmLast } from './lstm.js';

const last = (...[x, wx, wh, b]: tf.Tensor[]) => lstmLast({ wx, wh, b }, x);

describe('lstm', () => {
  it('gives its last output, and nothing for the others to backpropagate', () => {
    const { inputs } = reference.lstm;
    const end = (...[x, wx, wh, b]: tf.Tensor[]) => lstm({ wx, wh, b }, x).outputs.slice([0, 3, 0], [3, 1, 3]).reshape([3, 3]);
    expectSameDerivatives(last, end, inputs);
    const size = (f: (...inputs: tf.Tensor[]) => tf.Tensor) =>
      trace(
        (...inputs) => valueAndGrad((inputs: tf.Tensor[]) => f(...inputs).sum())(inputs).grads as tf.Tensor[],
        inputs.map(({ shape }) => ({ shape, dtype: 'float32' as const })),
      ).nodes.length;
    expect(size(last)).toBeLessThan(size(end));
  });

  // One step, one unit, all weights 0 and shift b = (i, f, o, g): h = σ(o) tanh(σ(i) tanh(g)); f acts on a zero cell, so ∂f = 0.
  it('has its closed form for one step', () => {
    const b = [0.3, -0.2, 0.5, 0.8] as const;
    const point = (shape: number[], data: readonly number[] = [0, 0, 0, 0].slice(0, shape[0] * shape.at(-1)!)) => ({ data, shape });
    const { y, grads } = inDouble(last, [point([1, 1, 1], [1]), point([1, 4]), point([1, 4]), point([4], b)]);
    const σ = (z: number) => 1 / (1 + Math.exp(-z));
    const c = σ(b[0]) * Math.tanh(b[3]);
    expect(y[0]).toBeCloseTo(σ(b[2]) * Math.tanh(c), 12);
    const dc = σ(b[2]) * (1 - Math.tanh(c) ** 2);
    const db = [dc * c * (1 - σ(b[0])), 0, σ(b[2]) * (1 - σ(b[2])) * Math.tanh(c), dc * σ(b[0]) * (1 - Math.tanh(b[3]) ** 2)];
    expect(distance(grads[3], db)).toBeLessThan(1e-7); // b is rounded to float32 nowhere: inputs stay double
  });

  it('names the shapes that do not fit', () => {
    expect(() => lstm({ wx: tf.zeros([2, 12]), wh: tf.zeros([3, 12]), b: tf.zeros([9]) }, tf.zeros([5, 4, 2]))).toThrow(
      'lstm takes x [B, T, F] of one step or more, wx [F, 4D], wh [D, 4D] and b [4D]: got x [5,4,2], wx [2,12], wh [3,12], b [9]',
    );
    const params = { wx: tf.zeros([2, 12]), wh: tf.zeros([3, 12]), b: tf.zeros([12]) };
    expect(() => lstm(params, tf.zeros([5, 4, 2]), { state: { h: tf.zeros([5, 3]), c: tf.zeros([4, 3]) } })).toThrow(
      'lstm goes on from h and c [5, 3]: got h [5,3], c [4,3]',
    );
  });
});
