import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { graphConvolution, normaliseAdjacency } from './graph-convolution.js';

const layer = (...[graph, x, w, b]: tf.Tensor[]) => graphConvolution({ w, b }, x, { graph });

describe('graphConvolution', () => {
  // N = 2, F = D = 1, A = [[1,2],[3,4]], x = (5,6), w = 7, b = 8: A x = (17,39), y = (119 + 8, 273 + 8); Aᵀ1 = (4,6).
  it('has its closed form on two nodes', () => {
    const { y, grads } = inDouble(layer, [
      { data: [1, 2, 3, 4], shape: [2, 2] },
      { data: [5, 6], shape: [2, 1] },
      { data: [7], shape: [1, 1] },
      { data: [8], shape: [1] },
    ]);
    expect([y, ...grads].map((t) => [...t])).toEqual([[127, 281], [35, 42, 35, 42], [28, 42], [5 * 4 + 6 * 6], [2]]);
  });

  it.each([
    ['rows of the graph', [3, 4], [4, 2], [2, 5], [5]],
    ['columns of the graph', [4, 3], [4, 2], [2, 5], [5]],
    ['features', [4, 4], [4, 2], [3, 5], [5]],
    ['shifts', [4, 4], [4, 2], [2, 5], [4]],
  ])('names the shapes that do not fit: %s', (_, ...shapes) => {
    const [A, x, w, b] = shapes;
    expect(() => layer(...shapes.map((shape) => tf.zeros(shape)))).toThrow(`got A [${A}], x [${x}], w [${w}], b [${b}]`);
  });
});

// https://github.com/pyg-team/pytorch_geometric/issues/6251: the path 0–1–2 with features 0, 2 and 1 and weight 1.
it('a path of three has the features of its neighbours, by the roots of their degrees', () => {
  const { data, shape } = normaliseAdjacency(3, [
    [0, 1],
    [1, 2],
  ]);
  const y = graphConvolution({ w: tf.ones([1, 1]), b: tf.zeros([1]) }, tf.tensor2d([[0], [2], [1]]), { graph: tf.tensor(data, shape) });
  expectClose(y.dataSync(), [0.8165, 1.0749, 1.3165], 4);
});

describe('normaliseAdjacency', () => {
  // The path 1–2–3: degrees with self-loops are 2, 3, 2.
  it('has the closed form of a path of three', () => {
    const { data, shape } = normaliseAdjacency(3, [
      [0, 1],
      [1, 2],
      [2, 1],
    ]);
    const r = 1 / Math.sqrt(6);
    expect(shape).toEqual([3, 3]);
    expectClose(data, [1 / 2, r, 0, r, 1 / 3, r, 0, r, 1 / 2], 7);
  });

  it('names the edge that leaves the graph', () => {
    expect(() => normaliseAdjacency(3, [[1, 3]])).toThrow('normaliseAdjacency: nodes are 0 to 2, got an edge from 1 to 3');
  });
});
