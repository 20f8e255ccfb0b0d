import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import reference from '../distances.reference.json' with { type: 'json' }; // made by ../reference/distances.py with scipy 1.17.1
import { gaussianKernel, maximumMeanDiscrepancy, medianDistance } from './mean-discrepancy.js';

const matrix = (rows: number[][]): Matrix => ({ rows: rows.length, cols: rows[0].length, data: Float64Array.from(rows.flat()) });

describe('maximumMeanDiscrepancy', () => {
  it.each(reference.kernels)('is that of numpy, $squared', ({ x, y, median, ...of }) => {
    expect(medianDistance(matrix(x), matrix(y))).toBeCloseTo(median, 12);
    const found = maximumMeanDiscrepancy(matrix(x), matrix(y), gaussianKernel(median));
    expect(found.squared).toBeCloseTo(of.squared, 12);
    expect(found.biased).toBeCloseTo(of.biased, 12);
    expect(found.nullError).toBeCloseTo(of.nullError, 12);
  });

  it('names samples that do not fit, and a bandwidth that is none', () => {
    const [x, y] = [
      matrix([[1], [2]]),
      matrix([
        [1, 2],
        [3, 4],
      ]),
    ];
    expect(() => maximumMeanDiscrepancy(x, y, gaussianKernel(1))).toThrow(
      'maximumMeanDiscrepancy takes two samples [n, d] and [m, d] of 2 rows or more: got x [2,1], y [2,2]',
    );
    expect(() => maximumMeanDiscrepancy(x, matrix([[1]]), gaussianKernel(1))).toThrow('of 2 rows or more: got x [2,1], y [1,1]');
    expect(() => maximumMeanDiscrepancy(matrix([[1]]), x, gaussianKernel(1))).toThrow('of 2 rows or more: got x [1,1], y [2,1]');
    expect(() => gaussianKernel(Number.POSITIVE_INFINITY)).toThrow('the bandwidth must be positive and finite, got Infinity');
    expect(() => gaussianKernel(medianDistance(matrix([[3]]), matrix([[3]])))).toThrow(
      'gaussianKernel: the bandwidth must be positive and finite, got 0; are all rows alike?',
    );
  });
});
