import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import reference from '../graph.reference.json' with { type: 'json' }; // made by reference/graph.py with PyTorch 2.13
import { sparseGraphAttention } from './sparse-graph-attention.js';

const { graph } = reference;
const links = () => {
  const [from, to] = [graph.from_, graph.to].map(({ data, shape }) => tf.tensor(data, shape, 'int32'));
  return { from, to };
};

describe('sparseGraphAttention', () => {
  it('does not overflow, and gives its shift to a node that averages none', () => {
    const params = { w: tf.tensor2d([[100]]), b: tf.tensor1d([7]), source: tf.tensor2d([[1]]), target: tf.tensor2d([[1]]) };
    const [from, to] = [tf.tensor1d([0, 1], 'int32'), tf.tensor1d([1, 1], 'int32')];
    expect([...sparseGraphAttention(params, tf.tensor2d([[1], [1]]), { graph: { from, to } }).dataSync()]).toEqual([7, 107]);
  });

  it('names what does not fit', () => {
    const [w, b, source] = [tf.zeros([3, 4]), tf.zeros([4]), tf.zeros([2, 2])];
    const params = { w, b, source, target: source };
    expect(() => sparseGraphAttention(params, tf.zeros([5, 2]), { graph: links() })).toThrow(
      'got x [5,2], w [3,4], b [4], source [2,2], target [2,2]',
    );
    expect(() => sparseGraphAttention(params, tf.zeros([5, 3]), { graph: { from: tf.zeros([3]), to: tf.zeros([3], 'int32') } })).toThrow(
      'takes int32 from and to [E] (these are float32 and int32): got from [3], to [3]',
    );
  });
});
