import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { fromColumns, type Matrix } from '../../linalg/matrix.js';
import { dLinearRidge } from '../../stats/forecast/dlinear-ridge.js';
import { nLinearRidge } from '../../stats/forecast/nlinear-ridge.js';
import { type Windows, windows } from '../../stats/windows.js';
import { compile } from '../../tensor/index.js';
import { dLinear } from './dlinear.js';
import { nLinear } from './nlinear.js';

const steps = Array.from({ length: 60 }, (_, t) => t);
// A line and a wave obey a linear recurrence, so a linear forecast can be exact.
const exact = fromColumns([steps.map((t) => 0.3 * t + Math.sin(0.7 * t)), steps.map((t) => 5 - 0.1 * t + 2 * Math.cos(0.7 * t))]);
const noisy = { ...exact, data: exact.data.map((v, i) => v + 0.3 * gaussian(5, 120)[i]) };
const size = { lookback: 8, horizons: 3 };
const rows = ({ data, rows, cols }: Matrix) => ({ data, shape: [rows, cols, 1] });

type Arrays = Record<string, { data: Float32Array; shape: number[] }>;
interface Forecaster {
  forecast: (params: never, x: tf.Tensor) => tf.Tensor;
  solve: (w: Windows, lambda: number) => { params: unknown };
}
const FORECASTERS: [string, Forecaster][] = [
  ['nLinear', { forecast: nLinear, solve: (w, lambda) => nLinearRidge(w, { lambda }) }],
  ['dLinear', { forecast: (params, x) => dLinear(params, x, { kernel: 3 }), solve: (w, lambda) => dLinearRidge(w, { lambda, kernel: 3 }) }],
];

// https://github.com/lss-1138/SparseTSF/issues/3, https://github.com/VEWOXIC/FITS/issues/2: metrics that depend on the batch of the test, and leave out its rest.
it.each(FORECASTERS)('%s has one error of a test whatever its batches are, of every window', async (_, { forecast, solve }) => {
  const w = windows(noisy, size);
  const { params } = solve(w, 0.1);
  const predict = compile(forecast as (params: unknown, x: tf.Tensor) => tf.Tensor);
  const errorBy = async (batch: number) => {
    const squares: number[] = [];
    for (let start = 0; start < w.x.rows; start += batch) {
      const end = Math.min(start + batch, w.x.rows);
      const part = ({ data, cols }: Matrix) => Float32Array.from(data.subarray(start * cols, end * cols));
      const y = part(w.y);
      const given = await (await predict(params as never, { data: part(w.x), shape: [end - start, size.lookback, 1] })).data();
      given.forEach((value, i) => {
        squares.push((value - y[i]) ** 2);
      });
    }
    return { count: squares.length, mean: squares.reduce((sum, square) => sum + square) / squares.length };
  };
  const whole = await errorBy(w.x.rows);
  expect(whole.count).toBe(2 * (60 - 8 - 3 + 1) * 3);
  for (const batch of [7, 32]) {
    const parts = await errorBy(batch);
    expect(parts.count).toBe(whole.count);
    expect(Math.abs(parts.mean / whole.mean - 1)).toBeLessThan(1e-6);
  }
});

describe.each(FORECASTERS)('the ridge solution of %s', (_, { forecast, solve }) => {
  /** Σ e² + λ Σ w² at the solution, and its gradient by weight. */
  const at = (series: Matrix, lambda: number) => {
    const w = windows(series, size);
    const params = solve(w, lambda).params as Arrays;
    const names = Object.keys(params);
    const objective = (...[x, y, ...weights]: tf.Tensor[]) => {
      const tree = Object.fromEntries(names.map((name, i) => [name, weights[i]])) as never;
      const penalised = weights.filter((_, i) => names[i] !== 'b').map((w) => w.square().sum().mul(lambda));
      return penalised.reduce((sum, p) => sum.add(p), forecast(tree, x).sub(y).square().sum());
    };
    const { y, grads } = inDouble(objective, [rows(w.x), rows(w.y), ...names.map((name) => params[name])]);
    return { objective: y[0], gradients: grads.slice(2).flatMap((g) => [...g]) };
  };

  it('is exact where a linear forecast can be', () => expect(at(exact, 0).objective).toBeLessThan(1e-8));

  it('is where gradient descent would end: the gradient of the penalised error is 0', () => {
    const { objective, gradients } = at(noisy, 0.5);
    expect(objective).toBeGreaterThan(1);
    for (const g of gradients) expect(Math.abs(g)).toBeLessThan(1e-3); // weights are rounded to float32
  });
});

describe('dLinear', () => {
  it('needs an average with a middle', () => {
    const params = { seasonal: tf.zeros([6, 2]), trend: tf.zeros([6, 2]), b: tf.zeros([2]) };
    expect(() => dLinear(params, tf.zeros([1, 6, 1]), { kernel: 4 })).toThrow(
      'dLinear: the kernel must be odd, so that the average has a middle: got 4',
    );
    expect(() => dLinear(params, tf.zeros([1, 7, 1]), { kernel: 3 })).toThrow('dLinear takes windows [B, 6, F]: got x [1,7,1]');
  });
});

describe('nLinear', () => {
  it('moves with the level of its window', () => {
    const params = { w: tf.randomNormal([6, 2]), b: tf.zeros([2]) };
    const x = tf.randomNormal([3, 6, 2]);
    const difference = nLinear(params, x.add(5)).sub(nLinear(params, x)).sub(5).abs().max().dataSync()[0];
    expect(difference).toBeLessThan(1e-5);
    expect(() => nLinear(params, tf.zeros([1, 7, 1]))).toThrow('nLinear takes windows [B, 6, F]: got x [1,7,1], w [6,2]');
  });
});
