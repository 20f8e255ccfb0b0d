import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { column, fromColumns, matVec } from '../../linalg/matrix.js';
import { design } from './design.js';
import { multivariateRidge } from './multivariate-ridge.js';
import { ridge, ridgePath } from './ridge.js';

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
