import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import { ledoitWolf, sampleCovariance } from './ledoit-wolf.js';

const of = (rows: number, cols: number, ...data: number[]): Matrix => ({ rows, cols, data: Float64Array.from(data) });
/** Of the mean (10, −3): S = diag(2, ½), so m = 1¼, d² = 2 · 0.75², and Σ‖y‖⁴ = 34. */
const CROSS = of(4, 2, 12, -3, 8, -3, 10, -2, 10, -4);

describe('ledoitWolf', () => {
  it('shrinks by the share of the distance that is noise', () => {
    const { covariance, shrinkage } = ledoitWolf(CROSS);
    const share = (34 / 4 - (4 + 0.25)) / 4 / 1.125;
    expect(shrinkage).toBeCloseTo(share, 12);
    expect(covariance.data[0]).toBeCloseTo((1 - share) * 2 + share * 1.25, 12);
    expect(covariance.data[3]).toBeCloseTo((1 - share) * 0.5 + share * 1.25, 12);
    expect([covariance.data[1], covariance.data[2]]).toEqual([0, 0]);
  });

  it('stops at the target where noise is more than the distance, and where there is none', () => {
    expect(ledoitWolf(of(4, 2, 2, 0, -2, 0, 0, 2, 0, -2)).shrinkage).toBe(1); // S = diag(2, 2) is the target
    // S = diag(2, 1.5), d² = 2 · 0.25², and of noise (Σ‖y‖⁴/4 − ‖S‖²)/4 = (12.5 − 6.25)/4
    const { covariance, shrinkage } = ledoitWolf(of(4, 2, 2, 0, -2, 0, 0, Math.sqrt(3), 0, -Math.sqrt(3)));
    expect(shrinkage).toBe(1);
    for (const [at, value] of [1.75, 0, 0, 1.75].entries()) expect(covariance.data[at]).toBeCloseTo(value, 12);
  });

  it('says nothing of the noise of two rows, nor of one column', () => {
    expect(ledoitWolf(of(2, 2, 1, 3, 2, -1)).shrinkage).toBeCloseTo(0, 12);
    expect(ledoitWolf(of(3, 1, 1, 2, 6)).covariance.data[0]).toBeCloseTo(14 / 3, 12); // itself its target: (4 + 1 + 9)/3
    expect(ledoitWolf(of(2, 1, 1, 3))).toMatchObject({ shrinkage: 1, covariance: { data: Float64Array.of(1) } });
  });

  it('keeps names, and refuses what does not vary', () => {
    expect(ledoitWolf({ ...CROSS, names: ['a', 'b'] }).covariance.names).toEqual(['a', 'b']);
    expect(() => ledoitWolf(of(2, 2, 1, 3, 1, 3))).toThrow('ledoitWolf: no column of x varies');
    expect(() => ledoitWolf(of(1, 2, 1, 3))).toThrow('ledoitWolf: x has 1 row, and one row does not vary');
    expect(() => ledoitWolf(of(2, 2, 1, 3, Number.NaN, 3))).toThrow('ledoitWolf: ');
  });
});

describe('sampleCovariance', () => {
  it('divides by one less than the rows, and keeps names', () => {
    const { data, names } = sampleCovariance({ ...CROSS, names: ['a', 'b'] });
    for (const [at, value] of [8 / 3, 0, 0, 2 / 3].entries()) expect(data[at]).toBeCloseTo(value, 12);
    expect(names).toEqual(['a', 'b']);
    expect('names' in sampleCovariance(CROSS)).toBe(false);
    expect(() => sampleCovariance(of(1, 2, 1, 3))).toThrow('sampleCovariance: x has 1 row');
    expect(() => sampleCovariance(of(2, 1, 1, Number.NaN))).toThrow('sampleCovariance: ');
  });
});
