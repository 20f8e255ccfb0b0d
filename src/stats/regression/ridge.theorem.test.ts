import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns, gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, diagonal, fromColumns, type Matrix, matMul, matVec, transpose, transposeVec } from '../../linalg/matrix.js';
import { backSubstitute } from '../../linalg/qr.js';
import { svd } from '../../linalg/svd.js';
import { dot } from '../../linalg/vector.js';
import { linearRegression } from './linear-regression.js';
import { type Ridge, ridge } from './ridge.js';

type Fit = typeof ridge;

const percent = (n: number, seed: number) => {
  const { x, y } = factorReturns(n, seed);
  return { x: fromColumns([1, 2, 3].map((j) => column(x, j).map((value) => 100 * value))), y: y.map((value) => 100 * value) };
};
const SAMPLES = [percent(60, 4), percent(20, 5)];
const LAMBDAS = [0.7, 15];
const unit = (n: number, i: number) => Float64Array.from({ length: n }, (_, k) => (k === i ? 1 : 0));

/** Of two rows and three columns, and of rank 2 with a column that is the sum of two others. */
const FEW = { x: { ...SAMPLES[1].x, rows: 2, data: SAMPLES[1].x.data.slice(0, 6) }, y: SAMPLES[1].y.slice(0, 2) };
const SUMMED = {
  x: fromColumns(
    [0, 1, 2].map((j) =>
      column(SAMPLES[1].x, j).map((value, i) => (j < 2 ? value : SAMPLES[1].x.data[3 * i] + SAMPLES[1].x.data[3 * i + 1])),
    ),
  ),
  y: SAMPLES[1].y,
};

const withPenalty =
  (lambda: (lambda: number, x: Matrix) => number): Fit =>
  (x, y, options) => ({ ...ridge(x, y, { ...options, lambda: lambda(options.lambda, x) }), lambda: options.lambda });
const mutate =
  (change: (fit: Ridge, x: Matrix, y: ArrayLike<number>) => Partial<Ridge>): Fit =>
  (x, y, options) => {
    const fit = ridge(x, y, options);
    return { ...fit, ...change(fit, x, y) };
  };
const PENALTIES: Record<string, Fit> = {
  'penalises half as much': withPenalty((lambda) => lambda / 2),
  'penalises the mean of squares instead of their sum': withPenalty((lambda, x) => lambda * x.rows),
  'takes the square of the penalty': withPenalty((lambda) => lambda ** 2),
  'forgets the penalty': withPenalty(() => 0),
};

/** [1 X]ᵀ(y − α1 − Xβ) − Λ(α, β), which vanishes at the minimiser, Λ = diag(0, λ, …, λ) or, without an intercept, λI. */
function gradient(x: Matrix, y: ArrayLike<number>, { coefficients, intercept }: Ridge, lambda: number, free: boolean): number[] {
  const left = matVec(x, coefficients).map((value, i) => y[i] - value - intercept);
  const slopes = Array.from(transposeVec(x, left), (g, j) => g - lambda * coefficients[j]);
  return free ? [left.reduce((a, b) => a + b), ...slopes] : slopes;
}

/** Upper triangles K. With Λ = KᵀK and γ = Kβ the criterion is ‖y − XK⁻¹γ‖² + ‖γ‖², ridge at λ = 1 on XK⁻¹: any Λ ≻ 0 is such a fit. */
const ROOTS = [
  [1, 0.5, -0.3, 0, 2, 1.5, 0, 0, 0.4],
  [3, 0, 2, 0, 0.1, -0.2, 0, 0, 1],
].map((values): Matrix => ({ rows: 3, cols: 3, data: Float64Array.from(values) }));

theorem<Fit>('thm:ridge', 'a', {
  real: ridge,
  check: (fit) => {
    for (const { x, y } of [...SAMPLES, FEW])
      for (const root of ROOTS) {
        const inverse = fromColumns([0, 1, 2].map((j) => backSubstitute(root, unit(3, j))));
        const beta = matVec(inverse, fit(matMul(x, inverse), y, { lambda: 1, intercept: false }).coefficients);
        const left = matVec(x, beta).map((value, i) => y[i] - value);
        expectClose(transposeVec(x, left), matVec(matMul(transpose(root), root), beta), 9); // Xᵀ(y − Xβ) = Λβ
      }
    for (const { x, y } of SAMPLES)
      for (const lambda of LAMBDAS)
        for (const intercept of [false, true]) {
          const found = fit(x, y, { lambda, intercept });
          expectClose(gradient(x, y, found, lambda, intercept), new Float64Array(intercept ? 4 : 3), 9);
          const cost = (b: ArrayLike<number>) =>
            matVec(x, b).reduce(
              (sum, value, i) => sum + (y[i] - found.intercept - value) ** 2,
              lambda * dot(Float64Array.from(b), Float64Array.from(b)),
            );
          for (const d of [1, 2, 3].map((seed) => gaussian(seed, 3))) {
            const rise = dot(matVec(x, d), matVec(x, d)) + lambda * dot(d, d); // dᵀ(XᵀX + Λ)d
            expect(cost(found.coefficients.map((b, j) => b + d[j])) - cost(found.coefficients)).toBeCloseTo(rise, 6);
          }
        }
  },
  mutants: { ...PENALTIES, 'flips the sign': mutate((fit) => ({ coefficients: fit.coefficients.map((b) => -b) })) },
});

type Posterior = (x: Matrix, y: ArrayLike<number>, noise: { sigma: number; tau: number }) => Float64Array;
const posterior =
  (lambda: (sigma: number, tau: number) => number): Posterior =>
  (x, y, { sigma, tau }) =>
    ridge(x, y, { lambda: lambda(sigma, tau), intercept: false }).coefficients;

theorem<Posterior>('thm:ridge', 'b', {
  real: posterior((sigma, tau) => sigma ** 2 / tau ** 2),
  check: (mean) => {
    for (const { x, y } of SAMPLES)
      for (const noise of [
        { sigma: 1.2, tau: 0.4 },
        { sigma: 3, tau: 2 },
      ]) {
        const centre = mean(x, y, noise);
        // log p(y | β) + log p(β), from the two densities: a parabola around the mean with the inverse variance (XᵀX + λI)/σ².
        const logDensity = (b: Float64Array) =>
          matVec(x, b).reduce((sum, value, i) => sum - (y[i] - value) ** 2 / (2 * noise.sigma ** 2), 0) - dot(b, b) / (2 * noise.tau ** 2);
        for (const d of [1, 2, 3].map((seed) => gaussian(seed, 3)))
          for (const sign of [1, -1]) {
            const along = dot(matVec(x, d), matVec(x, d)) + (noise.sigma / noise.tau) ** 2 * dot(d, d);
            const drop = logDensity(centre) - logDensity(centre.map((b, j) => b + sign * d[j]));
            expect(drop).toBeCloseTo(along / (2 * noise.sigma ** 2), 7);
          }
      }
  },
  mutants: {
    'takes λ = σ/τ': posterior((sigma, tau) => sigma / tau),
    'takes λ = σ²/τ': posterior((sigma, tau) => sigma ** 2 / tau),
    'takes λ = τ²/σ²': posterior((sigma, tau) => tau ** 2 / sigma ** 2),
    'takes λ = σ²/2τ²': posterior((sigma, tau) => sigma ** 2 / (2 * tau ** 2)),
  },
});

/** β̂ = Σ filter(sₖ, λ) (uₖᵀy) vₖ with another filter than s/(s² + λ). */
const filtered =
  (filter: (s: number, lambda: number, n: number) => number): Fit =>
  (x, y, options) => {
    const { u, s, v } = svd(x);
    const shares = s.map((value) => filter(value, options.lambda, x.rows));
    const coefficients = matVec(
      v,
      transposeVec(u, y).map((value, k) => value * shares[k]),
    );
    return { ...ridge(x, y, options), coefficients, fitted: matVec(x, coefficients), effectiveDegreesOfFreedom: dot(shares, s) };
  };

theorem<Fit>('thm:ridge', 'c', {
  real: ridge,
  check: (fit) => {
    for (const { x, y, rank } of [...SAMPLES.map((sample) => ({ ...sample, rank: 3 })), { ...FEW, rank: 2 }, { ...SUMMED, rank: 2 }]) {
      const { u, s, v } = svd(x);
      expect(Array.from(s).filter((value) => value > 1e-10 * s[0])).toHaveLength(rank);
      const projections = transposeVec(u, y);
      for (const lambda of LAMBDAS) {
        const { coefficients, fitted, effectiveDegreesOfFreedom } = fit(x, y, { lambda, intercept: false });
        expectClose(
          matVec(transpose(v), coefficients),
          projections.map((value, k) => (s[k] / (s[k] ** 2 + lambda)) * value),
          11,
        );
        expectClose(
          transposeVec(u, fitted),
          projections.map((value, k) => (s[k] ** 2 / (s[k] ** 2 + lambda)) * value),
          10,
        );
        const trace = [0, 1, 2].reduce((sum, j) => sum + stacked(x, column(x, j), lambda)[j], 0);
        expect(effectiveDegreesOfFreedom).toBeCloseTo(trace, 9); // tr X(XᵀX + λI)⁻¹Xᵀ
      }
      const freedom = [0, 1e-9, 0.1, 1, 10, 1e3, 1e9, Infinity].map(
        (lambda) => fit(x, y, { lambda, intercept: false }).effectiveDegreesOfFreedom,
      );
      for (let i = 1; i < freedom.length; i++) expect(freedom[i]).toBeLessThan(freedom[i - 1]);
      expect(freedom[0]).toBeCloseTo(rank, 12);
      expect(freedom.at(-1)).toBe(0);
    }
  },
  mutants: {
    'adds λ to the singular value, not to its square': filtered((s, lambda) => 1 / (s + lambda)),
    'adds λ²': filtered((s, lambda) => s / (s ** 2 + lambda ** 2)),
    'shrinks every direction alike': filtered((s, lambda, n) => 1 / (s * (1 + lambda / n))),
    'counts one degree of freedom too many': mutate((fit) => ({ effectiveDegreesOfFreedom: fit.effectiveDegreesOfFreedom + 1 })),
    'squares the kept shares in the trace': mutate((fit, x) => ({
      effectiveDegreesOfFreedom: svd(x).s.reduce((sum, s) => sum + (s ** 2 / (s ** 2 + fit.lambda)) ** 2, 0),
    })),
  },
});

theorem<Fit>('thm:ridge', 'd', {
  real: ridge,
  check: (fit) => {
    for (const { x, y } of SAMPLES) {
      const [a, b] = [column(x, 0), column(x, 1)];
      const twice = fromColumns([a, b, a]); // the least-squares solutions are (c₀ − t, c₁, t); the shortest has t = c₀/2
      const [c0, c1] = linearRegression(fromColumns([a, b]), y).coefficients;
      for (const lambda of [0, 1e-7]) expectClose(fit(twice, y, { lambda, intercept: false }).coefficients, [c0 / 2, c1, c0 / 2], 7);
      const ols = linearRegression(x, y).coefficients;
      for (const lambda of [0, 1e-7]) expectClose(fit(x, y, { lambda, intercept: false }).coefficients, ols, 7);
      const large = fit(x, y, { lambda: 1e9, intercept: false }).coefficients;
      expectClose(
        large.map((value) => 1e9 * value),
        transposeVec(x, y),
        4,
      ); // λβ̂(λ) → Xᵀy, so β̂(λ) → 0
      expectClose(fit(x, y, { lambda: Infinity, intercept: false }).coefficients, [0, 0, 0], 15);
    }
  },
  mutants: {
    'puts the whole coefficient on the first copy': mutate((fit) => ({
      coefficients: Float64Array.of(fit.coefficients[0] + fit.coefficients[2], fit.coefficients[1], 0),
    })),
    'never penalises less than 1': withPenalty((lambda) => Math.max(lambda, 1)),
    'never penalises more than 1,000': withPenalty((lambda) => Math.min(lambda, 1000)),
    'doubles the penalty': withPenalty((lambda) => 2 * lambda),
  },
});

theorem<Fit>('thm:ridge', 'e', {
  real: ridge,
  check: (fit) => {
    for (const sample of SAMPLES) {
      const x = { ...sample.x, data: sample.x.data.map((value) => value + 2) }; // far from centred
      const y = sample.y.map((value) => value + 5);
      const n = x.rows;
      const centre = (v: Float64Array) => v.map((value) => value - v.reduce((a, b) => a + b) / n);
      const centred = fromColumns([0, 1, 2].map((j) => centre(column(x, j))));
      for (const lambda of LAMBDAS) {
        const { coefficients, intercept, fitted, leverage, effectiveDegreesOfFreedom } = fit(x, y, { lambda });
        expectClose([intercept, ...coefficients], stacked(x, y, lambda, true), 8);
        const alone = ridge(centred, centre(y), { lambda, intercept: false });
        expectClose(coefficients, alone.coefficients, 9);
        expectClose(
          leverage,
          alone.leverage.map((h) => h + 1 / n),
          11,
        );
        expect(effectiveDegreesOfFreedom).toBeCloseTo(alone.effectiveDegreesOfFreedom + 1, 11);
        const map = fromColumns(
          Array.from(
            { length: n },
            (_, i) =>
              fit(
                x,
                Float64Array.from({ length: n }, (_, k) => (k === i ? 1 : 0)),
                { lambda },
              ).fitted,
          ),
        );
        expectClose(matVec(map, y), fitted, 9);
        expectClose(diagonal(map), leverage, 10);
        expectClose(matVec(map, new Float64Array(n).fill(1)), new Float64Array(n).fill(1), 10); // keeps a constant
      }
    }
  },
  mutants: {
    'penalises the intercept too': (x, y, options) => {
      const ones = fromColumns([new Float64Array(x.rows).fill(1), ...[0, 1, 2].map((j) => column(x, j))]);
      const { coefficients, ...fit } = ridge(ones, y, { ...options, intercept: false });
      return { ...fit, coefficients: coefficients.subarray(1), intercept: coefficients[0] };
    },
    'has none': (x, y, options) => ridge(x, y, { ...options, intercept: false }),
    'forgets it in the leverage': mutate((fit, x) => ({ leverage: fit.leverage.map((h) => h - 1 / x.rows) })),
    'forgets it in the degrees of freedom': mutate((fit) => ({ effectiveDegreesOfFreedom: fit.effectiveDegreesOfFreedom - 1 })),
    'is the mean of y': mutate((_fit, x, y) => ({ intercept: Array.from(y).reduce((a, b) => a + b) / x.rows })),
    'doubles the penalty': withPenalty((lambda) => 2 * lambda),
  },
});

/** The minimiser as least squares with √λ I below X, and a column of ones that the penalty spares: it shares nothing with the SVD. */
function stacked(x: Matrix, y: ArrayLike<number>, lambda: number, intercept = false): Float64Array {
  const p = x.cols;
  const below = (j: number) => Float64Array.from({ length: p }, (_, i) => (i === j ? Math.sqrt(lambda) : 0));
  const columns = Array.from({ length: p }, (_, j) => Float64Array.of(...column(x, j), ...below(j)));
  const ones = Float64Array.from({ length: x.rows + p }, (_, i) => (i < x.rows ? 1 : 0));
  return linearRegression(fromColumns(intercept ? [ones, ...columns] : columns), Float64Array.of(...Array.from(y), ...new Float64Array(p)))
    .coefficients;
}
