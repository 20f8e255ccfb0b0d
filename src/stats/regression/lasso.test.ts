import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, fromColumns, type Matrix, matMul, matVec, transpose, transposeVec } from '../../linalg/matrix.js';
import { dot, mean } from '../../linalg/vector.js';
import reference from '../lasso.reference.json' with { type: 'json' }; // made by reference/lasso.py with scikit-learn 1.9.1
import { design } from './design.js';
import { type Lasso, lasso, lassoPath } from './lasso.js';
import { linearRegression } from './linear-regression.js';

const X = design(Object.fromEntries(reference.columns.map((values, j) => [`x${j}`, values])), { intercept: false });
const Y = reference.y;

/** How far a fit is from the conditions of the optimum: |xⱼᵀe/n − λ sign βⱼ| where βⱼ ≠ 0, what |xⱼᵀe/n| has above λ elsewhere. */
function violation(x: Matrix, { residuals, coefficients, lambda }: Lasso, intercept = true): number {
  const pull = transposeVec(x, residuals).map((g) => g / x.rows);
  const each = coefficients.map((b, j) => (b !== 0 ? Math.abs(pull[j] - lambda * Math.sign(b)) : Math.max(0, Math.abs(pull[j]) - lambda)));
  return Math.max(...each, intercept ? Math.abs(mean(residuals)) : 0);
}

describe('lasso', () => {
  it.each(reference.fits)('equals scikit-learn at λ = $lambda', ({ lambda, coefficients, intercept }) => {
    const fit = lasso(X, Y, { lambda, tolerance: 1e-14 });
    expectClose(fit.coefficients, coefficients, 6);
    expect(fit.intercept).toBeCloseTo(intercept, 6);
    expect(fit.active).toEqual(coefficients.flatMap((b, j) => (b !== 0 ? [j] : [])));
  });

  it('passes through the corners of the path that LARS finds', () => {
    const fits = lassoPath(X, Y, { lambdas: reference.corners.slice(0, -1), tolerance: 1e-14 });
    for (const [i, { coefficients }] of fits.entries()) expectClose(coefficients, reference.path[i], 6);
  });

  // Sweeps alone take minutes for these.
  it('meets the conditions of the optimum on factors that nearly repeat each other, and on more columns than rows', () => {
    const common = gaussian(1, 500);
    const nearly = (j: number) => gaussian(j + 2, 500).map((own, i) => common[i] + 0.02 * own);
    const factors = fromColumns(Array.from({ length: 40 }, (_, j) => nearly(j)));
    const y = common.map((c, i) => c + 5 * (factors.data[40 * i] - factors.data[40 * i + 1]) + 0.3 * gaussian(99, 500)[i]);
    for (const fit of lassoPath(factors, y)) expect(violation(factors, fit)).toBeLessThan(1e-6);
    const wide = { rows: 40, cols: 300, data: gaussian(5, 12_000) };
    for (const fit of lassoPath(wide, gaussian(6, 40))) expect(violation(wide, fit)).toBeLessThan(1e-6);
  });

  it('meets the conditions of the optimum along its default path, from λ_max where all coefficients are 0', () => {
    const path = lassoPath(X, Y);
    expect(path).toHaveLength(100);
    expect(path[0].lambda).toBeCloseTo(reference.corners[0], 12);
    expect(path[0].active).toEqual([]);
    expect(path[1].active).toHaveLength(1);
    const scale = Math.max(...Y.map(Math.abs));
    for (const fit of path) expect(violation(X, fit)).toBeLessThan(1e-5 * scale);
    for (const { gap } of path) expect(gap).toBeLessThan(1e-10);
  });

  it('tends to least squares as λ tends to 0', () => {
    const ols = linearRegression(design(Object.fromEntries(X.names!.map((name, j) => [name, column(X, j)]))), Y);
    const { intercept, coefficients } = lasso(X, Y, { lambda: 1e-7 });
    expectClose([intercept, ...coefficients], ols.coefficients, 4);
  });

  it('thresholds each coefficient of orthogonal columns: S(z, λ)', () => {
    const x = fromColumns([
      [1, 1, -1, -1],
      [1, -1, 1, -1],
      [1, -1, -1, 1],
    ]);
    const y = [6, 1, -2, -5]; // xⱼᵀy/n = 3.5, 2, 0.5
    const { coefficients } = lasso(x, y, { lambda: 2.25, intercept: false });
    expectClose(coefficients, [1.25, 0, 0], 14);
    expectClose(lasso(x, y, { lambda: 1, intercept: false }).coefficients, [2.5, 1, 0], 14);
  });

  it('works with more columns than rows, and with two copies of a column', () => {
    const wide = fromColumns(Array.from({ length: 40 }, (_, j) => gaussian(j + 1, 15)));
    const y = gaussian(99, 15);
    for (const fit of lassoPath(wide, y, { lambdas: [0.3, 0.1, 0.03] })) expect(violation(wide, fit)).toBeLessThan(1e-5);
    const twice = fromColumns([column(wide, 0), column(wide, 0)]);
    expect(violation(twice, lasso(twice, y, { lambda: 0.01 }))).toBeLessThan(1e-6);
  });

  it('ends where nothing is left to explain, where columns nearly repeat each other, and where a coefficient comes to 0', () => {
    const flat = lasso(fromColumns([gaussian(1, 30), gaussian(2, 30)]), new Float64Array(30).fill(2), { lambda: 1 });
    expect([...flat.coefficients, flat.intercept]).toEqual([0, 0, 2]);
    // y = x₁ + x₂ exactly; λ is far below the columns' difference, so both stay.
    const near = lasso(
      fromColumns([
        [1, 1],
        [1, 1.01],
      ]),
      [2, 2.01],
      { lambda: 1e-7, intercept: false },
    );
    for (const b of near.coefficients) expect(b).toBeCloseTo(1, 4);
    const x = fromColumns([
      [1.5, -0.9],
      [1.4, -0.8],
    ]);
    const fit = lasso(x, [-2, 1.8], { lambda: 0.03, intercept: false });
    const pull = transposeVec(x, fit.residuals).map((g) => g / 2);
    for (const [j, b] of fit.coefficients.entries())
      if (b === 0) expect(Math.abs(pull[j])).toBeLessThanOrEqual(0.03 + 1e-9);
      else expect(pull[j]).toBeCloseTo(0.03 * Math.sign(b), 9);
    const none = lasso(fromColumns([new Float64Array(30), gaussian(2, 30)]), gaussian(3, 30), { lambda: 0.01, intercept: false });
    expect(none.coefficients[0]).toBe(0);
  });

  it('has a minimum on every small sample, wide ones and those of few digits too', () => {
    // Twelve columns in four rows, and a small λ: more columns are active on the way than can be independent.
    const wide = fromColumns(Array.from({ length: 12 }, (_, j) => gaussian(j + 50, 4)));
    for (const intercept of [true, false])
      for (const lambda of [1e-2, 1e-4, 1e-6]) {
        const fit = lasso(wide, gaussian(99, 4), { lambda, intercept });
        expect(violation(wide, fit, intercept)).toBeLessThan(1e-9);
        expect(fit.active.length).toBeLessThanOrEqual(intercept ? 3 : 4);
      }
    // Numbers of one digit, whose optimum often lies on a corner of the path.
    const digit = fc.integer({ min: -20, max: 20 }).map((k) => k / 10);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 6 }), fc.infiniteStream(digit), (n, p, digits) => {
        const next = (length: number) => Float64Array.from({ length }, () => digits.next().value);
        const x = { rows: n, cols: p, data: next(n * p) };
        const y = next(n);
        const lambda = Math.abs(digits.next().value) / 10 + 0.001;
        const fit = lasso(x, y, { lambda, intercept: false });
        expect(violation(x, fit, false)).toBeLessThan(1e-9);
        for (const j of fit.active) expect(Math.abs(fit.coefficients[j])).toBeGreaterThan(1e-15);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('has no coefficient that is what rounding left of 0', () => {
    const x = fromColumns([
      [1.5, -0.9],
      [1.1, -1.3],
    ]);
    // The second comes to 0 in a sweep, the third of these in a joint step.
    const wide = { rows: 3, cols: 5, data: Float64Array.of(0, -1, -1, -1, 0, 2, 1, 2, 0, 1, 0, 0, 1, -1, 1) };
    for (const fit of [
      lasso(x, [0.8, 1.1], { lambda: 0.17, intercept: false }),
      lasso(wide, [1, 1, 1], { lambda: 1e-6, intercept: false }),
    ])
      expect(fit.active.map((j) => fit.coefficients[j]).filter((b) => Math.abs(b) < 1e-12)).toEqual([]);
  });

  it('is the same fit in every unit of x and y, bit for bit where units are powers of two', () => {
    const wide = fromColumns(Array.from({ length: 12 }, (_, j) => gaussian(j + 50, 4)));
    const y = gaussian(99, 4);
    const plain = lasso(wide, y, { lambda: 1e-4 });
    for (const [a, b] of [
      [2 ** 40, 2 ** -30],
      [2 ** -40, 2 ** 30],
      [1, 2 ** 60],
    ]) {
      const scaled = lasso(
        { ...wide, data: wide.data.map((v) => a * v) },
        y.map((v) => b * v),
        { lambda: a * b * 1e-4 },
      );
      expect(scaled.coefficients.map((v) => (v * a) / b)).toEqual(plain.coefficients);
    }
  });

  it('names what is wrong', () => {
    expect(() => lasso(X, Y, { lambda: -1 })).toThrow('lasso: lambda must be a finite number above 0, got -1; at 0 it is linearRegression');
    expect(() => lasso(X, Y, { lambda: 1, tolerance: 0 })).toThrow('lasso: tolerance must be a finite number above 0, got 0');
    expect(() => lassoPath(X, new Float64Array(30).fill(2))).toThrow('lasso: y does not vary with any column');
    expect(() => lassoPath(X, Y, { lambdas: [] })).toThrow('lasso: the list of penalties is empty; leave lambdas out for a default grid');
    expect(() => lasso(design({ market: column(X, 0) }), Y, { lambda: 1 })).toThrow("lasso: 'intercept' is constant and lasso adds an");
    expect(() => lasso(X, Y.slice(1), { lambda: 1 })).toThrow('lasso: x has 30 rows but y has 29 values');
    expect(() =>
      lasso(
        X,
        Y.map((v, i) => (i === 4 ? Number.NaN : v)),
        { lambda: 1 },
      ),
    ).toThrow('lasso: y is NaN at row 4');
  });
});

type Fit = typeof lasso;

const mutate =
  (change: (fit: Lasso, x: Matrix) => Partial<Lasso>): Fit =>
  (x, y, options) => {
    const fit = lasso(x, y, options);
    return { ...fit, ...change(fit, x) };
  };
const withPenalty =
  (change: (lambda: number, x: Matrix) => number): Fit =>
  (x, y, options) => ({ ...lasso(x, y, { ...options, lambda: change(options.lambda, x) }), lambda: options.lambda });
/** A fit with other coefficients, and the residuals that go with them. */
const withCoefficients =
  (change: (fit: Lasso, x: Matrix, y: ArrayLike<number>) => Float64Array): Fit =>
  (x, y, options) => {
    const fit = lasso(x, y, options);
    const coefficients = change(fit, x, y);
    const fitted = matVec(x, coefficients).map((value) => value + fit.intercept);
    return { ...fit, coefficients, fitted, residuals: fitted.map((value, i) => y[i] - value) };
  };
const length = (v: ArrayLike<number>) => Array.from(v).reduce((sum, value) => sum + Math.abs(value), 0);
const free = (x: Matrix, y: ArrayLike<number>) => ({ x, y, options: { intercept: false, tolerance: 1e-14 } });
const wide = { rows: 12, cols: 20, data: gaussian(41, 240) };
const PROBLEMS = [free(X, Y), free(wide, gaussian(42, 12))];
const lambdaMax = (x: Matrix, y: ArrayLike<number>) => Math.max(...transposeVec(x, y).map((g) => Math.abs(g) / x.rows));
const PENALTIES: Record<string, Fit> = {
  'penalises half as much': withPenalty((lambda) => lambda / 2),
  'penalises the sum of squares, not its mean': withPenalty((lambda, x) => lambda / x.rows),
  'penalises a hundredth too much': withPenalty((lambda) => 1.01 * lambda),
};

theorem<Fit>('thm:lasso', 'a', {
  real: lasso,
  check: (fit) => {
    for (const { x, y, options } of PROBLEMS)
      for (const share of [0.5, 0.1, 0.02]) {
        const lambda = share * lambdaMax(x, y);
        const found = fit(x, y, { lambda, ...options });
        const pull = transposeVec(x, found.residuals).map((g) => g / x.rows);
        found.coefficients.forEach((b, j) => {
          if (b !== 0) expect(pull[j] / lambda).toBeCloseTo(Math.sign(b), 5);
          else expect(Math.abs(pull[j]) / lambda).toBeLessThanOrEqual(1 + 1e-6);
        });
        expectClose(
          found.residuals,
          matVec(x, found.coefficients).map((value, i) => y[i] - value),
          11,
        );
        expect(found.active).toEqual([...found.coefficients.keys()].filter((j) => found.coefficients[j] !== 0));
        // Two copies of the first column, in two orders: the minimiser may differ, Xβ and Σ|β| may not.
        const columns = Array.from({ length: x.cols }, (_, j) => column(x, j));
        for (const copies of [[...columns, columns[0]], [columns[0], ...columns].reverse()]) {
          const again = fit(fromColumns(copies), y, { lambda, ...options });
          expectClose(again.fitted, found.fitted, 5);
          expect(length(again.coefficients)).toBeCloseTo(length(found.coefficients), 5);
        }
      }
  },
  mutants: {
    ...PENALTIES,
    'drops the smallest coefficient that it keeps': withCoefficients(({ coefficients }) => {
      const least = Math.min(...coefficients.filter((b) => b !== 0).map(Math.abs));
      return coefficients.map((b) => (Math.abs(b) === least ? 0 : b));
    }),
    'flips the residuals': mutate((fit) => ({ residuals: fit.residuals.map((e) => -e) })),
    'calls every column active': mutate((fit) => ({ active: Array.from(fit.coefficients, (_, j) => j) })),
  },
});

type FirstPenalty = { readonly fit: Fit; readonly first: (x: Matrix, y: ArrayLike<number>) => number };
const first = (x: Matrix, y: ArrayLike<number>) => lassoPath(x, y, { intercept: false })[0].lambda;

theorem<FirstPenalty>('thm:lasso', 'b', {
  real: { fit: lasso, first },
  check: ({ fit, first }) => {
    for (const { x, y, options } of PROBLEMS) {
      const limit = lambdaMax(x, y);
      expect(first(x, y) / limit).toBeCloseTo(1, 12);
      for (const share of [1.0001, 1.5]) expect(length(fit(x, y, { lambda: share * limit, ...options }).coefficients)).toBe(0);
      expect(length(fit(x, y, { lambda: 0.999 * limit, ...options }).coefficients)).toBeGreaterThan(0);
    }
  },
  mutants: {
    'starts at twice λ_max': { fit: lasso, first: (x, y) => 2 * first(x, y) },
    'forgets to divide by n': { fit: lasso, first: (x, y) => x.rows * first(x, y) },
    'takes the mean for the maximum': { fit: lasso, first: (x, y) => length(transposeVec(x, y)) / x.rows / x.cols },
    'penalises half as much': { fit: withPenalty((lambda) => lambda / 2), first },
    'penalises a hundredth too much': { fit: withPenalty((lambda) => 1.01 * lambda), first },
  },
});

/** Orthogonal columns of length √n, XᵀX = nI, and what each has of y: b. */
function orthonormal(n: number, b: readonly number[]) {
  const walsh = (j: number) => Float64Array.from({ length: n }, (_, i) => (-1) ** (i & j).toString(2).replaceAll('0', '').length);
  const x = fromColumns(b.map((_, j) => walsh(j + 1)));
  return { x, y: matVec(x, b).map((value, i) => value + 0.3 * walsh(n - 1)[i]) };
}

theorem<Fit>('thm:lasso', 'c', {
  real: lasso,
  check: (fit) => {
    for (const b of [
      [3.5, -2, 0.5],
      [-0.2, 1, 4, -1.5, 0],
    ]) {
      const { x, y } = orthonormal(16, b);
      const gram = matMul(transpose(x), x);
      expectClose(
        gram.data,
        gram.data.map((_, at) => (at % (x.cols + 1) === 0 ? x.rows : 0)), // XᵀX = nI
        12,
      );
      for (const lambda of [0.4, 1.2, 2.25]) {
        const expected = b.map((value) => Math.sign(value) * Math.max(Math.abs(value) - lambda, 0));
        expectClose(fit(x, y, { lambda, intercept: false }).coefficients, expected, 12);
        expectClose(fit(x, y, { lambda }).coefficients, expected, 12); // the columns are centred
      }
    }
  },
  mutants: {
    ...PENALTIES,
    'keeps what passes the threshold whole': withCoefficients(({ coefficients, lambda }) =>
      coefficients.map((b) => (b === 0 ? 0 : b + Math.sign(b) * lambda)),
    ),
    'shrinks in proportion, as ridge does': withCoefficients(({ coefficients, lambda }, x, y) =>
      coefficients.map((_, j) => transposeVec(x, y)[j] / x.rows / (1 + lambda)),
    ),
    'takes absolute values': withCoefficients(({ coefficients }) => coefficients.map(Math.abs)),
  },
});

theorem<Fit>('thm:lasso', 'd', {
  real: lasso,
  check: (fit) => {
    for (const { x, y, options } of PROBLEMS) {
      const n = x.rows;
      const lambda = 0.05 * lambdaMax(x, y);
      const objective = ({ residuals, coefficients }: Lasso) => dot(residuals, residuals) / (2 * n) + lambda * length(coefficients);
      const least = objective(lasso(x, y, { lambda, ...options }));
      const start = dot(Float64Array.from(y), Float64Array.from(y)) / (2 * n);
      for (const tolerance of [0.5, 0.05, 1e-3]) {
        const found = fit(x, y, { lambda, intercept: false, tolerance });
        const { residuals: e, gap } = found;
        const a = Math.min(1, (n * lambda) / Math.max(...transposeVec(x, e).map(Math.abs)));
        const exact = objective(found) - (a * dot(e, Float64Array.from(y)) - 0.5 * a ** 2 * dot(e, e)) / n;
        expect(gap / start).toBeCloseTo(exact / start, 11);
        expect((gap - (objective(found) - least)) / start).toBeGreaterThan(-1e-12);
        expect(gap).toBeLessThanOrEqual(tolerance * start);
      }
      expect(fit(x, y, { lambda, ...options }).gap / start).toBeLessThan(1e-13); // 0 at the minimiser
    }
  },
  mutants: {
    'claims half the gap': mutate((fit) => ({ gap: fit.gap / 2 })),
    'claims none': mutate(() => ({ gap: 0 })),
    'does not scale the residuals into the dual': mutate(({ residuals: e, coefficients, lambda, fitted }) => {
      const y = fitted.map((value, i) => value + e[i]);
      return { gap: (dot(e, e) - dot(e, y)) / e.length + lambda * length(coefficients) };
    }),
    'forgets the penalty': mutate(({ gap, coefficients, lambda }) => ({ gap: gap - lambda * length(coefficients) })),
  },
});
