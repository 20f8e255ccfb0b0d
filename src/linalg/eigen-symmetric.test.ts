import { describe, expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { gaussian } from '../../tests/support/simulated.js';
import { eigenSymmetric } from './eigen-symmetric.js';
import { type Matrix, matMul, transpose } from './matrix.js';

const square = (n: number, at: (i: number, j: number) => number): Matrix => ({
  rows: n,
  cols: n,
  data: Float64Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n)),
});

describe('eigenSymmetric', () => {
  // The second differences of a path with fixed ends: 2 − 2 cos(kπ/(n + 1)), k = 1 … n.
  it('has the closed form of second differences', () => {
    const n = 12;
    const a = square(n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
    const want = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    expectClose(eigenSymmetric(a).values, want, 13);
  });

  // A circle of 8: 2 cos(2πk/8), all but ±2 twice; −2 is where the shifted matrix is singular.
  it('gives orthonormal vectors where values repeat, and where the shift makes one zero', () => {
    const a = square(8, (i, j) => ((i - j + 8) % 8 === 1 || (j - i + 8) % 8 === 1 ? 1 : 0));
    const { values, vectors } = eigenSymmetric(a);
    expectClose(values, [-2, -Math.SQRT2, -Math.SQRT2, 0, 0, Math.SQRT2, Math.SQRT2, 2], 13);
    const scaled = { ...vectors, data: vectors.data.map((value, at) => value * values[at % 8]) };
    expectClose(matMul(scaled, transpose(vectors)).data, a.data, 13);
    expectClose(matMul(transpose(vectors), vectors).data, square(8, (i, j) => Number(i === j)).data, 13);
  });

  it('keeps the trace and the sum of squares of a random matrix, of negative numbers too', () => {
    const half = gaussian(1, 400);
    const a = square(20, (i, j) => half[20 * i + j] + half[20 * j + i] - (i === j ? 9 : 0));
    const { values } = eigenSymmetric(a);
    expect(values.every((value, k) => k === 0 || value >= values[k - 1])).toBe(true);
    const trace = Array.from({ length: 20 }, (_, i) => a.data[21 * i]).reduce((sum, value) => sum + value);
    expect(values.reduce((sum, value) => sum + value)).toBeCloseTo(trace, 10);
    expect(values.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(
      a.data.reduce((sum, value) => sum + value ** 2, 0),
      8,
    );
  });

  it('takes a matrix of zeros, one of one row, and none', () => {
    expect([...eigenSymmetric(square(2, () => 0)).values]).toEqual([0, 0]);
    expect([...eigenSymmetric(square(1, () => -3)).values]).toEqual([-3]);
    expect(eigenSymmetric(square(0, () => 0)).values).toHaveLength(0);
  });

  it('names what is not symmetric, not square, not a number', () => {
    expect(() => eigenSymmetric(square(2, (i, j) => i - j))).toThrow(
      'eigenSymmetric: element (0, 1) is -1 and (1, 0) is 1; average A and its transpose',
    );
    expect(() => eigenSymmetric({ rows: 1, cols: 2, data: Float64Array.of(1, 2) })).toThrow('is square, got [1,2]');
    expect(() => eigenSymmetric(square(2, () => Number.NaN))).toThrow('eigenSymmetric: x is NaN at row 0');
  });
});
