import { describe, expect, it } from 'vitest';
import { estimate, expectMean } from '../../../tests/support/monte-carlo.js';
import { factorReturns } from '../../../tests/support/simulated.js';
import { key } from '../../base/index.js';
import { column } from '../../linalg/index.js';
import { bayesianLinearRegression } from '../regression/bayesian-linear-regression.js';
import { sampleThenOptimise } from './sample-then-optimise.js';

const { x, y } = factorReturns(250);
const OPTIONS = { noise: 0.012, prior: [0.1, 1, 1, 1] };
const fit = bayesianLinearRegression(x, y, OPTIONS);

describe('sampleThenOptimise', () => {
  it('draws from the posterior: means, deviations and correlations', () => {
    const members = sampleThenOptimise(x, y, { ...OPTIONS, draws: 4000, key: key(3) });
    expect([members.rows, members.cols]).toEqual([4000, 4]);
    for (let j = 0; j < 4; j++) {
      const draws = column(members, j);
      expectMean(draws, fit.coefficients[j]);
      for (let k = 0; k <= j; k++) {
        const products = column(members, k).map((b, s) => (b - fit.coefficients[k]) * (draws[s] - fit.coefficients[j]));
        expectMean(products, fit.covariance.data[4 * j + k]);
      }
      expect(Math.sqrt(4000) * estimate(draws).standardError).toBeGreaterThan(0.9 * fit.standardDeviations[j]);
    }
  });

  it('is the same for a key, and another for another', () => {
    const at = (seed: number) => sampleThenOptimise(x, y, { ...OPTIONS, draws: 2, key: key(seed) }).data;
    expect(at(1)).toEqual(at(1));
    expect(at(1)[0]).not.toBe(at(2)[0]);
    expect(at(1)[0]).not.toBe(at(1)[4]);
  });

  it('names what is wrong', () => {
    const draw = (options: object) => () => sampleThenOptimise(x, y, { ...OPTIONS, draws: 2, key: key(1), ...options });
    expect(() => sampleThenOptimise(x, y.slice(1), { ...OPTIONS, draws: 2, key: key(1) })).toThrow(
      'sampleThenOptimise: x has 250 rows but',
    );
    expect(draw({ seed: 1 })).toThrow("sampleThenOptimise: there is no option 'seed'");
    expect(draw({ draws: 0 })).toThrow('sampleThenOptimise: draws must be a whole number from 1 up, got 0');
    expect(draw({ noise: 0 })).toThrow('sampleThenOptimise: noise must be a finite number above 0, got 0');
  });
});
