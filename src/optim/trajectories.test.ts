import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance } from '../../tests/support/gradients.js';
import type { HostArray } from '../base/host-array.js';
import type { DeviceTensor } from '../tensor/buffers/device-tensor.js';
import { compile } from '../tensor/compile.js';
import { valueAndGrad } from '../tensor/grad.js';
import { interpret } from '../tensor/interpret/interpret.js';
import { trace } from '../tensor/trace/trace.js';
import { flatten, map, type Tree } from '../tensor/tree.js';
import { accumulated } from './accumulated.js';
import { adam, adamW } from './adam.js';
import { amsgrad } from './amsgrad.js';
import { averaged } from './averaged.js';
import { lion } from './lion.js';
import type { Optimizer } from './optimizer.js';
import { plateau } from './plateau.js';
import { rmsProp } from './rms-prop.js';
import { cosine, inverseRoot, linearDecay, oneCycle, type Schedule, warmUp } from './schedule.js';
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

const warmCosine = () => warmUp(cosine({ from: 0.3, to: 0.01, steps: 6 }), { steps: 4, start: 0.1 });
const cosineRate = () => cosine({ from: 0.3, to: 0.02, steps: 14 });
const reduced = plateau({ from: 0.1, factor: 0.5, patience: 1 });

const cases = {
  sgd: sgd(START, { learningRate: 0.1 }),
  sgdDecay: sgd(START, { learningRate: 0.1, weightDecay: 0.3 }),
  momentum: sgd(START, { learningRate: 0.05, momentum: 0.9 }),
  nesterov: sgd(START, { learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  rmsProp: rmsProp(START, { learningRate: 0.05 }),
  rmsPropDecay: rmsProp(START, { learningRate: 0.05, alpha: 0.9, epsilon: 1e-3, weightDecay: 0.2 }),
  adam: adam(START, { learningRate: 0.3 }),
  adamDecay: adam(START, { learningRate: 0.3, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.2 }),
  adamW: adamW(START, { learningRate: 0.3, weightDecay: 0.2 }),
  amsgrad: amsgrad(START, { learningRate: 0.3, beta2: 0.5 }),
  amsgradDecay: amsgrad(START, { learningRate: 0.3, beta1: 0.8, beta2: 0.6, epsilon: 1e-3, weightDecay: 0.2 }),
  lion: lion(START, { learningRate: 0.05 }),
  lionDecay: lion(START, { learningRate: 0.05, beta1: 0.8, beta2: 0.95, weightDecay: 0.3 }),
  adamWGroups: adamW(START, {
    learningRate: 0.3,
    weightDecay: 0.2,
    groups: [
      { of: ({ shape }) => shape[0] === 3, weightDecay: 0 },
      { of: ({ path }) => path === 'params.y', rate: 0.1 },
    ],
  }),
  nesterovGroups: sgd(START, {
    learningRate: warmUp(0.05, { steps: 5, start: 0.2 }),
    momentum: 0.9,
    nesterov: true,
    weightDecay: 0.1,
    groups: [
      { of: ({ path }) => path === 'params.x', rate: 2 },
      { of: () => true, weightDecay: 0.5 },
    ],
  }),
  lionGroups: lion(START, { learningRate: 0.05, groups: [{ of: ({ path }) => path === 'params.y', weightDecay: 0.3 }] }),
  clipNorm: sgd(START, { learningRate: 0.2, clipNorm: 1.5 }),
  clipValue: sgd(START, { learningRate: 0.2, momentum: 0.5, clipValue: 0.6 }),
  clipBoth: adam(START, { learningRate: 0.3, clipNorm: 1.5, clipValue: 0.6 }),
  adamCosine: adam(START, { learningRate: cosineRate() }),
  adamWarmUpCosine: adamW(START, { learningRate: warmCosine(), weightDecay: 0.2 }),
  lionWarmUp: lion(START, { learningRate: warmUp(0.05, { steps: 5, start: 0.2 }), weightDecay: 0.3 }),
  momentumOneCycle: sgd(START, { learningRate: oneCycle({ peak: 0.4, steps: 15 }), momentum: 0.5 }),
  accumulated: accumulated(START, adam(START, { learningRate: cosineRate() }), 3),
  averaged: averaged(START, adam(START, { learningRate: 0.3 }), { decay: 0.7 }),
  plateau: sgd(START, { learningRate: reduced }),
} as unknown as Record<keyof typeof reference.trajectories, Optimizer<typeof START, Record<string, tf.Tensor>>>;

describe.each(Object.entries(reference.trajectories))('%s', (name, expected) => {
  const optimizer = cases[name as keyof typeof cases];
  const followed = name === 'averaged' ? 'average' : 'parameters';
  /** A step along the gradient of the loss times a factor, which only the gradients that are accumulated need. */
  const step = (state: Record<string, tf.Tensor>, factor: tf.Tensor) => {
    const { grads } = valueAndGrad((params: never) => lossOf(params).mul(factor))(optimizer.params(state) as never);
    return optimizer.update(state, grads as never);
  };
  const factor = (k: number) => (name === 'accumulated' ? 1 + 0.5 * (k % 3) : 1);

  it('follows PyTorch, in double', () => {
    const start = flatten<HostArray<Float32Array>>(optimizer.init(START) as Tree<HostArray<Float32Array>>);
    const graph = trace(
      (...leaves) => flatten<tf.Tensor>(step(start.unflatten(leaves.slice(0, -1)) as never, leaves.at(-1)!) as Tree<tf.Tensor>).leaves,
      [...start.leaves, { shape: [] }].map(({ shape }) => ({ shape, dtype: 'float32' as const })),
    );
    const [vector, place] = [start.paths.indexOf(followed), start.paths.indexOf('schedule')];
    let state = start.leaves.map(({ data }) => Float64Array.from(data)) as ReturnType<typeof interpret>;
    for (const [k, point] of expected.entries()) {
      state = interpret(graph, [...state, Float64Array.of(factor(k))]);
      // Rates such as 0.1 are float32 constants in the graph: 6e-8 of each step.
      expect(distance(state[vector], point)).toBeLessThan(1e-6);
      if (name !== 'plateau') continue;
      const { schedule } = reduced.observe({ schedule: { data: state[place], shape: [3] } }, reference.plateauLosses[k]);
      state[place] = Float64Array.from(schedule.data);
    }
  });

  it('follows it eagerly to float32, and leaks no tensor', () => {
    let state: Record<string, tf.Tensor> = map(optimizer.init(START), ({ data, shape }: HostArray<Float32Array>) =>
      tf.tensor(data, shape),
    ) as never;
    const before = tf.memory().numTensors;
    for (const [k, point] of expected.entries()) {
      let next = tf.tidy(() => step(state, tf.scalar(factor(k))));
      if (name === 'plateau') next = reduced.observe(next, reference.plateauLosses[k]);
      tf.dispose(Object.values(state).filter((t) => !Object.values(next).includes(t)));
      state = next;
      expect(distance(state[followed].dataSync(), point)).toBeLessThan(2e-5);
    }
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(state);
  });

  it.each(['openvino', 'onnxruntime'] as const)('follows it on %s', async (runtime) => {
    const compiled = compile(step, { runtime, donate: [0] });
    let state = optimizer.init(START) as never;
    for (const [k, point] of expected.entries()) {
      state = (await compiled(state, factor(k))) as never;
      if (name === 'plateau') state = reduced.observe(state, reference.plateauLosses[k]);
      expect(distance((state as Record<string, DeviceTensor>)[followed].data(), point)).toBeLessThan(2e-5);
    }
    compiled.release();
  });
});

describe('a schedule', () => {
  it.each([
    ['cosine', cosineRate()],
    ['warmUp', warmUp(0.3, { steps: 5, start: 0.2 })],
    ['warmUpCosine', warmCosine()],
    ['oneCycle', oneCycle({ peak: 0.4, steps: 15 })],
  ] as const)('%s has the rates of PyTorch', (name, { start, rate, next }) => {
    let at: tf.Tensor = tf.tensor(start.data, start.shape);
    for (const expected of reference.rates[name]) {
      expect(rate(at).arraySync()).toBeCloseTo(expected, 6);
      at = next(at);
    }
  });

  it('goes down a straight line, and stays at its end', () => {
    const { start, rate, next } = linearDecay({ from: 0.3, to: 0.06, steps: 4 });
    let at: tf.Tensor = tf.tensor(start.data, start.shape);
    for (const expected of [0.3, 0.24, 0.18, 0.12, 0.06, 0.06]) {
      expect(rate(at).arraySync()).toBeCloseTo(expected, 6);
      at = next(at);
    }
    expect(() => linearDecay({ from: 1, to: -1, steps: 3 })).toThrow('linearDecay: to must be a finite number from 0 up, got -1');
  });

  it('stays where it ended', () => {
    expect(cosine({ from: 0.3, to: 0.02, steps: 14 }).rate(tf.scalar(15)).arraySync()).toBeCloseTo(0.02, 7);
    expect(oneCycle({ peak: 0.4, steps: 15 }).rate(tf.scalar(40)).arraySync()).toBeCloseTo(1.6e-6, 7);
  });

  it('falls with the root of the number of steps', () => {
    const { start, rate, next } = inverseRoot({ from: 0.6 });
    let at: tf.Tensor = tf.tensor(start.data, start.shape);
    for (const expected of [0.6, 0.6 / Math.SQRT2, 0.6 / Math.sqrt(3), 0.3]) {
      expect(rate(at).arraySync()).toBeCloseTo(expected, 6);
      at = next(at);
    }
  });

  it('costs nothing where it is constant', () => {
    const count = (learningRate: number | Schedule) => {
      const optimizer = adam(START, { learningRate });
      const { leaves, unflatten } = flatten<HostArray<Float32Array>>(optimizer.init(START) as Tree<HostArray<Float32Array>>);
      const update = (...state: tf.Tensor[]) =>
        flatten<tf.Tensor>(optimizer.update(unflatten(state) as never, state[1].slice(0, 5)) as unknown as Tree<tf.Tensor>).leaves;
      return {
        nodes: trace(
          update,
          leaves.map(({ shape }) => ({ shape, dtype: 'float32' as const })),
        ).nodes.length,
        leaves: leaves.length,
      };
    };
    expect(count(0.1).leaves).toBe(4);
    expect(count(warmCosine()).leaves).toBe(5);
    expect(count(0.1).nodes).toBeLessThan(count(warmCosine()).nodes);
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
    const state = map(optimizer.init(params), ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape)) as never;
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
    expect(() => sgd(START, { learningRate: 0 })).toThrow('sgd: learningRate must be a finite number above 0, got 0');
    expect(() => adam(START, { beta2: 1 })).toThrow('adam: beta2 must be a finite number from 0 up, below 1, got 1');
    expect(() => adamW(START, { weightDecay: -1 })).toThrow('adamW: weightDecay must be a finite number from 0 up, got -1');
    expect(() => sgd(START, { learningRate: 1, nesterov: true })).toThrow('momentum must be above 0, got 0; try 0.9');
    expect(() => rmsProp(START, { alpha: 1 })).toThrow('rmsProp: alpha must be a finite number from 0 up, below 1, got 1');
    expect(() => lion(START, { learningRate: -1 })).toThrow('lion: learningRate must be a finite number above 0, got -1');
    expect(() => adam(START, { clipNorm: 0 })).toThrow(
      'adam: clipNorm must be a finite number above 0, got 0; leave it out to clip nothing',
    );
    expect(() => accumulated(START, adam(START), 1.5)).toThrow('accumulated: batches must be a whole number from 1 up, got 1.5');
    expect(() => averaged(START, adam(START), { decay: 1 })).toThrow('averaged: decay must be a finite number from 0 up, below 1, got 1');
    expect(() => cosine({ from: 0, steps: 9 })).toThrow('cosine: from must be a finite number above 0, got 0');
    expect(() => warmUp(1, { steps: 0 })).toThrow('warmUp: steps must be a finite number above 0, up to 16777216, got 0');
    expect(() => cosine({ from: 1, steps: 2 ** 24 + 1 })).toThrow('got 16777217; steps are counted in float32');
    expect(() => inverseRoot({ from: 0 })).toThrow('inverseRoot: from must be a finite number above 0, got 0');
    expect(() => adam(START, { epsilon: -1 })).toThrow('adam: epsilon must be a finite number from 0 up, got -1');
    expect(() => oneCycle({ peak: 1, steps: 3 })).toThrow('rise 0.3 of 3 steps leaves no step to go up or down; use more steps');
    expect(() => plateau({ from: 1, factor: 1 })).toThrow('plateau: factor must be a finite number from 0 up, below 1, got 1');
    expect(() => sgd(START, {} as never)).toThrow('sgd: learningRate must be a finite number above 0, got undefined');
    expect(() => adam(START, { lerningRate: 1 } as never)).toThrow(
      "adam: there is no option 'lerningRate'; it takes learningRate, weightDecay, groups, clipNorm, clipValue, beta1, beta2, epsilon (did you mean learningRate?)",
    );
    const never = [{ of: () => true }, { of: ({ path }: { path: string }) => path === 'params.y', weightDecay: 0 }];
    expect(() => adamW(START, { groups: never })).toThrow(
      'adamW: groups[1] has no parameter of its own among params.x [3], params.y [2]; a parameter is of the first group that takes it',
    );
    expect(() => adamW(START, { groups: [{ of: () => true, decay: 0 }] as never })).toThrow("adamW: groups[0]: there is no option 'decay'");
    expect(() => plateau({ from: 1, patience: -1 })).toThrow('plateau: patience must be a whole number from 0 up, got -1');
    expect(() => warmUp(plateau({ from: 1 }), { steps: 9 })).toThrow('warmUp: the rate must be a number or a function of the step');
  });

  it('refuses to observe a state without a place for it, and numbers that do not fill their shape', () => {
    expect(() => reduced.observe(adam(START).init(START), 1)).toThrow('plateau.observe: the state has no place of this schedule');
    const short = { ...START, x: { ...START.x, shape: [4] } };
    expect(() => adam(short).init(short)).toThrow('params.x is declared [4] but holds 3 values');
  });
});
