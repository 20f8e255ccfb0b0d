import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../../tests/support/compiled.js';
import { distance } from '../../tests/support/gradients.js';
import { type HostArray, key, uniform } from '../base/index.js';
import { compile } from '../tensor/compile.js';
import { project, randomStart, steepest, within } from './ball.js';
import { fgsm } from './fgsm.js';

const tensor = ({ data, shape }: { data: ArrayLike<number>; shape: number[] }) => tf.tensor(Float32Array.from(data), shape);

// https://github.com/Harry24k/adversarial-attacks-pytorch/issues/83: the square of a gradient of 10⁻²⁰ is 0 in float32, and a step that is
// shorter for it calls a model robust that is not.
it.each(RUNTIMES)('a step is as long as it should be for gradients of any size, on %s', async (runtime) => {
  const step = compile(
    (x: tf.Tensor, size: tf.Tensor) =>
      fgsm((x) => x.sum(1).mul(size), x, { norm: 'l2', epsilon: 0.3 })
        .sub(x)
        .norm(2, 1),
    { runtime },
  );
  const x = tensor(uniform(key(10), [2, 3]));
  for (const size of [1e30, 1, 1e-15, 1e-20, 1e-30]) expect(distance((await step(x, size)).data(), [0.3, 0.3])).toBeLessThan(1e-6);
  expect([...(await step(x, 0)).data()]).toEqual([0, 0]);
  const far = tf.tensor2d([[3e25, 4e25]]);
  expect(distance(project(far, { norm: 'l2', epsilon: 1 }).dataSync(), [0.6, 0.8])).toBeLessThan(1e-6);
});

describe('project', () => {
  it('shortens what is too long to ε, and leaves the rest', () => {
    const delta = tf.tensor2d([
      [3, 4],
      [0.3, 0.4],
      [0, 0],
    ]);
    expect(distance(project(delta, { norm: 'l2', epsilon: 1 }).dataSync(), [0.6, 0.8, 0.3, 0.4, 0, 0])).toBeLessThan(1e-6);
    expect(distance(project(delta, { epsilon: 0.35 }).dataSync(), [0.35, 0.35, 0.3, 0.35, 0, 0])).toBeLessThan(1e-6);
  });
});

describe('randomStart', () => {
  // Uniform in the unit ball of n dimensions: E‖u‖ = n / (n + 1) in L2, E|uᵢ| = ½ in L∞; in both no point is outside.
  it('is uniform in the unit ball', () => {
    const rows = ({ data }: HostArray<Float32Array>) => Array.from({ length: 4000 }, (_, i) => data.slice(3 * i, 3 * i + 3));
    const lengths = rows(randomStart(key(5), 'l2', [4000, 3])).map((row) => Math.hypot(...row));
    expect(Math.abs(lengths.reduce((sum, r) => sum + r, 0) / 4000 - 3 / 4)).toBeLessThan(0.01); // three standard errors
    expect(Math.abs(lengths.filter((r) => r < 0.5).length / 4000 - 1 / 8)).toBeLessThan(0.016);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1);
    const restarted = randomStart(key(5), 'l2', [2000, 3], 2); // the same stream
    expect(restarted).toEqual({ data: randomStart(key(5), 'l2', [4000, 3]).data, shape: [2, 2000, 3] });
    const { data } = randomStart(key(6), 'linf', [4000, 3]);
    expect(Math.abs(data.reduce((sum, u) => sum + Math.abs(u), 0) / 12_000 - 0.5)).toBeLessThan(0.008);
    expect(data.every((u) => Math.abs(u) <= 1)).toBe(true);
  });

  // In L1 the law of ‖u‖ is that of the greatest of n uniforms, and each element is a gap: E‖u‖ = n / (n + 1), E|uᵢ| = 1 / (n + 1), any sign.
  it('is uniform in the L1 ball', () => {
    const { data, shape } = randomStart(key(7), 'l1', [4000, 3], 1);
    expect(shape).toEqual([1, 4000, 3]);
    const rows = Array.from({ length: 4000 }, (_, i) => Array.from(data.subarray(3 * i, 3 * i + 3)));
    const sizes = rows.map((row) => row.reduce((sum, v) => sum + Math.abs(v), 0));
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(Math.abs(mean(sizes) - 3 / 4)).toBeLessThan(0.01); // three standard errors
    expect(Math.abs(mean(sizes.map((v) => Number(v < 0.5))) - 1 / 8)).toBeLessThan(0.016);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1);
    for (const axis of [0, 1, 2]) {
      expect(Math.abs(mean(rows.map((row) => Math.abs(row[axis]))) - 1 / 4)).toBeLessThan(0.01);
      expect(Math.abs(mean(rows.map((row) => Number(row[axis] < 0))) - 0.5)).toBeLessThan(0.024);
    }
    expect(Math.abs(mean(rows.map((row) => Number(row[0] * row[1] < 0))) - 0.5)).toBeLessThan(0.024);
  });

  it('draws a sign for each element of the first sample too', () => {
    const starts = Array.from({ length: 40 }, (_, k) => randomStart(key(k), 'l1', [1, 3]).data);
    for (const axis of [0, 1, 2]) expect(new Set(starts.map((row) => Math.sign(row[axis])))).toEqual(new Set([-1, 1]));
  });

  it('needs samples and their axes', () => {
    expect(() => randomStart(key(1), 'l2', [5])).toThrow('randomStart: the shape must be [B, ...], samples first and then the axes of one');
  });
});

describe('images', () => {
  const shape = [2, 2, 2, 1];
  const g = tf.tensor([1, -3, 2, 0, 0, 0, 0.5, -0.25], shape);
  it('have their own direction each, over all axes of a sample', () => {
    expect(distance(steepest(g, 'l1').dataSync(), [0, -1, 0, 0, 0, 0, 1, 0])).toBe(0);
    expect([...steepest(g).dataSync()]).toEqual([1, -1, 1, 0, 0, 0, 1, -1]);
    const l2 = steepest(g, 'l2').reshape([2, 4]).square().sum(1).dataSync();
    expect(distance(l2, [1, 1])).toBeLessThan(1e-6);
  });

  it('are brought back each by itself', () => {
    expect([...project(g, { norm: 'l1', epsilon: 3 }).dataSync()]).toEqual([0, -2, 1, 0, 0, 0, 0.5, -0.25]);
    expect([...within({ epsilon: 1, box: [0, 1] }, tf.ones(shape).mul(0.5), g).dataSync()]).toEqual([1, 0, 1, 0, 0, 0, 0.5, 0]);
    expect([...within({ epsilon: 0.25 }, tf.ones(shape).mul(0.5), g).dataSync()]).toEqual([0.75, 0.25, 0.75, 0.25, 0.25, 0.25, 0.5, 0.25]);
  });

  it.each(RUNTIMES)('and the L1 ball is the same compiled, on %s', async (runtime) => {
    const both = compile((g: tf.Tensor) => ({ to: project(g, { norm: 'l1', epsilon: 3 }), along: steepest(g, 'l1') }), { runtime });
    const { to, along } = await both(g);
    expect(distance(to.data() as Float32Array, [0, -2, 1, 0, 0, 0, 0.5, -0.25])).toBeLessThan(1e-6);
    expect(distance(along.data() as Float32Array, [0, -1, 0, 0, 0, 0, 1, 0])).toBe(0);
  });
});
