import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/close.js';
import { expectReference, expectThreeWays, inDouble, type Reference } from '../../../tests/gradients.js';
import reference from '../pytorch.reference.json' with { type: 'json' }; // made by ../reference/pytorch.py with PyTorch 2.13
import { crossEntropy, crossEntropyPlain } from './cross-entropy.js';
import { huber, huberPlain } from './huber.js';
import { meanSquaredError, meanSquaredErrorPlain } from './mean-squared-error.js';

const huber07 = (p: tf.Tensor, t: tf.Tensor) => huber(p, t, 0.7);
const labels = tf.tensor1d(reference.crossEntropy.inputs[1].data, 'int32');
const [logits] = reference.crossEntropy.inputs;

describe('losses', () => {
  it('equal PyTorch, forward and backward', () => {
    expectReference(meanSquaredError, reference.meanSquaredError);
    expectReference(huber07, reference.huber);
    expectReference((x) => crossEntropy(x, labels), { ...reference.crossEntropy, inputs: [logits] } as Reference);
  });

  it('backwards agree with differences and autodiff', () => {
    expectThreeWays(meanSquaredError, meanSquaredErrorPlain, reference.meanSquaredError.inputs);
    expectThreeWays(huber07, (p, t) => huberPlain(p, t, 0.7), reference.huber.inputs);
    expectThreeWays(
      (x) => crossEntropy(x, labels),
      (x) => crossEntropyPlain(x, labels),
      [logits],
    );
  });

  // Residuals 0.5 and −3: mse = (0.25 + 9)/2; huber with δ = 1: (½·0.25 + 1·(3 − ½))/2, pulls 0.5/2 and −1/2.
  it('have their closed forms on two points', () => {
    const points = [
      { data: [1, 1], shape: [2] },
      { data: [0.5, 4], shape: [2] },
    ];
    const mse = inDouble(meanSquaredError, points);
    expect([mse.y, ...mse.grads].map((t) => [...t])).toEqual([[4.625], [0.5, -3], [-0.5, 3]]);
    const robust = inDouble((p, t) => huber(p, t), points);
    expect([robust.y, ...robust.grads].map((t) => [...t])).toEqual([[1.3125], [0.25, -0.5], [-0.25, 0.5]]);
  });

  // Equal logits over C classes: log C, and the gradient 1/C − 1 on the label, 1/C elsewhere.
  it('crossEntropy of an undecided model is log C', () => {
    const { y, grads } = inDouble((x) => crossEntropy(x, tf.tensor1d([1], 'int32')), [{ data: [2, 2, 2, 2], shape: [1, 4] }]);
    expect(y[0]).toBeCloseTo(Math.log(4), 12);
    expectClose(grads[0], [0.25, -0.75, 0.25, 0.25], 12);
  });

  it('name the shapes that do not fit', () => {
    expect(() => meanSquaredError(tf.zeros([3]), tf.zeros([3, 1]))).toThrow(
      'meanSquaredError: prediction and target must have one shape: got prediction [3], target [3,1]',
    );
    expect(() => huber(tf.zeros([3]), tf.zeros([4]))).toThrow('huber: prediction and target must have one shape');
    expect(() => crossEntropy(tf.zeros([3, 2]), tf.zeros([3]))).toThrow(
      'crossEntropy takes logits [N, C] and int32 labels [N] (these are float32): got logits [3,2], labels [3]',
    );
  });
});
