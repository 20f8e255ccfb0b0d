import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, expectReference, type Reference } from '../../../tests/support/gradients.js';
import { type HostArray, key } from '../../base/index.js';
import { normaliseAdjacency } from '../../nn/graph/graph-convolution.js';
import { normaliseEdges } from '../../nn/graph/sparse-graph-convolution.js';
import { sparseRows } from '../../nn/graph/sparse-product.js';
import { crossEntropy } from '../../nn/losses/cross-entropy.js';
import { adam } from '../../optim/adam.js';
import { compile } from '../../tensor/compile.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { flatten, map, type Tree } from '../../tensor/tree.js';
import reference from '../attention.reference.json' with { type: 'json' }; // made by reference/attention.py with PyTorch 2.13
import karate from '../karate.reference.json' with { type: 'json' }; // made by reference/karate.py with networkx 3.6
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
  ['gcn over an adjacency', model<GcnParams>(gcnParams, (params, x) => gcn(params, x, { graph: dense() })), reference.gcn],
  ['gcn over edges', model<GcnParams>(gcnParams, (params, x) => gcn(params, x, { graph: sparse() })), reference.gcn],
  ['gat over a mask', model<GatParams>(gatParams, (params, x) => gat(params, x, { graph: sees() })), reference.gat],
  ['gat over edges', model<GatParams>(gatParams, (params, x) => gat(params, x, { graph: sparse() })), reference.gat],
])('%s', (_, predict, expected) => {
  it('equals PyTorch from the same weights, forward and backward', () => expectReference(predict, expected));

  it('backward agrees with differences', () => void gradCheck(predict, expected.inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(predict, expected.inputs));
});

it('gat takes the entries of features that are not 0, over edges', () => {
  const params = map(gatParams, ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape)) as GatParams;
  const x = { data: Float32Array.of(0, 2, 0, -1, 0, 3, 0, 0, 0, 0, 0, 4, 1, 1, 0), shape: [5, 3] };
  const { from, to, weight } = sparseRows(x);
  const entries = { from: tf.tensor1d(from.data, 'int32'), to: tf.tensor1d(to.data, 'int32'), weight: tf.tensor1d(weight.data), rows: 5 };
  const expected = gat(params, tf.tensor(x.data, [5, 3]), { graph: sees() }).dataSync();
  expect(distance(gat(params, entries, { graph: sparse() }).dataSync(), expected)).toBeLessThan(1e-6);
});

describe("Zachary's karate club", () => {
  const { from, to, weight } = normaliseEdges(34, karate.edges as [number, number][]);
  const club = { from: tf.tensor1d(from.data, 'int32'), to: tf.tensor1d(to.data, 'int32'), weight: tf.tensor1d(weight.data) };
  const leaders = [0, 33];
  const config = { inputs: 34, width: 8, heads: 4, outputs: 2 };

  /** Trains from the factions of the two leaders alone, and guesses every member's; members have no features but who they are. */
  async function guessed<P>(params: P, predict: (params: never, x: tf.Tensor) => tf.Tensor): Promise<number> {
    const optimizer = adam(params, { learningRate: 0.01, weightDecay: 5e-4 });
    type State = Parameters<typeof optimizer.update>[0];
    const logits = (params: unknown) => predict(params as never, tf.eye(34));
    const lossOf = (params: unknown) => crossEntropy(logits(params).gather(leaders), tf.tensor1d([0, 1], 'int32'));
    const step = compile((state: State) => optimizer.update(state, valueAndGrad(lossOf)(optimizer.params(state)).grads as never), {
      donate: [0],
    });
    const guess = compile((state: State) => logits(optimizer.params(state)).argMax(-1));
    let state = optimizer.init(params) as never;
    for (let i = 0; i < 100; i++) state = (await step(state)) as never;
    return [...(await guess(state)).data()].filter((faction, member) => faction === karate.officer[member]).length;
  }

  // Zachary's own method misses one, member 8.
  it('is split by a GCN and by a GAT as it did, two members aside at most', async () => {
    expect(await guessed(initGcn(key(1), [34, 16, 2]), (params, x) => gcn(params, x, { graph: club }))).toBeGreaterThanOrEqual(32);
    expect(await guessed(initGat(key(2), config), (params, x) => gat(params, x, { graph: club }))).toBeGreaterThanOrEqual(32);
  });
});
