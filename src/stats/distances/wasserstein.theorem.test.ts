import { expect } from 'vitest';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { optimalTransport } from './optimal-transport.js';
import { wassersteinDistance } from './wasserstein.js';

type Distance = (x: ArrayLike<number>, y: ArrayLike<number>) => number;
const sorted = (x: ArrayLike<number>) => Array.from(x).sort((a, b) => a - b);
const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
const below = (x: ArrayLike<number>, u: number) => Array.from(x).filter((value) => value <= u).length / x.length;
const SAMPLES: [x: ArrayLike<number>, y: ArrayLike<number>][] = [
  [gaussian(1, 7), gaussian(2, 7).map((z) => 2 * z + 0.5)],
  [gaussian(3, 5), gaussian(4, 9).map((z) => z - 1)],
  [
    [0, 0, 1, 3],
    [1, 1, 2, 0, 0, 5],
  ],
];
/** Both samples' values in order, and F of each up to the next value. */
const steps = (x: ArrayLike<number>, y: ArrayLike<number>) => {
  const at = sorted([...Array.from(x), ...Array.from(y)]);
  return at.slice(1).map((end, i) => ({ start: at[i], end, gap: below(x, at[i]) - below(y, at[i]) }));
};
const byGaps =
  (f: (gap: number, width: number) => number): Distance =>
  (x, y) =>
    steps(x, y).reduce((sum, { start, end, gap }) => sum + f(gap, end - start), 0);

theorem<Distance>('thm:kantorovich-rubinstein', 'b', {
  real: wassersteinDistance,
  check: (distance) => {
    for (const [x, y] of SAMPLES) {
      const [n, m] = [x.length, y.length];
      const cost = { rows: n, cols: m, data: Float64Array.from(Array.from(x).flatMap((a) => Array.from(y, (b) => Math.abs(a - b)))) };
      const even = (size: number) => new Array<number>(size).fill(1 / size);
      expect(distance(x, y)).toBeCloseTo(optimalTransport(even(n), even(m), cost).cost, 12);
      // The pairs of (F⁻¹(U), G⁻¹(U)): U is uniform, and both are constant on the nm-ths of [0, 1].
      const quantile = (of: ArrayLike<number>, k: number) => sorted(of)[Math.floor(((k + 0.5) * of.length) / (n * m))];
      expect(distance(x, y)).toBeCloseTo(mean(Array.from({ length: n * m }, (_, k) => Math.abs(quantile(x, k) - quantile(y, k)))), 12);
      if (n === m) expect(distance(x, y)).toBeCloseTo(mean(sorted(x).map((a, i) => Math.abs(a - sorted(y)[i]))), 12);
      // A critic of slope sign(G − F).
      const critic = (u: number) =>
        steps(x, y).reduce((sum, { start, end, gap }) => sum - Math.sign(gap) * Math.max(0, Math.min(u, end) - start), 0);
      expect(distance(x, y)).toBeCloseTo(mean(Array.from(x, critic)) - mean(Array.from(y, critic)), 12);
    }
    // Laws in place of samples, by their quantiles: N(0, 1) against N(m, 1), and against N(0, s²), where W is |s − 1| E|ξ|.
    const normal = sorted(gaussian(5, 2000));
    for (const shift of [0.25, -3])
      expect(
        distance(
          normal,
          normal.map((z) => z + shift),
        ),
      ).toBeCloseTo(Math.abs(shift), 10);
    for (const s of [0.5, 3])
      expect(
        distance(
          normal,
          normal.map((z) => s * z),
        ),
      ).toBeCloseTo(Math.abs(s - 1) * mean(normal.map(Math.abs)), 10);
  },
  mutants: {
    'pairs values as they come': (x, y) => mean(Array.from({ length: Math.min(x.length, y.length) }, (_, i) => Math.abs(x[i] - y[i]))),
    'is the difference of the means': (x, y) => Math.abs(mean(Array.from(x)) - mean(Array.from(y))),
    'takes the greatest gap (Kolmogorov)': (x, y) => Math.max(...steps(x, y).map(({ gap }) => Math.abs(gap))),
    'squares the gap (Cramér)': byGaps((gap, width) => gap * gap * width),
    'forgets the widths': byGaps((gap) => Math.abs(gap)),
    'lets gaps of both signs cancel': (x, y) => Math.abs(byGaps((gap, width) => gap * width)(x, y)),
    'counts half': (x, y) => wassersteinDistance(x, y) / 2,
    'is of order 2': (x, y) => {
      const size = x.length * y.length;
      const at = (of: ArrayLike<number>, k: number) => sorted(of)[Math.floor(((k + 0.5) * of.length) / size)];
      return Math.sqrt(mean(Array.from({ length: Math.min(size, 200) }, (_, k) => (at(x, k) - at(y, k)) ** 2)));
    },
  },
});
