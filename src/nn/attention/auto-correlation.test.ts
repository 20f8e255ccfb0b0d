import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { autoCorrelation } from './auto-correlation.js';

type Args = [q: tf.Tensor, k: tf.Tensor, v: tf.Tensor];
const layer = (...args: tf.Tensor[]) => autoCorrelation(...(args as Args), { delays: 3 });

describe('autoCorrelation', () => {
  // A pulse every third step correlates with itself at delays 0, 3 and 6 alike, so each step becomes the mean of the steps of its phase.
  it('averages over the periods of a periodic series', () => {
    const pulse = { data: [1, 0, 0, 1, 0, 0, 1, 0, 0], shape: [9, 1] };
    const v = { data: [1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [9, 1] };
    const { y } = inDouble(layer, [pulse, pulse, v]);
    for (const [t, value] of y.entries()) expect(value).toBeCloseTo(4 + (t % 3), 12);
  });

  it('names what does not fit', () => {
    expect(() => autoCorrelation(tf.zeros([4, 2]), tf.zeros([5, 2]), tf.zeros([5, 2]), { delays: 1 })).toThrow(
      'autoCorrelation takes as many queries as keys: got q [4,2], k [5,2]',
    );
    const x = tf.zeros([4, 2]);
    expect(() => autoCorrelation(x, x, x, { delays: 5 })).toThrow('autoCorrelation: delays must be a whole number from 1 to 4, got 5');
  });
});
