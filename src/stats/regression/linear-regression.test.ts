import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns, gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, diagonal, fromColumns, type Matrix, matMul, matVec, transpose } from '../../linalg/matrix.js';
import { dot } from '../../linalg/vector.js';
import { diagnostics } from '../inference/diagnostics.js';
import reference from '../regression.reference.json' with { type: 'json' }; // made by reference/regression.py
import { design } from './design.js';
import { linearRegression, predict } from './linear-regression.js';

const LONGLEY_NAMES = ['deflator', 'gnp', 'unemployed', 'forces', 'population', 'year'];
const longley = () => design(Object.fromEntries(LONGLEY_NAMES.map((name, j) => [name, reference.longley.columns[j]])));

// NIST StRD, Longley: certified values, www.itl.nist.gov/div898/strd/lls/data/Longley.shtml
const CERTIFIED = {
  coefficients: [
    -3482258.63459582, 15.0618722713733, -0.035819179292591, -2.02022980381683, -1.03322686717359, -0.0511041056535807, 1829.15146461355,
  ],
  standardErrors: [
    890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699, 0.214274163161675, 0.22607320006937, 455.478499142212,
  ],
  residualStandardError: 304.854073561965,
  rSquared: 0.995479004577296,
};

const digits = (got: number, want: number) => -Math.log10(Math.max(Math.abs(got / want - 1), 1e-16));
const { x: X, y: Y, noise: NOISE } = factorReturns(400);

describe('linearRegression', () => {
  it("has NIST's certified values on Longley to 9 digits", () => {
    const fit = linearRegression(longley(), reference.longley.y);
    for (const [j, value] of CERTIFIED.coefficients.entries()) expect(digits(fit.coefficients[j], value)).toBeGreaterThan(9);
    for (const [j, value] of CERTIFIED.standardErrors.entries()) expect(digits(fit.standardErrors[j], value)).toBeGreaterThan(9);
    expect(digits(fit.residualStandardError, CERTIFIED.residualStandardError)).toBeGreaterThan(9);
    expect(digits(fit.rSquared, CERTIFIED.rSquared)).toBeGreaterThan(12);
  });

  it("recovers NIST's Wampler1, y = 1 + x + … + x⁵ on x = 0 … 20, where every coefficient is 1", () => {
    const x = Float64Array.from({ length: 21 }, (_, i) => i);
    const powers = design({ x, x2: x.map((v) => v ** 2), x3: x.map((v) => v ** 3), x4: x.map((v) => v ** 4), x5: x.map((v) => v ** 5) });
    const y = x.map((v) => 1 + v + v ** 2 + v ** 3 + v ** 4 + v ** 5);
    for (const value of linearRegression(powers, y).coefficients) expect(value).toBeCloseTo(1, 8);
  });

  it('equals statsmodels in leverage, PRESS, likelihood and adjusted R² on Longley', () => {
    const fit = linearRegression(longley(), reference.longley.y);
    expectClose(fit.leverage, reference.longley.leverage, 8);
    expect(digits(fit.press, reference.longley.press)).toBeGreaterThan(6); // statsmodels goes through the pseudo-inverse
    expect(fit.logLikelihood).toBeCloseTo(reference.longley.logLikelihood, 6);
    expect(fit.adjustedRSquared).toBeCloseTo(reference.longley.adjustedRSquared, 10);
  });

  it('predicts with the coefficients and names a design that does not fit', () => {
    const fit = linearRegression(X, Y);
    expect(predict(fit, X)).toEqual(fit.fitted);
    expect(() => predict(fit, longley())).toThrow('predict: the fit has 4 coefficients but x has 7 columns; build both with one design');
    const swapped = linearRegression(design({ a: [1, 2, 4, 8], b: [1, -1, 1, 2] }), [1, 2, 3, 5]);
    expect(() => predict(swapped, design({ b: [1], a: [2] }))).toThrow("predict: column 1 of x is 'b' where the fit has 'a'");
  });

  it('names what is wrong with the sample', () => {
    const market = Float64Array.from(column(X, 1));
    const gap = market.slice();
    gap[17] = Number.NaN;
    const short = (n: number) => market.subarray(0, n);
    const y = Float64Array.from(Y);
    expect(() => linearRegression(design({ market: gap }), y)).toThrow(
      "linearRegression: x is NaN at row 17, 'market'; drop or fill the row before fitting",
    );
    expect(() => linearRegression(design({ market }), gap)).toThrow(
      'linearRegression: y is NaN at row 17; drop or fill the row before fitting',
    );
    expect(() => linearRegression(design({ market }), y.subarray(1))).toThrow(
      'x has 400 rows but y has 399 values; align them on their dates first',
    );
    expect(() => linearRegression(design({ market: short(2) }), y.subarray(0, 2))).toThrow(
      '2 rows cannot determine 2 coefficients and a variance',
    );
    expect(() => linearRegression(design({ market: [] }), [])).toThrow('linearRegression: x is empty, [0,2]');
    expect(() => linearRegression(design({ market, again: market.map((v) => 3 * v) }), y)).toThrow(
      "linearRegression: 'again' is a linear combination of 'intercept' and 'market', so the coefficients are not unique; drop it, or use ridge",
    );
    expect(() => linearRegression(design({ flat: market.map(() => 2) }), y)).toThrow("'flat' is a linear combination of 'intercept'");
    expect(() => design({ market, size: short(9) })).toThrow(
      "design: 'size' has 9 values but 'market' has 400; align them on their dates first",
    );
    expect(() => design({})).toThrow('design: no column given');
  });
});

describe('diagnostics', () => {
  it('equals statsmodels on Longley', () => {
    const d = diagnostics(linearRegression(longley(), reference.longley.y));
    expect(d.durbinWatson).toBeCloseTo(reference.longley.durbinWatson, 8);
    expect(d.skewness).toBeCloseTo(reference.longley.skewness, 8);
    expect(d.kurtosis).toBeCloseTo(reference.longley.kurtosis, 8);
    expect(d.jarqueBera.statistic).toBeCloseTo(reference.longley.jarqueBera[0], 8);
    expect(d.jarqueBera.pValue).toBeCloseTo(reference.longley.jarqueBera[1], 8);
  });

  it('refuses residuals without variance', () => {
    expect(() => diagnostics({ residuals: new Float64Array(9) })).toThrow('diagnostics: every residual is the same');
  });
});

type Fit = (x: Matrix, y: ArrayLike<number>) => ReturnType<typeof linearRegression>;

/** The library's fit with some of its results replaced: a wrong formula in one place. */
const mutate =
  (change: (fit: ReturnType<Fit>, x: Matrix, y: ArrayLike<number>) => Partial<ReturnType<Fit>>): Fit =>
  (x, y) => {
    const fit = linearRegression(x, y);
    return { ...fit, ...change(fit, x, y) };
  };

const oneByOne = (x: Matrix, y: ArrayLike<number>) =>
  Float64Array.from({ length: x.cols }, (_, j) => dot(column(x, j), y) / dot(column(x, j), column(x, j)));

theorem<Fit>('thm:normal-equations', {
  real: linearRegression,
  check: (fit) => {
    const { coefficients } = fit(X, Y);
    const squares = (b: Float64Array) => matVec(X, b).reduce((sum, value, i) => sum + (Y[i] - value) ** 2, 0);
    const least = squares(coefficients);
    for (const d of [0, 1, 2, 3, 4, 5].map((seed) => gaussian(seed, 4))) {
      const moved = coefficients.map((value, j) => value + d[j]);
      const rise = matVec(X, d).reduce((sum, value) => sum + value ** 2, 0);
      expect(squares(moved) - least).toBeCloseTo(rise, 8); // ‖y − X(β̂ + d)‖² = ‖y − Xβ̂‖² + ‖Xd‖²
    }
    const twice = fromColumns([column(X, 0), column(X, 1), column(X, 1)]);
    expect(() => fit(twice, Y)).toThrow('not unique');
  },
  mutants: {
    'regresses on each column alone': mutate((_, x, y) => ({ coefficients: oneByOne(x, y) })),
    'leaves the intercept out': mutate((fit) => ({ coefficients: fit.coefficients.map((b, j) => (j === 0 ? 0 : b)) })),
    'never looks at the rank': (x, y) => {
      const safe = fromColumns([column(x, 0), column(x, 1)]);
      return linearRegression(x.cols === 3 ? safe : x, y);
    },
  },
});

theorem<Fit>('thm:hat-matrix', {
  real: linearRegression,
  check: (fit) => {
    const n = 60;
    const { x, y } = factorReturns(n, 3);
    const unit = (i: number) => Float64Array.from({ length: n }, (_, k) => (k === i ? 1 : 0));
    const hat = fromColumns(Array.from({ length: n }, (_, i) => fit(x, unit(i)).fitted)); // column i is He_i
    expectClose(matMul(hat, hat).data, hat.data, 11);
    expectClose(transpose(hat).data, hat.data, 11);
    expectClose(matMul(hat, x).data, x.data, 11);
    const { leverage, fitted, residuals } = fit(x, y);
    expectClose(leverage, diagonal(hat), 11);
    expect(leverage.reduce((a, b) => a + b)).toBeCloseTo(4, 11);
    expect(Math.min(...leverage)).toBeGreaterThan(1 / n - 1e-12); // 1/n, for there is an intercept
    expect(Math.max(...leverage)).toBeLessThanOrEqual(1);
    expect(dot(fitted, fitted) + dot(residuals, residuals)).toBeCloseTo(dot(y, y), 11);
  },
  mutants: {
    'shrinks towards zero, which is no projection': mutate((fit) => ({
      fitted: fit.fitted.map((v) => 0.9 * v),
      leverage: fit.leverage.map((h) => 0.9 * h),
    })),
    'takes the columns for orthogonal': mutate((_, x, y) => ({ fitted: matVec(x, oneByOne(x, y)) })),
    'gives every row the mean leverage': mutate((fit, x) => ({ leverage: fit.leverage.map(() => x.cols / x.rows) })),
  },
});

theorem<Fit>('thm:gauss-markov', {
  real: linearRegression,
  check: (fit) => {
    const n = 40;
    const { x, y } = factorReturns(n, 5);
    const mapOf = (estimate: (y: Float64Array) => Float64Array) =>
      fromColumns(Array.from({ length: n }, (_, i) => estimate(Float64Array.from({ length: n }, (_, k) => (k === i ? 1 : 0))))); // C: β̂ = Cy
    const ols = mapOf((e) => fit(x, e).coefficients);
    expectClose(matMul(ols, x).data, IDENTITY, 10); // CX = I
    const own = fit(x, y);
    const variance = matMul(ols, transpose(ols)); // of β̂, per unit of σ²
    const claimed = scale(own.covariance.data, 1 / own.residualStandardError ** 2);
    expectClose(scale(claimed, 1 / variance.data[0]), scale(variance.data, 1 / variance.data[0]), 8);
    for (const seed of [1, 2, 3]) {
      const weights = gaussian(seed, n).map((z) => Math.exp(0.5 * z));
      const other = mapOf((e) => weightedLeastSquares(x, e, weights)); // linear and unbiased as well
      const worse = matMul(other, transpose(other));
      for (const a of [4, 5, 6].map((s) => gaussian(s, 4)))
        expect(dot(a, matVec(worse, a))).toBeGreaterThan(dot(a, matVec(variance, a)) * (1 + 1e-9));
    }
  },
  mutants: {
    'weights the rows unequally': mutate((_, x, y) => ({
      coefficients: weightedLeastSquares(
        x,
        y,
        gaussian(1, x.rows).map((z) => Math.exp(0.5 * z)),
      ),
    })),
    'buys a smaller variance with bias': mutate((fit) => ({
      coefficients: fit.coefficients.map((b) => 0.8 * b),
      covariance: { ...fit.covariance, data: scale(fit.covariance.data, 0.64) },
    })),
    'leaves out the correlation of the columns': mutate((fit, x) => ({
      covariance: fromColumns(
        Array.from({ length: x.cols }, (_, j) =>
          Float64Array.from({ length: x.cols }, (_, i) => (i === j ? fit.residualStandardError ** 2 / dot(column(x, j), column(x, j)) : 0)),
        ),
      ),
    })),
  },
});

const IDENTITY = Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 : 0));
const scale = (v: Float64Array, by: number) => v.map((value) => value * by);

function weightedLeastSquares(x: Matrix, y: ArrayLike<number>, weights: Float64Array): Float64Array {
  const root = weights.map(Math.sqrt);
  const rows = { ...x, data: x.data.map((value, at) => value * root[Math.floor(at / x.cols)]) };
  return linearRegression(
    rows,
    root.map((w, i) => w * y[i]),
  ).coefficients;
}

/** Σ log φ of y − Xb with variance v. */
const logDensity = (x: Matrix, y: ArrayLike<number>, b: Float64Array, v: number) =>
  matVec(x, b).reduce((sum, fit, i) => sum - 0.5 * Math.log(2 * Math.PI * v) - (y[i] - fit) ** 2 / (2 * v), 0);

const withVariance = (variance: (fit: ReturnType<Fit>) => number) =>
  mutate((fit, x, y) => ({ logLikelihood: logDensity(x, y, fit.coefficients, variance(fit)) }));

theorem<Fit>('thm:ols-likelihood', {
  real: linearRegression,
  check: (fit) => {
    const { coefficients, residuals, logLikelihood } = fit(X, Y);
    const variance = dot(residuals, residuals) / Y.length;
    expect(logLikelihood).toBeCloseTo(logDensity(X, Y, coefficients, variance), 8);
    for (const d of [1, 2, 3, 4].map((seed) => gaussian(seed, 4)))
      for (const t of [0.98, 0.999, 1.001, 1.02]) {
        expect(logDensity(X, Y, coefficients, variance * t)).toBeLessThan(logLikelihood);
        const moved = coefficients.map((b, j) => b + 0.01 * NOISE * d[j]);
        expect(logDensity(X, Y, moved, variance * t)).toBeLessThan(logLikelihood);
      }
  },
  mutants: {
    'takes the unbiased variance eᵀe/(n − p)': withVariance((fit) => fit.residualStandardError ** 2),
    'takes the variance of y': withVariance(() => dot(Y, Y) / Y.length),
    'minimises weighted squares': mutate((_, x, y) => {
      const coefficients = weightedLeastSquares(
        x,
        y,
        gaussian(1, x.rows).map((z) => Math.exp(z)),
      );
      const residuals = matVec(x, coefficients).map((value, i) => y[i] - value);
      return { coefficients, residuals, logLikelihood: logDensity(x, y, coefficients, dot(residuals, residuals) / y.length) };
    }),
  },
});

/** What the fit without row i says about row i. */
const leftOut = (x: Matrix, y: ArrayLike<number>, i: number) => {
  const keep = Array.from({ length: x.rows }, (_, k) => k).filter((k) => k !== i);
  const without = fromColumns(Array.from({ length: x.cols }, (_, j) => keep.map((k) => x.data[k * x.cols + j])));
  const { coefficients } = linearRegression(
    without,
    keep.map((k) => y[k]),
  );
  return y[i] - dot(x.data.subarray(i * x.cols, (i + 1) * x.cols), coefficients);
};

const leaveOneOut = (formula: (e: number, h: number, n: number, p: number) => number) =>
  mutate((fit, x) => ({ leaveOneOutResiduals: fit.residuals.map((e, i) => formula(e, fit.leverage[i], x.rows, x.cols)) }));

theorem<Fit>('thm:press', {
  real: linearRegression,
  check: (fit) => {
    const { x, y } = factorReturns(50, 9);
    const { leaveOneOutResiduals } = fit(x, y);
    const refitted = y.map((_, i) => leftOut(x, y, i));
    expectClose(scale(leaveOneOutResiduals, 1 / NOISE), scale(refitted, 1 / NOISE), 9);
  },
  mutants: {
    'leaves the row in': leaveOneOut((e) => e),
    'studentises instead, e/√(1 − h)': leaveOneOut((e, h) => e / Math.sqrt(1 - h)),
    'replaces each leverage by the mean one, as GCV does': leaveOneOut((e, _h, n, p) => e / (1 - p / n)),
  },
});
