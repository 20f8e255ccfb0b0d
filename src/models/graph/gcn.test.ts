import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance } from '../../../tests/support/gradients.js';
import { type HostArray, key, normal } from '../../base/index.js';
import { dropoutMask, sparseDropoutMask } from '../../nn/dropout.js';
import { normaliseAdjacency } from '../../nn/graph/graph-convolution.js';
import { neighbourhood } from '../../nn/graph/neighbourhood.js';
import { normaliseEdges } from '../../nn/graph/sparse-graph-convolution.js';
import { sparseRows } from '../../nn/graph/sparse-product.js';
import { map } from '../../tensor/tree.js';
import reference from '../attention.reference.json' with { type: 'json' }; // made by reference/attention.py with PyTorch 2.13
import { type GcnParams, gcn, initGcn } from './gcn.js';

const pairs = reference.graph.edges as [number, number][];
const dense = () => {
  const { data, shape } = normaliseAdjacency(5, pairs);
  return tf.tensor(data, shape);
};
const sparse = () => {
  const { from, to, weight } = normaliseEdges(5, pairs);
  return { from: tf.tensor1d(from.data, 'int32'), to: tf.tensor1d(to.data, 'int32'), weight: tf.tensor1d(weight.data) };
};

it('gcn needs a way from features to outputs', () => {
  expect(() => initGcn(key(1), [3])).toThrow('initGcn: widths go from the features to the outputs, at least these two: got [3]');
});

describe('gcn', () => {
  it('sees a batch of days as one graph in which each day has its own edges', () => {
    const [B, N] = [3, 4];
    const edges: [number, number][] = [
      [0, 1],
      [1, 2],
      [2, 3],
    ];
    const params = map(initGcn(key(3), [2, 5, 1]), ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape)) as GcnParams;
    const x = normal(key(4), [B, N, 2]);
    const tensors = (graph: ReturnType<typeof normaliseEdges>) => ({
      from: tf.tensor1d(graph.from.data, 'int32'),
      to: tf.tensor1d(graph.to.data, 'int32'),
      weight: tf.tensor1d(graph.weight.data),
    });
    const copies = [0, 1, 2].flatMap((b) => edges.map(([i, j]): [number, number] => [b * N + i, b * N + j]));
    const together = gcn(params, tf.tensor(x.data, [B * N, 2]), { graph: tensors(normaliseEdges(B * N, copies)) });
    const alone = [0, 1, 2].map((b) =>
      gcn(params, tf.tensor(x.data.slice(b * N * 2, (b + 1) * N * 2), [N, 2]), { graph: tensors(normaliseEdges(N, edges)) }),
    );
    expect(distance(together.dataSync(), tf.concat(alone, 0).dataSync())).toBeLessThan(1e-6);
  });
});

describe('gcn with sparse features and dropout', () => {
  const params = map(initGcn(key(5), [3, 4, 2]), ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape)) as GcnParams;
  const x = { data: Float32Array.of(0, 2, 0, -1, 0, 3, 0, 0, 0, 0, 0, 4, 1, 1, 0), shape: [5, 3] };
  const { from, to, weight } = sparseRows(x);
  const entries = { from: tf.tensor1d(from.data, 'int32'), to: tf.tensor1d(to.data, 'int32'), weight: tf.tensor1d(weight.data), rows: 5 };
  const all = tf.tensor(x.data, [5, 3]);

  it('is that of the dense features, over edges and over an adjacency', () => {
    const expected = gcn(params, all, { graph: dense() }).dataSync();
    for (const graph of [dense(), sparse()]) expect(distance(gcn(params, entries, { graph }).dataSync(), expected)).toBeLessThan(1e-6);
  });

  it('drops the same numbers of both, and takes a mask a layer', () => {
    const mask = sparseDropoutMask(key(6), 0.5, x);
    const hidden = tf.tensor(dropoutMask(key(7), 0.5, [5, 4]).data, [5, 4]);
    const drawn = tf.tensor1d(mask.data.filter((_, i) => x.data[i] !== 0));
    const [first, second] = [tf.tensor(mask.data, [5, 3]), drawn].map((m, i) =>
      gcn(params, i === 0 ? all : entries, { graph: sparse(), masks: [m, hidden] }).dataSync(),
    );
    expect(distance(first, second)).toBeLessThan(1e-6);
    expect(distance(first, gcn(params, all, { graph: sparse() }).dataSync())).toBeGreaterThan(0.1);
    expect(() => gcn(params, all, { graph: sparse(), masks: [hidden] })).toThrow('gcn: masks are one for each of the 2 layers');
  });

  it('on the neighbourhood of some nodes is what it is on the whole graph', () => {
    const whole = normaliseEdges(5, pairs);
    const part = neighbourhood(whole, [2], { hops: 2 });
    const graph = {
      from: tf.tensor1d(part.graph.from.data, 'int32'),
      to: tf.tensor1d(part.graph.to.data, 'int32'),
      weight: tf.tensor1d(part.graph.weight.data),
    };
    const alone = gcn(params, all.gather([...part.nodes]), { graph }).slice(0, 1);
    expect(distance(alone.dataSync(), gcn(params, all, { graph: sparse() }).slice(2, 1).dataSync())).toBeLessThan(1e-6);
  });
});
