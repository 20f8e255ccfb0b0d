import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { dot } from '../../../tests/support/dense.js';
import { theorem } from '../../../tests/support/theorem.js';
import { bairdStar, type LinearValues, semiGradientSweep } from './baird.js';

interface Star {
  readonly star: typeof bairdStar;
  readonly sweep: typeof semiGradientSweep;
}
const real: Star = { star: bairdStar, sweep: semiGradientSweep };
const features =
  (change: (row: readonly number[], s: number) => number[]): Star['star'] =>
  (discount) => {
    const star = bairdStar(discount);
    return { ...star, features: star.features.map(change) };
  };
/** Sweeps whose error and step are made by these. */
const by =
  (error: (r: number, discount: number, next: number, v: number) => number, step = 1): Star['sweep'] =>
  (problem, w, rate) => {
    const v = valuesOf(problem, w);
    const delta = v.map((x, s) => problem.weighting[s] * error(problem.reward[s], problem.discount, dot(problem.transition[s], v), x));
    return w.map(
      (x, f) =>
        x +
        rate *
          step *
          dot(
            delta,
            problem.features.map((row) => row[f]),
          ),
    );
  };
const MUTANTS: Record<string, Star> = {
  'forgets the discount': { ...real, sweep: by((r, _, next, v) => r + next - v) },
  'turns the error round': { ...real, sweep: by((r, discount, next, v) => v - r - discount * next) },
  'adds its own value': { ...real, sweep: by((r, discount, next, v) => r + discount * next + v) },
  'forgets what follows': { ...real, sweep: by((r, _, __, v) => r - v) },
  'forgets the shares of the states': { ...real, sweep: by((r, discount, next, v) => r + discount * next - v, 7) },
  'values an upper state by one of its weight': { ...real, star: features((row, s) => row.map((x, f) => (f === s && s < 6 ? 1 : x))) },
  'values the last state by one of the shared weight': {
    ...real,
    star: features((row, s) => row.map((x, f) => (f === 7 && s === 6 ? 1 : x))),
  },
  'shares two of the last weight': { ...real, star: features((row) => row.map((x, f) => (f === 7 ? 2 : x))) },
};
const valuesOf = ({ features }: LinearValues, w: readonly number[]) => features.map((x) => dot(x, w));
const STARTS = [
  [1, 1, 1, 1, 1, 1, 10, 1],
  [0.3, -2, 1, 0.5, 4, -1, 2, 0.7],
];

theorem<Star>('thm:baird', 'a', {
  real,
  check: ({ star, sweep }) => {
    for (const discount of [0.5, 0.99]) {
      const problem = star(discount);
      expectClose(sweep(problem, new Array<number>(8).fill(0), 0.1), new Array<number>(8).fill(0), 15); // the true values stay
      // w_s = (v_s − w₈)/2 and w₇ = v₇ − 2 w₈ give any values, whatever w₈.
      for (const shared of [0, 3]) {
        const v = [3, 1, -4, 1, -5, 9, 2];
        const w = [...v.slice(0, 6).map((x) => (x - shared) / 2), v[6] - 2 * shared, shared];
        expectClose(valuesOf(problem, w), v, 12);
      }
      for (const row of problem.transition) expectClose(row, [0, 0, 0, 0, 0, 0, 1], 15);
      expectClose(problem.reward, new Array<number>(7).fill(0), 15);
    }
    // A mean over samples of another policy: to each state with probability 1/7, ratio 7 where it went to the last, else 0.
    const [problem, rate, w] = [star(0.9), 0.2, STARTS[1]];
    const v = valuesOf(problem, w);
    const mean = new Array<number>(8).fill(0);
    for (let s = 0; s < 7; s++)
      for (let next = 0; next < 7; next++) {
        const ratio = next === 6 ? 7 : 0;
        const error = 0.9 * v[next] - v[s];
        for (const [f, x] of problem.features[s].entries()) mean[f] += (ratio * error * x) / 49;
      }
    expectClose(
      sweep(problem, w, rate),
      w.map((x, f) => x + rate * mean[f]),
      12,
    );
  },
  mutants: MUTANTS,
});

/** Mean value of the upper states, and that of the last. */
const pair = (v: readonly number[]) => [v.slice(0, 6).reduce((sum, x) => sum + x / 6, 0), v[6]];

theorem<Star>('thm:baird', 'b', {
  real,
  check: ({ star, sweep }) => {
    for (const discount of [0.3, 0.95])
      for (const rate of [0.05, 0.7])
        for (const w of STARTS) {
          const problem = star(discount);
          const [before, after] = [valuesOf(problem, w), valuesOf(problem, sweep(problem, w, rate))];
          const [[u, y], h] = [pair(before), rate / 7];
          expectClose(pair(after), [u + h * (-10 * u + (12 * discount - 2) * y), y + h * (-12 * u + (17 * discount - 5) * y)], 10);
          for (let s = 1; s < 6; s++) expect(after[s] - after[0]).toBeCloseTo((1 - 4 * h) * (before[s] - before[0]), 10);
        }
  },
  mutants: MUTANTS,
});

const run = (
  { star, sweep }: Star,
  { discount, rate, sweeps }: { discount: number; rate: number; sweeps: number },
  start: readonly number[],
) => {
  const problem = star(discount);
  let w = [...start];
  for (let k = 0; k < sweeps; k++) w = sweep(problem, w, rate);
  return valuesOf(problem, w);
};

theorem<Star>('thm:baird', 'c', {
  real,
  check: (f) => {
    for (const [discount, rate, sweeps] of [
      [0.99, 0.3, 1200],
      [0.99, 1, 300],
      [15 / 17 + 0.01, 1, 400],
    ])
      for (const start of STARTS) {
        expect(discount).toBeGreaterThan(15 / 17);
        const size = Math.hypot(...pair(run(f, { discount, rate, sweeps: 0 }, start)));
        expect(size).toBeGreaterThan(0);
        expect(Math.hypot(...pair(run(f, { discount, rate, sweeps }, start)))).toBeGreaterThan(100 * size);
        expect(Math.hypot(...pair(run(f, { discount, rate, sweeps: 1.5 * sweeps }, start)))).toBeGreaterThan(1000 * size);
        // The area that two runs span grows by the determinant of I + hM with every sweep.
        const area = (sweeps: number) => {
          const [[a, b], [c, d]] = STARTS.map((w) => pair(run(f, { discount, rate, sweeps }, w)));
          return a * d - b * c;
        };
        const h = rate / 7;
        expect(area(3) / area(0)).toBeCloseTo((1 + h * (17 * discount - 15) + 26 * h * h * (1 - discount)) ** 3, 9);
      }
    // From u = y = 0 nothing grows.
    const still = [1, -1, 0, 0, 0, 0, 0, 0];
    expect(Math.max(...run(f, { discount: 0.99, rate: 0.5, sweeps: 400 }, still).map(Math.abs))).toBeLessThan(1e-9);
  },
  mutants: MUTANTS,
});

theorem<Star>('thm:baird', 'd', {
  real,
  check: (f) => {
    for (const [discount, rate, sweeps] of [
      [0, 0.5, 300],
      [0.6, 0.5, 800],
      [15 / 17 - 0.05, 0.7, 1500],
    ])
      for (const start of STARTS) {
        expect(discount).toBeLessThan(15 / 17);
        // Each eigenvalue z of M, of trace t and determinant D, has |1 + hz| < 1: h below 2|Re z|/|z|².
        const [t, D] = [17 * discount - 15, 26 * (1 - discount)];
        const limit = t * t < 4 * D ? -t / D : 4 / (-t + Math.sqrt(t * t - 4 * D));
        expect(rate / 7).toBeLessThan(limit);
        expect(rate).toBeLessThan(3.5);
        expect(Math.max(...run(f, { discount, rate, sweeps }, start).map(Math.abs))).toBeLessThan(1e-3);
      }
    // The step is limited by an eigenvalue that is real, by two that are not, or by the differences: a twentieth less than the limit
    // converges, a twentieth more does not.
    for (const [discount, limit] of [
      [0, 2 / 13], // eigenvalues −2 and −13
      [0.6, 4.8 / 10.4],
      [0.45, 1 / 2],
    ])
      for (const [share, of] of [
        [0.95, 'toBeLessThan'],
        [1.05, 'toBeGreaterThan'],
      ] as const)
        expect(Math.max(...run(f, { discount, rate: 7 * share * limit, sweeps: 500 }, STARTS[1]).map(Math.abs)))[of](1);
    // Updated where the valued policy is, it converges for any γ.
    for (const discount of [0.9, 0.99]) {
      const { star } = f;
      const onPolicy: Star = { ...f, star: (g) => ({ ...star(g), weighting: [0, 0, 0, 0, 0, 0, 1] }) };
      const rate = 1.9 / (5 * (1 - discount));
      expect(run(onPolicy, { discount, rate, sweeps: 1 }, STARTS[0])[6]).toBeCloseTo((1 - 1.9) * 12, 9);
      expect(Math.abs(run(onPolicy, { discount, rate, sweeps: 200 }, STARTS[0])[6])).toBeLessThan(1e-6);
    }
  },
  mutants: MUTANTS,
});
