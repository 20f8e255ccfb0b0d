import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import '../../tensor/index.js';
import { oneHotLargest } from './largest.js';

it('finds the largest, and of equal ones the first', () => {
  const x = tf.tensor2d([
    [1, 3, 2, 3],
    [-5, -5, -5, -6],
  ]);
  expect(oneHotLargest(x, 3).argMax(-1).arraySync()).toEqual([
    [1, 3, 2],
    [0, 1, 2],
  ]);
  expect(oneHotLargest(x, 3).sum().dataSync()[0]).toBe(6);
});
