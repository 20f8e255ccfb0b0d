import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { mean } from '../../linalg/vector.js';
import { neweyWest } from '../inference/newey-west.js';
import { gammaRegression, predictGamma } from '../regression/gamma-regression.js';
import { linearRegression } from '../regression/linear-regression.js';
import { fitHar, harSample } from './har.js';

/** Log-HAR variances with known coefficients, and returns of that size. */
function simulated(T: number, beta: readonly [number, number, number, number], noise: number, seed = 1) {
  const [z, e] = [gaussian(seed, T), gaussian(seed + 1, T)];
  const v = new Float64Array(T).fill(1);
  const average = (t: number, lag: number) => Math.log(mean(v.subarray(t - lag, t)));
  for (let t = 22; t < T; t++)
    v[t] = Math.exp(beta[0] + beta[1] * average(t, 1) + beta[2] * average(t, 5) + beta[3] * average(t, 22) + noise * e[t]);
  return { variance: v, returns: v.map((value, t) => Math.sqrt(value) * z[t]) };
}

describe('harSample', () => {
  it('has means of the days up to each, and of the days after it', () => {
    const variance = Float64Array.from({ length: 60 }, (_, t) => t + 1);
    const returns = variance.map((v) => (v % 2 === 0 ? 1 : -3));
    const { x, y, terms, first } = harSample(variance, { horizon: 3, returns });
    expect(x.names).toEqual(['intercept', 'variance 1', 'variance 5', 'variance 22', 'loss 1', 'loss 5', 'loss 22']);
    expect([x.rows, terms.rows, y.length, first]).toEqual([60 - 22 + 1 - 3, 60 - 22 + 1, 60 - 22 + 1 - 3, 21]);
    // Day 21, whose variance is 22: of the week 18 … 22, of the month 1 … 22; then come 23, 24, 25.
    expectClose(x.data.slice(0, 7), [1, 22, 20, 11.5, 0, (3 * 1 - 2 * 3) / 5, -1], 12);
    expect(y[0]).toBe(24);
    expectClose(terms.data.slice(-7, -3), [1, 60, 58, 49.5], 12);
    expect(y.at(-1)).toBe(59);
    expectClose(harSample(variance, { log: true }).x.data.slice(1, 4), [22, 20, 11.5].map(Math.log), 14);
  });

  it('names what is wrong', () => {
    const variance = new Float64Array(60).fill(1);
    expect(() => harSample(variance.subarray(0, 41))).toThrow('harSample: 41 days leave 19 rows of lags up to 22; use 42 or more');
    expect(() =>
      harSample(
        variance.map((v, t) => (t === 7 ? 0 : v)),
        { log: true },
      ),
    ).toThrow('harSample: the variance is 0 at row 7; it must be');
    expect(() => harSample(variance.map((v, t) => (t === 7 ? -v : v)))).toThrow(
      'harSample: the variance is -1 at row 7; variances are not',
    );
    expect(() => harSample(variance, { returns: [1] })).toThrow('harSample: 1 returns for 60 variances; align them');
    expect(() => harSample(variance, { lags: [0] })).toThrow('harSample: a lag must be a whole number from 1 up, got 0');
    expect(() => harSample(variance, { lags: [] })).toThrow('harSample: there are no lags');
  });
});

describe('fitHar', () => {
  const beta = [0.01, 0.35, 0.35, 0.25] as const;
  const { variance, returns } = simulated(4000, beta, 0.4);

  it('finds the coefficients that made the variances, within four of its errors', () => {
    const { regression, robust } = fitHar(variance.subarray(200), { log: true });
    for (const [j, b] of beta.entries()) expect(Math.abs(regression.coefficients[j] - b)).toBeLessThan(4 * robust.standardErrors[j]);
    expect(regression.residualStandardError).toBeCloseTo(0.4, 1);
  });

  it('is least squares on its sample, with errors by Newey and West over the horizon', () => {
    const { x, y } = harSample(variance, { horizon: 22, returns });
    const fit = fitHar(variance, { horizon: 22, returns });
    const ols = linearRegression(x, y);
    expect(fit.regression.coefficients).toEqual(ols.coefficients);
    expect(fit.robust.standardErrors).toEqual(neweyWest(ols, { lags: 63 }).standardErrors);
    expect(fit.forecast[21]).toBeCloseTo(ols.fitted[0], 12);
  });

  it('forecasts without bias, and no value after a day moves its forecast', () => {
    for (const options of [{}, { log: true }, { log: true, returns }]) {
      const { forecast, apply } = fitHar(variance, options);
      const errors = variance.subarray(22).map((v, i) => v - forecast[21 + i]);
      expect(Math.abs(mean(errors)) / mean(variance)).toBeLessThan(0.02);
      const part = apply(variance.subarray(0, 3000), 'returns' in options ? returns.subarray(0, 3000) : undefined);
      expect(part).toEqual(forecast.slice(0, 3000));
      expect([...forecast].findIndex(Number.isFinite)).toBe(21);
    }
    expect(() => fitHar(variance, { returns }).apply(variance)).toThrow('fitHar: the fit has leverage terms');
  });

  it('never forecasts a variance that is not positive', () => {
    const steep = simulated(400, [0, 0.9, 0, 0], 1.2, 7).variance;
    const { regression, forecast } = fitHar(steep.map((v, t) => (t > 300 ? v * 1e-3 : v)));
    expect(forecast.subarray(21).every((v) => v > 0)).toBe(true);
    expect(regression.names).toEqual(['intercept', 'variance 1', 'variance 5', 'variance 22']);
  });

  it('leaves a forecast above 0 as it is, though no day of the sample was so calm', () => {
    const variance = gaussian(7, 400).map((z, t) => (1 + 0.3 * Math.sin(t / 40)) * Math.exp(0.3 * z));
    const fit = fitHar(variance);
    const least = Math.min(...variance.subarray(22));
    const calm = (level: number) => {
      const [intercept, ...slopes] = fit.regression.coefficients;
      return { linear: intercept + level * slopes.reduce((sum, b) => sum + b, 0), given: fit.apply(new Float64Array(60).fill(level))[59] };
    };
    const levels = [0.05, 0.1, 0.2, 0.3].map(calm);
    expect(levels.some(({ linear }) => linear > 0 && linear < least)).toBe(true);
    for (const { linear, given } of levels) expect(given).toBeCloseTo(linear > 0 ? linear : least, 12);
  });

  it('gives gamma regression its terms, which beats it in the loss that gamma regression minimises', () => {
    const { x, y, terms } = harSample(variance, { log: true });
    const gamma = gammaRegression(x, y);
    const qlike = (forecast: ArrayLike<number>) => mean(y.map((v, i) => v / forecast[i] - Math.log(v / forecast[i]) - 1));
    expect(qlike(gamma.fitted)).toBeCloseTo(gamma.deviance / 2 / y.length, 10);
    expect(qlike(gamma.fitted)).toBeLessThan(qlike(fitHar(variance, { log: true }).forecast.subarray(21)));
    expect(predictGamma(gamma, terms)).toHaveLength(y.length + 1);
  });
});
