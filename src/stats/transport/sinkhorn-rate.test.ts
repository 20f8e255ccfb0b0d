import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import { hilbertDistance, sinkhornRate } from './sinkhorn-rate.js';

const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  cols: rows[0].length,
  data: Float64Array.from(rows.flat()),
});
// By hand: Δ of this cost is (0 + 0) − (1 + 1) in size, 2; of one row or column there is nothing to learn after a round.
it('sinkhornRate is tanh²(Δ / 4ε)', () => {
  const cost = matrix([
    [0, 1, 0],
    [1, 0, 0.5],
  ]);
  expect(sinkhornRate(cost, 0.5)).toBeCloseTo(Math.tanh(1) ** 2, 15);
  expect(sinkhornRate(matrix([[1, 5, 2]]), 0.1)).toBe(0);
  expect(() => sinkhornRate(cost, 0)).toThrow('sinkhornRate: epsilon must be a finite number above 0, got 0');
});

it('sinkhornRate reads no number that is not there', () => {
  expect(() => sinkhornRate({ rows: 2, cols: 2, data: Float64Array.of(0, 1) }, 0.1)).toThrow(
    'sinkhornRate: cost is declared [2,2] but holds 2 values',
  );
});

describe('hilbertDistance', () => {
  it('is the range of the logarithms of ratios, the same for all multiples', () => {
    expect(hilbertDistance([1, 2, 3], [1, 1, 1])).toBeCloseTo(Math.log(3), 15);
    expect(hilbertDistance([5, 10, 15], [2, 4, 6])).toBeCloseTo(0, 15);
    expect(hilbertDistance([1, 8], [2, 1])).toBeCloseTo(Math.log(16), 15);
    expect(hilbertDistance([1e-300, 1], [1e300, 1])).toBeCloseTo(600 * Math.log(10), 9); // 1e-600 is no number
  });

  it.each([
    ['two lengths', [1], [1, 1], 'hilbertDistance takes x [n] and y [n], n of 1 or more: got x [1], y [2]'],
    ['more of x', [1, 1], [1], 'hilbertDistance takes x [n] and y [n], n of 1 or more: got x [2], y [1]'],
    ['nothing', [], [], 'hilbertDistance takes x [n] and y [n], n of 1 or more: got x [0], y [0]'],
    ['a zero of x', [1, 0], [1, 1], 'hilbertDistance: numbers are above 0 and finite, got x[1] 0 and y[1] 1'],
    ['a zero of y', [1, 1], [0, 1], 'numbers are above 0 and finite, got x[0] 1 and y[0] 0'],
    ['two negative numbers', [1, -1], [1, -1], 'numbers are above 0 and finite, got x[1] -1 and y[1] -1'],
    ['one negative number', [1, -1], [1, 1], 'numbers are above 0 and finite, got x[1] -1 and y[1] 1'],
    ['no number', [1, Number.NaN], [1, 1], 'numbers are above 0 and finite, got x[1] NaN and y[1] 1'],
    ['no end', [1, Infinity], [1, 1], 'numbers are above 0 and finite, got x[1] Infinity and y[1] 1'],
  ])('refuses %s', (_, x, y, message) => {
    expect(() => hilbertDistance(x, y)).toThrow(message);
  });
});
