import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../../../tests/support/compiled.js';
import { compile } from '../../tensor/compile.js';
import { batchNorm } from './batch-norm.js';
import { denormalise, normaliseInstance } from './instance-norm.js';
import { layerNorm } from './layer-norm.js';
import { rmsNorm } from './rms-norm.js';

// https://github.com/pytorch/pytorch/issues/5410, https://github.com/microsoft/onnxruntime/issues/28463: of large numbers that hardly differ a
// rounded mean leaves deviations that ε does not hide, up to ±1 where the right answer is 0.
const ROWS: Record<string, number[]> = {
  'the same number 96 times': new Array(96).fill(Math.fround(100_000.3)),
  'the same number 100 times': new Array(100).fill(Math.fround(1.234e10)),
  'four neighbours of 40,000': [40_000, 40_001, 40_002, 40_003],
  'sixteenths of a thousandth above 10,000': Array.from({ length: 16 }, (_, i) => Math.fround(10_000 + i * 1e-3)),
  'a first number far from the others': [1e6, 1, 2, 3, 4, 5, 6, 7],
};

/** (x − μ) / √(σ² + ε) in doubles. */
function normalised(x: number[]): number[] {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
  return x.map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
}

describe.each(RUNTIMES)('on %s the norm', (runtime) => {
  const vector = (data: number[]) => ({ data: Float32Array.from(data), shape: [data.length] });
  const one = { gamma: vector([1]), beta: vector([0]) };

  it.each(Object.entries(ROWS))('of %s is that of doubles', async (_, row) => {
    const F = row.length;
    const layer = compile((gamma: tf.Tensor, beta: tf.Tensor, x: tf.Tensor) => layerNorm({ gamma, beta }, x), { runtime });
    const batch = compile(
      (gamma: tf.Tensor, beta: tf.Tensor, x: tf.Tensor) =>
        batchNorm({ gamma, beta }, x, { averages: { mean: beta, variance: gamma }, momentum: 0.5 }),
      { runtime },
    );
    const instance = compile(
      (x: tf.Tensor) => {
        const { normalised, instance } = normaliseInstance(x);
        return { normalised, back: denormalise(normalised, instance) };
      },
      { runtime },
    );
    const x = vector(row);
    const { y, averages } = await batch(one.gamma, one.beta, { ...x, shape: [F, 1] });
    const reversed = await instance({ ...x, shape: [1, F, 1] });
    const results = [await layer(vector(row.map(() => 1)), vector(row.map(() => 0)), { ...x, shape: [1, F] }), y, reversed.normalised];
    const right = normalised(row);
    for (const result of results)
      Array.from(result.data()).forEach((value, i) => {
        expect(Math.abs(value - right[i])).toBeLessThan(2e-6 * Math.max(1, Math.abs(right[i])));
      });
    const root = compile((gamma: tf.Tensor, x: tf.Tensor) => rmsNorm({ gamma }, x), { runtime });
    const size = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0) / F);
    const scaled = await root(vector(row.map(() => 1)), x);
    Array.from(scaled.data()).forEach((value, i) => {
      expect(value / (row[i] / size)).toBeCloseTo(1, 5);
    });
    const mean = row.reduce((sum, v) => sum + v, 0) / F;
    expect(averages.mean.item() / (0.5 * mean)).toBeCloseTo(1, 6);
    Array.from(reversed.back.data()).forEach((value, i) => {
      expect(Math.abs(value - row[i])).toBeLessThan(2e-7 * Math.max(...row));
    });
  });
});
