import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../compile.js';

beforeAll(() => tf.setBackend('cpu'));

/** Every pair of these is tried, in 9 × 9 elements and more: no multiple of a vector's width. */
const EDGES = [Number.NaN, Number.NEGATIVE_INFINITY, -1e4, -2.5, -0, 0, 0.5, 3, Number.POSITIVE_INFINITY];
const [first, second] = [EDGES.flatMap((x) => EDGES.map(() => x)), EDGES.flatMap(() => EDGES)];
const [a, b] = [Float32Array.from(first), Float32Array.from(second)];

const CASES: Record<string, (x: tf.Tensor, y: tf.Tensor) => tf.Tensor> = {
  relu: (x) => x.relu(),
  relu6: (x) => tf.relu6(x),
  exp: (x) => x.exp(),
  expm1: (x) => x.expm1(),
  clip: (x) => x.clipByValue(-1, 2),
  maximum: (x, y) => x.maximum(y),
  minimum: (x, y) => x.minimum(y),
  'maximum with a number': (x) => x.maximum(0.25),
  'minimum with a number': (x) => tf.minimum(0.25, x),
  greater: (x, y) => x.greater(y),
  greaterEqual: (x, y) => x.greaterEqual(y),
  less: (x, y) => x.less(y),
  equal: (x, y) => x.equal(y),
  'truth of a number': (x) => x.cast('bool'),
  isNaN: (x) => x.isNaN(),
  'choice by NaN': (x, y) => tf.where(x.isNaN(), y, x),
  'choice of integers by NaN': (x) => tf.where(x.isNaN(), tf.scalar(7, 'int32'), tf.scalar(-7, 'int32')),
  step: (x) => x.step(),
  'leaky step': (x) => x.step(0.1),
  sign: (x) => x.sign(),
  sigmoid: (x) => x.sigmoid(),
  max: (x, y) => x.add(y).reshape([9, 9]).max(1),
  min: (x, y) => x.add(y).reshape([9, 9]).min(0),
  argMax: (x, y) => x.add(y).reshape([9, 9]).argMax(1),
  argMin: (x, y) => x.add(y).reshape([9, 9]).argMin(0),
  elu: (x) => x.elu(),
  'gradient of relu': (x, y) => tf.grad((z: tf.Tensor) => z.relu().mul(y).sum())(x),
  'gradient of the maximum': (x, y) => tf.grad((z: tf.Tensor) => z.maximum(y).sum())(x),
  'gradient of elu': (x) => tf.grad((z: tf.Tensor) => z.elu().sum())(x),
};

/** Sums and transcendental functions differ from double precision in their last digits. */
function expectAlike(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [x, y] = [actual[i], expected[i]];
    const alike = Object.is(x, y) || x === y || Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(y));
    expect(alike, `element ${i} of (${a[i]}, ${b[i]}): ${x}, in double precision ${y}`).toBe(true);
  }
}

describe.each(['openvino', 'onnxruntime'] as const)('at NaN, the infinities and ±0 %s agrees with double precision', (runtime) => {
  it.each(Object.keys(CASES))('%s', async (name) => {
    const f = (x: tf.Tensor, y: tf.Tensor) => CASES[name](x, y);
    const [actual, expected] = await Promise.all([compile(f, { runtime })(a, b), compile(f, { precision: 'float64' })(a, b)]);
    expectAlike(actual.data(), expected.data());
  });
});
