import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, expectThreeWays, inDouble } from '../../../tests/support/gradients.js';
import reference from '../linear-cost-attention.reference.json' with { type: 'json' }; // made by reference/linear-cost-attention.py with PyTorch 2.13
import { autoCorrelation, autoCorrelationPlain } from './auto-correlation.js';

type Args = [q: tf.Tensor, k: tf.Tensor, v: tf.Tensor];
const layer = (...args: tf.Tensor[]) => autoCorrelation(...(args as Args), 3);
const plain = (...args: tf.Tensor[]) => autoCorrelationPlain(...(args as Args), 3);

describe('autoCorrelation', () => {
  it("equals the authors' Fourier form, forward and backward", () => expectReference(layer, reference.autoCorrelation));

  it('backward agrees with differences and autodiff', () => expectThreeWays(layer, plain, reference.autoCorrelation.inputs));

  it('compiles on both runtimes', () => expectCompiled(layer, reference.autoCorrelation.inputs));

  // A pulse every third step correlates with itself at delays 0, 3 and 6 alike, so each step becomes the mean of the steps of its phase.
  it('averages over the periods of a periodic series', () => {
    const pulse = { data: [1, 0, 0, 1, 0, 0, 1, 0, 0], shape: [9, 1] };
    const v = { data: [1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [9, 1] };
    const { y } = inDouble(layer, [pulse, pulse, v]);
    for (const [t, value] of y.entries()) expect(value).toBeCloseTo(4 + (t % 3), 12);
  });

  it('names what does not fit', () => {
    expect(() => autoCorrelation(tf.zeros([4, 2]), tf.zeros([5, 2]), tf.zeros([5, 2]), 1)).toThrow(
      'autoCorrelation takes as many queries as keys: got q [4,2], k [5,2]',
    );
    const x = tf.zeros([4, 2]);
    expect(() => autoCorrelation(x, x, x, 5)).toThrow('autoCorrelation: delays must be an integer from 1 to T = 4, got 5');
  });
});
