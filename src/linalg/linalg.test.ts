import { describe, expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { gaussian } from '../../tests/support/simulated.js';
import { fromColumns, type Matrix, matMul, transpose } from './matrix.js';
import { inverseGram, qr } from './qr.js';
import { svd } from './svd.js';

const random = (rows: number, cols: number, seed: number): Matrix => ({ rows, cols, data: gaussian(seed, rows * cols) });
const distance = (a: Matrix, b: Matrix) => a.data.reduce((worst, value, at) => Math.max(worst, Math.abs(value - b.data[at])), 0);
const identity = (p: number): Matrix => ({
  rows: p,
  cols: p,
  data: Float64Array.from({ length: p * p }, (_, at) => (at % (p + 1) === 0 ? 1 : 0)),
});

describe('qr', () => {
  it('gives orthonormal columns whose product with R is X, and R upper triangular', () => {
    const x = random(40, 6, 1);
    const { q, r } = qr(x);
    expect(distance(matMul(q, r), x)).toBeLessThan(1e-14);
    expect(distance(matMul(transpose(q), q), identity(6))).toBeLessThan(1e-14);
    for (let i = 1; i < 6; i++) for (let j = 0; j < i; j++) expect(r.data[i * 6 + j]).toBe(0);
    expect(distance(matMul(inverseGram(r), matMul(transpose(x), x)), identity(6))).toBeLessThan(1e-13);
  });

  it('finds the dependent column, at any scale of the columns', () => {
    const [a, b, c] = [gaussian(2, 50), gaussian(3, 50), gaussian(4, 50)];
    for (const scale of [1e-12, 1, 1e12]) {
      const sum = a.map((value, i) => scale * (value - 2 * b[i]));
      expect(qr(fromColumns([a, b, sum, c])).dependent).toBe(2);
      expect(qr(fromColumns([a, b, c.map((value) => value * scale)])).dependent).toBe(-1);
    }
    expect(qr(fromColumns([new Float64Array(50), a])).dependent).toBe(0);
  });
});

describe('svd', () => {
  it('gives X back from orthonormal factors, for tall and for wide X', () => {
    for (const x of [random(30, 5, 5), random(4, 7, 6)]) {
      const { u, s, v } = svd(x);
      const us = { ...u, data: u.data.map((value, at) => value * s[at % s.length]) };
      expect(distance(matMul(us, transpose(v)), x)).toBeLessThan(1e-13);
      expect(distance(matMul(transpose(u), u), identity(s.length))).toBeLessThan(1e-13);
      expect(distance(matMul(transpose(v), v), identity(s.length))).toBeLessThan(1e-13);
    }
  });

  it('has the singular values of a matrix built with them, the smallest to its own relative accuracy', () => {
    // Diagonal times a rotation by 45 degrees: s = 1, 1e-6 and 1e-12 by construction.
    const h = Math.SQRT1_2;
    const x = fromColumns([
      [h, h * 1e-6, 0],
      [-h, h * 1e-6, 0],
      [0, 0, 1e-12],
    ]);
    const { s } = svd(x);
    expectClose([s[0], s[1] * 1e6, s[2] * 1e12], [1, 1, 1], 10);
  });

  it('is the same in other units, however large or small', () => {
    const x = random(5, 3, 9);
    const { s } = svd(x);
    for (const unit of [2 ** 700, 2 ** -700])
      expect(svd({ ...x, data: x.data.map((value) => value * unit) }).s).toEqual(s.map((v) => v * unit));
  });

  it('names what is no number', () => {
    expect(() => svd(fromColumns([[1, Number.NaN]]))).toThrow("svd: x is NaN at row 1, 'column 0'");
  });

  it('calls a repeated column a singular value of exactly zero', () => {
    const a = gaussian(7, 20);
    expect(svd(fromColumns([a, gaussian(8, 20), a])).s[2]).toBe(0);
  });
});
