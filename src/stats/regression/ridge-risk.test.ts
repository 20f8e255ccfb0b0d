import { describe, expect, it } from 'vitest';
import { factorReturns } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, diagonal, fromColumns, type Matrix, matMul, matVec, transpose } from '../../linalg/matrix.js';
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

  it('is told of coefficients that y says nothing about', () => {
    const twice = fromColumns([column(X, 0), column(X, 1), column(X, 0)]);
    expect(() => ridgeRisk(twice, { beta: BETA, sigma: SIGMA, lambda: 1 })).toThrow('ridgeRisk: x [60,3] has rank 2');
  });
});

type Risk = typeof ridgeRisk;
type Fit = typeof ridge;

const percent = (n: number, seed: number) =>
  fromColumns([1, 2, 3].map((j) => column(factorReturns(n, seed).x, j).map((value) => 100 * value)));
const TRUTHS = [
  { x: percent(40, 3), beta: BETA, sigma: 1.2 },
  { x: percent(8, 5), beta: Float64Array.of(-0.5, 2, 0.1), sigma: 0.6 },
];
const LAMBDAS = [0.8, 12];

/** The matrix C of β̂ = Cy. */
const mapOf = (fit: Fit, x: Matrix, lambda: number) =>
  fromColumns(
    Array.from({ length: x.rows }, (_, i) => {
      const unit = Float64Array.from({ length: x.rows }, (_, k) => (k === i ? 1 : 0));
      return fit(x, unit, { lambda, intercept: false }).coefficients;
    }),
  );

const mutate =
  (change: (exact: RidgeRisk) => Partial<RidgeRisk>): Risk =>
  (x, truth) => {
    const exact = ridgeRisk(x, truth);
    const { squaredBias, variance, predictionRisk } = { ...exact, ...change(exact) };
    return { ...exact, squaredBias, variance, predictionRisk, meanSquaredError: squaredBias + variance };
  };
const WRONG: Record<string, Risk> = {
  'leaves the bias out': mutate(() => ({ squaredBias: 0 })),
  'adds the bias unsquared': mutate(({ squaredBias }) => ({ squaredBias: Math.sqrt(squaredBias) })),
  'counts 0.96 of the variance': mutate(({ variance }) => ({ variance: 0.96 * variance })),
  'does not square the filter in the variance': (x, truth) => {
    const variance = svd(x).s.reduce((sum, s) => sum + truth.sigma ** 2 / (s ** 2 + truth.lambda), 0);
    return mutate(() => ({ variance }))(x, truth);
  },
  'takes σ for σ²': (x, truth) => ridgeRisk(x, { ...truth, sigma: Math.sqrt(truth.sigma) }),
};

theorem<Risk>('thm:bias-variance', 'a', {
  real: ridgeRisk,
  check: (risk) => {
    const { x, beta, sigma } = TRUTHS[1];
    const signal = matVec(x, beta);
    const signs = Array.from({ length: 2 ** x.rows }, (_, code) => Float64Array.from(signal, (_, i) => ((code >> i) & 1 ? sigma : -sigma)));
    for (const lambda of LAMBDAS) {
      // Errors ±σ, all 256 samples: averages are expectations. To forecast are βⱼ + ε₀, by β̂ⱼ.
      const errors = signs.map((noise) => {
        const { coefficients } = ridge(
          x,
          signal.map((value, i) => value + noise[i]),
          { lambda, intercept: false },
        );
        return coefficients.reduce((sum, b, j) => sum + ((beta[j] + sigma - b) ** 2 + (beta[j] - sigma - b) ** 2) / 2, 0);
      });
      const expected = errors.reduce((a, b) => a + b) / errors.length;
      const { squaredBias, variance } = risk(x, { beta, sigma, lambda });
      expect(3 * sigma ** 2 + squaredBias + variance).toBeCloseTo(expected, 9);
    }
  },
  mutants: WRONG,
});

theorem<Risk>('thm:bias-variance', 'b', {
  real: ridgeRisk,
  check: (risk) => {
    for (const { x, beta, sigma } of TRUTHS) {
      expect(qr(x).dependent, 'rank X = p').toBe(-1);
      for (const lambda of [0, ...LAMBDAS]) {
        const map = mapOf(ridge, x, lambda);
        const bias = matVec(map, matVec(x, beta)).map((value, j) => value - beta[j]);
        const { squaredBias, variance, meanSquaredError, predictionRisk } = risk(x, { beta, sigma, lambda });
        expect(squaredBias).toBeCloseTo(dot(bias, bias), 9);
        expect(variance).toBeCloseTo(sigma ** 2 * dot(map.data, map.data), 9); // tr σ²CCᵀ
        expect(meanSquaredError).toBeCloseTo(squaredBias + variance, 12);
        const [shift, hat] = [matVec(x, bias), matMul(x, map)];
        expect(predictionRisk).toBeCloseTo((dot(shift, shift) + sigma ** 2 * dot(hat.data, hat.data)) / x.rows, 9);
      }
    }
  },
  mutants: {
    ...WRONG,
    'takes λ for λ² in the bias': (x, truth) =>
      mutate(({ squaredBias }) => ({ squaredBias: truth.lambda > 0 ? squaredBias / truth.lambda : 0 }))(x, truth),
    'takes the risk of coefficients for that of predictions': mutate(({ meanSquaredError }) => ({ predictionRisk: meanSquaredError })),
  },
});

/** R(λ) = bias biasᵀ + σ²CCᵀ, from the library's own estimates. */
function errorMatrix(fit: Fit, { x, beta, sigma }: (typeof TRUTHS)[number], lambda: number): Matrix {
  const map = mapOf(fit, x, lambda);
  const bias = matVec(map, matVec(x, beta)).map((value, j) => value - beta[j]);
  const variance = matMul(map, transpose(map));
  return { ...variance, data: variance.data.map((v, at) => sigma ** 2 * v + bias[Math.floor(at / 3)] * bias[at % 3]) };
}

/** Whether a symmetric matrix [3, 3] is positive definite: its leading minors are positive. */
function definite({ data: m }: Matrix): boolean {
  const two = m[0] * m[4] - m[1] * m[3];
  const three = m[2] * (m[3] * m[7] - m[4] * m[6]) - m[5] * (m[0] * m[7] - m[1] * m[6]) + m[8] * two;
  return m[0] > 0 && two > 0 && three > 0;
}

/** λ βᵀ(2I + λ(XᵀX)⁻¹)⁻¹β, in the singular basis. */
const criterion = ({ x, beta }: (typeof TRUTHS)[number], lambda: number) => {
  const { s, v } = svd(x);
  return matVec(transpose(v), beta).reduce((sum, b, k) => sum + (lambda * b ** 2) / (2 + lambda / s[k] ** 2), 0);
};

const withPenalty =
  (change: (lambda: number, n: number) => number): Fit =>
  (x, y, options) =>
    ridge(x, y, { ...options, lambda: change(options.lambda, x.rows) });

theorem<Fit>('thm:bias-variance', 'c', {
  real: ridge,
  check: (fit) => {
    for (const truth of TRUTHS) {
      expect(qr(truth.x).dependent, 'rank X = p').toBe(-1);
      expect(truth.sigma).toBeGreaterThan(0);
      const none = errorMatrix(fit, truth, 0);
      const better = (lambda: number) => {
        const some = errorMatrix(fit, truth, lambda);
        return definite({ ...none, data: none.data.map((value, at) => value - some.data[at]) });
      };
      let [low, high] = [0, 1e6]; // the λ at which the criterion is σ²
      for (let i = 0; i < 200; i++) {
        const middle = (low + high) / 2;
        if (criterion(truth, middle) < truth.sigma ** 2) low = middle;
        else high = middle;
      }
      expect(high).toBeLessThan(1e6);
      for (const share of [0.02, 0.5, 0.97]) expect(better(share * low), `λ at ${share} of its limit`).toBe(true);
      for (const share of [1.03, 2]) expect(better(share * low), `λ at ${share} of its limit`).toBe(false);
      const theobald = (2 * truth.sigma ** 2) / dot(truth.beta, truth.beta);
      expect(theobald).toBeLessThanOrEqual(low);
      const at = (lambda: number) => ridgeRisk(truth.x, { ...truth, lambda }).meanSquaredError;
      for (const share of [0.01, 0.3, 1]) {
        expect(better(share * theobald)).toBe(true);
        expect(at(share * theobald)).toBeLessThan(at(0));
      }
    }
    // With much data the limit is 2σ²/‖β‖² itself.
    const much = { ...TRUTHS[0], x: { ...TRUTHS[0].x, data: TRUTHS[0].x.data.map((value) => 1000 * value) } };
    const theobald = (2 * much.sigma ** 2) / dot(much.beta, much.beta);
    expect(criterion(much, 1.001 * theobald)).toBeGreaterThan(much.sigma ** 2);
    expect(criterion(much, theobald)).toBeLessThan(much.sigma ** 2);
  },
  mutants: {
    'penalises half as much': withPenalty((lambda) => lambda / 2),
    'penalises twice as much': withPenalty((lambda) => 2 * lambda),
    'penalises the mean of squares': withPenalty((lambda, n) => n * lambda),
    'adds a tenth to the penalty': withPenalty((lambda) => 1.1 * lambda),
  },
});
