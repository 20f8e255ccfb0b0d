import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../tests/support/gradients.js';
import { grad, valueAndGrad } from './grad.js';
import { layer, plainly, registeredLayers } from './layer.js';
import { trace } from './trace/trace.js';

const cube = layer({
  name: 'cube',
  forward: (x: tf.Tensor) => ({ value: x.mul(x).mul(x), saved: { x } }),
  backward: (dy, { x }) => [dy.mul(x.square()).mul(3)],
  plain: (x) => x.mul(x).mul(x),
});

interface Options {
  readonly power?: number;
  readonly shift?: tf.Tensor;
  readonly chosen?: tf.Tensor;
}
/** sin and cos of a map, and what is made of them by options: a tree of arguments, of outputs, and of what is saved. */
const waves = layer({
  name: 'waves',
  forward({ w }: { readonly w: readonly tf.Tensor[] }, x: tf.Tensor, { power = 2, shift, chosen }: Options = {}) {
    const z = x
      .mul(w[0])
      .add(w[1])
      .add(shift ?? 0);
    const picked = chosen ? z.gather(chosen as tf.Tensor1D) : z;
    return {
      value: { sin: z.sin(), parts: [picked.pow(power)] },
      saved: { x, w, z, power, held: { chosen, shape: z.shape } },
    };
  },
  backward({ sin, parts: [dPower] }, { x, w, z, power, held: { chosen, shape } }) {
    const picked = chosen ? z.gather(chosen as tf.Tensor1D) : z;
    const d = dPower?.mul(picked.pow(power - 1)).mul(power);
    const back = d && chosen ? tf.scatterND(chosen.expandDims(1), d, shape) : d;
    const dz = tf.addN([sin?.mul(z.cos()), back].filter((t) => t !== undefined));
    return [{ w: [dz.mul(x).sum(0, true), dz.sum(0, true)] }, dz.mul(w[0]), { shift: null }];
  },
  plain({ w }, x, { power = 2, shift, chosen } = {}) {
    const z = x
      .mul(w[0])
      .add(w[1])
      .add(shift ?? 0);
    return { sin: z.sin(), parts: [(chosen ? z.gather(chosen as tf.Tensor1D) : z).pow(power)] };
  },
});
const [x, w, b] = [
  { data: [0.5, -1.5, 2], shape: [3] },
  { data: [1.25], shape: [1] },
  { data: [0.75], shape: [1] },
];
const chosen = tf.tensor1d([2, 0, 2], 'int32');

describe('layer', () => {
  it('uses the hand-derived backward', () => {
    expect(grad((x: tf.Tensor) => cube(x).sum())(tf.tensor1d([1, 2])).arraySync()).toEqual([3, 12]);
  });

  it('refuses a second derivative, which its plain form has', () => {
    const twice = (f: (x: tf.Tensor) => tf.Tensor) => grad((x: tf.Tensor) => grad((z: tf.Tensor) => f(z).sum())(x).sum());
    expect(() => twice(cube)(tf.tensor1d([2]))).toThrow(
      'cube has a hand-derived first derivative only: a second derivative through it was asked for; use cube.plain, or plainly(f)',
    );
    expect(twice(cube.plain)(tf.tensor1d([2])).dataSync()[0]).toBeCloseTo(12, 5);
    expect(twice(plainly((x) => cube(x).mul(1)))(tf.tensor1d([2])).dataSync()[0]).toBeCloseTo(12, 5);
    expect(() => twice(cube)(tf.tensor1d([2]))).toThrow('hand-derived'); // plainly has ended
  });

  it('ends plainly where its function throws', () => {
    const fails = plainly(() => {
      throw new Error('mine');
    });
    expect(fails).toThrow('mine');
    expect(() => grad((x: tf.Tensor) => grad((z: tf.Tensor) => cube(z).sum())(x).sum())(tf.tensor1d([2]))).toThrow('hand-derived');
  });

  it.each([
    ['of all outputs', { power: 3 }, (y: ReturnType<typeof waves>) => y.sin.add(y.parts[0])],
    ['of the first output', {}, ({ sin }: ReturnType<typeof waves>) => sin],
    ['of the last output, by integers among the options', { chosen }, ({ parts }: ReturnType<typeof waves>) => parts[0]],
  ])('takes and gives trees: %s', (_, options, pick) => {
    const [hand, plain] = [waves, waves.plain].map((f) => inDouble((x, ...w) => pick(f({ w }, x, options)), [x, w, b]));
    expect([...hand.y]).toEqual([...plain.y]);
    for (const [i, g] of hand.grads.entries()) for (const [k, v] of g.entries()) expect(v).toBeCloseTo(plain.grads[i][k], 12);
  });

  it('makes no zeros for an output that is not used', () => {
    const operators = (f: (x: tf.Tensor) => tf.Tensor) =>
      trace((x) => [grad((x: tf.Tensor) => f(x).sum())(x) as tf.Tensor], [{ shape: [3], dtype: 'float32' }]).nodes.map(({ op }) => op);
    const weights = { w: [tf.tensor1d([2]), tf.tensor1d([1])] };
    expect(operators((x) => waves(weights, x).sin).toSorted()).toEqual(operators((x) => x.mul(2).add(1).sin()).toSorted());
  });

  it('gives 0 where the backward says null', () => {
    const shift = tf.tensor1d([0.5]);
    const slope = grad((shift: tf.Tensor) =>
      waves({ w: [tf.scalar(1), tf.scalar(0)].map((t) => t.reshape([1])) }, tf.ones([3]), { shift }).sin.sum(),
    );
    expect(slope(shift).arraySync()).toEqual([0]);
  });

  it('leaks nothing, with and without a gradient', () => {
    const params = { w: [tf.tensor1d([1]), tf.tensor1d([2])] };
    const at = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numTensors;
    tf.tidy(() => void waves(params, at));
    tf.dispose(valueAndGrad((p: typeof params) => waves(p, at).sin.sum())(params) as never);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names a gradient that is missing or of another shape', () => {
    const made = (backward: (dy: tf.Tensor) => (tf.Tensor | undefined)[]) =>
      layer({
        name: 'scaled',
        forward: (params: { readonly w: tf.Tensor }, x: tf.Tensor) => ({ value: x.mul(params.w), saved: {} }),
        backward: (dy) => [{ w: backward(dy)[0] }, backward(dy)[1]] as never,
        plain: ({ w }, x) => x.mul(w),
      });
    const slope = (f: ReturnType<typeof made>) => grad((w: tf.Tensor) => f({ w }, tf.ones([2, 3])).sum())(tf.ones([3]));
    expect(() => slope(made((dy) => [undefined, dy]))).toThrow(
      'the backward of scaled: argument 0.w, [3], has no gradient; return one in its place, or null where the layer holds it constant',
    );
    const by = (x: tf.Tensor) => made((dy) => [undefined, dy])({ w: tf.ones([3]) }, x).sum();
    expect(grad(by)(tf.zeros([1, 3])).arraySync()).toEqual([[1, 1, 1]]); // one that is not asked for may be missing
    expect(() => slope(made((dy) => [dy, dy]))).toThrow(
      'the backward of scaled: argument 0.w, [3], has a gradient of another shape, [2,3]; sum it over the axes along which it was broadcast',
    );
  });

  it('is registered by its name, the last of it where a cell runs again', () => {
    expect(registeredLayers.get('cube')).toBe(cube);
    expect([cube.layerName, cube.name]).toEqual(['cube', 'cube']);
  });
});
