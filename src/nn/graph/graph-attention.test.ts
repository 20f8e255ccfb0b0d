import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import reference from '../graph.reference.json' with { type: 'json' }; // made by reference/graph.py with PyTorch 2.13
import { graphAttention, initGraphAttention } from './graph-attention.js';

const { graph } = reference;
const visible = () => tf.tensor(graph.visible.data, graph.visible.shape, 'bool');
const layer = (...[x, w, b, source, target]: tf.Tensor[]) => graphAttention({ w, b, source, target }, x, { graph: visible() });

describe('graphAttention', () => {
  // Scores that are all 0 weigh alike.
  it('with equal scores is the mean of the neighbours', () => {
    const [, w, b] = reference.attention.inputs;
    const zero = { data: [0, 0, 0, 0], shape: [2, 2] };
    const [x, identity] = [
      [...w.data.slice(0, 4), ...Array(6).fill(1)],
      [1, 0, 0, 1, 0, 0, 0, 0],
    ];
    const points = [{ data: x, shape: [5, 2] }, { data: identity, shape: [2, 4] }, { data: [0, 0, 0, 0], shape: b.shape }, zero, zero];
    const { y } = inDouble(layer, points);
    for (let i = 0; i < 5; i++) {
      const neighbours = [0, 1, 2, 3, 4].filter((j) => graph.visible.data[i * 5 + j]);
      const mean = neighbours.reduce((sum, j) => sum + x[2 * j], 0) / neighbours.length;
      expect(y[4 * i]).toBeCloseTo(mean, 12);
    }
  });

  it('starts from weights that fit', () => {
    const params = initGraphAttention(key(1), { inputs: 3, width: 2, heads: 4 });
    expect(Object.values(params).map(({ shape }) => shape)).toEqual([[3, 8], [8], [4, 2], [4, 2]]);
  });

  it('names what does not fit, and a node that sees none', () => {
    const [w, b, source] = [tf.zeros([3, 4]), tf.zeros([4]), tf.zeros([2, 2])];
    const params = { w, b, source, target: source };
    expect(() => graphAttention(params, tf.zeros([5, 2]), { graph: visible() })).toThrow(
      'got x [5,2], w [3,4], b [4], source [2,2], target [2,2]',
    );
    expect(() => graphAttention(params, tf.zeros([5, 3]), { graph: tf.zeros([5, 5], 'bool') })).toThrow(
      'graphAttention: the mask [5,5] hides every key from row 0',
    );
  });
});
