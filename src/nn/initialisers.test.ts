import { describe, expect, it } from 'vitest';
import { key } from '../base/random.js';
import { fanInUniform, kaimingNormal, kaimingUniform, orthogonal, xavierNormal, xavierUniform } from './initialisers.js';

const KERNEL = [3, 3, 16, 32]; // fan in 144, fan out 288

const variance = (data: Float32Array) => data.reduce((sum, w) => sum + w * w, 0) / data.length;

// The variances and bounds that the papers give, for a convolution of 3 × 3 from 16 to 32 channels.
it.each([
  ['fanInUniform', () => fanInUniform(key(1), KERNEL), 1 / Math.sqrt(144), 1 / (3 * 144)],
  ['xavierUniform', () => xavierUniform(key(2), KERNEL, 5 / 3), (5 / 3) * Math.sqrt(6 / 432), ((25 / 9) * 2) / 432],
  ['xavierNormal', () => xavierNormal(key(3), KERNEL), Number.POSITIVE_INFINITY, 2 / 432],
  ['kaimingUniform', () => kaimingUniform(key(4), KERNEL), Math.sqrt(6 / 144), 2 / 144],
  ['kaimingNormal', () => kaimingNormal(key(5), KERNEL), Number.POSITIVE_INFINITY, 2 / 144],
] as const)('%s has its bound and its variance', (_, drawn, bound, expected) => {
  const { data, shape } = drawn();
  expect(shape).toEqual(KERNEL);
  expect(data.every((w) => Math.abs(w) <= bound)).toBe(true);
  const error = Math.sqrt((bound < 1 ? 0.8 : 2) / data.length); // relative: √((kurtosis − 1)/n), the kurtosis 1.8 or 3
  expect(Math.abs(variance(data) / expected - 1)).toBeLessThan(4 * error);
});

// He et al. 2015: kaimingNormal keeps the mean square of signals through 20 layers with ReLU; half the variance, Xavier's, halves it
// each time. log₂ of one draw deviates by about √(20 · 5/256) / log 2 = 0.9.
it.each([
  ['kaimingNormal', kaimingNormal, 0],
  ['xavierNormal', xavierNormal, -20],
] as const)('%s scales signals through twenty layers with ReLU as the theory says', (_, init, log2) => {
  let x = Float64Array.from({ length: 256 }, (_, i) => (i % 2 ? 1 : -1));
  for (let layer = 0; layer < 20; layer++) {
    const { data } = init(key(layer), [256, 256]);
    x = x.map((_, j) => x.reduce((sum, xi, i) => sum + Math.max(xi, 0) * data[i * 256 + j], 0));
  }
  const meanSquare = x.reduce((sum, v) => sum + v * v, 0) / 256;
  expect(Math.abs(Math.log2(meanSquare) - log2)).toBeLessThan(3);
});

describe('orthogonal', () => {
  it.each([[[4, 4]], [[3, 5]], [[5, 3]], [[2, 2, 3]]])('has all singular values equal to the gain: %j', (shape) => {
    const { data, shape: made } = orthogonal(key(6), shape, 1.5);
    expect(made).toEqual(shape);
    expect(data).toHaveLength(shape.reduce((product, n) => product * n, 1));
    const D = shape.at(-1)!;
    const F = data.length / D;
    const at = F <= D ? (i: number, k: number) => data[i * D + k] : (i: number, k: number) => data[k * D + i];
    const [count, length] = [Math.min(F, D), Math.max(F, D)];
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) {
        let product = 0;
        for (let k = 0; k < length; k++) product += at(i, k) * at(j, k);
        expect(product).toBeCloseTo(i === j ? 2.25 : 0, 6);
      }
  });
});

it('names a shape without two axes', () => {
  expect(() => xavierNormal(key(1), [5])).toThrow('initialisers: weights are [F, D] or [..., F, D] with something in each axis, got [5]');
  expect(() => orthogonal(key(1), [0, 5])).toThrow('got [0,5]');
});
