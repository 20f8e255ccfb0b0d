import { expect } from 'vitest';
import { dot } from '../../../tests/support/dense.js';
import { gaussian, uniformAt } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { standardNormal } from '../distributions/distributions.js';
import { gaussianKernel, type MeanDiscrepancy, maximumMeanDiscrepancy, type RowKernel } from './mean-discrepancy.js';

/** The two functions that the theorem binds. */
interface Bound {
  readonly mmd: typeof maximumMeanDiscrepancy;
  readonly gaussian: typeof gaussianKernel;
}
const real: Bound = { mmd: maximumMeanDiscrepancy, gaussian: gaussianKernel };
const rows = (points: readonly (readonly number[])[]) => ({
  rows: points.length,
  cols: points[0].length,
  data: Float64Array.from(points.flat()),
});
const line = (points: ArrayLike<number>) => rows(Array.from(points, (u) => [u]));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const linear: RowKernel = (a, b) => dot(a, b);
const quadratic: RowKernel = (a, b) => (1 + dot(a, b)) ** 2;
const cloud = (seed: number, n: number, d: number, scale = 1, shift = 0) => {
  const z = gaussian(seed, n * d);
  return Array.from({ length: n }, (_, i) => Array.from({ length: d }, (_, j) => scale * z[i * d + j] + shift * (j + 1)));
};

/** A wrong estimate from the sums of kernels over pairs: of x, of y, of both, and on the diagonals. */
interface Sums {
  readonly [name: string]: number;
}
const summed =
  (wrong: (sums: Sums) => Partial<MeanDiscrepancy>): Bound['mmd'] =>
  (x, y, kernel) => {
    const row = (of: typeof x, i: number) => of.data.subarray(i * of.cols, (i + 1) * of.cols);
    const sums = { xx: 0, yy: 0, xy: 0, ownX: 0, ownY: 0, n: x.rows, m: y.rows };
    for (let i = 0; i < x.rows; i++) for (let j = 0; j < x.rows; j++) sums[i === j ? 'ownX' : 'xx'] += kernel(row(x, i), row(x, j));
    for (let i = 0; i < y.rows; i++) for (let j = 0; j < y.rows; j++) sums[i === j ? 'ownY' : 'yy'] += kernel(row(y, i), row(y, j));
    for (let i = 0; i < x.rows; i++) for (let j = 0; j < y.rows; j++) sums.xy += kernel(row(x, i), row(y, j));
    return { ...maximumMeanDiscrepancy(x, y, kernel), ...wrong(sums) };
  };
const UNBIASED: Record<string, Bound> = {
  'keeps the diagonal': { ...real, mmd: (...of) => ({ ...maximumMeanDiscrepancy(...of), squared: maximumMeanDiscrepancy(...of).biased }) },
  'divides by n²': { ...real, mmd: summed(({ xx, yy, xy, n, m }) => ({ squared: xx / n ** 2 + yy / m ** 2 - (2 * xy) / (n * m) })) },
  'takes the cross term once': {
    ...real,
    mmd: summed(({ xx, yy, xy, n, m }) => ({ squared: xx / (n * (n - 1)) + yy / (m * (m - 1)) - xy / (n * m) })),
  },
  'adds the cross term': {
    ...real,
    mmd: summed(({ xx, yy, xy, n, m }) => ({ squared: xx / (n * (n - 1)) + yy / (m * (m - 1)) + (2 * xy) / (n * m) })),
  },
  'has n for m': {
    ...real,
    mmd: summed(({ xx, yy, xy, n, m }) => ({ squared: xx / (n * (n - 1)) + yy / (n * (n - 1)) - (2 * xy) / (n * m) })),
  },
  'looks at the data only': { ...real, mmd: summed(({ xx, xy, n, m }) => ({ squared: xx / (n * (n - 1)) - xy / (n * m) })) },
};
const BIASED: Record<string, Bound> = {
  'leaves the diagonal out': {
    ...real,
    mmd: (...of) => ({ ...maximumMeanDiscrepancy(...of), biased: maximumMeanDiscrepancy(...of).squared }),
  },
  'takes the root': {
    ...real,
    mmd: (...of) => ({ ...maximumMeanDiscrepancy(...of), biased: Math.sqrt(maximumMeanDiscrepancy(...of).biased) }),
  },
  'takes the cross term once, with the diagonal': {
    ...real,
    mmd: summed(({ xx, yy, xy, ownX, ownY, n, m }) => ({ biased: (xx + ownX) / n ** 2 + (yy + ownY) / m ** 2 - xy / (n * m) })),
  },
  'counts one diagonal': {
    ...real,
    mmd: summed(({ xx, yy, xy, ownX, n, m }) => ({ biased: (xx + ownX) / n ** 2 + yy / m ** 2 - (2 * xy) / (n * m) })),
  },
};
const KERNELS: Record<string, Bound> = {
  'forgets the 2 in the exponent': { ...real, gaussian: (b) => gaussianKernel(b / Math.SQRT2) },
  'squares no width': { ...real, gaussian: (b) => gaussianKernel(Math.sqrt(b)) },
  'squares no distance': { ...real, gaussian: (b) => (p, q) => Math.exp(-Math.hypot(...p.map((u, j) => u - q[j])) / (2 * b * b)) },
  'has the sum of the distances squared': {
    ...real,
    gaussian: (b) => (p, q) => Math.exp(-(p.reduce((s, u, j) => s + u - q[j], 0) ** 2) / (2 * b * b)),
  },
  'is a density': { ...real, gaussian: (b) => (p, q) => gaussianKernel(b)(p, q) / (b * Math.sqrt(2 * Math.PI)) },
};

theorem<Bound>('thm:mmd', 'a', {
  real,
  check: ({ mmd, gaussian: kernelOf }) => {
    for (const [x, y] of [
      [cloud(1, 6, 2), cloud(2, 4, 2, 1.5, 0.3)],
      [cloud(3, 3, 2, 0.7), cloud(4, 8, 2, 1, -0.5)],
    ]) {
      // The features of (1 + a·b)² in two dimensions, whose means can be written down.
      const root = Math.SQRT2;
      const features = ([u, v]: number[]) => [1, root * u, root * v, u * u, v * v, root * u * v];
      const centre = (points: number[][]) => features([0, 0]).map((_, j) => mean(points.map((point) => features(point)[j])));
      const [mx, my] = [centre(x), centre(y)];
      const between = mx.reduce((sum, value, j) => sum + (value - my[j]) ** 2, 0);
      expect(mmd(rows(x), rows(y), quadratic).biased).toBeCloseTo(between, 10);
      // The greatest gap of means over the unit ball: h = Σ c k(z, ·), whose norm is cᵀKc.
      const k = kernelOf(0.8);
      const all = [...x, ...y].map((point) => Float64Array.from(point));
      const apart = all.map((_, i) => (i < x.length ? 1 / x.length : -1 / y.length));
      const evaluate = (c: number[], at: Float64Array) => all.reduce((sum, z, i) => sum + c[i] * k(z, at), 0);
      const normOf = (c: number[]) => Math.sqrt(all.reduce((sum, z, i) => sum + c[i] * evaluate(c, z), 0));
      const gap = (c: number[]) => all.reduce((sum, z, i) => sum + apart[i] * evaluate(c, z), 0) / normOf(c);
      const found = Math.sqrt(mmd(rows(x), rows(y), kernelOf(0.8)).biased);
      expect(gap(apart)).toBeCloseTo(found, 10);
      for (let r = 0; r < 40; r++) expect(gap(apart.map((c, i) => c + 0.3 * (uniformAt(r, i) - 0.5)))).toBeLessThan(found);
    }
  },
  mutants: BIASED,
});

/** Laws on three points of the line, and every sample of n of them with its chance. */
const PLACES = [-1, 0.25, 2];
const P = [0.5, 0.3, 0.2];
const Q = [0.1, 0.3, 0.6];
function samples(law: readonly number[], n: number): { points: number[]; chance: number }[] {
  if (n === 0) return [{ points: [], chance: 1 }];
  return samples(law, n - 1).flatMap(({ points, chance }) => law.map((p, i) => ({ points: [...points, PLACES[i]], chance: chance * p })));
}
const kernelAt = (k: RowKernel) => (i: number, j: number) => k(Float64Array.of(PLACES[i]), Float64Array.of(PLACES[j]));
const double = (p: readonly number[], q: readonly number[], f: (i: number, j: number) => number) =>
  p.reduce((sum, a, i) => sum + q.reduce((inner, b, j) => inner + a * b * f(i, j), 0), 0);
/** The mean of what is found over all pairs of samples. */
const expected = (p: readonly number[], q: readonly number[], n: number, m: number, f: (x: number[], y: number[]) => number) =>
  samples(p, n).reduce((sum, x) => sum + samples(q, m).reduce((inner, y) => inner + x.chance * y.chance * f(x.points, y.points), 0), 0);

theorem<Bound>('thm:mmd', 'b', {
  real,
  check: ({ mmd }) => {
    for (const kernel of [gaussianKernel(0.9), quadratic])
      for (const [n, m] of [
        [2, 3],
        [3, 2],
      ]) {
        const k = kernelAt(kernel);
        const squared = double(P, P, k) + double(Q, Q, k) - 2 * double(P, Q, k);
        const find = (x: number[], y: number[]) => mmd(line(x), line(y), kernel);
        expect(expected(P, Q, n, m, (x, y) => find(x, y).squared)).toBeCloseTo(squared, 10);
        const own = (law: number[]) => law.reduce((sum, p, i) => sum + p * k(i, i), 0) - double(law, law, k);
        expect(expected(P, Q, n, m, (x, y) => find(x, y).biased)).toBeCloseTo(squared + own(P) / n + own(Q) / m, 10);
      }
  },
  mutants: { ...UNBIASED, ...BIASED },
});

const withError = (wrong: (n: number, m: number, v: number) => number): Bound => ({
  ...real,
  mmd: (x, y, kernel) => {
    const found = maximumMeanDiscrepancy(x, y, kernel);
    const [n, m] = [x.rows, y.rows];
    const v = found.nullError ** 2 / (2 / (n * (n - 1)) + 2 / (m * (m - 1)) + 4 / (n * m));
    return { ...found, nullError: Math.sqrt(wrong(n, m, v)) };
  },
});

theorem<Bound>('thm:mmd', 'c', {
  real,
  check: ({ mmd }) => {
    for (const kernel of [gaussianKernel(0.9), quadratic])
      for (const [n, m] of [
        [2, 3],
        [3, 3],
      ]) {
        const k = kernelAt(kernel);
        const embedded = PLACES.map((_, i) => P.reduce((sum, p, j) => sum + p * k(i, j), 0));
        const overall = double(P, P, k);
        const v = double(P, P, (i, j) => (k(i, j) - embedded[i] - embedded[j] + overall) ** 2);
        const u = (x: number[], y: number[]) => mmd(line(x), line(y), kernel).squared;
        expect(expected(P, P, n, m, u)).toBeCloseTo(0, 10);
        const variance = v * (2 / (n * (n - 1)) + 2 / (m * (m - 1)) + 4 / (n * m));
        expect(expected(P, P, n, m, (x, y) => u(x, y) ** 2) / variance).toBeCloseTo(1, 10);
      }
    // The estimated error: samples of N(0, 1), whose v has a closed form, by (d) with the widths b and b/√2.
    for (const [n, m, b] of [
      [60, 20, 1],
      [20, 60, 2],
    ]) {
      const width = (c: number, s2: number) => c / Math.sqrt(c * c + s2);
      const m2 = (width(b, 1) ** 2 * Math.sqrt(b * b + 1)) / Math.sqrt(b * b + 3);
      const v = width(b / Math.SQRT2, 2) - 2 * m2 + width(b, 2) ** 2;
      const exact = Math.sqrt(v * (2 / (n * (n - 1)) + 2 / (m * (m - 1)) + 4 / (n * m)));
      const found = mmd(line(normalGrid(n)), line(normalGrid(m)), gaussianKernel(b)).nullError;
      expect(found / exact).toBeGreaterThan(0.95);
      expect(found / exact).toBeLessThan(1.05);
    }
  },
  mutants: {
    ...UNBIASED,
    'forgets the cross term in its error': withError((n, m, v) => v * (2 / (n * (n - 1)) + 2 / (m * (m - 1)))),
    'has 2 for 4 in its error': withError((n, m, v) => v * (2 / (n * (n - 1)) + 2 / (m * (m - 1)) + 2 / (n * m))),
    'has the variance for the error': withError((n, m, v) => (v * (2 / (n * (n - 1)) + 2 / (m * (m - 1)) + 4 / (n * m))) ** 2),
    'forgets the second sample in its error': withError((n, m, v) => v * (2 / (n * (n - 1)) + 4 / (n * m))),
  },
});

/** N(shift, scale²) in place of a sample: its quantiles at the middles of n equal parts. */
const normalGrid = (n: number, scale = 1, shift = 0) =>
  Float64Array.from({ length: n }, (_, i) => shift + scale * standardNormal.quantile((i + 0.5) / n));

theorem<Bound>('thm:mmd', 'd', {
  real,
  check: ({ mmd, gaussian: kernelOf }) => {
    for (const b of [0.5, 2]) {
      // E|P̂ − Q̂|² over N(0, b⁻²), by the trapezium rule, of two samples as laws of their own.
      const [x, y] = [gaussian(5, 9), gaussian(6, 7).map((z) => 1.5 * z + 0.4)];
      const gapAt = (omega: number) => {
        const part = (of: Float64Array, f: (u: number) => number) => mean(Array.from(of, (u) => f(omega * u)));
        return (part(x, Math.cos) - part(y, Math.cos)) ** 2 + (part(x, Math.sin) - part(y, Math.sin)) ** 2;
      };
      const step = 0.01 / b;
      let integral = 0;
      for (let i = -1000; i <= 1000; i++)
        integral += gapAt(i * step) * step * (b / Math.sqrt(2 * Math.PI)) * Math.exp(-((i * step * b) ** 2) / 2);
      expect(mmd(line(x), line(y), kernelOf(b)).biased).toBeCloseTo(integral, 10);
      // In two dimensions the kernel is a product.
      const [p, q] = [Float64Array.of(0.3, -1), Float64Array.of(1.1, 0.4)];
      expect(kernelOf(b)(p, q)).toBeCloseTo(Math.exp(-(0.8 ** 2 + 1.4 ** 2) / (2 * b * b)), 12);
      // Normal laws.
      const average = (s: number, r: number, shift: number) =>
        (b / Math.sqrt(b * b + s * s + r * r)) * Math.exp((-shift * shift) / (2 * (b * b + s * s + r * r)));
      for (const [r, shift] of [
        [1, 0.7],
        [2, 0],
      ]) {
        const exact = average(1, 1, 0) + average(r, r, 0) - 2 * average(1, r, shift);
        const found = mmd(line(normalGrid(80)), line(normalGrid(64, r, shift)), kernelOf(b)).biased;
        expect(Math.abs(found - exact)).toBeLessThan(0.02 * exact);
      }
      expect(mmd(line(x), line(x), kernelOf(b)).biased).toBeCloseTo(0, 12);
    }
  },
  mutants: { ...BIASED, ...KERNELS },
});

theorem<Bound>('thm:mmd', 'e', {
  real,
  check: ({ mmd, gaussian: kernelOf }) => {
    for (const [x, y] of [
      [cloud(7, 5, 3), cloud(8, 9, 3, 2, 0.4)],
      [cloud(9, 8, 2, 0.3, 1), cloud(10, 3, 2)],
    ]) {
      const d = x[0].length;
      const moment = (points: number[][], i: number, j?: number) => mean(points.map((u) => u[i] * (j === undefined ? 1 : u[j])));
      let [means, seconds] = [0, 0];
      for (let i = 0; i < d; i++) {
        means += (moment(x, i) - moment(y, i)) ** 2;
        for (let j = 0; j < d; j++) seconds += (moment(x, i, j) - moment(y, i, j)) ** 2;
      }
      expect(mmd(rows(x), rows(y), linear).biased).toBeCloseTo(means, 10);
      expect(mmd(rows(x), rows(y), quadratic).biased).toBeCloseTo(2 * means + seconds, 10);
    }
    // Two laws of mean 0 and variance 1: ±1, and 0 or ±√1.5 with chances of a third.
    const [coin, three] = [line([-1, 1, -1, 1, -1, 1]), line([-Math.sqrt(1.5), 0, Math.sqrt(1.5)])];
    for (const kernel of [linear, quadratic]) expect(mmd(coin, three, kernel).biased).toBeCloseTo(0, 12);
    for (const b of [0.3, 1]) expect(mmd(coin, three, kernelOf(b)).biased).toBeGreaterThan(0.01);
  },
  mutants: BIASED,
});
