import { describe, expect, it } from 'vitest';
import { factorReturns } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key, normal } from '../../base/random.js';
import { column, diagonal, fromColumns, type Matrix, matVec } from '../../linalg/matrix.js';
import { inverseGram, qr } from '../../linalg/qr.js';
import { svd } from '../../linalg/svd.js';
import { dot } from '../../linalg/vector.js';
import { ridge } from './ridge.js';
import { type RidgeRisk, ridgeRisk } from './ridge-risk.js';

const FACTORS = factorReturns(60, 2).x;
const X = fromColumns([1, 2, 3].map((j) => column(FACTORS, j)));
const BETA = Float64Array.of(1.1, 0.4, -0.3);
const SIGMA = 0.012;

describe('ridgeRisk', () => {
  it('is the variance of least squares at λ = 0, σ² tr (XᵀX)⁻¹, and ‖β‖² for an infinite penalty', () => {
    const none = ridgeRisk(X, { beta: BETA, sigma: SIGMA, lambda: 0 });
    expect(none.squaredBias).toBe(0);
    expect(none.variance).toBeCloseTo(SIGMA ** 2 * diagonal(inverseGram(qr(X).r)).reduce((a, b) => a + b), 12);
    const all = ridgeRisk(X, { beta: BETA, sigma: SIGMA, lambda: 1e12 });
    expect(all.meanSquaredError).toBeCloseTo(dot(BETA, BETA), 8);
    expect(none.predictionRisk).toBeCloseTo((3 * SIGMA ** 2) / 60, 14); // σ² p/n, whatever X
    const signal = matVec(X, BETA);
    expect(ridgeRisk(X, { beta: BETA, sigma: SIGMA, lambda: Infinity }).predictionRisk).toBeCloseTo(dot(signal, signal) / 60, 14);
  });

  it('names a beta that does not fit', () => {
    expect(() => ridgeRisk(X, { beta: [1], sigma: 1, lambda: 1 })).toThrow('ridgeRisk: x has 3 columns but beta has 1 values');
  });
});

type Risk = typeof ridgeRisk;

/** Means of ‖b̄ − β‖², ‖b − b̄‖² and ‖b − β‖² over simulated samples, the last with its standard error. */
function simulate(x: Matrix, lambda: number, draws: number) {
  const signal = matVec(x, BETA);
  const estimates = Array.from({ length: draws }, (_, i) => {
    const { data: z } = normal(fold(key(7), i), [x.rows], 'float64');
    return ridge(
      x,
      signal.map((value, t) => value + SIGMA * z[t]),
      { lambda, intercept: false },
    ).coefficients;
  });
  const centre = BETA.map((_, j) => estimates.reduce((sum, b) => sum + b[j], 0) / draws);
  const distance = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0);
  const errors = estimates.map((b) => distance(b, BETA));
  const error = errors.reduce((a, b) => a + b) / draws;
  const deviation = Math.sqrt(errors.reduce((sum, e) => sum + (e - error) ** 2, 0) / draws);
  const variance = estimates.reduce((sum, b) => sum + distance(b, centre), 0) / (draws - 1);
  return { squaredBias: distance(centre, BETA) - variance / draws, variance, error, standardError: deviation / Math.sqrt(draws) };
}

const risk =
  (change: (exact: RidgeRisk) => Partial<RidgeRisk>): Risk =>
  (x, truth) => {
    const exact = ridgeRisk(x, truth);
    const { squaredBias, variance } = { ...exact, ...change(exact) };
    return { ...exact, squaredBias, variance, meanSquaredError: squaredBias + variance };
  };

it('is told of coefficients that y says nothing about', () => {
  const twice = fromColumns([column(X, 0), column(X, 1), column(X, 0)]);
  expect(() => ridgeRisk(twice, { beta: BETA, sigma: SIGMA, lambda: 1 })).toThrow('ridgeRisk: x [60,3] has rank 2');
});

theorem<Risk>('thm:bias-variance', {
  real: ridgeRisk,
  check: (risk) => {
    for (const lambda of [0.002, 0.01]) {
      const exact = risk(X, { beta: BETA, sigma: SIGMA, lambda });
      const seen = simulate(X, lambda, 4000);
      expect(Math.abs(exact.meanSquaredError - seen.error)).toBeLessThan(4 * seen.standardError);
      expect(exact.squaredBias / seen.squaredBias).toBeCloseTo(1, 1);
      expect(exact.variance / seen.variance).toBeCloseTo(1, 1);
    }
    const at = (lambda: number) => risk(X, { beta: BETA, sigma: SIGMA, lambda }).meanSquaredError;
    const edge = (2 * SIGMA ** 2) / dot(BETA, BETA);
    for (const share of [0.01, 0.3, 0.99]) expect(at(share * edge)).toBeLessThan(at(0)); // some shrinkage always pays
  },
  mutants: {
    'leaves the bias out': risk(() => ({ squaredBias: 0 })),
    'adds the bias unsquared': risk(({ squaredBias }) => ({ squaredBias: Math.sqrt(squaredBias) })),
    'does not square the filter in the variance': (x, truth) => {
      const variance = svd(x).s.reduce((sum, s) => sum + truth.sigma ** 2 / (s ** 2 + truth.lambda), 0);
      return risk(() => ({ variance }))(x, truth);
    },
  },
});
