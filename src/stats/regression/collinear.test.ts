import { describe, expect, it } from 'vitest';
import { column, fromColumns, type Matrix } from '../../linalg/matrix.js';
import { svd } from '../../linalg/svd.js';
import { mean } from '../../linalg/vector.js';
import reference from '../collinear.reference.json' with { type: 'json' }; // made by reference/collinear.py in rational numbers, and numpy 2.4.6
import { linearRegression } from './linear-regression.js';
import { multivariateRidge } from './multivariate-ridge.js';
import { ridge } from './ridge.js';

/** Five columns of a common part and one of their own a millionth as large: the condition number is 2.6 million. */
const [X, Y] = (() => {
  const [n, p, m] = [300, 5, 2];
  let state = 1;
  const draw = () => {
    state = (state * 16807) % 2147483647; // the minimal standard generator
    return (state % 65536) - 32768;
  };
  const common = Array.from({ length: n }, draw);
  const own = common.map(() => Array.from({ length: p }, () => draw() / 2 ** 20));
  const x = (j: number) => common.map((c, i) => c + own[i][j]);
  const rest = common.map(() => Array.from({ length: m }, () => draw() / 4));
  const y = (k: number) => common.map((c, i) => c + (k + 1) * 2 ** 20 * (own[i][k] - own[i][4]) + rest[i][k]);
  return [fromColumns([0, 1, 2, 3, 4].map(x)), fromColumns([0, 1].map(y))];
})();

const worst = (got: Matrix, want: readonly (readonly number[])[]) =>
  Math.max(...want.flatMap((row, j) => row.map((value, k) => Math.abs(got.data[j * got.cols + k] / value - 1))));

describe('on columns that differ by a millionth', () => {
  describe.each(reference.fits)('at λ = $lambda', ({ lambda, coefficients, normalEquations }) => {
    it('ridge has the digits that X allows, not those that XᵀX does', () => {
      expect(normalEquations).toBeGreaterThan(1e-4);
      const outputs = [0, 1].map((k) => ridge(X, column(Y, k), { lambda }).coefficients);
      expect(worst(fromColumns(outputs), coefficients)).toBeLessThan(1e-7);
      expect(worst(multivariateRidge(X, Y, { lambda }).coefficients, coefficients)).toBeLessThan(1e-7);
    });
  });

  it('so has least squares', () => {
    const withIntercept = fromColumns([new Float64Array(300).fill(1), ...[0, 1, 2, 3, 4].map((j) => column(X, j))]);
    const outputs = [0, 1].map((k) => linearRegression(withIntercept, column(Y, k)).coefficients.slice(1));
    expect(worst(fromColumns(outputs), reference.fits[0].coefficients)).toBeLessThan(1e-7);
  });

  it('the singular values are those of numpy, of X and of its transpose', () => {
    const columns = [0, 1, 2, 3, 4].map((j) => column(X, j).map((value) => value - mean(column(X, j))));
    const tall = fromColumns(columns);
    const wide = { rows: 5, cols: 300, data: Float64Array.from(columns.flatMap((values) => [...values])) };
    for (const x of [tall, wide])
      svd(x).s.forEach((value, k) => {
        expect(Math.abs(value / reference.singularValues[k] - 1)).toBeLessThan(1e-9);
      });
  });
});
