import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { ballBounds, worstMargins } from './interval-bounds.js';

it.each([
  [() => ballBounds(tf.zeros([1, 2]), { epsilon: -1 }), 'ballBounds: epsilon must be a finite number from 0 up, got -1'],
  [
    () => worstMargins({ w: tf.zeros([3, 2]), b: tf.zeros([2]) }, { lower: tf.zeros([1, 2]), upper: tf.zeros([1, 2]) }, tf.zeros([1])),
    'worstMargins takes bounds [B, F], w [F, C] and labels [B]: got lower [1,2], w [3,2], labels [1]',
  ],
])('wrong input is named: %#', (call, message) => {
  expect(call).toThrow(message);
});
