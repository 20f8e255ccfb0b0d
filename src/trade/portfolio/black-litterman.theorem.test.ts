import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { dot, type Matrix, matMul, matVec, transpose } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';
import { type BlackLitterman, type BlackLittermanOptions, blackLitterman, type View } from './black-litterman.js';
import { inverseOf, varianceOf } from './covariance.js';
import { impliedReturns, optimalWeights } from './reverse-optimisation.js';

type Posterior = typeof blackLitterman;

const square = (n: number, data: Float64Array): Matrix => ({ rows: n, cols: n, data });
const NAMES = ['a', 'b', 'c', 'd'];
const N = NAMES.length;
const root = square(N, gaussian(1, N * N));
const SIGMA: Matrix = { ...matMul(root, transpose(root)), names: NAMES };
const [DELTA, W0] = [2.5, [0.4, 0.1, 0.3, 0.2]];
const PRIOR = impliedReturns(W0, SIGMA, { riskAversion: DELTA });
/** Of an absolute view and a relative one. */
const PICKS = [
  [0, 1, 0, 0],
  [1, 0, -0.5, -0.5],
];
const OMEGA = square(2, Float64Array.of(0.4, 0.1, 0.1, 0.3));
const P: Matrix = { rows: 2, cols: N, data: Float64Array.from(PICKS.flat()) };
const TAUS = [0.05, 0.6];

const viewOf = (pick: readonly number[], mean: number, rest: Partial<View> = {}): View => ({
  weights: Object.fromEntries(pick.flatMap((w, i) => (w ? [[NAMES[i], w]] : []))),
  mean,
  ...rest,
});
const viewsOf = (means: readonly number[]) => PICKS.map((pick, k) => viewOf(pick, means[k]));
const scaled = (a: Matrix, by: number): Matrix => ({ ...a, data: a.data.map((value) => by * value) });
const added = (a: Matrix, b: Matrix): Matrix => ({ ...a, data: a.data.map((value, at) => value + b.data[at]) });
const inverse = (a: Matrix): Matrix => {
  const solve = inverseOf('test', a);
  const out = zeroMatrix(a.rows, a.rows);
  for (let j = 0; j < a.rows; j++)
    for (const [i, value] of solve(Float64Array.from({ length: a.rows }, (_, i) => Number(i === j))).entries())
      out.data[i * a.rows + j] = value;
  return out;
};

const changed =
  (change: (right: BlackLitterman, sigma: Matrix, options: BlackLittermanOptions) => Partial<BlackLitterman>): Posterior =>
  (sigma, views, options) => {
    const right = blackLitterman(sigma, views, options);
    return { ...right, ...change(right, sigma, options) };
  };
const asked =
  (change: (options: BlackLittermanOptions) => Partial<BlackLittermanOptions>): Posterior =>
  (sigma, views, options) =>
    blackLitterman(sigma, views, { ...options, ...change(options) });

const WRONG: Record<string, Posterior> = {
  'takes the prior for certain as a return is': asked(({ tau = 0.05 }) => ({ tau: tau + 1 })),
  'halves τ': asked(({ tau = 0.05 }) => ({ tau: tau / 2 })),
  'forgets that errors of views go together': asked(({ omega }) =>
    omega ? { omega: { ...omega, data: omega.data.map((value, at) => (at % 3 === 0 ? value : 0)) } } : {},
  ),
  'goes half the way': changed(({ mean }, _, { prior }) => ({ mean: mean.map((value, i) => (value + prior[i]) / 2) })),
  'leaves the uncertainty as it was': changed((_, sigma, { tau = 0.05 }) => ({ meanCovariance: scaled(sigma, tau) })),
};

theorem<Posterior>('thm:black-litterman', 'a', {
  real: blackLitterman,
  check: (posterior) => {
    for (const tau of TAUS) {
      const at = (means: readonly number[]) => posterior(SIGMA, viewsOf(means), { prior: PRIOR, tau, omega: OMEGA });
      const zero = at([0, 0]);
      // The columns of the gain G, since the mean is affine in the views.
      const gains = [at([1, 0]).mean, at([0, 1]).mean].map((mean) => mean.map((value, i) => value - zero.mean[i]));
      const G: Matrix = transpose({ rows: 2, cols: N, data: Float64Array.from(gains.flatMap((g) => [...g])) });
      const spread = scaled(matMul(SIGMA, transpose(P)), tau); // cov(m, q)
      const A = added(matMul(P, spread), OMEGA);
      expectClose(matMul(G, A).data, spread.data, 9); // the error is uncorrelated with the views
      expectClose(
        zero.mean,
        PRIOR.map((value, i) => value - dot(G.data.subarray(2 * i, 2 * i + 2), matVec(P, PRIOR))),
        9,
      );
      expectClose(zero.meanCovariance.data, added(scaled(SIGMA, tau), scaled(matMul(G, transpose(spread)), -1)).data, 9);
    }
  },
  mutants: WRONG,
});

theorem<Posterior>('thm:black-litterman', 'b', {
  real: blackLitterman,
  check: (posterior) => {
    for (const tau of TAUS)
      for (const q of [
        [0.3, -1],
        [2, 0.7],
      ]) {
        const { mean, meanCovariance } = posterior(SIGMA, viewsOf(q), { prior: PRIOR, tau, omega: OMEGA });
        const [ofPrior, ofViews] = [inverse(scaled(SIGMA, tau)), inverse(OMEGA)];
        const precision = added(ofPrior, matMul(transpose(P), matMul(ofViews, P)));
        const eye = matMul(meanCovariance, precision).data;
        expectClose(
          eye,
          eye.map((_, at) => Number(at % (N + 1) === 0)),
          8,
        );
        const cost = (x: Float64Array) => {
          const [off, missed] = [PRIOR.map((value, i) => value - x[i]), matVec(P, x).map((value, k) => q[k] - value)];
          return dot(off, matVec(ofPrior, off)) + dot(missed, matVec(ofViews, missed));
        };
        for (const seed of [2, 3, 4]) {
          const z = gaussian(seed, N);
          expect(cost(mean.map((value, i) => value + z[i])) - cost(mean)).toBeCloseTo(dot(z, matVec(precision, z)), 5);
        }
      }
  },
  mutants: WRONG,
});

theorem<Posterior>('thm:black-litterman', 'cd', {
  real: blackLitterman,
  check: (posterior) => {
    for (const tau of TAUS) {
      const q = [0.3, -1];
      const { mean, meanCovariance, returnsCovariance } = posterior(SIGMA, viewsOf(q), { prior: PRIOR, tau, omega: OMEGA });
      expectClose(returnsCovariance.data, added(SIGMA, meanCovariance).data, 10);
      const weights = optimalWeights(mean, returnsCovariance, { riskAversion: DELTA });
      const PS = matMul(P, SIGMA);
      const A = added(scaled(matMul(PS, transpose(P)), tau), OMEGA);
      const own = matVec(PS, W0);
      const surprise = matVec(P, PRIOR).map((value, k) => (tau / DELTA) * (q[k] - value) + (tau ** 2 / (1 + tau)) * own[k]);
      const z = matVec(inverse(added(A, scaled(OMEGA, tau))), surprise);
      const tilt = matVec(transpose(P), z);
      expectClose(
        weights,
        W0.map((w, i) => w / (1 + tau) + tilt[i]),
        8,
      );
    }
  },
  mutants: {
    ...WRONG,
    'takes the mean for known': changed((_, sigma) => ({ returnsCovariance: sigma })),
    'takes the prior of the mean for its law': changed((_, sigma, { tau = 0.05 }) => ({ returnsCovariance: scaled(sigma, 1 + tau) })),
    'gives the law of the mean for that of a return': changed(({ meanCovariance }) => ({ returnsCovariance: meanCovariance })),
  },
});

theorem<Posterior>('thm:view-limits', 'abc', {
  real: blackLitterman,
  check: (posterior) => {
    for (const tau of TAUS) {
      const q = [0.3, -1];
      const at = (omega: Matrix, t = tau) => posterior(SIGMA, viewsOf(q), { prior: PRIOR, tau: t, omega });
      const none = posterior(SIGMA, [], { prior: PRIOR, tau });
      const far = at(scaled(OMEGA, 1e9));
      expectClose(far.mean, PRIOR, 7);
      expectClose(far.meanCovariance.data, scaled(SIGMA, tau).data, 7);
      expectClose(none.mean, PRIOR, 12);
      expectClose(
        optimalWeights(none.mean, none.returnsCovariance, { riskAversion: DELTA }),
        W0.map((w) => w / (1 + tau)),
        9,
      );
      const certain = at(zeroMatrix(2, 2));
      expectClose(matVec(P, certain.mean), q, 9);
      expectClose(matMul(P, matMul(certain.meanCovariance, transpose(P))).data, new Float64Array(4), 9);
      const near = at(scaled(OMEGA, 1e-8));
      expectClose(near.mean, certain.mean, 5);
      expectClose(near.meanCovariance.data, certain.meanCovariance.data, 5);
      const [one, two] = [tau, 3 * tau].map((t) => at(scaled(OMEGA, t), t));
      expectClose(two.mean, one.mean, 9);
      expectClose(two.meanCovariance.data, scaled(one.meanCovariance, 3).data, 9);
    }
  },
  mutants: {
    'never believes a view in full': asked(({ omega }) =>
      omega ? { omega: added(omega, square(2, Float64Array.of(0.01, 0, 0, 0.01))) } : {},
    ),
    'believes no view': changed((_, sigma, { prior, tau = 0.05 }) => ({
      mean: Float64Array.from(prior),
      meanCovariance: scaled(sigma, tau),
    })),
    'adds the variance of a return to the prior': asked(({ tau = 0.05 }) => ({ tau: tau + 1 })),
    'forgets Ω': asked(({ omega }) => (omega ? { omega: zeroMatrix(2, 2) } : {})),
    'goes half the way': WRONG['goes half the way'],
  },
});

theorem<Posterior>('thm:view-limits', 'd', {
  real: blackLitterman,
  check: (posterior) => {
    for (const tau of TAUS)
      for (const pick of PICKS)
        for (const omega of [0.05, 2]) {
          const q = 1.3;
          const { mean } = posterior(SIGMA, [viewOf(pick, q, { variance: omega })], { prior: PRIOR, tau });
          const own = tau * varianceOf(SIGMA, pick);
          const share = own / (own + omega);
          expect(dot(pick, mean)).toBeCloseTo((1 - share) * dot(pick, PRIOR) + share * q, 9);
          const spread = matVec(SIGMA, pick);
          const moved = spread.map((value) => ((share * value) / varianceOf(SIGMA, pick)) * (q - dot(pick, PRIOR)));
          expectClose(
            mean.map((value, i) => value - PRIOR[i]),
            moved,
            9,
          );
        }
  },
  mutants: {
    'halves τ': WRONG['halves τ'],
    'goes half the way': WRONG['goes half the way'],
    'takes the standard error for the variance': (sigma, views, options) =>
      blackLitterman(
        sigma,
        views.map((view) => ({ ...view, variance: Math.sqrt(view.variance ?? 0) })),
        options,
      ),
    'moves only what the view is of': (sigma, views, options) => {
      const right = blackLitterman(sigma, views, options);
      return { ...right, mean: right.mean.map((value, i) => (NAMES[i] in views[0].weights ? value : options.prior[i])) };
    },
  },
});

/** Two views whose portfolios are uncorrelated: the second less its regression on the first. */
function apartFrom(first: readonly number[], second: readonly number[]): number[] {
  const share = dot(second, matVec(SIGMA, first)) / varianceOf(SIGMA, first);
  return second.map((w, i) => w - share * first[i]);
}

theorem<Posterior>('thm:idzorek', 'abc', {
  real: blackLitterman,
  check: (posterior) => {
    const weightsOf = (views: readonly View[], tau: number) =>
      optimalWeights(posterior(SIGMA, views, { prior: PRIOR, tau }).mean, SIGMA, { riskAversion: DELTA });
    const tilt = (pick: readonly number[], q: number) => pick.map((w) => ((q - dot(pick, PRIOR)) / (DELTA * varianceOf(SIGMA, pick))) * w);
    for (const tau of TAUS)
      for (const pick of PICKS) {
        const full = tilt(pick, 1.3);
        for (const confidence of [0.25, 0.5, 0.65, 1])
          expectClose(
            weightsOf([viewOf(pick, 1.3, { confidence })], tau),
            W0.map((w, i) => w + confidence * full[i]),
            8,
          );
        let before = Infinity;
        for (const times of [0, 0.5, 1, 4, 100]) {
          const variance = times * tau * varianceOf(SIGMA, pick);
          const moved = weightsOf([viewOf(pick, 1.3, { variance })], tau).map((w, i) => w - W0[i]);
          expectClose(
            moved,
            full.map((most) => most / (1 + times)),
            8,
          );
          const share = dot(moved, full) / dot(full, full); // of the way to the weights of a certain view
          expect(share).toBeLessThan(before);
          before = share;
        }
        expect(before).toBeLessThan(0.01);
        expectClose(
          weightsOf([viewOf(pick, 1.3)], tau),
          W0.map((w, i) => w + full[i] / 2),
          8,
        ); // ω = τpᵀΣp is the library's own
      }
    const [first, second] = [PICKS[0], apartFrom(PICKS[0], PICKS[1])];
    expect(dot(first, matVec(SIGMA, second))).toBeCloseTo(0, 12);
    const both = weightsOf([viewOf(first, 1.3, { confidence: 0.3 }), viewOf(second, -0.4, { confidence: 0.8 })], 0.05);
    const [one, two] = [tilt(first, 1.3), tilt(second, -0.4)];
    expectClose(
      both,
      W0.map((w, i) => w + 0.3 * one[i] + 0.8 * two[i]),
      8,
    );
  },
  mutants: {
    'takes the confidence for the odds': (sigma, views, options) =>
      blackLitterman(
        sigma,
        views.map((view) => (view.confidence === undefined ? view : { ...view, confidence: view.confidence / (1 + view.confidence) })),
        options,
      ),
    'takes one less the confidence': (sigma, views, options) =>
      blackLitterman(
        sigma,
        views.map((view) => (view.confidence === undefined ? view : { ...view, confidence: 1 - view.confidence / 1.01 })),
        options,
      ),
    'squares the confidence': (sigma, views, options) =>
      blackLitterman(
        sigma,
        views.map((view) => (view.confidence === undefined ? view : { ...view, confidence: view.confidence ** 2 })),
        options,
      ),
    'halves the variance of a view': (sigma, views, options) =>
      blackLitterman(
        sigma,
        views.map((view) => (view.variance === undefined ? view : { ...view, variance: view.variance / 2 })),
        options,
      ),
    'goes half the way': WRONG['goes half the way'],
  },
});
