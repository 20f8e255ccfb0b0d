import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../tests/compiled.js';
import { expectReference, type Reference } from '../../tests/gradients.js';
import { normaliseAdjacency } from '../nn/graph-convolution.js';
import { normaliseEdges } from '../nn/sparse-graph-convolution.js';
import { gradCheck } from '../tensor/grad-check.js';
import { key } from '../tensor/random.js';
import { flatten, type Tree } from '../tensor/tree.js';
import reference from './attention.reference.json' with { type: 'json' }; // made by reference/attention.py with PyTorch 2.13
import { type GatParams, gat, initGat } from './gat.js';
import { type GcnParams, gcn, initGcn } from './gcn.js';

/** A model of x and of its weights in the order of their names. */
const model =
  <P>(params: unknown, predict: (params: P, x: tf.Tensor) => tf.Tensor) =>
  (...[x, ...weights]: tf.Tensor[]) =>
    predict(flatten(params as Tree<unknown>).unflatten(weights) as P, x);

const { edges, visible } = reference.graph;
const pairs = edges as [number, number][];
const dense = () => {
  const { data, shape } = normaliseAdjacency(5, pairs);
  return tf.tensor(data, shape);
};
const sparse = () => {
  const { from, to, weight } = normaliseEdges(5, pairs);
  return { from: tf.tensor1d(from.data, 'int32'), to: tf.tensor1d(to.data, 'int32'), weight: tf.tensor1d(weight.data) };
};
const sees = () => tf.tensor(visible.data, visible.shape, 'bool');
const gcnParams = initGcn(key(1), [3, 4, 2]);
const gatParams = initGat(key(2), { inputs: 3, width: 2, heads: 2, outputs: 3, outputHeads: 2 });

describe.each<[string, (...inputs: tf.Tensor[]) => tf.Tensor, Reference]>([
  ['gcn over an adjacency', model<GcnParams>(gcnParams, (params, x) => gcn(params, x, dense())), reference.gcn],
  ['gcn over edges', model<GcnParams>(gcnParams, (params, x) => gcn(params, x, sparse())), reference.gcn],
  ['gat over a mask', model<GatParams>(gatParams, (params, x) => gat(params, x, sees())), reference.gat],
  ['gat over edges', model<GatParams>(gatParams, (params, x) => gat(params, x, sparse())), reference.gat],
])('%s', (_, predict, expected) => {
  it('equals PyTorch from the same weights, forward and backward', () => expectReference(predict, expected));

  it('backward agrees with differences', () => void gradCheck(predict, expected.inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(predict, expected.inputs));
});

it('gcn needs a way from features to outputs', () => {
  expect(() => initGcn(key(1), [3])).toThrow('initGcn: widths go from the features to the outputs, at least these two: got [3]');
});
