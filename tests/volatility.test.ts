import { describe, expect, it } from 'vitest';
import { loadPanel } from '../src/market/panel/load.js';
import { fitEgarch, fitGarch } from '../src/stats/volatility/fit.js';
import { forecastVolatility } from '../src/stats/volatility/forecast.js';
import { expectClose } from './support/close.js';

describe('GARCH on the S&P 500', () => {
  it('has the maximum and the forecasts that arch finds (arch 685, 632)', async () => {
    const { values } = await loadPanel('arch/sp500', { field: 'adjClose' });
    const returns = values.subarray(1).map((price, t) => 100 * (price / values[t] - 1));
    expect(returns).toHaveLength(5030);
    const fit = fitGarch(returns);
    expect(fit.logLikelihood).toBeCloseTo(-6936.718, 3);
    expectClose(fit.coefficients, [0.05635, 0.01751, 0.10215, 0.88521], 5);
    expectClose(forecastVolatility(fit, { horizon: 5 }).variance, [3.59647, 3.5685, 3.54089, 3.51362, 3.4867], 4);
    // Gains do not raise the variance of this index: the α of GJR is on its bound.
    const [, alpha, gamma] = fitGarch(returns, { o: 1 }).parts.variance;
    expect(alpha).toBeCloseTo(0, 12);
    expect(gamma).toBeGreaterThan(0.1);
    expect(fitGarch(returns, { o: 1 }).onBound).toEqual(['alpha[1]']);
  });

  it('has, as EGARCH, the error of a mean that outer products of scores have, though the maximum lies on a kink of |z|', async () => {
    const { values } = await loadPanel('arch/sp500');
    const { coefficients, standardErrors, classicalErrors } = fitEgarch(
      values.subarray(1).map((price, t) => 100 * Math.log(price / values[t])),
    );
    expect(coefficients[0]).toBeCloseTo(0.01796, 4);
    // Outer products of scores 0.0110, the Hessian by steps of 0.01 0.0107: both made by numpy from the likelihood alone.
    for (const errors of [standardErrors, classicalErrors]) expect(Math.abs(errors[0] - 0.0108)).toBeLessThan(4e-4);
  });
});
