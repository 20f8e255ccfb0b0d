import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import { efficientFrontier } from './frontier.js';

const diagonal = (...variances: number[]): Matrix => ({
  rows: variances.length,
  cols: variances.length,
  data: Float64Array.from({ length: variances.length ** 2 }, (_, at) =>
    at % (variances.length + 1) === 0 ? variances[at % variances.length] : 0,
  ),
});
const expectWeights = (weights: ArrayLike<number>, want: readonly number[]) => {
  for (const [n, value] of want.entries()) expect(weights[n]).toBeCloseTo(value, 9);
};

describe('efficientFrontier', () => {
  // Σ = diag(1, 4) and μ = (1, 6): a = 1 + 1/4, b = 1 + 6/4, c = 1 + 36/4, d = 12.5 − 6.25.
  it('of two assets without correlation', () => {
    const { constants, minimum, variance, portfolio, tangency } = efficientFrontier([1, 6], diagonal(1, 4));
    expect(constants).toEqual({ a: 1.25, b: 2.5, c: 10, d: 6.25 });
    expectWeights(minimum.weights, [0.8, 0.2]);
    expect(variance(3)).toBeCloseTo(0.6 ** 2 + 4 * 0.4 ** 2, 12); // 0.6 · 1 + 0.4 · 6 = 3
    expectWeights(portfolio(3).weights, [0.6, 0.4]);
    expectWeights(tangency().weights, [1 / 2.5, 1.5 / 2.5]); // (1/1, 6/4) over their sum
  });

  it.each([
    ['means in a smaller unit', 1e-9, 1],
    ['variances in a larger unit', 1, 1e12],
  ])('holds the same portfolios whatever the unit: %s', (_, ofMeans, ofVariances) => {
    const { portfolio, tangency } = efficientFrontier([ofMeans, 6 * ofMeans], diagonal(ofVariances, 4 * ofVariances));
    expectWeights(portfolio(3 * ofMeans).weights, [0.6, 0.4]);
    expectWeights(tangency().weights, [0.4, 0.6]);
  });

  it.each([0.05, 0])('has no choice of a mean where all are %s', (mean) => {
    expect(() => efficientFrontier([mean, mean], diagonal(1, 4))).toThrow(
      `all means are ${mean}, and no mean can be chosen; take minimumVariance`,
    );
  });

  it('has no tangency portfolio from the mean of the least variance on', () => {
    expect(() => efficientFrontier([1, 6], diagonal(1, 4)).tangency(2)).toThrow(
      'the riskless return 2 is not below 2, the mean of the least variance',
    );
    expect(() => efficientFrontier([1, 6], diagonal(1, 4)).tangency(2.5)).toThrow('the riskless return 2.5 is not below 2');
    expect(() => efficientFrontier([1, -1], diagonal(1, 1)).tangency()).toThrow('the riskless return 0 is not below 0');
  });

  it('needs a mean of each asset', () => {
    expect(() => efficientFrontier([1], diagonal(1, 4))).toThrow('efficientFrontier: mean has 1 values and the covariance 2 assets');
    expect(() => efficientFrontier([1, Number.NaN], diagonal(1, 4))).toThrow('efficientFrontier: mean of asset 1 is NaN');
  });
});
