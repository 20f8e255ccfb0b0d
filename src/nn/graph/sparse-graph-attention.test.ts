import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { RUNTIMES } from '../../../tests/support/compiled.js';
import { distance } from '../../../tests/support/gradients.js';
import { type Key, key, normal, split } from '../../base/random.js';
import { compile } from '../../tensor/compile.js';
import { grad } from '../../tensor/grad.js';
import reference from '../graph.reference.json' with { type: 'json' }; // made by reference/graph.py with PyTorch 2.13
import { graphAttention } from './graph-attention.js';
import { type Links, sparseGraphAttention } from './sparse-graph-attention.js';

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

  // https://github.com/pyg-team/pytorch_geometric/issues/2013: node 0 averages nodes of scores 0 and 1, node 3 one of score 200. With one maximum
  // for all, the first two are 0 in float32.
  it.each(RUNTIMES)('does not see the scores of other neighbourhoods, on %s', async (runtime) => {
    const mix = compile(
      (w: tf.Tensor, links: Links, x: tf.Tensor) => {
        const y = (w: tf.Tensor) =>
          sparseGraphAttention({ w, b: tf.zeros([1]), source: tf.ones([1, 1]), target: tf.zeros([1, 1]) }, x, { graph: links });
        return { y: y(w), slope: grad((w: tf.Tensor) => y(w).sum())(w) };
      },
      { runtime },
    );
    const ints = (...data: number[]) => ({ data: Int32Array.from(data), shape: [data.length] });
    const links = { from: ints(1, 2, 4, 0, 1, 2), to: ints(0, 0, 3, 1, 2, 4) };
    const { y, slope } = await mix({ data: Float32Array.of(1), shape: [1, 1] }, links, {
      data: Float32Array.of(0, 0, 1, 0, 200),
      shape: [5, 1],
    });
    const second = Math.E / (1 + Math.E); // the weight of node 2
    expectClose(y.data(), [second, 0, 0, 200, 1], 6);
    // d/dw of w e^w/(1 + e^w) at w = 1, of 200 w and of w
    expect(slope.item()).toBeCloseTo(second + second * (1 - second) + 200 + 1, 4);
  });

  it('is that of graphAttention, whatever the scores', () => {
    const mask = tf.tensor(graph.visible.data, graph.visible.shape, 'bool');
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: -3, max: 4, noNaN: true }), (seed, size) => {
        const [forX, forW, forSource, forTarget] = split(key(seed), 4);
        const drawn = (k: Key, shape: number[], scale = 1) => tf.tensor(normal(k, shape).data, shape).mul(scale);
        const params = {
          w: drawn(forW, [3, 4]),
          b: tf.zeros([4]),
          source: drawn(forSource, [2, 2], 10 ** size),
          target: drawn(forTarget, [2, 2], 10 ** size),
        };
        const x = drawn(forX, [5, 3]);
        const sparse = sparseGraphAttention(params, x, { graph: links() }).dataSync();
        expect(distance(sparse, graphAttention(params, x, { graph: mask }).dataSync())).toBeLessThan(1e-3);
      }),
      { numRuns: 30 },
    );
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
