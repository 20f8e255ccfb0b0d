import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { sum } from '../../linalg/vector.js';
import { clarkWest, dieboldMariano } from '../comparison/forecast-comparison.js';
import reference from '../inference.reference.json' with { type: 'json' }; // made by reference/inference.py
import { design } from '../regression/design.js';
import { linearRegression } from '../regression/linear-regression.js';
import { autocorrelation, ljungBox, whiteNoiseBand } from './autocorrelation.js';
import { type HeteroskedasticKind, heteroskedasticCovariance } from './heteroskedastic.js';
import { hacMean } from './mean.js';
import { holm } from './multiplicity.js';
import { neweyWest } from './newey-west.js';

const { robust, series, forecasts } = reference;
const [first, second] = robust.columns;
const FIT = linearRegression(design({ first, second }), robust.y);

describe('heteroskedasticCovariance', () => {
  it.each(Object.entries(robust.errors))('%s is that of statsmodels', (kind, errors) => {
    expectClose(heteroskedasticCovariance(FIT, kind as HeteroskedasticKind).standardErrors, errors, 13);
  });

  it('is HC3 unless told, with p-values of the normal law', () => {
    const { pValues, standardErrors } = heteroskedasticCovariance(FIT);
    expectClose(standardErrors, robust.errors.HC3, 13);
    expectClose(pValues, robust.pValuesHC3, 13);
    expectClose(neweyWest(FIT, { lags: 0 }).standardErrors, robust.errors.HC0, 13);
  });

  it('names a row that no error shows in', () => {
    const fit = linearRegression(design({ own: [1, 0, 0, 0], x: [1, 2, 4, 3] }), [5, 2, 3, 3]);
    expect(() => heteroskedasticCovariance(fit)).toThrow(
      'row 0 has leverage 1, so HC3 divides by 0; drop the column that only this row moves',
    );
    expect(heteroskedasticCovariance(fit, 'HC1').standardErrors[1]).toBeGreaterThan(0);
  });
});

describe('autocorrelation', () => {
  it('is that of statsmodels, with the Ljung–Box test', () => {
    expectClose(autocorrelation(series.x, 5), series.acf, 14);
    const { statistic, degreesOfFreedom, pValue } = ljungBox(series.x, { lags: 10, fitted: 1 });
    expect(statistic).toBeCloseTo(series.ljungBox.statistic, 11);
    expect(degreesOfFreedom).toBe(9);
    expect(pValue / series.ljungBox.pValue).toBeCloseTo(1, 10);
    expect(whiteNoiseBand(400)).toBeCloseTo(1.959963984540054 / 20, 15);
  });

  it('is as its definition says', () => {
    // mean 2.5, deviations −1.5 −0.5 0.5 1.5, squares sum to 5; lag 1: 0.75 − 0.25 + 0.75 = 1.25; lag 2: −0.75 − 0.75 = −1.5
    expect([...autocorrelation([1, 2, 3, 4], 2)]).toEqual([0.25, -0.3]);
  });

  it('names what is wrong', () => {
    expect(() => autocorrelation([1, 1, 1], 1)).toThrow('autocorrelation: every value is 1, so there is no variation to judge by');
    expect(() => autocorrelation([1, Number.NaN, 2], 1)).toThrow('autocorrelation: the series is NaN at row 1');
    expect(() => autocorrelation([1, 2, 3], 3)).toThrow('autocorrelation: lags must be a whole number from 0 to 2');
    expect(() => ljungBox(series.x, { lags: 1, fitted: 1 })).toThrow(
      'ljungBox: 1 lags of residuals with 1 fitted parameters leave nothing to test',
    );
  });
});

describe('hacMean', () => {
  it('is a regression on a constant with Newey–West errors, as statsmodels', () => {
    const shifted = series.x.map((value) => value + 0.3);
    const { mean, standardError, pValue, lags } = hacMean(shifted);
    expect(lags).toBe(4); // ⌊4 (120/100)^(2/9)⌋
    expect(mean).toBeCloseTo(series.hac.mean, 13);
    expect(standardError).toBeCloseTo(series.hac.error, 13);
    expect(pValue).toBeCloseTo(series.hac.pValue, 12);
    const { interval } = hacMean(shifted, { level: 0.9 });
    expect(interval.high - mean).toBeCloseTo(1.6448536269514722 * series.hac.error, 12);
  });
});

describe('forecast comparison', () => {
  const { y, model, benchmark } = forecasts;
  const squared = (made: number[]) => made.map((value, t) => (y[t] - value) ** 2);

  it('clarkWest has the adjusted errors of the paper and the t of statsmodels, one-sided', () => {
    const { tStatistic, pValue, lags, gains } = clarkWest(y, { model, benchmark });
    expect(lags).toBe(3);
    expect(tStatistic).toBeCloseTo(forecasts.clarkWest.t, 10);
    expect(pValue).toBeCloseTo(forecasts.clarkWest.pValue, 11);
    expect(gains[0]).toBeCloseTo(2 * (y[0] - benchmark[0]) * (model[0] - benchmark[0]), 14); // the same, multiplied out
  });

  it('dieboldMariano has the correction of Harvey, Leybourne and Newbold', () => {
    const losses = { model: squared(model), benchmark: squared(benchmark) };
    const { horizon, lags, t, pValue } = forecasts.dieboldMariano;
    const test = dieboldMariano(losses, { horizon });
    expect([test.lags, test.tStatistic, test.pValue]).toEqual([lags, expect.closeTo(t, 10), expect.closeTo(pValue, 11)]);
    const independent = dieboldMariano(losses, { lags: 0 });
    expect(independent.tStatistic).toBeCloseTo(forecasts.independent.t, 10);
    expect(independent.pValue).toBeCloseTo(forecasts.independent.pValue, 11);
    expect(independent.interval.low + independent.interval.high).toBeCloseTo(2 * independent.mean, 14);
  });

  it('dieboldMariano rejects nearly as often as it says where gains overlap and forecasts are equally good', () => {
    const [n, horizon, samples] = [250, 20, 1000];
    let rejected = 0;
    for (let sample = 0; sample < samples; sample++) {
      const shocks = gaussian(sample, n + horizon);
      const gains = Float64Array.from({ length: n }, (_, t) => sum(shocks.subarray(t, t + horizon)));
      rejected += Number(dieboldMariano({ model: new Float64Array(n), benchmark: gains }, { horizon }).pValue < 0.05);
    }
    // .073 of 4,000 other samples; .13 with h − 1 lags and Student's law with n − 1.
    expect(Math.abs(rejected / samples - 0.073)).toBeLessThan(4 * Math.sqrt((0.073 * 0.927) / samples));
  });

  it('names what is wrong', () => {
    expect(() => clarkWest(y, { model: model.slice(1), benchmark })).toThrow(
      'clarkWest: series must be of the same dates: got y 90, model 89, benchmark 90',
    );
    expect(() => dieboldMariano({ model: [1, 2, 3], benchmark: [1, 2, 3] })).toThrow(
      'every value is 0, so there is no variation to judge by; are two series the same?',
    );
    expect(() => dieboldMariano({ model: [1, 2], benchmark: [1, 3] }, { horizon: 2 })).toThrow(
      'dieboldMariano: 2 rows are too few for horizon 2',
    );
  });
});

describe('holm', () => {
  it('is that of statsmodels', () => {
    expectClose(holm(reference.holm.pValues), reference.holm.adjusted, 15);
    expect(() => holm([0.1, 2.3])).toThrow('holm: p-values must be in [0, 1], got 2.3 at 1; are these t-statistics?');
  });
});
