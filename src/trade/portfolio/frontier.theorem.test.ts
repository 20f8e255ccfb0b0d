import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { dot, type Matrix, matMul, matVec, transpose } from '../../linalg/index.js';
import { varianceOf } from './covariance.js';
import { type EfficientFrontier, efficientFrontier } from './frontier.js';
import { meanVariance, minimumVariance } from './mean-variance.js';

type Frontier = typeof efficientFrontier;

/** Means and a covariance of N assets, in percent: BBᵀ of a square B, positive definite. */
function market(N: number, seed: number): { mean: Float64Array; covariance: Matrix } {
  const b: Matrix = { rows: N, cols: N, data: gaussian(seed, N * N) };
  return { mean: gaussian(seed + 50, N), covariance: matMul(b, transpose(b)) };
}
const MARKETS = [market(3, 1), market(6, 2)];
const MEANS = [-1.5, 0.2, 2];
const ones = (n: number) => new Float64Array(n).fill(1);

/** z of the same length with 1ᵀz = 0 and, where a mean is given, μᵀz = 0: by Gram and Schmidt. */
function neutral(seed: number, mean: Float64Array, keepMean = true): Float64Array {
  let z = gaussian(seed, mean.length);
  const less = (v: Float64Array, u: Float64Array) => v.map((value, i) => value - (dot(v, u) / dot(u, u)) * u[i]);
  const one = ones(mean.length);
  z = less(z, one);
  return keepMean ? less(z, less(mean, one)) : z;
}
const plus = (w: Float64Array, z: Float64Array) => w.map((value, i) => value + z[i]);
/** The library's frontier with some of its answers replaced. */
const changed =
  (change: (right: EfficientFrontier, mean: ArrayLike<number>, covariance: Matrix) => Partial<EfficientFrontier>): Frontier =>
  (mean, covariance) => {
    const right = efficientFrontier(mean, covariance);
    return { ...right, ...change(right, mean, covariance) };
  };
const ofMean = (mean: (right: EfficientFrontier, r: number) => number): Frontier =>
  changed((right) => ({ portfolio: (r) => right.portfolio(mean(right, r)) }));

theorem<Frontier>('thm:efficient-frontier', 'a', {
  real: efficientFrontier,
  check: (frontier) => {
    for (const { mean, covariance } of MARKETS) {
      const { constants, variance, portfolio } = frontier(mean, covariance);
      expect(constants.d).toBeGreaterThan(0);
      for (const r of MEANS) {
        const { weights, volatility } = portfolio(r);
        expect(dot(ones(mean.length), weights)).toBeCloseTo(1, 9);
        expect(dot(mean, weights)).toBeCloseTo(r, 8);
        expect(variance(r)).toBeCloseTo(varianceOf(covariance, weights), 8);
        expect(volatility ** 2).toBeCloseTo(variance(r), 8);
        for (const seed of [11, 12, 13])
          for (const sign of [1, -1]) {
            const z = neutral(seed, mean).map((value) => sign * value);
            if (mean.length === 3) expect(dot(z, z)).toBeGreaterThan(1e-6);
            expect(varianceOf(covariance, plus(weights, z)) - variance(r)).toBeCloseTo(varianceOf(covariance, z), 7);
          }
      }
    }
  },
  mutants: {
    'aims at twice the mean': ofMean((_, r) => 2 * r),
    'aims at the mean with the wrong sign': ofMean((_, r) => -r),
    'adds to the least variance without its curvature': changed(({ constants: { a, b } }) => ({
      variance: (r) => 1 / a + a * (r - b / a) ** 2,
    })),
    'forgets to halve the cross term of the variance': changed(({ constants: { a, b, c, d } }) => ({
      variance: (r) => (a * r * r - b * r + c) / d,
    })),
    'forgets the determinant': changed(({ constants }) => ({
      constants: { ...constants, d: constants.b ** 2 - constants.a * constants.c },
    })),
    'mixes the two funds of other means by capital alone': changed(({ minimum, portfolio }) => ({
      portfolio: (r) => (r > 1 ? minimum : portfolio(r)),
    })),
  },
});

theorem<Frontier>('thm:efficient-frontier', 'bd', {
  real: efficientFrontier,
  check: async (frontier) => {
    for (const { mean, covariance } of MARKETS) {
      const { minimum, variance, constants } = frontier(mean, covariance);
      const { a, b, d } = constants;
      expect(minimum.volatility ** 2).toBeCloseTo(1 / a, 9);
      expect(minimum.mean).toBeCloseTo(b / a, 9);
      for (const r of MEANS) expect(variance(r)).toBeCloseTo(1 / a + (a / d) * (r - b / a) ** 2, 8);
      const spread = matVec(covariance, minimum.weights);
      for (const seed of [21, 22]) {
        const other = plus(minimum.weights, neutral(seed, mean, false));
        expect(dot(other, spread)).toBeCloseTo(1 / a, 8);
        expect(varianceOf(covariance, other)).toBeGreaterThan(1 / a);
      }
      expectClose((await minimumVariance(covariance)).weights, minimum.weights, 7);
    }
  },
  mutants: {
    'takes the tangency portfolio for the least variance': changed(({ portfolio, constants: { b, c } }) => ({ minimum: portfolio(c / b) })),
    'divides by b': changed(({ minimum, constants: { a, b } }) => ({
      minimum: { ...minimum, weights: minimum.weights.map((w) => (w * a) / b), mean: 1 },
    })),
    'weighs by variances alone': changed(({ minimum }, mean, covariance) => {
      const inverse = Float64Array.from(mean, (_, i) => 1 / covariance.data[i * covariance.cols + i]);
      const weights = inverse.map((value) => value / dot(inverse, ones(mean.length)));
      return { minimum: { ...minimum, weights, volatility: Math.sqrt(varianceOf(covariance, weights)) } };
    }),
    'centres the parabola at a mean of 0': changed(({ constants: { a, d } }) => ({ variance: (r) => 1 / a + (a / d) * r * r })),
  },
});

theorem<typeof meanVariance>('thm:efficient-frontier', 'c', {
  real: meanVariance,
  check: async (solve) => {
    for (const { mean, covariance } of MARKETS)
      for (const riskAversion of [0.7, 3]) {
        const { portfolio, constants } = efficientFrontier(mean, covariance);
        const { a, b, d } = constants;
        expectClose((await solve(mean, covariance, { riskAversion })).weights, portfolio(b / a + d / (a * riskAversion)).weights, 6);
      }
  },
  mutants: {
    'counts the whole variance': (mean, covariance, options) =>
      meanVariance(mean, covariance, { ...options, riskAversion: 2 * options.riskAversion }),
    'counts the volatility': (mean, covariance, options) =>
      meanVariance(mean, covariance, { ...options, riskAversion: Math.sqrt(options.riskAversion) }),
    'leaves the rest in cash': (mean, covariance, options) => meanVariance(mean, covariance, { ...options, budget: 'free' }),
    'seeks the least mean': (mean, covariance, options) =>
      meanVariance(
        Array.from(mean, (m) => -m),
        covariance,
        options,
      ),
  },
});

theorem<Frontier>('thm:two-funds', 'a', {
  real: efficientFrontier,
  check: (frontier) => {
    for (const { mean, covariance } of MARKETS) {
      const { portfolio } = frontier(mean, covariance);
      for (const [r1, r2] of [
        [0.5, -1],
        [2, 2.5],
      ])
        for (const r of MEANS) {
          const share = (r - r2) / (r1 - r2);
          const [one, two] = [portfolio(r1).weights, portfolio(r2).weights];
          expectClose(
            portfolio(r).weights,
            one.map((w, i) => share * w + (1 - share) * two[i]),
            7,
          );
          expect(dot(mean, portfolio(r).weights)).toBeCloseTo(r, 8);
        }
    }
  },
  mutants: {
    'holds no short positions': changed(({ portfolio }) => ({
      portfolio: (r) => {
        const { weights, ...rest } = portfolio(r);
        const long = weights.map((w) => Math.max(w, 0));
        return { ...rest, weights: long.map((w) => w / dot(long, ones(long.length))) };
      },
    })),
    'goes with the square of the mean': ofMean((_, r) => r * Math.abs(r)),
    'stops at the least variance': ofMean(({ constants: { a, b } }, r) => Math.max(r, b / a)),
  },
});

const tangency = (rate: (riskless: number) => number): Frontier =>
  changed((right) => ({ tangency: (riskless = 0) => right.tangency(rate(riskless)) }));
/** Lower riskless returns than b/a: where the tangency portfolio is. */
const ratesBelow = (mean: Float64Array, covariance: Matrix) => {
  const { a, b } = efficientFrontier(mean, covariance).constants;
  return [b / a - 0.3, b / a - 2];
};

theorem<Frontier>('thm:two-funds', 'bcd', {
  real: efficientFrontier,
  check: (frontier) => {
    for (const { mean, covariance } of MARKETS)
      for (const riskless of ratesBelow(mean, covariance)) {
        const { constants, tangency: at, portfolio } = frontier(mean, covariance);
        const excess = mean.map((m) => m - riskless);
        const { weights, mean: earned, volatility } = at(riskless);
        expect(dot(weights, ones(mean.length))).toBeCloseTo(1, 9);
        // (b) the gradient of the objective, x − δΣw, vanishes at (b − ar)/δ times the portfolio
        const amount = constants.b - constants.a * riskless;
        expectClose(
          matVec(covariance, weights).map((value) => amount * value),
          excess,
          7,
        );
        // (c) on the frontier, and no other has its ratio
        expectClose(portfolio(earned).weights, weights, 6);
        const best = (earned - riskless) / volatility;
        const { a, b, c } = constants;
        expect(best ** 2).toBeCloseTo(c - 2 * b * riskless + a * riskless ** 2, 7);
        for (const seed of [31, 32, 33]) {
          const other = plus(
            weights,
            neutral(seed, mean, false).map((z) => 0.2 * z),
          );
          expect((dot(mean, other) - riskless) / Math.sqrt(varianceOf(covariance, other))).toBeLessThan(best);
        }
        // (d)
        const spread = matVec(covariance, weights);
        expectClose(
          spread.map((value) => (value / volatility ** 2) * (earned - riskless)),
          excess,
          7,
        );
      }
  },
  mutants: {
    'takes one riskless return for all': tangency(() => -5),
    'takes twice the riskless return from means': tangency((riskless) => riskless - 0.2),
    'holds the least variance': changed(({ minimum }) => ({ tangency: () => minimum })),
    'does not sum to 1': changed(({ tangency: right, constants: { a, b } }) => ({
      tangency: (riskless = 0) => {
        const one = right(riskless);
        return { ...one, weights: one.weights.map((w) => w * (b - a * riskless)) };
      },
    })),
  },
});
