import { describe, expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { gaussian } from '../../tests/support/simulated.js';
import { cholesky, choleskyQr } from './cholesky.js';
import { gram } from './gram.js';
import { fromColumns, type Matrix, matMul, transpose, zeroMatrix } from './matrix.js';
import { firstDependent, leastSquaresOf, qr, triangle } from './qr.js';

const random = (rows: number, cols: number, seed: number): Matrix => ({ rows, cols, data: gaussian(seed, rows * cols) });
const identity = (p: number) => Float64Array.from({ length: p * p }, (_, at) => (at % (p + 1) === 0 ? 1 : 0));
/** A common part of each column and one of its own, `own` times as large. */
const near = (n: number, own: number) => {
  const common = gaussian(50, n);
  return fromColumns([51, 52, 53].map((seed) => gaussian(seed, n).map((z, i) => common[i] + own * z)));
};
const none = (x: Matrix) => zeroMatrix(x.rows, 0);

describe('gram', () => {
  it('is XᵀX and XᵀWX, of any number of rows and columns', () => {
    for (const [n, p] of [
      [1, 1],
      [7, 2],
      [256, 3],
      [257, 4],
      [1000, 7],
      [600, 11],
    ]) {
      const x = random(n, p, n);
      const weights = gaussian(p, n).map(Math.abs);
      expectClose(gram(x).data, matMul(transpose(x), x).data, 9);
      const weighed = { ...x, data: x.data.map((value, at) => weights[Math.floor(at / p)] * value) };
      expectClose(gram(x, weights).data, matMul(transpose(x), weighed).data, 9);
    }
  });

  it('loses fewer digits than a running sum', () => {
    const n = 2 ** 17;
    const x = { rows: n, cols: 1, data: new Float64Array(n).fill(0.1) };
    const exact = 0.1 ** 2 * n; // 0.1² times a power of two
    const running = x.data.reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs(gram(x).data[0] / exact - 1)).toBeLessThan(Math.abs(running / exact - 1) / 20);
  });
});

describe('cholesky', () => {
  it('gives RᵀR = A, R upper triangular', () => {
    const a = gram(random(40, 5, 1));
    const r = cholesky(a)!;
    expectClose(matMul(transpose(r), r).data, a.data, 11);
    for (let i = 1; i < 5; i++) for (let j = 0; j < i; j++) expect(r.data[5 * i + j]).toBe(0);
  });

  it('refuses what it cannot tell from a singular matrix, at any scale of the columns', () => {
    for (const scale of [1e-100, 1, 1e100]) {
      const scaled = (x: Matrix) => ({ ...x, data: x.data.map((value, at) => (at % x.cols === 1 ? scale * value : value)) });
      expect(cholesky(gram(scaled(near(400, 1e-3))))).toBeDefined();
      expect(cholesky(gram(scaled(near(400, 1e-8))))).toBeUndefined();
    }
    expect(cholesky(gram(near(400, 0.1)), { limit: 10 })).toBeUndefined();
    expect(cholesky(gram(fromColumns([gaussian(1, 9), new Float64Array(9)])))).toBeUndefined();
    expect(cholesky(gram(fromColumns([gaussian(1, 9).map((z) => 1e200 * z)])))).toBeUndefined(); // its squares are infinite
    expect(cholesky({ rows: 2, cols: 2, data: Float64Array.of(1, 2, 2, 1) })).toBeUndefined(); // eigenvalues 3 and −1
  });
});

describe('two passes of Cholesky', () => {
  it('are as orthogonal and as near to X as reflections, up to where they hand over', () => {
    for (const own of [1, 1e-2, 1e-4, 1e-5, 3e-6]) {
      const x = near(2000, own);
      const fast = choleskyQr(x, none(x), { keep: true });
      expect(fast, `own part ${own}`).toBeDefined();
      const { q, r } = qr(x);
      expectClose(matMul(transpose(q), q).data, identity(3), 14);
      expectClose(matMul(q, r).data, x.data, 13);
    }
    expect(choleskyQr(near(2000, 1e-7), none(near(2000, 1e-7)))).toBeUndefined();
    const { q } = qr(near(2000, 1e-7)); // by reflections
    expectClose(matMul(transpose(q), q).data, identity(3), 13);
  });

  it('give R and QᵀY without Q, and the leverages', () => {
    const [x, y] = [near(1500, 0.01), random(1500, 2, 9)];
    const { q, r } = qr(x);
    const short = triangle(x, y);
    expectClose(short.r.data, r.data, 10);
    expectClose(short.qty.data, matMul(transpose(q), y).data, 10);
    for (const rows of [1500, 40]) {
      const part = { ...x, rows, data: x.data.slice(0, 3 * rows) };
      const { leverage, qty, dependent } = leastSquaresOf(part, y.data.slice(0, rows));
      const own = qr(part).q;
      expectClose(
        leverage,
        Float64Array.from({ length: rows }, (_, i) => own.data.slice(3 * i, 3 * i + 3).reduce((sum, v) => sum + v * v, 0)),
        13,
      );
      expectClose(qty, matMul(transpose(own), { rows, cols: 1, data: y.data.slice(0, rows) }).data, 10);
      expect(dependent).toBe(-1);
    }
  });

  it('leave a dependent column of a tall design to be found', () => {
    const [a, b] = [gaussian(2, 900), gaussian(3, 900)];
    const x = fromColumns([a, b, a.map((value, i) => 1e7 * (value - b[i]))]);
    expect([qr(x).dependent, leastSquaresOf(x, a).dependent, firstDependent(x)]).toEqual([2, 2, 2]);
    expect(firstDependent(fromColumns([a, b]))).toBe(-1);
    expect(firstDependent(random(2, 3, 1))).toBe(2);
  });
});
