import { expect } from 'vitest';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { diagonal, dot, fromColumns, type Matrix, matVec, svd } from '../../linalg/index.js';
import { triangle as triangleOf } from '../../linalg/internal.js';
import { normalDivergence } from '../distributions/normal-divergence.js';
import { type BayesianLinearRegression, bayesianLinearRegression } from '../regression/bayesian-linear-regression.js';
import { type MeanFieldRegression, meanFieldRegression } from './mean-field-regression.js';

type Nearest = typeof meanFieldRegression;

/** Posteriors of columns with correlation 0.95, of three with two common parts, and of orthogonal ones. */
const CORRELATED = [
  posterior([[1], [0.95, 0.31]], { noise: 0.5, prior: 2 }),
  posterior([[1], [0.6, 0.8], [-0.5, 0.4, 0.3]], { noise: 0.2, prior: 0.7 }),
];
const ORTHOGONAL = bayesianLinearRegression(
  fromColumns([
    [1, 1, 0, 0],
    [0, 0, 2, -1],
  ]),
  [1, 2, 0, 1],
  { noise: 0.5, prior: 1.5 },
);

/** Columns as combinations of standard normal ones. */
function posterior(shares: number[][], options: { noise: number; prior: number }): BayesianLinearRegression {
  const own = shares.map((_, j) => gaussian(60 + j, 30));
  const columns = shares.map((row) => own[0].map((_, i) => row.reduce((sum, share, j) => sum + share * own[j][i], 0)));
  return bayesianLinearRegression(
    fromColumns(columns),
    gaussian(70, 30).map((e, i) => e + columns[0][i]),
    options,
  );
}

/** Two columns of correlation ρ, under a prior that is weak beside the data. */
const pair = (rho: number) =>
  bayesianLinearRegression(
    fromColumns([
      [1, 0],
      [rho, Math.sqrt(1 - rho * rho)],
    ]),
    [1, 1],
    { noise: 1e-3, prior: 1 },
  );

const independent = (mean: ArrayLike<number>, variances: ArrayLike<number>) => ({
  mean,
  covariance: {
    rows: variances.length,
    cols: variances.length,
    data: Float64Array.from({ length: variances.length ** 2 }, (_, at) =>
      at % (variances.length + 1) === 0 ? variances[at % variances.length] : 0,
    ),
  },
});
const triangle = (m: Matrix): Matrix => triangleOf(m).r;
const law = ({ coefficients, covariance }: BayesianLinearRegression) => ({ mean: coefficients, covariance });
const unit = (p: number, i: number, size: number) => Float64Array.from({ length: p }, (_, j) => (i === j ? size : 0));

const withVariances =
  (variances: (fit: BayesianLinearRegression) => Float64Array): Nearest =>
  (fit) => {
    const { covariance, mean } = independent(fit.coefficients, variances(fit));
    return { ...meanFieldRegression(fit), mean: Float64Array.from(mean), covariance, standardDeviations: variances(fit).map(Math.sqrt) };
  };
const mutate =
  (change: (made: MeanFieldRegression, fit: BayesianLinearRegression) => Partial<MeanFieldRegression>): Nearest =>
  (fit) => {
    const made = meanFieldRegression(fit);
    return { ...made, ...change(made, fit) };
  };
const VARIANCES: Record<string, Nearest> = {
  'keeps the exact variances': withVariances((fit) => diagonal(fit.covariance)),
  'inverts the precision twice': withVariances((fit) => diagonal(fit.precision)),
  'has deviations for variances': withVariances((fit) => diagonal(fit.precision).map((a) => 1 / Math.sqrt(a))),
  'has half the variances': withVariances((fit) => diagonal(fit.precision).map((a) => 0.5 / a)),
};

theorem<Nearest>('thm:mean-field', 'a', {
  real: meanFieldRegression,
  check: (nearest) => {
    for (const fit of [...CORRELATED, ORTHOGONAL]) {
      const { mean, covariance, standardDeviations, divergence } = nearest(fit);
      const variances = standardDeviations.map((d) => d * d);
      const at = (m: Float64Array, v: Float64Array) => normalDivergence(independent(m, v), law(fit));
      const least = at(mean, variances);
      expect(divergence).toBeCloseTo(least, 9);
      for (let j = 0; j < mean.length; j++) {
        expect(covariance.data[j * (mean.length + 1)]).toBeCloseTo(variances[j], 12);
        for (const size of [0.05, -0.05]) {
          const moved = mean.map((m, i) => m + unit(mean.length, j, size * standardDeviations[j])[i]);
          expect(at(moved, variances)).toBeGreaterThan(least);
          const wider = variances.map((v, i) => (i === j ? v * (1 + size) : v));
          expect(at(mean, wider)).toBeGreaterThan(least);
          // a_j d_j² − log d_j² rises by ½ (size − log(1 + size)), in exactly this way.
          expect(at(mean, wider) - least).toBeCloseTo(0.5 * (size - Math.log1p(size)), 8);
        }
      }
    }
    expect(nearest(ORTHOGONAL).divergence).toBeCloseTo(0, 10);
    for (const fit of CORRELATED) expect(nearest(fit).divergence).toBeGreaterThan(0.1);
  },
  mutants: {
    ...VARIANCES,
    'has the mean of the prior': mutate((made) => ({ mean: made.mean.map(() => 0) })),
    'forgets the half of the divergence': mutate((made) => ({ divergence: 2 * made.divergence })),
    'flips the sign of the divergence': mutate((made) => ({ divergence: -made.divergence })),
  },
});

theorem<Nearest>('thm:mean-field', 'b', {
  real: meanFieldRegression,
  // The variance of θⱼ given the others is what a regression on them leaves: S_jj (1 − R²), by the QR of S's root.
  check: (nearest) => {
    for (const fit of CORRELATED) {
      const { standardDeviations } = nearest(fit);
      const p = standardDeviations.length;
      const root = triangle(rootOf(fit));
      for (let j = 0; j < p; j++) {
        const order = [...Array(p).keys()].filter((i) => i !== j).concat(j);
        const reordered = fromColumns(order.map((i) => Float64Array.from({ length: p }, (_, k) => root.data[k * p + i])));
        const left = triangle(reordered).data[p * p - 1] ** 2;
        expect(standardDeviations[j] ** 2 / left).toBeCloseTo(1, 9);
        expect(standardDeviations[j]).toBeLessThan(fit.standardDeviations[j]);
      }
    }
    const { standardDeviations } = nearest(ORTHOGONAL);
    for (const [j, d] of standardDeviations.entries()) expect(d / ORTHOGONAL.standardDeviations[j]).toBeCloseTo(1, 12);
    // √(1 − ρ²) of the exact deviation.
    const rho = 0.95;
    const two = pair(rho);
    expect(nearest(two).standardDeviations[0] / two.standardDeviations[0]).toBeCloseTo(Math.sqrt(1 - rho * rho), 4);
  },
  mutants: VARIANCES,
});

/** A matrix M with MᵀM = S: diag(1/√s)Vᵀ of the precision V diag(s) Vᵀ. */
function rootOf({ precision }: BayesianLinearRegression): Matrix {
  const { s, v } = svd(precision);
  return {
    rows: s.length,
    cols: s.length,
    data: Float64Array.from(
      { length: s.length ** 2 },
      (_, at) => v.data[(at % s.length) * s.length + Math.floor(at / s.length)] / Math.sqrt(s[Math.floor(at / s.length)]),
    ),
  };
}

theorem<Nearest>('thm:mean-field', 'c', {
  real: meanFieldRegression,
  check: (nearest) => {
    for (const fit of CORRELATED) {
      const { covariance, standardDeviations: d } = nearest(fit);
      const p = d.length;
      const g: Matrix = { rows: p, cols: p, data: fit.precision.data.map((value, at) => d[Math.floor(at / p)] * value * d[at % p]) };
      for (const one of diagonal(g)) expect(one).toBeCloseTo(1, 11);
      const { s: gamma, v } = svd(g); // symmetric and positive: singular values are eigenvalues
      expect(gamma.reduce((sum, value) => sum + value, 0) / p).toBeCloseTo(1, 11);
      expect(gamma[0]).toBeGreaterThan(1.2);
      expect(gamma[p - 1]).toBeLessThan(0.8);
      for (let k = 0; k < p; k++) {
        const c = Float64Array.from({ length: p }, (_, j) => v.data[j * p + k] / d[j]);
        expect(dot(c, matVec(covariance, c)) / dot(c, matVec(fit.covariance, c)) / gamma[k]).toBeCloseTo(1, 8);
      }
    }
    const rho = 0.9;
    const two = pair(rho);
    const { covariance } = nearest(two);
    for (const sign of [1, -1]) {
      const along = Float64Array.of(1, sign);
      expect(dot(along, matVec(covariance, along)) / dot(along, matVec(two.covariance, along))).toBeCloseTo(1 + sign * rho, 4);
    }
  },
  mutants: VARIANCES,
});

type Deviations = (fit: BayesianLinearRegression) => Float64Array;
theorem<Deviations>('thm:mean-field', 'd', {
  real: (fit) => fit.standardDeviations,
  check: (deviations) => {
    for (const fit of CORRELATED) {
      const d = deviations(fit);
      const at = (m: Float64Array, v: Float64Array) => normalDivergence(law(fit), independent(m, v));
      const variances = d.map((value) => value * value);
      const least = at(fit.coefficients, variances);
      for (let j = 0; j < d.length; j++)
        for (const size of [0.02, -0.02]) {
          expect(
            at(
              fit.coefficients,
              variances.map((v, i) => (i === j ? v * (1 + size) : v)),
            ),
          ).toBeGreaterThan(least);
          expect(
            at(
              fit.coefficients.map((b, i) => (i === j ? b + size * d[j] : b)),
              variances,
            ),
          ).toBeGreaterThan(least);
        }
    }
  },
  mutants: {
    'has the variances given the others': (fit) => meanFieldRegression(fit).standardDeviations,
    'has variances for deviations': (fit) => diagonal(fit.covariance),
    'is a tenth too wide': (fit) => fit.standardDeviations.map((d) => 1.1 * d),
    'is a tenth too narrow': (fit) => fit.standardDeviations.map((d) => 0.9 * d),
  },
});
