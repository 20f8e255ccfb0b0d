import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { type Matrix, matVec, transposeVec } from '../../linalg/matrix.js';
import { qr } from '../../linalg/qr.js';
import { dot } from '../../linalg/vector.js';
import { design } from './design.js';
import { type LogisticRegression, logisticRegression } from './logistic-regression.js';
import { separatingDirection } from './separation.js';

type Fit = typeof logisticRegression;

const expit = (z: number) => 1 / (1 + Math.exp(-z));
const signsOf = (y: Float64Array) => y.map((label) => 2 * label - 1);
/** Σ log expit(ςᵢxᵢᵀβ), as the theorem writes it. */
const logLikelihood = (x: Matrix, y: Float64Array, b: ArrayLike<number>) =>
  matVec(x, b).reduce((sum, eta, i) => sum - Math.log1p(Math.exp(-signsOf(y)[i] * eta)), 0);
const slope = (x: Matrix, y: Float64Array, b: ArrayLike<number>) =>
  transposeVec(
    x,
    matVec(x, b).map((eta, i) => y[i] - expit(eta)),
  );

/** Labels of a noisy index of two columns, so that both kinds overlap. */
function overlapping(n: number, seed: number) {
  const x = design({ a: gaussian(seed, n), b: gaussian(seed + 1, n) });
  const noise = gaussian(seed + 2, n);
  return { x, y: matVec(x, [0.2, 1, -0.7]).map((odds, i) => (odds + 1.7 * noise[i] > 0 ? 1 : 0)) };
}
const SAMPLES = [overlapping(120, 3), overlapping(40, 13)];

const mutate =
  (change: (fit: LogisticRegression, x: Matrix) => Partial<LogisticRegression>): Fit =>
  (x, y, options) => {
    const fit = logisticRegression(x, y, options);
    return { ...fit, ...change(fit, x) };
  };

theorem<Fit>('thm:logistic', 'a', {
  real: logisticRegression,
  check: (fit) => {
    for (const { x, y } of SAMPLES) {
      const { coefficients, covariance, probabilities, standardErrors, zStatistics, logLikelihood: top } = fit(x, y);
      expectClose(slope(x, y, coefficients), [0, 0, 0], 8);
      expectClose(probabilities, matVec(x, coefficients).map(expit), 12);
      expect(top).toBeCloseTo(logLikelihood(x, y, coefficients), 9);
      const h = 1e-5;
      for (let j = 0; j < 3; j++) {
        const moved = (by: number) =>
          slope(
            x,
            y,
            coefficients.map((b, k) => b + (k === j ? by : 0)),
          );
        const [up, down] = [moved(h), moved(-h)];
        const column = up.map((value, k) => (down[k] - value) / (2 * h)); // column j of −∇²ℓ
        expectClose(
          matVec(covariance, column),
          [0, 1, 2].map((k) => (k === j ? 1 : 0)),
          7,
        );
        expect(standardErrors[j] ** 2).toBeCloseTo(covariance.data[4 * j], 12);
        expect(zStatistics[j] * standardErrors[j]).toBeCloseTo(coefficients[j], 12);
      }
      // Strictly concave: below its value at the maximum everywhere, and below its tangent.
      for (const d of [5, 6, 7].map((seed) => gaussian(seed, 3))) {
        const at = (t: number) =>
          logLikelihood(
            x,
            y,
            coefficients.map((b, j) => b + t * d[j]),
          );
        expect(at(1)).toBeLessThan(at(0));
        expect(2 * at(0.5)).toBeGreaterThan(at(0) + at(1));
      }
    }
  },
  mutants: {
    'takes p for the weights p(1 − p)': mutate(({ covariance, probabilities }) => ({
      covariance: { ...covariance, data: covariance.data.map((v, at) => v * (1 - probabilities[at])) },
    })),
    'doubles the standard errors': mutate((fit) => ({ standardErrors: fit.standardErrors.map((se) => 2 * se) })),
    'takes the variance for the standard error': mutate((fit) => ({ standardErrors: fit.standardErrors.map((se) => se ** 2) })),
    'adds a small penalty': (x, y) => logisticRegression(x, y, { lambda: 0.01 }),
    'predicts the other label': mutate((fit) => ({ probabilities: fit.probabilities.map((p) => 1 - p) })),
    'forgets the sign of the likelihood': mutate((fit) => ({ logLikelihood: -fit.logLikelihood })),
  },
});

const line = (n: number) => design({ x: Float64Array.from({ length: n }, (_, i) => i) });
const TIED = design({ x: Float64Array.of(0, 1, 2, 3, 3, 4, 5, 6) });
/** Designs and labels, with whether a direction separates them. */
const CASES: readonly { readonly x: Matrix; readonly y: Float64Array; readonly apart: boolean }[] = [
  { x: line(12), y: Float64Array.from({ length: 12 }, (_, i) => (i >= 5 ? 1 : 0)), apart: true },
  { x: line(12), y: Float64Array.from({ length: 12 }, (_, i) => (i < 4 ? 1 : 0)), apart: true },
  { x: TIED, y: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1), apart: true }, // both labels at 3, otherwise apart
  { x: TIED, y: Float64Array.of(0, 0, 1, 0, 1, 1, 1, 1), apart: false }, // 2 and 3 in the wrong order
  { x: line(6), y: Float64Array.of(0, 1, 0, 0, 1, 1), apart: false },
  ...SAMPLES.map((sample) => ({ ...sample, apart: false })),
];

/** The fit under a penalty too small to see where the library refuses. */
const lenient =
  (forgives: (x: Matrix) => boolean): Fit =>
  (x, y, options) => {
    const separated = separatingDirection(x, signsOf(Float64Array.from(y)));
    return logisticRegression(x, y, separated && forgives(x) ? { lambda: 1e-6 } : options);
  };

theorem<Fit>('thm:logistic', 'b', {
  real: logisticRegression,
  check: (fit) => {
    for (const { x, y, apart } of CASES) {
      if (apart) expect(() => fit(x, y)).toThrow('separates the labels');
      else {
        expect(() => fit(x, y)).not.toThrow();
        expectClose(slope(x, y, fit(x, y).coefficients), new Float64Array(x.cols), 8);
      }
    }
  },
  mutants: {
    'never looks for separation': lenient(() => true),
    'misses separation with ties': lenient((x) => x === TIED),
    'calls every sample that a line nearly divides separated': (x, y, options) => {
      if (x === TIED) throw new Error('logisticRegression: a combination led by x separates the labels');
      return logisticRegression(x, y, options);
    },
  },
});

type Separate = typeof separatingDirection;
const APART = CASES.filter(({ apart }) => apart);

theorem<Separate>('thm:logistic', 'c', {
  real: separatingDirection,
  check: (separate) => {
    for (const { x, y } of APART) {
      const d = separate(x, signsOf(y)) ?? new Float64Array(x.cols);
      const size = Math.sqrt(dot(d, d)) || 1;
      for (const start of [new Float64Array(x.cols), gaussian(9, x.cols)]) {
        const along = [0, 0.1, 0.2, 0.5, 1, 2].map((t) =>
          logLikelihood(
            x,
            y,
            d.map((value, j) => start[j] + (t * value) / size),
          ),
        );
        for (let k = 1; k < along.length; k++) expect(along[k]).toBeGreaterThan(along[k - 1]);
      }
      const margins = matVec(x, d).map((eta, i) => signsOf(y)[i] * eta);
      const strict = Math.min(...margins) > 1e-9 * Math.max(...margins);
      expect(strict).toBe(x !== TIED);
      if (strict)
        expect(
          logLikelihood(
            x,
            y,
            d.map((value) => (60 * value) / Math.min(...margins)),
          ),
        ).toBeGreaterThan(-1e-12); // sup ℓ = 0
    }
  },
  mutants: {
    'points the other way': (x, signs) => separatingDirection(x, signs)?.map((d) => -d),
    'finds none': () => undefined,
    'leaves the intercept out': (x, signs) => separatingDirection(x, signs)?.map((d, j) => (j === 0 ? 0 : d)),
  },
});

theorem<Fit>('thm:logistic', 'd', {
  real: logisticRegression,
  check: (fit) => {
    for (const { x: named, y } of CASES)
      for (const lambda of [0.3, 5])
        for (const spared of [true, false]) {
          const x = spared ? named : { ...named, names: named.names!.map((name) => (name === 'intercept' ? 'ones' : name)) };
          const { coefficients } = fit(x, y, { lambda });
          const penalty = coefficients.map((_, j) => (spared && j === 0 ? 0 : lambda));
          expectClose(
            slope(x, y, coefficients).map((g, j) => g - penalty[j] * coefficients[j]),
            new Float64Array(x.cols),
            8,
          );
          const value = (b: ArrayLike<number>) =>
            logLikelihood(x, y, b) - penalty.reduce((sum, weight, j) => sum + 0.5 * weight * b[j] ** 2, 0);
          for (const d of [5, 6].map((seed) => gaussian(seed, x.cols)))
            for (const t of [-1, -0.01, 0.01, 1]) expect(value(coefficients.map((b, j) => b + t * d[j]))).toBeLessThan(value(coefficients));
        }
  },
  mutants: {
    'penalises half as much': (x, y, options) => logisticRegression(x, y, { ...options, lambda: options!.lambda! / 2 }),
    'penalises twice as much': (x, y, options) => logisticRegression(x, y, { ...options, lambda: 2 * options!.lambda! }),
    'penalises the intercept': (x, y, options) =>
      logisticRegression({ ...x, names: x.names!.map((name) => (name === 'intercept' ? 'ones' : name)) }, y, options),
    'never penalises the first column': (x, y, options) =>
      logisticRegression({ ...x, names: x.names!.map((name, j) => (j === 0 ? 'intercept' : name)) }, y, options),
  },
});

/** aᵢ: the rows of Q, X = QR, each with the sign of its label and of length one. */
function unitRows(x: Matrix, signs: Float64Array) {
  const { q, r } = qr(x);
  const rows = Array.from(signs, (sign, i) => {
    const row = q.data.subarray(i * q.cols, (i + 1) * q.cols);
    return row.map((value) => (sign * value) / Math.sqrt(dot(row, row)));
  });
  return { rows, r };
}

/**
 * Whether some d ≠ 0 has ςᵢxᵢᵀd ≥ 0 for all i, by trying every candidate: the cone of such d has no line in it, since X has full rank, so it
 * has an edge, which is orthogonal to p − 1 rows.
 */
function separable(x: Matrix, signs: Float64Array): boolean {
  const rows = Array.from(signs, (_, i) => x.data.subarray(i * x.cols, (i + 1) * x.cols));
  const cross = (a: Float64Array, b: Float64Array) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const edges = x.cols === 2 ? rows.map((a) => [-a[1], a[0]]) : rows.flatMap((a, i) => rows.slice(0, i).map((b) => cross(a, b)));
  const size = (d: readonly number[]) => Math.hypot(...d);
  const fits = (d: readonly number[], side: number) =>
    rows.every((row, i) => side * signs[i] * dot(row, Float64Array.from(d)) >= -1e-12 * size(d));
  return edges.some((d) => size(d) > 1e-12 && (fits(d, 1) || fits(d, -1)));
}

theorem<Separate>('thm:logistic', 'e', {
  real: separatingDirection,
  check: (separate) => {
    const random = Array.from({ length: 60 }, (_, seed) => {
      const n = 5 + (seed % 7);
      const z = gaussian(100 + seed, 3 * n);
      const x = design({ a: z.subarray(0, n), b: z.subarray(n, 2 * n) });
      return { x, y: z.subarray(2 * n).map((value, i) => (value + 1.5 * z[i] > 0 ? 1 : 0)) };
    });
    // Up to six columns, half of the samples with heavy tails: in some the search has to take back a weight that it raised.
    const wide = Array.from({ length: 120 }, (_, seed) => {
      const [p, n] = [1 + (seed % 6), 3 + (seed % 6) + (seed % 23)];
      const heavy = (z: number) => (seed % 2 ? z ** 3 : z);
      const values = Array.from({ length: p }, (_, j) => gaussian(7000 + 10 * seed + j, n).map(heavy));
      const columns = Object.fromEntries(values.map((column, j) => [`x${j}`, column]));
      const noise = gaussian(7009 + 10 * seed, n);
      return { x: design(columns), y: noise.map((value, i) => (value + (seed % 3) * columns.x0[i] > 0 ? 1 : 0)) };
    });
    let [separated, overlap] = [0, 0];
    for (const { x, y } of [...CASES, ...random, ...wide]) {
      const signs = signsOf(y);
      const d = separate(x, signs);
      if (x.cols <= 3) expect(d !== undefined).toBe(separable(x, signs));
      else if (!d && Math.max(...x.data.map(Math.abs)) < 4) {
        // (Further out, a weight is too near 0 to be told from it.)
        // Under a small penalty λ the maximum has Σ tᵢςᵢxᵢ = λβ with weights tᵢ = |yᵢ − qᵢ| > 0. Where the labels overlap they stay
        // away from 0 as λ does not; where a direction separated them, the least of them would fall as λ itself.
        const { coefficients, probabilities } = logisticRegression(x, y, { lambda: 1e-11 });
        const least = Math.min(...probabilities.map((q, i) => Math.abs(y[i] - q)));
        expect((1e-11 * Math.sqrt(dot(coefficients, coefficients))) / least).toBeLessThan(0.2);
      }
      if (d) {
        separated++;
        const { rows, r } = unitRows(x, signs);
        const u = matVec(r, d);
        const products = rows.map((row) => dot(row, u));
        expect(Math.min(...products)).toBeGreaterThan(-1e-9); // no weight may grow and make u shorter: d separates
        // A weight above 1 belongs to a row orthogonal to u, so ‖u‖² = Σ tᵢaᵢᵀu = Σ aᵢᵀu: u is the point of least norm, not a multiple.
        expect(dot(u, u)).toBeCloseTo(
          products.reduce((a, b) => a + b),
          8,
        );
        expect(dot(u, u)).toBeGreaterThan(1e-6);
      } else overlap++;
    }
    expect(separated, 'samples said to be separated').toBeGreaterThan(15);
    expect(overlap, 'samples said to overlap').toBeGreaterThan(15);
  },
  mutants: {
    'returns twice the direction': (x, signs) => separatingDirection(x, signs)?.map((d) => 2 * d),
    'points the other way': (x, signs) => separatingDirection(x, signs)?.map((d) => -d),
    'returns u without R⁻¹': (x, signs) => {
      const d = separatingDirection(x, signs);
      return d && matVec(qr(x).r, d);
    },
    'looks at the scale of rows and columns': (x, signs) => {
      const sum = transposeVec(x, signs); // the first step of the search, taken for its end
      return separatingDirection(x, signs) && sum;
    },
    'finds none': () => undefined,
    'always finds one': (x, signs) => separatingDirection(x, signs) ?? transposeVec(x, signs),
  },
});
