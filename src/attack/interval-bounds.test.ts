import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { ballBounds, worstMargins } from './interval-bounds.js';

const last = { w: tf.tensor2d([1, 0, -1, 0, 2, 1], [2, 3]), b: tf.tensor1d([0, 0.5, 0]) };

// Logits (h₁, 2 h₂ + ½, h₂ − h₁). With h in [0, 1]² and label 0 the most is 2½ above it at (0, 1) for class 1, and 1 there for class 2; at
// h = (1, 1) they are (1, 2½, 0).
it('the worst margins of a batch are those of each sample for its own label', () => {
  const bounds = { lower: tf.tensor2d([0, 0, 1, 1], [2, 2]), upper: tf.ones([2, 2]) };
  expectClose(worstMargins(last, bounds, tf.tensor1d([0, 2], 'int32')).dataSync(), [0, 2.5, 1, 1, 2.5, 0], 6);
});

it.each([
  ['bounds of too many axes', [1, 2, 1], [1]],
  ['bounds of other features', [1, 3], [1]],
  ['labels of too many axes', [1, 2], [1, 1]],
  ['labels of other samples', [1, 2], [2]],
])('worst margins are refused of %s', (_, bounds, labels) => {
  expect(() => worstMargins(last, { lower: tf.zeros(bounds), upper: tf.zeros(bounds) }, tf.zeros(labels, 'int32'))).toThrow(
    `worstMargins takes bounds [B, F], w [F, C] and labels [B]: got lower [${bounds}], w [2,3], labels [${labels}]`,
  );
});

it.each([
  [() => ballBounds(tf.zeros([1, 2]), { epsilon: -1 }), 'ballBounds: epsilon must be a finite number from 0 up, got -1'],
  [
    () => worstMargins({ w: tf.zeros([3, 2]), b: tf.zeros([2]) }, { lower: tf.zeros([1, 2]), upper: tf.zeros([1, 2]) }, tf.zeros([1])),
    'worstMargins takes bounds [B, F], w [F, C] and labels [B]: got lower [1,2], w [3,2], labels [1]',
  ],
])('wrong input is named: %#', (call, message) => {
  expect(call).toThrow(message);
});
