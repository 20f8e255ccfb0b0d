import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { expectCompiled, RUNTIMES } from '../../../tests/support/compiled.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { compile } from '../../tensor/compile.js';
import { grad } from '../../tensor/grad.js';
import { gelu } from './gelu.js';
import { geluTanh } from './gelu-tanh.js';
import { logSigmoid } from './log-sigmoid.js';
import { sigmoid } from './sigmoid.js';
import { silu } from './silu.js';
import { softplus } from './softplus.js';
import { tanh } from './tanh.js';

beforeAll(() => tf.setBackend('cpu'));

const SMOOTH = { logSigmoid, sigmoid, tanh, silu, softplus, geluTanh };

// f(0), f′(0), then f(−∞), f′(−∞), f(40), f′(40), from the definitions.
const LIMITS = {
  logSigmoid: [
    [-Math.LN2, -40, 0],
    [0.5, 1, 0],
  ],
  sigmoid: [
    [0.5, 0, 1],
    [0.25, 0, 0],
  ],
  tanh: [
    [0, -1, 1],
    [1, 0, 0],
  ],
  silu: [
    [0, 0, 40],
    [0.5, 0, 1],
  ],
  softplus: [
    [Math.LN2, 0, 40],
    [0.5, 0, 1],
  ],
  geluTanh: [
    [0, 0, 40],
    [0.5, 0, 1],
  ],
};

describe.each(Object.entries(LIMITS))('%s', (name, [values, slopes]) => {
  const f = SMOOTH[name as keyof typeof SMOOTH];

  it('has its value and slope at 0 and far out', () => {
    const { y, grads } = inDouble(f, [{ data: [0, -40, 40], shape: [3] }]);
    expectClose(y, values, 14);
    expectClose(grads[0], slopes, 14);
  });

  it('stays finite where e^x is not, compiled as well', async () => {
    await expectCompiled(f, [{ data: [-1e4, -90, -20, 20, 90, 1e4], shape: [6] }]);
    expect(
      f(tf.tensor1d([-1e4, 1e4]))
        .dataSync()
        .every(Number.isFinite),
    ).toBe(true);
  });

  it('refuses a second derivative', () => {
    const slope = (x: tf.Tensor) => grad((z: tf.Tensor) => f(z).sum())(x).sum();
    expect(() => grad(slope)(tf.tensor1d([1]))).toThrow(`${name} has a hand-derived first derivative only`);
  });
});

// log(1 + e^x) and its slope e^x / (1 + e^x), relative to what doubles give. tfjs's own are negative or 0 at −20 on one runtime or the other.
// https://github.com/openvinotoolkit/openvino/issues/35931
it.each(RUNTIMES)('softplus and logSigmoid keep the digits of small values and slopes, on %s', async (runtime) => {
  const points = [-75, -20, -10, -1, 0, 1, 20, 75];
  const softplusOf = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  const sigmoidOf = (x: number) => (x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
  for (const [f, value, slope] of [
    [softplus, softplusOf, sigmoidOf],
    [logSigmoid, (x: number) => -softplusOf(-x), (x: number) => sigmoidOf(-x)],
  ] as const) {
    const compiled = compile((x: tf.Tensor) => ({ y: f(x), slope: grad((x: tf.Tensor) => f(x).sum())(x) }), { runtime });
    const got = await compiled(Float32Array.from(points));
    points.forEach((x, i) => {
      expect(got.y.data()[i] / value(x)).toBeCloseTo(1, 5);
      expect(got.slope.data()[i] / slope(x)).toBeCloseTo(1, 5);
    });
  }
});

// −|x| has no derivative at 0, where that of softplus is ½ and its second ¼.
it('softplus.plain has both derivatives at 0', () => {
  const slope = (x: tf.Tensor) => grad((z: tf.Tensor) => softplus.plain(z).sum())(x);
  const { y, grads } = inDouble(slope, [{ data: [0], shape: [1] }]);
  expect([y[0], grads[0][0]]).toEqual([0.5, 0.25]);
});

// softplus(−20) = log(1 + e^−20) = e^−20 − ½ e^−40 + …: in float32 log(1 + e^x) itself would be 0.
it('softplus keeps the digits of small values', () => {
  const relative = softplus(tf.tensor1d([-20])).dataSync()[0] / Math.exp(-20) - 1;
  expect(Math.abs(relative)).toBeLessThan(1e-6);
});

// σ″… of softplus is σ (1 − σ): 1/4 at 0.
it('softplus.plain has its second derivative', () => {
  const slope = (x: tf.Tensor) => grad((z: tf.Tensor) => softplus.plain(z).sum())(x);
  const { grads } = inDouble(slope, [{ data: [1e-9, 2], shape: [2] }]);
  const s = 1 / (1 + Math.exp(-2));
  expectClose(grads[0], [0.25, s * (1 - s)], 8);
});

// Hendrycks & Gimpel: the approximation of x Φ(x). Its largest distance, 4.73e-4, is at x = ±2.25.
it('geluTanh is within 5e-4 of gelu', () => {
  const x = tf.linspace(-6, 6, 481);
  const apart = tf.max(geluTanh(x).sub(gelu(x)).abs()).dataSync()[0];
  expect(apart).toBeGreaterThan(4.7e-4);
  expect(apart).toBeLessThan(4.8e-4);
});
