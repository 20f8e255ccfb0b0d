import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import { growthRate, kellyBet, ruinChance } from './kelly.js';

const SIGMA: Matrix = { rows: 2, cols: 2, data: Float64Array.of(1, 0.5, 0.5, 4) };

describe('kellyBet', () => {
  it.each([0, 1, Number.NaN])('refuses a chance of %s', (chance) => {
    expect(() => kellyBet({ chance, odds: 1 })).toThrow(`kellyBet: chance must be a finite number above 0, below 1, got ${chance}`);
  });

  it('refuses odds that win nothing', () => {
    expect(() => kellyBet({ chance: 0.6, odds: 0 })).toThrow(
      'kellyBet: odds must be a finite number above 0, got 0; what a stake of 1 wins',
    );
  });
});

describe('growthRate', () => {
  it('of half in each of two assets', () => {
    expect(growthRate([0.5, 0.5], [1, 3], SIGMA)).toBe(2 - (0.25 + 2 * 0.125 + 1) / 2);
  });

  it('refuses what is not of the covariance’s assets', () => {
    expect(() => growthRate([1, 0, 0], [1, 3], SIGMA)).toThrow('growthRate: weights has 3 values and the covariance 2 assets');
    expect(() => growthRate([1, 0], [1, Number.NaN], SIGMA)).toThrow('growthRate: mean of asset 1 is NaN');
    expect(() => growthRate([1, 0], [1, 3], { ...SIGMA, data: Float64Array.of(1, 0.5, 0.4, 4) })).toThrow('it must be symmetric');
  });
});

describe('ruinChance', () => {
  it('refuses a fraction of nothing and a level that wealth begins at', () => {
    expect(() => ruinChance({ fraction: 0, level: 0.5 })).toThrow('ruinChance: fraction must be a finite number above 0, got 0');
    for (const level of [0, 1])
      expect(() => ruinChance({ fraction: 1, level })).toThrow(`ruinChance: level must be a finite number above 0, below 1, got ${level}`);
  });
});
