import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gat } from './gat.js';

const ones = (heads: number, width: number) => tf.ones([heads, width]);

describe('gat', () => {
  // Nodes that see themselves alone attend to themselves with 1. First h = elu(x w): 3, and e⁻³ − 1 of −3; then the means over two heads of
  // h (1, 2) + (0, 1) and h (3, 4) + (2, 3), which are 2 h + 1 and 3 h + 2.
  const params = {
    first: { w: tf.tensor2d([[1.5]]), b: tf.zeros([1]), source: ones(1, 1), target: ones(1, 1) },
    second: { w: tf.tensor2d([[1, 2, 3, 4]]), b: tf.tensor1d([0, 1, 2, 3]), source: ones(2, 2), target: ones(2, 2) },
  };
  const hidden = Math.exp(-3) - 1;
  const expected = [7, 11, 2 * hidden + 1, 3 * hidden + 2];
  const alone = { from: tf.tensor1d([0, 1], 'int32'), to: tf.tensor1d([0, 1], 'int32') };
  const entries = { ...alone, to: tf.tensor1d([0, 1], 'int32'), from: tf.tensor1d([0, 0], 'int32'), weight: tf.tensor1d([2, -2]), rows: 2 };

  it('averages the heads of its second layer', () => {
    const y = gat(params, tf.tensor2d([[2], [-2]]), { graph: tf.eye(2).cast('bool') });
    expect(y.shape).toEqual([2, 2]);
    expectClose(y.dataSync(), expected, 6);
  });

  it('is the same over edges, of features and of their entries', () => {
    expectClose(gat(params, tf.tensor2d([[2], [-2]]), { graph: alone }).dataSync(), expected, 6);
    expectClose(gat(params, entries, { graph: alone }).dataSync(), expected, 6);
  });

  it('refuses entries of features over a mask', () => {
    expect(() => gat(params, entries, { graph: tf.eye(2).cast('bool') })).toThrow('gat: entries of features need a graph of edges');
  });
});
