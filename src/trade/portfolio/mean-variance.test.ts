import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import { longOnly, maximumLeverage } from './constraints.js';
import { efficientFrontier } from './frontier.js';
import { atMean, meanVariance, minimumVariance } from './mean-variance.js';

const SIGMA: Matrix = { rows: 3, cols: 3, data: Float64Array.of(1, 0.5, 0.2, 0.5, 4, 0.3, 0.2, 0.3, 9) };
const MEAN = [0, 2, 6];
const expectWeights = (weights: ArrayLike<number>, want: ArrayLike<number>, digits = 8) => {
  expect(weights).toHaveLength(want.length);
  for (let n = 0; n < want.length; n++) expect(weights[n]).toBeCloseTo(want[n], digits);
};

describe('the solver of portfolios', () => {
  it.each([1, 1e-12, 1e6])('has the frontier’s weights at a mean, in any unit: %s', async (unit) => {
    const mean = MEAN.map((value) => unit * value);
    for (const target of [-1, 2.5]) {
      const { weights } = await atMean(mean, SIGMA, { target: unit * target });
      expectWeights(weights, efficientFrontier(MEAN, SIGMA).portfolio(target).weights);
    }
  });

  it('has the least variance at a mean of 0 where all are 0', async () => {
    const { weights } = await atMean([0, 0, 0], SIGMA, { target: 0 });
    expectWeights(weights, efficientFrontier(MEAN, SIGMA).minimum.weights);
    await expect(atMean([0, 0, 0], SIGMA, { target: 1 })).rejects.toThrow('the mean, μᵀw = 1');
  });

  it('has weights of the assets alone where a rule needs helpers', async () => {
    const { weights } = await minimumVariance(SIGMA, { constraints: [maximumLeverage(1.5)] });
    expectWeights(weights, efficientFrontier(MEAN, SIGMA).minimum.weights); // 1 in all, so the rule does not bind
  });

  it('keeps rules that bind', async () => {
    // wᵀΣw with w = (1 − v, v), Σ of the first two [1, 1.5; 1.5, 4]: least at v = (1 − 1.5)/(1 + 4 − 3) < 0, so nothing in the second
    const pair: Matrix = { rows: 2, cols: 2, data: Float64Array.of(1, 1.5, 1.5, 4) };
    expectWeights((await minimumVariance(pair)).weights, [1.25, -0.25]);
    expectWeights((await minimumVariance(pair, { constraints: [longOnly()] })).weights, [1, 0]);
  });

  it('refuses a risk aversion of 0, a mean of other assets, and a variance below 0', async () => {
    await expect(meanVariance(MEAN, SIGMA, { riskAversion: 0 })).rejects.toThrow('riskAversion must be a finite number above 0, got 0');
    await expect(meanVariance([1], SIGMA, { riskAversion: 1 })).rejects.toThrow('mean has 1 values and the covariance 3 assets');
    const negative: Matrix = { rows: 2, cols: 2, data: Float64Array.of(1, 2, 2, 1) };
    await expect(minimumVariance(negative)).rejects.toThrow('minimumVariance: the covariance has a negative eigenvalue');
  });
});
