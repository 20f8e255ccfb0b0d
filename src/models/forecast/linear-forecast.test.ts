import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { column, fromColumns, type Matrix, matVec } from '../../linalg/matrix.js';
import { design } from '../../stats/regression/design.js';
import { multivariateRidge } from '../../stats/regression/multivariate-ridge.js';
import { ridge, ridgePath } from '../../stats/regression/ridge.js';
import { type Windows, windows } from '../../stats/windows.js';
import { dLinear, dLinearRidge } from './dlinear.js';
import { nLinear, nLinearRidge } from './nlinear.js';

const [N, P, M] = [40, 4, 3];
const x = design(Object.fromEntries(Array.from({ length: P }, (_, j) => [`x${j}`, gaussian(j + 1, N)])), { intercept: false });
const y = fromColumns(Array.from({ length: M }, (_, k) => matVec(x, gaussian(k + 20, P)).map((v, i) => v + 3 + gaussian(k + 30, N)[i])));

describe('multivariateRidge', () => {
  it.each([0, 0.5, 30])('at penalty %f is ridge of each output', (lambda) => {
    const fit = multivariateRidge(x, y, { lambda });
    for (let k = 0; k < M; k++) {
      const one = ridge(x, column(y, k), { lambda });
      expectClose(column(fit.coefficients, k), one.coefficients, 12);
      expect(fit.intercepts[k]).toBeCloseTo(one.intercept, 12);
    }
  });

  it('chooses the penalty that ridgePath chooses, and works with fewer rows than columns', () => {
    const one = fromColumns([column(y, 0)]);
    const { byGcv } = ridgePath(x, column(y, 0));
    const fit = multivariateRidge(x, one);
    expect(fit.lambda).toBeCloseTo(byGcv.lambda, 10);
    expect(fit.gcv).toBeCloseTo(byGcv.gcv, 12);
    const [few, fewY] = [fromColumns([0, 1, 2, 3].map((j) => column(x, j).slice(0, 3))), fromColumns([column(y, 0).slice(0, 3)])];
    expectClose(multivariateRidge(few, fewY, { lambda: 1 }).coefficients.data, ridge(few, column(fewY, 0), { lambda: 1 }).coefficients, 12);
  });

  it('names what is wrong', () => {
    const broken = { ...y, data: y.data.map((v, i) => (i === 7 ? Number.NaN : v)), names: ['1d', '5d', '20d'] };
    expect(() => multivariateRidge(x, broken)).toThrow("multivariateRidge, output '5d': y is NaN at row 2; drop or fill the row");
    expect(() => multivariateRidge(x, y, { lambda: -1 })).toThrow('multivariateRidge: lambda must be a number from 0 up, got -1');
  });
});

describe('windows', () => {
  it('takes every window and what follows it', () => {
    const { x, y } = windows(
      fromColumns([
        [1, 2, 3, 4, 5],
        [10, 20, 30, 40, 50],
      ]),
      { lookback: 2, horizons: 2 },
    );
    expect([x.rows, x.cols, ...x.data]).toEqual([4, 2, 1, 2, 2, 3, 10, 20, 20, 30]);
    expect([y.rows, y.cols, ...y.data]).toEqual([4, 2, 3, 4, 4, 5, 30, 40, 40, 50]);
  });

  it('names what is wrong', () => {
    expect(() => windows(x, { lookback: 2.5, horizons: 1 })).toThrow('windows: lookback must be a whole number from 1 up, got 2.5');
    expect(() => windows(fromColumns([gaussian(1, 50)]), { lookback: 40, horizons: 20 })).toThrow(
      'windows: lookback 40 and 20 rows to forecast leave no sample: 50 rows; shorten lookback or load more history',
    );
    expect(() => windows(fromColumns([[1, Number.NaN, 2]], ['spread']), { lookback: 1, horizons: 1 })).toThrow("NaN at row 1, 'spread'");
  });
});

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
