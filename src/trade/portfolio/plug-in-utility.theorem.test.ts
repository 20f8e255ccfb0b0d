import { expect } from 'vitest';
import { estimate, expectMean, simulatedOnce } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { dot, type Matrix, matMul, matVec, transpose } from '../../linalg/index.js';
import { columnMeans } from '../../linalg/internal.js';
import { sampleCovariance } from '../../stats/index.js';
import { inverseOf, varianceOf } from './covariance.js';
import { type PlugInOptions, type PlugInUtility, plugInUtility } from './plug-in-utility.js';

type Utility = typeof plugInUtility;
const DRAWS = 4000;
const CASES = [
  { assets: 2, rows: 20, size: 0.8, riskAversion: 2.5 },
  { assets: 4, rows: 16, size: 0.5, riskAversion: 1 },
];

/** The utilities of plug-in portfolios over many samples of T rows, by a covariance that is not the identity. */
function simulate({ assets: N, rows: T, size, riskAversion }: (typeof CASES)[number]) {
  return simulatedOnce(`${N} ${T}`, () => {
    const root: Matrix = {
      rows: N,
      cols: N,
      data: Float64Array.from({ length: N * N }, (_, at) => (at % (N + 1) === 0 ? 1 : at % N < at / N ? 0.4 : 0)),
    };
    const sigma = matMul(root, transpose(root));
    const mean = new Float64Array(N).map((_, i) => (size * (i + 1)) / N);
    const inverse = inverseOf('simulate', sigma);
    const noise = gaussian(N * T, DRAWS * T * N);
    const utility = (w: Float64Array) => dot(mean, w) - 0.5 * riskAversion * varianceOf(sigma, w);
    const draws = Array.from({ length: DRAWS }, (_, draw) => {
      const z: Matrix = { rows: T, cols: N, data: noise.subarray(draw * T * N, (draw + 1) * T * N) };
      const returns = matMul(z, transpose(root));
      const found = columnMeans(returns).map((value, i) => value + mean[i]);
      const weights = inverse(found).map((value) => value / riskAversion);
      const sample = sampleCovariance(returns);
      const byT = { ...sample, data: sample.data.map((value) => (value * (T - 1)) / T) };
      const both = inverseOf('simulate', byT)(found).map((value) => value / riskAversion);
      return {
        known: utility(weights),
        promised: dot(found, weights) - 0.5 * riskAversion * varianceOf(sigma, weights),
        estimated: utility(both),
        along: dot(mean, weights),
        risk: riskAversion * varianceOf(sigma, weights),
      };
    });
    const options: PlugInOptions = { assets: N, rows: T, sharpe: Math.sqrt(dot(mean, inverse(mean))), riskAversion };
    return {
      options,
      draws,
      best: utility(
        matVec(
          { rows: N, cols: N, data: Float64Array.from({ length: N * N }, (_, at) => Number(at % (N + 1) === 0) / riskAversion) },
          inverse(mean),
        ),
      ),
    };
  });
}
const changed =
  (change: (right: PlugInUtility, options: PlugInOptions) => Partial<PlugInUtility>): Utility =>
  (options) => {
    const right = plugInUtility(options);
    return { ...right, ...change(right, options) };
  };

theorem<Utility>('thm:plug-in-loss', 'ab', {
  real: plugInUtility,
  check: (utility) => {
    for (const one of CASES) {
      const { options, draws, best } = simulate(one);
      const right = utility(options);
      expect(right.best).toBeCloseTo(best, 10);
      expectMean(
        draws.map(({ known }) => known),
        right.knownCovariance,
      );
      expectMean(
        draws.map(({ promised }) => promised),
        right.promised,
      );
      expect(right.best - right.knownCovariance).toBeCloseTo(options.assets / (2 * options.riskAversion * options.rows), 10);
      // u(sŵ) = s·mᵀŵ − ½s²·δŵᵀΣŵ: the slope at the best share has the mean 0, and there the value is best · share
      expectMean(
        draws.map(({ along, risk }) => along - right.bestShare * risk),
        0,
      );
      expectMean(
        draws.map(({ along, risk }) => right.bestShare * along - 0.5 * right.bestShare ** 2 * risk),
        right.best * right.bestShare,
      );
      expect(estimate(draws.map(({ known }) => known)).standardError).toBeLessThan(0.02);
    }
  },
  mutants: {
    'forgets what estimating costs': changed(({ best }) => ({ knownCovariance: best })),
    'counts the cost twice': changed(({ best, knownCovariance }) => ({ knownCovariance: 2 * knownCovariance - best })),
    'believes the promise': changed(({ promised }) => ({ knownCovariance: promised })),
    'promises the best': changed(({ best }) => ({ promised: best })),
    'holds all': changed(() => ({ bestShare: 1 })),
    'takes the root of the share': changed(({ bestShare }) => ({ bestShare: Math.sqrt(bestShare) })),
    'forgets the risk aversion': (options) => plugInUtility({ ...options, riskAversion: 2 * options.riskAversion }),
  },
});

theorem<Utility>('thm:plug-in-loss', 'c', {
  real: plugInUtility,
  check: (utility) => {
    for (const one of CASES) {
      const { options, draws } = simulate(one);
      expect(options.rows).toBeGreaterThan(options.assets + 4);
      expectMean(
        draws.map(({ estimated }) => estimated),
        utility(options).estimated,
      );
    }
    expect(utility({ assets: 6, rows: 10, sharpe: 1, riskAversion: 1 }).estimated).toBe(-Infinity);
  },
  mutants: {
    'knows the covariance': changed(({ knownCovariance }) => ({ estimated: knownCovariance })),
    'has one row more': changed((_, options) => ({ estimated: plugInUtility({ ...options, rows: options.rows + 1 }).estimated })),
    'has one asset less': changed((_, options) => ({ estimated: plugInUtility({ ...options, assets: options.assets - 1 }).estimated })),
    'divides the covariance by T − 1': changed((_, { assets: N, rows: T, sharpe, riskAversion }) => {
      const factor = (T - 1) / T;
      const first = (factor * T) / (T - N - 2);
      const second = (factor ** 2 * T ** 2 * (T - 2)) / ((T - N - 1) * (T - N - 2) * (T - N - 4));
      return { estimated: (first * sharpe ** 2 - (second * (sharpe ** 2 + N / T)) / 2) / riskAversion };
    }),
    'always has a value': changed(({ estimated, best }) => ({ estimated: Number.isFinite(estimated) ? estimated : best })),
  },
});
