import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns } from '../../../tests/support/simulated.js';
import { fromColumns, type Matrix, matMul } from '../../linalg/index.js';
import reference from '../bayes.reference.json' with { type: 'json' }; // made by reference/bayes.py
import { bayesianLinearRegression, posteriorPredictive } from './bayesian-linear-regression.js';
import { design } from './design.js';
import { linearRegression } from './linear-regression.js';
import { ridge } from './ridge.js';

const matrix = (rows: number[][]): Matrix => ({ rows: rows.length, cols: rows[0].length, data: Float64Array.from(rows.flat()) });
const { x, y } = factorReturns(250);
const OPTIONS = { noise: 0.012, prior: [0.1, 1, 1, 1] };

describe('bayesianLinearRegression', () => {
  it.each(reference.regressions.map((made, i) => [i, made] as const))(
    'equals scipy in case %i: posterior, evidence, forecast',
    (_, made) => {
      const fit = bayesianLinearRegression(matrix(made.x), made.y, { noise: made.noise, prior: made.prior });
      expectClose(fit.coefficients, made.mean, 9);
      expectClose(fit.covariance.data, made.covariance.flat(), 9);
      expectClose(
        fit.standardDeviations,
        made.covariance.map((row, j) => Math.sqrt(row[j])),
        8,
      );
      expect(fit.logEvidence).toBeCloseTo(made.logEvidence, 7);
      expect(fit.logLikelihood).toBeCloseTo(made.logLikelihood, 7);
      expect(fit.logOccamFactor).toBeCloseTo(made.logEvidence - made.logLikelihood, 7);
      const unit = matMul(fit.precision, fit.covariance);
      const ones = Float64Array.from(unit.data, (_, at) => (at % (unit.cols + 1) === 0 ? 1 : 0));
      expectClose(unit.data, ones, 9);
      const { mean, standardDeviations, aleatoric, epistemic } = posteriorPredictive(fit, matrix(made.new));
      expectClose(mean, made.predicted, 9);
      expectClose(standardDeviations, made.deviations, 9);
      expect(aleatoric).toBeCloseTo(made.noise ** 2, 15);
      expectClose(
        epistemic,
        made.deviations.map((s) => s ** 2 - made.noise ** 2),
        9,
      );
    },
  );

  it('is ridge at λ = σ²/τ², and least squares with its covariance under a prior that knows nothing', () => {
    const { coefficients } = bayesianLinearRegression(x, y, { noise: 0.012, prior: 0.5 });
    expectClose(coefficients, ridge(x, y, { lambda: (0.012 / 0.5) ** 2, intercept: false }).coefficients, 11);
    const flat = bayesianLinearRegression(x, y, { noise: 0.012, prior: 1e4 });
    const ols = linearRegression(x, y);
    expectClose(flat.coefficients, ols.coefficients, 9);
    const ratio = (0.012 / ols.residualStandardError) ** 2;
    const want = ols.covariance.data.map((value) => value * ratio);
    for (const [at, value] of want.entries()) expect(flat.covariance.data[at] / value).toBeCloseTo(1, 6);
  });

  it('names its columns and forecasts by them', () => {
    const fit = bayesianLinearRegression(x, y, OPTIONS);
    expect(fit.names).toEqual(['intercept', 'market', 'size', 'value']);
    expect(fit.noise).toBe(0.012);
    expect(() => posteriorPredictive(fit, design({ market: [0.01], intercept: [1], size: [0], value: [0] }, { intercept: false }))).toThrow(
      "posteriorPredictive: column 0 of x is 'market' where the fit has 'intercept'",
    );
  });

  it('keeps the prior where the data are silent', () => {
    const silent = fromColumns([Float64Array.of(1, 2, 3), new Float64Array(3)]);
    const { coefficients, standardDeviations } = bayesianLinearRegression(silent, [1, 2, 3], { noise: 1, prior: [3, 0.7] });
    expect(coefficients[1]).toBe(0);
    expect(standardDeviations[1]).toBeCloseTo(0.7, 14);
  });

  it('names what is wrong', () => {
    const fit = (options: { noise: number; prior: number | number[] }) => () => bayesianLinearRegression(x, y, options);
    expect(fit({ noise: 0, prior: 1 })).toThrow('bayesianLinearRegression: noise must be a finite number above 0, got 0');
    expect(fit({ noise: 1, prior: [1, 1] })).toThrow(
      'bayesianLinearRegression: x has 4 columns but prior has 2 values; give one deviation for each, or one for all',
    );
    expect(fit({ noise: 1, prior: [1, 1, 0, 1] })).toThrow("bayesianLinearRegression: prior must be above 0, got 0 for 'size'");
    expect(fit({ noise: 1, prior: Infinity })).toThrow(
      'bayesianLinearRegression: prior is Infinity at row 0; a column without a prior takes',
    );
    expect(() => bayesianLinearRegression(x, y.slice(1), OPTIONS)).toThrow('bayesianLinearRegression: x has 250 rows but y has 249 values');
    expect(() => bayesianLinearRegression(x, y, { ...OPTIONS, lambda: 1 } as never)).toThrow(
      "bayesianLinearRegression: there is no option 'lambda'",
    );
  });
});
