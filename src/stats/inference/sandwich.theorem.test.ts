import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { estimate, expectMean } from '../../../tests/support/monte-carlo.js';
import { factorReturns, gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key, normal } from '../../base/random.js';
import { column, fromColumns, type Matrix, matMul, matVec, transpose } from '../../linalg/matrix.js';
import { dot } from '../../linalg/vector.js';
import { type LinearRegression, linearRegression } from '../regression/linear-regression.js';
import { neweyWest } from './newey-west.js';

type Fit = typeof linearRegression;

const mutate =
  (change: (fit: LinearRegression, x: Matrix) => Partial<LinearRegression>): Fit =>
  (x, y) => {
    const fit = linearRegression(x, y);
    return { ...fit, ...change(fit, x) };
  };
const withErrors = (factor: (n: number, p: number) => number) =>
  mutate((fit, { rows, cols }) => ({ standardErrors: fit.standardErrors.map((se) => se * factor(rows, cols)) }));

// P(|t| > x) of Student's t, Abramowitz & Stegun, table 26.10: x by degrees of freedom.
const TAILS: Readonly<Record<number, readonly (readonly [at: number, probability: number])[]>> = {
  2: [
    [1.886, 0.2],
    [4.303, 0.05],
  ],
  5: [
    [1.476, 0.2],
    [2.571, 0.05],
  ],
};

theorem<Fit>('thm:sandwich', 'a', {
  real: linearRegression,
  check: (fit) => {
    const draws = 5000;
    for (const n of [6, 9]) {
      const { x, beta } = factorReturns(n, n);
      expect(x.rows, 'p < n').toBeGreaterThan(x.cols);
      const signal = matVec(x, beta);
      for (const j of [1, 3]) {
        const t = Array.from({ length: draws }, (_, i) => {
          const { data: z } = normal(fold(key(n), i), [n], 'float64');
          const { coefficients, standardErrors } = fit(
            x,
            signal.map((value, k) => value + 0.012 * z[k]),
          );
          return (coefficients[j] - beta[j]) / standardErrors[j];
        });
        for (const [at, probability] of TAILS[n - 4])
          expectMean(
            t.map((value) => (Math.abs(value) > at ? 1 : 0)),
            probability,
          );
      }
    }
  },
  mutants: {
    'divides the squares by n': withErrors((n, p) => Math.sqrt((n - p) / n)),
    'divides the squares by n − p + 1': withErrors((n, p) => Math.sqrt((n - p) / (n - p + 1))),
    'doubles the standard errors': withErrors(() => 2),
    'takes the columns for orthogonal': mutate((fit, x) => ({
      standardErrors: fit.standardErrors.map((_, j) => fit.residualStandardError / Math.sqrt(dot(column(x, j), column(x, j)))),
    })),
  },
});

/** A history with β = 0: its design, its errors, and what E εₜεₛ is given the design, 0 for |t − s| > 1. */
interface History {
  readonly x: Matrix;
  readonly errors: Float64Array;
  readonly covariance: (t: number, s: number) => number;
}

/** The law of √n(β̂ − β) and of nV̂ over simulated histories: per draw, nβ̂ⱼ², n[V̂]ⱼⱼ and E(n[V̂]ⱼⱼ | X) for the slope. */
function simulate(history: (i: number) => History, robust: Robust, lags: number, draws: number) {
  const squares: number[] = [];
  const variances: number[] = [];
  const means: number[] = [];
  for (let i = 0; i < draws; i++) {
    const { x, errors, covariance } = history(i);
    const fit = linearRegression(x, errors);
    squares.push(x.rows * fit.coefficients[1] ** 2);
    variances.push(x.rows * robust(fit, lags).data[3]);
    means.push(x.rows * meanOfVariance(fit, covariance, lags));
  }
  return { squares, variances, means };
}

/** E([V̂ₘ]₂₂ | X) = Σₜₛ (1 − |t − s|/(m + 1)) bₜbₛ E eₜeₛ, where b is the second row of (XᵀX)⁻¹Xᵀ and E eeᵀ = (I − H) E εεᵀ (I − H). */
function meanOfVariance({ x, inverseGram }: LinearRegression, covariance: History['covariance'], lags: number): number {
  const n = x.rows;
  const g = matMul(x, inverseGram).data; // H = gXᵀ
  const banded = Float64Array.from({ length: 2 * n }, (_, at) => {
    const [t, j] = [at >> 1, at & 1]; // (E εεᵀ X)ₜⱼ
    return [t - 1, t, t + 1].reduce((sum, s) => sum + (s >= 0 && s < n ? covariance(t, s) * x.data[2 * s + j] : 0), 0);
  });
  const middle = matMul(transpose(x), { ...x, data: banded }).data;
  let total = 0;
  for (let t = 0; t < n; t++)
    for (let s = Math.max(0, t - lags); s <= t; s++) {
      const [t0, t1, s0, s1] = [2 * t, 2 * t + 1, 2 * s, 2 * s + 1];
      const product =
        (t - s <= 1 ? covariance(t, s) : 0) -
        (g[t0] * banded[s0] + g[t1] * banded[s1] + g[s0] * banded[t0] + g[s1] * banded[t1]) +
        g[t0] * (middle[0] * g[s0] + middle[1] * g[s1]) +
        g[t1] * (middle[2] * g[s0] + middle[3] * g[s1]);
      total += (s < t ? 2 : 1) * bartlett(t - s, lags) * g[t1] * g[s1] * product;
    }
  return total;
}
const apart = ({ variances, means }: { variances: number[]; means: number[] }) => variances.map((value, i) => value - means[i]);
const deviation = (of: number[]) => Math.sqrt(of.length) * estimate(of).standardError;

type Robust = (fit: LinearRegression, lags: number) => Matrix;
const real: Robust = (fit, lags) => neweyWest(fit, { lags }).covariance;

/** (XᵀX)⁻¹ S (XᵀX)⁻¹ with other weights of Γ₀ and of Γₗ and its transpose. */
const weighted =
  (weight: (lag: number, lags: number) => readonly [ahead: number, behind: number]): Robust =>
  ({ x, residuals, inverseGram }, lags) => {
    const { rows: n, cols: p } = x;
    const s = { rows: p, cols: p, data: new Float64Array(p * p) };
    for (let lag = 0; lag <= lags; lag++) {
      const [ahead, behind] = weight(lag, lags);
      for (let t = lag; t < n; t++)
        for (let i = 0; i < p; i++)
          for (let j = 0; j < p; j++) {
            const term = residuals[t] * residuals[t - lag] * x.data[t * p + i] * x.data[(t - lag) * p + j];
            s.data[i * p + j] += ahead * term;
            if (lag > 0) s.data[j * p + i] += behind * term;
          }
    }
    return matMul(matMul(inverseGram, s), inverseGram);
  };
const bartlett = (lag: number, lags: number) => 1 - lag / (lags + 1);

// z is ±1 or ±2 and ε = zζ/√2.5: E ε² = 1, Q = diag(1, 2.5), Ω₂₂ = E z⁴/2.5 = 3.4, so V₂₂ = 3.4/2.5² where the classical is 1/2.5.
const heteroskedastic = (n: number) => (i: number) => {
  const { data } = normal(fold(key(21), i), [3, n], 'float64');
  const z = Float64Array.from({ length: n }, (_, t) => Math.sign(data[t]) * (data[n + t] > 0 ? 2 : 1));
  return {
    x: fromColumns([new Float64Array(n).fill(1), z]),
    errors: z.map((value, t) => (value * data[2 * n + t]) / Math.sqrt(2.5)),
    covariance: (t: number, s: number) => (t === s ? z[t] ** 2 / 2.5 : 0),
  };
};

theorem<Robust>('thm:sandwich', 'b', {
  real,
  check: (robust) => {
    const V = 3.4 / 2.5 ** 2;
    const [few, more] = [simulate(heteroskedastic(200), robust, 0, 800), simulate(heteroskedastic(1800), robust, 0, 120)];
    const { squares, variances } = few;
    expectMean(squares, V);
    // Consistent: the mean of nV̂ given X is short of V by O(1/n), and its spread falls as 1/√n, each within four errors.
    for (const { n, draws } of [
      { n: 200, draws: few },
      { n: 1800, draws: more },
    ]) {
      expectMean(apart(draws), 0);
      expectMean(draws.variances, V, { open: (4 * V) / n });
    }
    const relative = Math.sqrt(1 / (2 * 800) + 1 / (2 * 120)); // error of the ratio of two standard deviations
    expect(Math.abs((3 * deviation(more.variances)) / deviation(variances) - 1)).toBeLessThan(4 * relative);
    expectMean(
      squares.map((square, i) => (square > 1.96 ** 2 * variances[i] ? 1 : 0)), // |t| > 1.96
      0.05,
    );
  },
  mutants: {
    'is the classical one': (fit) => fit.covariance,
    'forgets to square the errors': (fit) =>
      weighted(() => [1, 1])({ ...fit, residuals: fit.residuals.map((e) => Math.sqrt(Math.abs(e))) }, 0),
    'leaves one factor (XᵀX)⁻¹ at its classical value': (fit, lags) => {
      const robust = real(fit, lags);
      return { ...robust, data: robust.data.map((v, at) => Math.sqrt(Math.abs(v * fit.covariance.data[at]))) };
    },
  },
});

theorem<Robust>('thm:sandwich', 'c', {
  real,
  check: (robust) => {
    for (const { x: factors, y } of [factorReturns(300, 2), factorReturns(25, 3)]) {
      const x = fromColumns([column(factors, 0), column(factors, 1)]);
      const n = x.rows;
      const calm = linearRegression(x, y);
      // Residuals that grow with |z − z̄|, as a stock's do with the market's moves.
      const z = column(x, 1);
      const loud = linearRegression(
        x,
        y.map((value, i) => value + 60 * Math.abs(z[i]) * calm.residuals[i]),
      );
      for (const fit of [calm, loud]) {
        expect(dot(fit.residuals, fit.residuals), 'e ≠ 0').toBeGreaterThan(0);
        const mean = (v: Float64Array) => v.reduce((a, b) => a + b) / n;
        const moves = z.map((value) => (value - mean(z)) ** 2);
        const squares = fit.residuals.map((e) => e * e);
        const a = mean(squares);
        const together = mean(squares.map((square, i) => (square - a) * moves[i]));
        const ratio = (1 - 2 / n) * (1 + together / (a * mean(moves)));
        expect(robust(fit, 0).data[3] / fit.covariance.data[3]).toBeCloseTo(ratio, 10);
      }
    }
  },
  mutants: {
    'is the classical one': (fit) => fit.covariance,
    'divides by n − 2, which the definition does not': (fit) => {
      const n = fit.residuals.length;
      const covariance = real(fit, 0);
      return { ...covariance, data: covariance.data.map((v) => (v * n) / (n - 2)) };
    },
    'weights with |e| instead of e²': (fit) => real({ ...fit, residuals: fit.residuals.map((e) => Math.sqrt(Math.abs(e))) }, 0),
  },
});

theorem<Robust>('thm:sandwich', 'd', {
  real,
  check: (robust) => {
    const { x, y } = factorReturns(60, 8);
    const fit = linearRegression(x, y);
    const { rows: n, cols: p } = x;
    const gram = matMul(transpose(x), x);
    for (const m of [0, 1, 5, 20, n - 1]) {
      const expected = new Float64Array(p * p);
      for (let s = 1 - m; s <= n; s++) {
        const c = new Float64Array(p);
        for (let t = Math.max(s, 1); t <= Math.min(s + m, n); t++)
          for (let i = 0; i < p; i++) c[i] += fit.residuals[t - 1] * x.data[(t - 1) * p + i];
        for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) expected[i * p + j] += (c[i] * c[j]) / (m + 1);
      }
      const s = matMul(matMul(gram, robust(fit, m)), gram);
      const size = Math.max(...expected.map(Math.abs));
      expectClose(
        s.data.map((v) => v / size),
        expected.map((v) => v / size),
        9,
      );
      for (const a of [1, 2, 3, 4].map((seed) => gaussian(seed, p)))
        expect(dot(a, matVec(s, a))).toBeGreaterThanOrEqual(-1e-12 * size * dot(a, a));
    }
  },
  mutants: {
    'weights lag l with 1 − l/m': weighted((lag, lags) => (lags > 0 ? [1 - lag / lags, 1 - lag / lags] : [1, 1])),
    'weights lag l with 1 − l/(m + 2)': weighted((lag, lags) => [1 - lag / (lags + 2), 1 - lag / (lags + 2)]),
    'weights every lag alike': weighted(() => [1, 1]),
    'forgets the transposes': weighted((lag, lags) => [bartlett(lag, lags), 0]),
    'subtracts the lags': weighted((lag, lags) => (lag > 0 ? [-bartlett(lag, lags), -bartlett(lag, lags)] : [1, 1])),
  },
});

// z and ε are independent MA(1) with coefficient 0.8: autocovariances 1.64 and 0.8 each. Q₂₂ = 1.64, Ω₂₂ = 1.64² + 2 · 0.8² = 3.9696;
// products of neighbours only are dependent, so all conditions hold (Hoeffding & Robbins 1948 for the limit law).
const serial = (n: number) => (i: number) => {
  const { data } = normal(fold(key(22), i), [2, n + 1], 'float64');
  const moving = (at: number) => Float64Array.from({ length: n }, (_, t) => data[at + t + 1] + 0.8 * data[at + t]);
  const covariance = (t: number, s: number) => (t === s ? 1.64 : 0.8);
  return { x: fromColumns([new Float64Array(n).fill(1), moving(0)]), errors: moving(n + 1), covariance };
};

theorem<Robust>('thm:sandwich', 'e', {
  real,
  check: (robust) => {
    const V = 3.9696 / 1.64 ** 2;
    const sizes = [
      { n: 343, m: 7, draws: 500 }, // m = n^(1/3)
      { n: 2197, m: 13, draws: 50 },
    ];
    expect(13 / Math.sqrt(2197), 'm/√n falls').toBeLessThan(7 / Math.sqrt(343));
    const [short, long] = sizes.map(({ n, m, draws }) => {
      const seen = simulate(serial(n), robust, m, draws);
      expectMean(seen.squares, V);
      expectMean(apart(seen), 0); // its mean given X, exactly
      // Bartlett's weights see 1 − 1/(m + 1) of the lag, which is short of Ω by 2 · 0.8²/(m + 1); what the residuals lack is O(m/n).
      expectMean(seen.variances, V * (1 - (2 * 0.8 ** 2) / (m + 1) / 3.9696), { open: (2 * V * m) / n });
      return seen;
    });
    expect(1 - estimate(long.means).mean / V).toBeLessThan((1 - estimate(short.means).mean / V) / 2); // the shortfall falls,
    expect(deviation(long.variances)).toBeLessThan(deviation(short.variances)); // and the spread
  },
  mutants: {
    'keeps no lag': (fit) => real(fit, 0),
    'forgets the transposes': weighted((lag, lags) => [bartlett(lag, lags), 0]),
    'counts each lag twice': weighted((lag, lags) => (lag > 0 ? [2 * bartlett(lag, lags), 2 * bartlett(lag, lags)] : [1, 1])),
    'subtracts the lags': weighted((lag, lags) => (lag > 0 ? [-bartlett(lag, lags), -bartlett(lag, lags)] : [1, 1])),
    'weights every lag alike at half': weighted((lag) => (lag > 0 ? [0.5, 0.5] : [1, 1])),
  },
});
