import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import reference from '../graph.reference.json' with { type: 'json' }; // made by reference/graph.py with PyTorch 2.13
import { graphConvolution, normaliseAdjacency } from './graph-convolution.js';
import { normaliseEdges, sparseGraphConvolution } from './sparse-graph-convolution.js';

const { graph, convolution } = reference;
const ends = () => [graph.from_, graph.to].map(({ data, shape }) => tf.tensor(data, shape, 'int32'));

describe('sparseGraphConvolution', () => {
  it('over normalised edges is the dense convolution over the normalised adjacency', () => {
    const pairs = [0, 1, 2, 3, 4].map((i) => [i, (2 * i) % 5] as const);
    const [x, , w, b] = convolution.inputs;
    const { from, to, weight } = normaliseEdges(5, pairs);
    const sparse = inDouble(
      (...[x, weight, w, b]) =>
        sparseGraphConvolution({ w, b }, x, {
          graph: { from: tf.tensor1d(from.data, 'int32'), to: tf.tensor1d(to.data, 'int32'), weight },
        }),
      [x, weight, w, b],
    );
    const dense = inDouble((...[A, x, w, b]) => graphConvolution({ w, b }, x, { graph: A }), [normaliseAdjacency(5, pairs), x, w, b]);
    expect(distance(sparse.y, dense.y)).toBeLessThan(1e-7);
    expect(distance(sparse.grads[0], dense.grads[1])).toBeLessThan(1e-7);
    expect(distance(sparse.grads[2], dense.grads[2])).toBeLessThan(1e-7);
  });

  // Nodes 0 and 1 with x = 5, 6 and w = 7, b = 8: edges of 2 from 1 to 0, 3 from 0 to 1 and 4 from 1 to 1.
  it('has a plain form, for higher derivatives, that is the same', () => {
    const [w, b, x] = [tf.tensor2d([[7]]), tf.tensor1d([8]), tf.tensor2d([[5], [6]])];
    const [from, to] = [tf.tensor1d([1, 0, 1], 'int32'), tf.tensor1d([0, 1, 1], 'int32')];
    const graph = { from, to, weight: tf.tensor1d([2, 3, 4]) };
    for (const form of [sparseGraphConvolution, sparseGraphConvolution.plain])
      expect([...form({ w, b }, x, { graph }).dataSync()]).toEqual([2 * 42 + 8, 3 * 35 + 4 * 42 + 8]);
  });

  it('names what does not fit', () => {
    const [from, to] = ends();
    const [x, w, b] = [tf.zeros([5, 3]), tf.zeros([3, 2]), tf.zeros([2])];
    expect(() => sparseGraphConvolution({ w: b, b }, x, { graph: { from, to, weight: tf.zeros([15]) } })).toThrow(
      'got x [5,3], w [2], b [2]',
    );
    expect(() => sparseGraphConvolution({ w, b }, tf.zeros([4, 3]), { graph: { from, to, weight: tf.zeros([15]) } })).toThrow(
      'sparseGraphConvolution, from: nodes are 0 to 3; got 4 at index',
    );
    expect(() => sparseGraphConvolution({ w, b }, x, { graph: { from, to, weight: tf.zeros([4]) } })).toThrow(
      'got from [15], to [15], weight [4]',
    );
  });

  it.each([
    ['x of three axes', [5, 3, 1], [3, 2], [2]],
    ['other features', [5, 3], [4, 2], [2]],
    ['other shifts', [5, 3], [3, 2], [3]],
  ])('names the shapes that do not fit: %s', (_, ...shapes) => {
    const [from, to] = ends();
    const [x, w, b] = shapes.map((shape) => tf.zeros(shape));
    expect(() => sparseGraphConvolution({ w, b }, x, { graph: { from, to, weight: tf.zeros([15]) } })).toThrow(
      `got x [${shapes[0]}], w [${shapes[1]}], b [${shapes[2]}]`,
    );
  });

  it('names edges that are none', () => {
    const [from, to] = ends();
    const good = { from, to, weight: tf.zeros([15]) };
    for (const wrong of [{ from: from.cast('float32') }, { to: to.cast('float32') }, { to: to.slice(1) }, { weight: tf.zeros([15, 1]) }])
      expect(() =>
        sparseGraphConvolution({ w: tf.zeros([3, 2]), b: tf.zeros([2]) }, tf.zeros([5, 3]), { graph: { ...good, ...wrong } }),
      ).toThrow('sparseGraphConvolution takes int32 from and to [E] and weight [E]');
  });
});

describe('normaliseEdges', () => {
  // The path 0–1–2: degrees with self-loops are 2, 3, 2.
  it('has the closed form of a path of three', () => {
    const { from, to, weight } = normaliseEdges(3, [
      [0, 1],
      [2, 1],
    ]);
    const r = Math.fround(1 / Math.sqrt(6));
    expect([...to.data]).toEqual([0, 0, 1, 1, 1, 2, 2]);
    expect([...from.data]).toEqual([0, 1, 0, 1, 2, 1, 2]);
    expect([...weight.data]).toEqual([1 / 2, r, r, Math.fround(1 / 3), r, r, 1 / 2]);
  });

  it('names the edge that leaves the graph', () => {
    expect(() => normaliseEdges(3, [[1, 3]])).toThrow('normaliseEdges: nodes are 0 to 2, got an edge from 1 to 3');
  });
});
