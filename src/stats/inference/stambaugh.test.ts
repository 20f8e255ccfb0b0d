import { describe, expect, it } from 'vitest';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key, normal } from '../../base/random.js';
import reference from '../inference.reference.json' with { type: 'json' }; // made by reference/inference.py
import { type PredictiveRegression, predictiveRegression, simulatePredictiveRegression } from './stambaugh.js';

const RHO = 0.9;
const PHI = -0.8;
const T = 60;

/** One history: a stationary AR(1) predictor of innovation variance 1, and returns with β = 0, α = 0 and noise beside φv. */
function history(seed: number, i: number): { returns: Float64Array; predictor: Float64Array } {
  const { data: z } = normal(fold(key(seed), i), [2, T + 1], 'float64');
  const predictor = new Float64Array(T + 1);
  const returns = new Float64Array(T + 1);
  predictor[0] = z[0] / Math.sqrt(1 - RHO ** 2);
  for (let t = 1; t <= T; t++) {
    predictor[t] = RHO * predictor[t - 1] + z[t];
    returns[t] = PHI * z[t] + 0.3 * z[T + 1 + t];
  }
  return { returns, predictor };
}

describe('predictiveRegression', () => {
  it('pairs each return with the predictor of the row before', () => {
    const predictor = Float64Array.of(1, 4, 2, 5, 3, 6);
    const returns = Float64Array.of(99, 2 * 1 + 1, 2 * 4 + 1, 2 * 2 + 1, 2 * 5 + 1, 2 * 3 + 1.001);
    const { T, beta } = predictiveRegression(returns, predictor);
    expect(T).toBe(5);
    expect(beta).toBeCloseTo(2, 3);
  });

  it('has Stambaugh’s correction by hand', () => {
    const { returns, predictor } = history(1, 0);
    const { T, beta, betaCorrected, bias, rho, rhoCorrected, phi } = predictiveRegression(returns, predictor);
    expect(bias).toBeCloseTo((-phi * (1 + 3 * rho)) / 60, 14);
    expect(betaCorrected).toBeCloseTo(beta - bias, 14);
    expect(rhoCorrected - rho).toBeCloseTo((1 + 3 * rho) / T, 14);
  });

  it('has the standard error of Amihud and Hurvich, and a test of its AR(1), as statsmodels', () => {
    const { stambaugh } = reference;
    const fit = predictiveRegression(stambaugh.returns, stambaugh.predictor);
    expect(fit.betaCorrected).toBeCloseTo(stambaugh.betaCorrected, 12);
    expect(fit.betaCorrectedStandardError).toBeCloseTo(stambaugh.error, 12);
    expect(fit.phi).toBeCloseTo(stambaugh.phi, 12);
    expect(fit.rhoStandardError).toBeCloseTo(stambaugh.rhoError, 12);
    expect(fit.interval.high - fit.betaCorrected).toBeCloseTo(1.959963984540054 * stambaugh.error, 12);
    expect(fit.innovations.degreesOfFreedom).toBe(11);
    expect(fit.innovations.statistic).toBeCloseTo(stambaugh.ljungBox.statistic, 10);
    expect(fit.innovations.pValue).toBeCloseTo(stambaugh.ljungBox.pValue, 11);
  });

  it('states the spread of its corrected slope, and covers the truth about as often as it says', () => {
    const draws = 1000;
    const fits = Array.from({ length: draws }, (_, i) => {
      const { returns, predictor } = simulatePredictiveRegression(fold(key(31), i), { T: 240, rho: 0.9, phi: -2, beta: 0.02 });
      return predictiveRegression(returns, predictor);
    });
    const mean = (of: (fit: PredictiveRegression) => number) => fits.reduce((sum, fit) => sum + of(fit), 0) / draws;
    const centre = mean((fit) => fit.betaCorrected);
    const spread = Math.sqrt(mean((fit) => (fit.betaCorrected - centre) ** 2));
    const relative = 1 / Math.sqrt(2 * draws); // Monte Carlo error of a standard deviation, as a share
    expect(Math.abs(mean((fit) => fit.betaCorrectedStandardError) / spread - 1)).toBeLessThan(4 * relative);
    const covered = mean(({ interval }) => Number(interval.low <= 0.02 && 0.02 <= interval.high));
    expect(Math.abs(covered - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / draws));
  });

  it('finds a predictor that is no AR(1): a sum over twelve overlapping months', () => {
    const { data: z } = normal(key(8), [412], 'float64');
    const sum = Float64Array.from({ length: 400 }, (_, t) => z.subarray(t, t + 12).reduce((a, b) => a + b, 0));
    const { innovations } = predictiveRegression(z.subarray(12), sum);
    expect(innovations.pValue).toBeLessThan(1e-6);
    expect(innovations.autocorrelation[11]).toBeLessThan(-0.3); // what entered twelve months ago leaves
  });

  it('names what is wrong', () => {
    const { returns, predictor } = history(1, 0);
    expect(() => predictiveRegression(returns.slice(1), predictor)).toThrow('predictiveRegression: x has 61 rows but y has 60 values');
    expect(() => predictiveRegression([1, 2, 3], [1, 2, 3])).toThrow('predictiveRegression: needs at least 5 rows, got 3');
    predictor[7] = Number.NaN;
    expect(() => predictiveRegression(returns, predictor)).toThrow("predictiveRegression: x is NaN at row 7, 'predictor'");
  });
});

describe('simulatePredictiveRegression', () => {
  it('starts in the stationary law: the first value varies as the last does', () => {
    const draws = 4000;
    const histories = Array.from({ length: draws }, (_, i) => simulatePredictiveRegression(fold(key(5), i), { T: 4, rho: 0.9, phi: 1 }));
    const variance = (t: number) => histories.reduce((sum, { predictor }) => sum + predictor[t] ** 2, 0) / draws;
    const tolerance = 4 * Math.sqrt(2 / draws); // of a variance's relative error
    for (const t of [0, 4]) expect(Math.abs(variance(t) * (1 - 0.81) - 1)).toBeLessThan(tolerance);
  });

  it('names what is wrong', () => {
    expect(() => simulatePredictiveRegression(key(1), { T: 60, rho: 1, phi: 0 })).toThrow('rho 1 has no stationary law to start in');
    expect(() => simulatePredictiveRegression(key(1), { T: 3, rho: 0.5, phi: 0 })).toThrow('T must be a whole number from 4 up, got 3');
  });
});

type Predict = typeof predictiveRegression;
const biased =
  (bias: (fit: PredictiveRegression) => number): Predict =>
  (returns, predictor) => {
    const fit = predictiveRegression(returns, predictor);
    return { ...fit, bias: bias(fit), betaCorrected: fit.beta - bias(fit) };
  };

theorem<Predict>('thm:stambaugh', {
  real: predictiveRegression,
  check: (regress) => {
    const draws = 4000;
    const fits = Array.from({ length: draws }, (_, i) => {
      const { returns, predictor } = history(2, i);
      return regress(returns, predictor);
    });
    const average = (of: (fit: PredictiveRegression) => number) => fits.reduce((sum, fit) => sum + of(fit), 0) / draws;
    const beta = average((fit) => fit.beta); // its mean is the bias, for β = 0
    const standardError = Math.sqrt(average((fit) => (fit.beta - beta) ** 2) / draws);
    const firstOrder = (-PHI * (1 + 3 * RHO)) / T;
    expect(beta).toBeGreaterThan(20 * standardError); // the bias is there,
    expect(Math.abs(beta / firstOrder - 1)).toBeLessThan(0.15); // is the theorem's to first order,
    expect(Math.abs(average((fit) => fit.betaCorrected))).toBeLessThan(0.15 * beta); // and the correction removes it
    const carried = average((fit) => PHI * (fit.rho - RHO)); // E β̂ − β = φ E(ρ̂ − ρ), exactly
    expect(Math.abs(beta - carried)).toBeLessThan(4 * standardError);
  },
  mutants: {
    'corrects with the wrong sign': biased((fit) => -fit.bias),
    'keeps E N / E D and forgets their covariance: 1 + ρ for 1 + 3ρ': biased((fit) => (-fit.phi * (1 + fit.rho)) / fit.T),
    'does not correct': biased(() => 0),
    'lets the predictor see the return it predicts': (returns, predictor) =>
      predictiveRegression([0, ...Array.from(returns).slice(0, -1)], predictor),
  },
});
