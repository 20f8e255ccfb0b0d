import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../tests/support/simulated.js';
import type { Matrix } from '../../linalg/index.js';
import { sampleCovariance } from '../covariance/ledoit-wolf.js';
import reference from '../transport.reference.json' with { type: 'json' }; // made by ../reference/transport.py with scipy 1.17.1
import { coral } from './coral.js';

const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  cols: rows[0].length,
  data: Float64Array.from(rows.flat()),
});
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

describe('coral', () => {
  it.each(reference.corals.map((one, i) => [i, one] as const))(
    'equals scipy’s matrix powers, case %d',
    (_, { source, target, ridge, transform, mapped }) => {
      const found = coral(matrix(source), matrix(target), { ridge });
      expect(furthest(found.transform.data, transform.flat())).toBeLessThan(1e-9);
      expect(furthest(found.map(matrix(source)).data, mapped.flat())).toBeLessThan(1e-9);
    },
  );

  it('gives the source the target’s means and covariance', () => {
    const of = (seed: number, n: number, scale: number) => {
      const z = gaussian(seed, 3 * n);
      return matrix(Array.from({ length: n }, (_, i) => [scale * z[3 * i], z[3 * i] + z[3 * i + 1], 2 - z[3 * i + 2]]));
    };
    const [source, target] = [of(1, 50, 1), of(2, 80, 3)];
    const mapped = coral(source, target).map(source);
    expect(furthest(sampleCovariance(mapped).data, sampleCovariance(target).data)).toBeLessThan(1e-10);
  });

  it('refuses what cannot be whitened, and other widths', () => {
    const double = matrix([
      [1, 2],
      [2, 4],
      [3, 6],
    ]);
    expect(() => coral(double, double)).toThrow(
      /^coral: the covariance of the source has the eigenvalue .+ and cannot be whitened; leave out a feature/,
    );
    expect(coral(double, double, { ridge: 1 }).map(double).rows).toBe(3);
    expect(() => coral(double, matrix([[1], [2]]))).toThrow('of two rows or more: got source [3,2], target [2,1]');
    expect(() => coral(double, double, { ridge: 1 }).map(matrix([[1]]))).toThrow('coral: the map takes x [n, 2], got [1,1]');
  });
});
