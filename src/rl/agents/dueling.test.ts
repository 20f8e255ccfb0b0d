import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { dueling } from './dueling.js';

describe('dueling', () => {
  // v = 2 and a = (1, 4, 1), of mean 2: the advantages that are left are −1, 2, −1.
  it('gives advantages that average to zero around the value', () => {
    const { y } = inDouble(dueling, [{ data: [2, 1, 4, 1], shape: [1, 4] }]);
    expectClose(y, [1, 4, 1], 12);
  });

  it('needs two actions to tell them apart', () => {
    expect(() => dueling(tf.zeros([3, 2]))).toThrow('dueling takes h [..., 1 + A] with A of 2 or more: got h [3,2]');
  });
});
