import { expect } from 'vitest';
import { theorem } from '../../../tests/support/theorem.js';
import { diagonal, eigenSymmetric, fromColumns, type Matrix, transpose } from '../../linalg/index.js';
import { ledoitWolf, sampleCovariance } from './ledoit-wolf.js';

/** Laws of a few vectors, equally likely, so that every sample of T rows can be listed. */
const LAWS = [
  [
    [3, 1],
    [-3, 0],
    [0.5, -2],
    [-0.5, 1],
  ],
  [
    [2, 0, 1],
    [-2, 1, -1],
    [0, -1, 0.5],
  ],
];
const rowsOf = (rows: readonly (readonly number[])[]): Matrix => transpose(fromColumns(rows));
/** All samples of T rows of a law. */
function samples(law: readonly (readonly number[])[], T: number): Matrix[] {
  let all: (readonly number[])[][] = [[]];
  for (let t = 0; t < T; t++) all = all.flatMap((rows) => law.map((row) => [...rows, row]));
  return all.map(rowsOf);
}
const inner = (a: Matrix, b: Matrix) => a.data.reduce((sum, value, at) => sum + value * b.data[at], 0);
const mix = (a: Matrix, b: Matrix, share: number): Matrix => ({
  ...a,
  data: a.data.map((value, at) => (1 - share) * value + share * b.data[at]),
});
const less = (a: Matrix, b: Matrix): Matrix => ({ ...a, data: a.data.map((value, at) => value - b.data[at]) });
const eye = (n: number, by: number): Matrix => ({
  rows: n,
  cols: n,
  data: Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? by : 0)),
});
const trace = (a: Matrix) => diagonal(a).reduce((x, y) => x + y, 0);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
/** The covariance of a law of listed vectors, about its mean or about 0. */
function covarianceOf(law: readonly (readonly number[])[], about: 'mean' | 'zero'): Matrix {
  const n = law[0].length;
  const centre = law[0].map((_, i) => (about === 'mean' ? mean(law.map((row) => row[i])) : 0));
  return eye(n, 0).data.reduce<Matrix>(
    (out, _, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      out.data[at] = mean(law.map((row) => (row[i] - centre[i]) * (row[j] - centre[j])));
      return out;
    },
    eye(n, 0),
  );
}

type Sample = typeof sampleCovariance;
const scaledBy =
  (factor: (x: Matrix) => number): Sample =>
  (x) => {
    const s = sampleCovariance(x);
    return { ...s, data: s.data.map((value) => factor(x) * value) };
  };

theorem<Sample>('thm:ledoit-wolf', 'ab', {
  real: sampleCovariance,
  check: (estimate) => {
    for (const law of LAWS)
      for (const T of [2, 4]) {
        const sigma = covarianceOf(law, 'mean');
        const n = sigma.rows;
        const target = eye(n, trace(sigma) / n);
        const all = samples(law, T).map(estimate);
        const loss = (share: number) => mean(all.map((s) => inner(less(mix(s, target, share), sigma), less(mix(s, target, share), sigma))));
        const [g2, e2] = [inner(less(sigma, target), less(sigma, target)), loss(0)];
        expect(e2).toBeGreaterThan(0);
        expect(mean(all.map((s) => inner(less(s, target), less(s, target))))).toBeCloseTo(g2 + e2, 9);
        const best = e2 / (g2 + e2);
        expect(loss(best)).toBeCloseTo((g2 * e2) / (g2 + e2), 9);
        for (const step of [-0.3, -0.01, 0.01, 0.3]) expect(loss(best + step) - loss(best)).toBeCloseTo((g2 + e2) * step ** 2, 9);
      }
  },
  mutants: {
    'divides by T': scaledBy((x) => (x.rows - 1) / x.rows),
    'divides by T − 2': scaledBy((x) => (x.rows - 1) / (x.rows - 1.5)),
    'takes the mean for 0': (x) => {
      const s = sampleCovariance(x);
      const centre = Array.from({ length: x.cols }, (_, j) => mean(Array.from({ length: x.rows }, (_, t) => x.data[t * x.cols + j])));
      return { ...s, data: s.data.map((value, at) => value + centre[Math.floor(at / x.cols)] * centre[at % x.cols]) };
    },
    'forgets the correlations': (x) => {
      const s = sampleCovariance(x);
      return { ...s, data: s.data.map((value, at) => (at % (x.cols + 1) === 0 ? value : 0)) };
    },
  },
});

/** Rows y and −y have the mean 0, so that the library's deviations are the rows themselves, and its noise is half of that of the rows y. */
const mirrored = (x: Matrix): Matrix => ({
  ...x,
  rows: 2 * x.rows,
  data: Float64Array.from([...x.data, ...x.data.map((value) => -value)]),
});
const LONG = [
  [
    [5, 1],
    [-4, 0.3],
    [6, -0.5],
  ],
  [
    [9, 0, 1],
    [8, 1, -1],
    [-7, -1, 0.5],
  ],
];
type Shrunk = typeof ledoitWolf;
const shrinks =
  (change: (share: number, x: Matrix) => number): Shrunk =>
  (x) => {
    const { shrinkage } = ledoitWolf(x);
    const centred = sampleCovariance(x);
    const s: Matrix = { ...centred, data: centred.data.map((value) => (value * (x.rows - 1)) / x.rows) };
    const share = change(shrinkage, x);
    return { shrinkage: share, covariance: mix(s, eye(s.rows, trace(s) / s.rows), share) };
  };

theorem<Shrunk>('thm:ledoit-wolf', 'c', {
  real: ledoitWolf,
  check: (shrink) => {
    for (const law of LONG)
      for (const T of [2, 4]) {
        const sigma = covarianceOf(law, 'zero');
        const e2 = (mean(law.map((y) => inner(rowsOf([y]), rowsOf([y])) ** 2)) - inner(sigma, sigma)) / T;
        const all = samples(law, T);
        const secondMoment = (x: Matrix) =>
          covarianceOf(
            Array.from({ length: x.rows }, (_, t) => [...x.data.subarray(t * x.cols, (t + 1) * x.cols)]),
            'zero',
          );
        expect(mean(all.map((x) => inner(less(secondMoment(x), sigma), less(secondMoment(x), sigma))))).toBeCloseTo(e2, 7);
        const noise = all.map((x) => {
          const s = secondMoment(x);
          const off = less(s, eye(s.rows, trace(s) / s.rows));
          const { shrinkage, covariance } = shrink(mirrored(x));
          expect(shrinkage).toBeLessThan(1); // not cut off
          expect(inner(less(covariance, s), less(covariance, s))).toBeCloseTo(shrinkage ** 2 * inner(off, off), 6);
          return 2 * shrinkage * inner(off, off);
        });
        expect(mean(noise)).toBeCloseTo((1 - 1 / T) * e2, 6);
      }
  },
  mutants: {
    'forgets to divide by the rows': shrinks((share, x) => Math.min(0.99, share * x.rows)),
    'corrects for the lost row': shrinks((share, x) => (share * x.rows) / (x.rows - 1)),
    'shrinks by the root': shrinks(Math.sqrt),
    'does not shrink': shrinks(() => 0),
  },
});

theorem<Shrunk>('thm:ledoit-wolf', 'd', {
  real: ledoitWolf,
  check: (shrink) => {
    let [below, above] = [Infinity, Infinity]; // how far eigenvalues stay from the bounds, at the least
    for (const x of [...samples(LAWS[1], 3).filter((one) => trace(sampleCovariance(one)) > 0)]) {
      const { shrinkage, covariance } = shrink(x);
      const centre = trace(covariance) / covariance.rows; // the trace is kept
      expect(trace(covariance)).toBeCloseTo((trace(sampleCovariance(x)) * (x.rows - 1)) / x.rows, 9);
      expect(shrinkage).toBeLessThanOrEqual(1);
      if (shrinkage === 0) continue;
      const { values } = eigenSymmetric(covariance);
      const [low, high] = [shrinkage * centre, ((1 - shrinkage) * covariance.rows + shrinkage) * centre];
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low - 1e-9);
      expect(Math.max(...values)).toBeLessThanOrEqual(high + 1e-9);
      below = Math.min(below, Math.min(...values) - low);
      above = Math.min(above, high - Math.max(...values));
    }
    expect(below).toBeLessThan(1e-9); // fewer rows than columns, or two that are alike, attain the bounds
    expect(above).toBeLessThan(1e-9);
  },
  mutants: {
    'shrinks to nothing': (x) => {
      const { shrinkage, covariance } = ledoitWolf(x);
      return { shrinkage, covariance: { ...covariance, data: covariance.data.map((value) => (1 - shrinkage) * value) } };
    },
    'goes beyond the target': (x) => ({ ...ledoitWolf(x), shrinkage: 1.2 }),
    'says that it shrank more': (x) => ({ ...ledoitWolf(x), shrinkage: Math.min(1, 0.2 + 2 * ledoitWolf(x).shrinkage) }),
    'keeps the variances of the sample': (x) => {
      const right = ledoitWolf(x);
      return { ...right, covariance: sampleCovariance(x) };
    },
  },
});
