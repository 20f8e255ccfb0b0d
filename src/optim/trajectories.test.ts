import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance } from '../../tests/gradients.js';
import { valueAndGrad } from '../tensor/grad.js';
import { interpret } from '../tensor/interpret/interpret.js';
import { trace } from '../tensor/trace/trace.js';
import { flatten, map, type Tree } from '../tensor/tree.js';
import { adam, adamW } from './adam.js';
import type { Numbers } from './flat.js';
import type { Optimizer } from './optimizer.js';
import { sgd } from './sgd.js';
import reference from './trajectories.reference.json' with { type: 'json' }; // made by reference/trajectories.py with PyTorch 2.13

const START = { x: { data: Float32Array.of(0.5, -1, 2), shape: [3] }, y: { data: Float32Array.of(1.5, -0.5), shape: [2] } };
const A = tf.tensor2d([
  [1, -0.5],
  [0.25, 2],
  [-1.5, 0.75],
]);

/** ½ ‖x − A y‖² + 0.1 Σ y⁴ */
function lossOf({ x, y }: { x: tf.Tensor; y: tf.Tensor }): tf.Tensor {
  const residual = x.sub(A.matMul(y.expandDims(1)).squeeze([1]));
  return residual.square().sum().mul(0.5).add(y.square().square().sum().mul(0.1));
}

const cases = {
  sgd: sgd(START, { learningRate: 0.1 }),
  sgdDecay: sgd(START, { learningRate: 0.1, weightDecay: 0.3 }),
  momentum: sgd(START, { learningRate: 0.05, momentum: 0.9 }),
  nesterov: sgd(START, { learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  adam: adam(START, { learningRate: 0.3 }),
  adamDecay: adam(START, { learningRate: 0.3, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.2 }),
  adamW: adamW(START, { learningRate: 0.3, weightDecay: 0.2 }),
} as unknown as Record<keyof typeof reference, Optimizer<typeof START, Record<string, tf.Tensor>>>;

describe.each(Object.entries(reference))('%s', (name, expected) => {
  const optimizer = cases[name as keyof typeof reference];
  const step = (state: Record<string, tf.Tensor>) => optimizer.update(state, valueAndGrad(lossOf)(optimizer.params(state)).grads as never);

  it('follows PyTorch for ten steps, in double', () => {
    const start = flatten<Numbers>(optimizer.init(START) as Tree<Numbers>);
    const graph = trace(
      (...leaves) => flatten<tf.Tensor>(step(start.unflatten(leaves) as never) as Tree<tf.Tensor>).leaves,
      start.leaves.map(({ shape }) => ({ shape, dtype: 'float32' as const })),
    );
    const vector = start.paths.indexOf('parameters');
    let state = start.leaves.map(({ data }) => Float64Array.from(data)) as ReturnType<typeof interpret>;
    for (const point of expected) {
      state = interpret(graph, state);
      // Rates such as 0.1 are float32 constants in the graph: 6e-8 of each step.
      expect(distance(state[vector], point)).toBeLessThan(5e-7);
    }
  });

  it('follows it eagerly to float32, and leaks no tensor', () => {
    let state: Record<string, tf.Tensor> = map(optimizer.init(START), ({ data, shape }: Numbers) => tf.tensor(data, shape)) as never;
    const before = tf.memory().numTensors;
    for (const point of expected) {
      const next = tf.tidy(() => step(state));
      tf.dispose(Object.values(state).filter((t) => !Object.values(next).includes(t)));
      state = next;
      expect(distance(state.parameters.dataSync(), point)).toBeLessThan(2e-5);
    }
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(state);
  });
});

describe('an optimizer', () => {
  it('gives the parameters back as the tree they came in', () => {
    const params = {
      b: tf.tensor1d([5]),
      layers: [
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        tf.scalar(7),
      ],
    };
    const optimizer = adam(params);
    const state = map(optimizer.init(params), ({ data, shape }: Numbers) => tf.tensor(data, shape)) as never;
    const back = optimizer.params(state);
    expect([back.b, ...back.layers].map((t) => t.arraySync())).toEqual([
      [5],
      [
        [1, 2],
        [3, 4],
      ],
      7,
    ]);
  });

  it('names the gradient that does not fit', () => {
    const optimizer = sgd(START, { learningRate: 0.1 });
    const state = { parameters: tf.zeros([5]), velocity: tf.zeros([0]) };
    expect(() => optimizer.update(state, { x: tf.zeros([3]), y: tf.zeros([3]) })).toThrow(
      'the optimizer was made for params.y [2], got [3]',
    );
    expect(() => optimizer.update(state, { x: tf.zeros([3]) } as never)).toThrow(
      'the optimizer was made for parameters {x:*,y:*}, got {x:*}',
    );
  });

  it('refuses rates that cannot work', () => {
    expect(() => sgd(START, { learningRate: 0 })).toThrow('sgd: learningRate must be above 0, got 0');
    expect(() => adam(START, { beta2: 1 })).toThrow('adam: beta2 must be at least 0 and below 1, got 1');
    expect(() => adamW(START, { weightDecay: -1 })).toThrow('adamW: weightDecay must be at least 0, got -1');
    expect(() => sgd(START, { learningRate: 1, nesterov: true })).toThrow('momentum must be above 0, got 0; try 0.9');
  });
});
