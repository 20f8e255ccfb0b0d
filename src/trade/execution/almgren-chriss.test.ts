import { describe, expect, it } from 'vitest';
import { ALMGREN_CHRISS as PAPER } from '../../../tests/support/almgren-chriss.js';
import { key, normal } from '../../base/index.js';
import {
  costMoments,
  type ExecutionProblem,
  executionCost,
  executionFrontier,
  executionUrgency,
  optimalHoldings,
} from './almgren-chriss.js';
import { immediate, twap, vwap } from './schedules.js';
import { implementationShortfall } from './shortfall.js';

const LAMBDA = 1e-6;

describe("Almgren and Chriss's schedules", () => {
  // Their section 2.3 has κ 0.61 and a half-life of 1.6 days; the digits beyond are of the formulas, in Python.
  it('are those of their example', () => {
    expect(executionUrgency(PAPER, LAMBDA)).toBeCloseTo(0.6071, 4);
    const holdings = optimalHoldings(PAPER, LAMBDA);
    expect(Array.from(holdings, Math.round)).toEqual([1_000_000, 541_956, 289_854, 147_897, 62_142, 0]);
    const { expected, variance } = costMoments(PAPER, holdings);
    expect([Math.round(expected), Math.round(Math.sqrt(variance))]).toEqual([911_227, 603_431]);
  });

  it('leave evenly spread sales 43.22 % and 94.61 % above the least', () => {
    for (const [lambda, above] of [
      [1e-6, 43.22],
      [2e-6, 94.61],
    ])
      expect(
        100 * (executionCost(PAPER, twap(PAPER), lambda) / executionCost(PAPER, optimalHoldings(PAPER, lambda), lambda) - 1),
      ).toBeCloseTo(above, 2);
  });

  it('cost more when any one of their holdings is moved', () => {
    for (const [slices, lambda] of [
      [5, 1e-6],
      [50, 2e-6],
      [50, 0],
    ]) {
      const problem = { ...PAPER, slices };
      const best = optimalHoldings(problem, lambda);
      const least = executionCost(problem, best, lambda);
      for (let k = 1; k < slices; k++)
        for (const by of [-1000, 1000]) expect(executionCost(problem, best.with(k, best[k] + by), lambda)).toBeGreaterThan(least);
    }
  });

  it('are even without risk aversion, immediate where it is everything, and finite between', () => {
    expect(optimalHoldings(PAPER, 0)).toEqual(twap(PAPER));
    const near = optimalHoldings({ ...PAPER, slices: 50 }, 1e-18);
    expect(Math.max(...near.map((x, k) => Math.abs(x - 1e6 * (1 - k / 50))))).toBeLessThan(1e-2);
    const far = optimalHoldings(PAPER, 1e12);
    expect(far[1]).toBeLessThan(1e-6 * PAPER.shares);
    expect(optimalHoldings({ ...PAPER, slices: 500, days: 500 }, 1).every(Number.isFinite)).toBe(true);
  });

  it('trace a frontier along which the mean rises as the deviation falls', () => {
    const points = executionFrontier(PAPER, [0, 1e-7, 1e-6, 1e-5]);
    for (let i = 1; i < points.length; i++) {
      expect(points[i].expected).toBeGreaterThan(points[i - 1].expected);
      expect(points[i].deviation).toBeLessThan(points[i - 1].deviation);
    }
    expect(points[2]).toMatchObject({ riskAversion: 1e-6, expected: expect.closeTo(911_227, 0), deviation: expect.closeTo(603_431, 0) });
  });

  it('refuse numbers that have no optimum', () => {
    expect(() => optimalHoldings(PAPER, -1e-6)).toThrow(
      'executionUrgency: riskAversion must be a finite number from 0 up, got -0.000001; a seller who seeks risk has no optimum',
    );
    expect(() => optimalHoldings({ ...PAPER, slices: 1, days: 50 }, 0)).toThrow(
      'temporary must exceed half of what a slice moves the price for good, ½γτ = 0.00000625, got 0.0000025; else one large sale costs less than two: take more slices',
    );
    expect(() => twap({ ...PAPER, shares: 0 })).toThrow('twap: shares must be a finite number above 0, got 0');
    expect(() => twap({ ...PAPER, slices: 2.5 })).toThrow('twap: slices must be a whole number from 1 up, got 2.5');
    expect(() => costMoments({ ...PAPER, volatility: 0 }, twap(PAPER))).toThrow(
      'costMoments: volatility must be a finite number above 0, got 0',
    );
    expect(() => costMoments(PAPER, [1e6, 0])).toThrow(
      'costMoments: holdings must be 6 numbers, before the first of 5 slices and after each, got 2',
    );
    expect(() => costMoments(PAPER, [1e6, 8e5, 6e5, 4e5, 2e5, 1e5])).toThrow(
      'costMoments: holdings must go from 1000000 shares to 0, got 1000000 to 100000; sell what is left in the last slice',
    );
    expect(() => costMoments(PAPER, twap(PAPER).with(2, Number.NaN))).toThrow(
      'costMoments: holdings must be numbers, got NaN after slice 2',
    );
  });
});

describe('schedules', () => {
  it('sell as the market trades, or at once', () => {
    expect(Array.from(vwap(PAPER, [3, 1, 2, 1, 3]))).toEqual([1e6, 7e5, 6e5, 4e5, 3e5, 0]);
    expect(Array.from(immediate(PAPER))).toEqual([1e6, 0, 0, 0, 0, 0]);
    expect(() => vwap(PAPER, [1, 1, 1])).toThrow('vwap: volume must be 5 numbers from 0 up, one for each slice and not all 0, got [1,1,1]');
    expect(() => vwap(PAPER, [0, 0, 0, 0, 0])).toThrow('not all 0');
    expect(() => vwap(PAPER, [1, 1, -1, 1, 1])).toThrow('numbers from 0 up');
  });
});

describe('implementationShortfall', () => {
  it('without luck is the mean, and one step of luck moves what was then held', () => {
    const holdings = optimalHoldings(PAPER, LAMBDA);
    const calm = implementationShortfall(PAPER, holdings, { data: new Float64Array(5), shape: [1, 5] });
    expect(calm[0]).toBeCloseTo(costMoments(PAPER, holdings).expected, 6);
    const risen = implementationShortfall(PAPER, holdings, { data: Float64Array.of(0, 1, 0, 0, 0), shape: [1, 5] });
    expect(risen[0]).toBeCloseTo(calm[0] - 0.95 * holdings[2], 6);
  });

  it('has the closed form of mean and variance', () => {
    const M = 20_000;
    for (const slices of [5, 50])
      for (const make of [(p: ExecutionProblem) => optimalHoldings(p, 2e-6), twap, immediate]) {
        const problem = { ...PAPER, slices };
        const holdings = make(problem);
        const { expected, variance } = costMoments(problem, holdings);
        const cost = implementationShortfall(problem, holdings, normal(key(slices), [M, slices]));
        const mean = cost.reduce((sum, c) => sum + c, 0) / M;
        const spread = cost.reduce((sum, c) => sum + (c - mean) ** 2, 0) / (M - 1);
        expect(Math.abs(mean - expected)).toBeLessThanOrEqual(4 * Math.sqrt(variance / M) + 1e-6);
        expect(Math.abs(spread - variance)).toBeLessThanOrEqual(4 * variance * Math.sqrt(2 / M) + 1e-6);
      }
  });

  it('refuses luck for another number of slices', () => {
    expect(() => implementationShortfall(PAPER, twap(PAPER), { data: new Float64Array(8), shape: [2, 4] })).toThrow(
      'implementationShortfall: z must be [M, 5], a number for each slice of each path, got [2,4]',
    );
  });
});
