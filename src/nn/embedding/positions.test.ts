import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import { addPositions, initPositions, sinusoidalPositions } from './positions.js';

// Vaswani et al. 2017, section 3.5, by hand for D = 4: wavelengths 2π and 2π·10000^(2/4) = 2π·100.
it('sinusoidalPositions are sin and cos of t and of t/100', () => {
  const { data, shape } = sinusoidalPositions(3, 4);
  expect(shape).toEqual([3, 4]);
  const want = [0, 1, 2].flatMap((t) => [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)]);
  expectClose(data, want, 6);
});

it('initPositions deviate by 0.02', () => {
  const { data } = initPositions(key(1), { length: 100, width: 100 });
  const deviation = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0) / data.length);
  expect(Math.abs(deviation / 0.02 - 1)).toBeLessThan(4 / Math.sqrt(2 * data.length)); // four standard errors
});

// Two series of two times: each of the first two rows is used twice, the third never.
it('addPositions counts the uses of each row in the gradient', () => {
  const points = [
    { data: [1, 2, 3], shape: [3, 1] },
    { data: [10, 20, 30, 40], shape: [2, 2, 1] },
  ];
  const { y, grads } = inDouble(addPositions, points);
  expect([...y]).toEqual([11, 22, 31, 42]);
  expect([...grads[0]]).toEqual([2, 2, 0]);
});

it('addPositions names a sequence longer than its table', () => {
  expect(() => addPositions(tf.zeros([3, 2]), tf.zeros([1, 4, 2]))).toThrow(
    "addPositions takes a table [T', D] with a row for each of the T times of x [B, T, D]: got table [3,2], x [1,4,2]",
  );
});
