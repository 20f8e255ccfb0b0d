import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { dot, rowsOf, timesColumn } from '../../../tests/support/dense.js';
import { theorem } from '../../../tests/support/theorem.js';
import { svd } from '../../linalg/index.js';
import { sinusoidalPositions } from './positions.js';

/** Positions 0, …, T − 1, each of width D. */
type Positions = (T: number, D: number) => number[][];
const real: Positions = (T, D) => rowsOf(sinusoidalPositions(T, D).data, D);
const waves =
  (even: (t: number, i: number, D: number) => number, odd: (t: number, i: number, D: number) => number): Positions =>
  (T, D) =>
    Array.from({ length: T }, (_, t) =>
      Array.from({ length: D }, (_, j) => (j % 2 === 0 ? even(t, Math.floor(j / 2), D) : odd(t, Math.floor(j / 2), D))),
    );
const angle = (i: number, D: number) => 10_000 ** ((-2 * i) / D);
const at =
  (f: (x: number) => number, of = angle) =>
  (t: number, i: number, D: number) =>
    f(t * of(i, D));
const MUTANTS: Record<string, Positions> = {
  'exchanges sine and cosine': waves(at(Math.cos), at(Math.sin)),
  'has sines only': waves(at(Math.sin), at(Math.sin)),
  'forgets the 2 in the exponent': waves(
    at(Math.sin, (i, D) => 10_000 ** (-i / D)),
    at(Math.cos, (i, D) => 10_000 ** (-i / D)),
  ),
  'has the base 1000': waves(
    at(Math.sin, (i, D) => 1000 ** ((-2 * i) / D)),
    at(Math.cos, (i, D) => 1000 ** ((-2 * i) / D)),
  ),
  'gives the cosine the next frequency': waves(
    at(Math.sin),
    at(Math.cos, (i, D) => 10_000 ** (-(2 * i + 1) / D)),
  ),
  'counts from 1': waves(
    (t, i, D) => Math.sin((t + 1) * angle(i, D)),
    (t, i, D) => Math.cos((t + 1) * angle(i, D)),
  ),
  'adds the place to one coordinate': (T, D) => real(T, D).map((row, t) => [row[0] + t / 100, ...row.slice(1)]),
};
const drop = (...names: string[]) => Object.fromEntries(Object.entries(MUTANTS).filter(([name]) => !names.includes(name)));

/** R_u, from the statement. */
function rotation(u: number, D: number): number[][] {
  const R = Array.from({ length: D }, () => new Array<number>(D).fill(0));
  for (let i = 0; i < D / 2; i++) {
    const [c, s] = [Math.cos(u * angle(i, D)), Math.sin(u * angle(i, D))];
    [R[2 * i][2 * i], R[2 * i][2 * i + 1], R[2 * i + 1][2 * i], R[2 * i + 1][2 * i + 1]] = [c, s, -s, c];
  }
  return R;
}
const SHAPES = [
  [50, 6],
  [70, 8],
] as const;

// Positions are kept in float32: six digits.
theorem<Positions>('thm:sinusoidal-shift', 'a', {
  real,
  check: (f) => {
    for (const [T, D] of SHAPES) {
      const e = f(T, D);
      expectClose(
        e[0],
        e[0].map((_, j) => j % 2),
        6,
      );
      for (const u of [1, 7, 30]) {
        for (let t = 0; t + u < T; t++) expectClose(timesColumn(rotation(u, D), e[t]), e[t + u], 6);
        const R = rotation(u, D);
        for (const [i, row] of R.entries()) for (const [j, other] of R.entries()) expect(dot(row, other)).toBeCloseTo(Number(i === j), 12);
        for (let t = 0; t + u + 3 < T; t++) expectClose(timesColumn(rotation(3, D), timesColumn(R, e[t])), e[t + u + 3], 6);
      }
    }
  },
  mutants: MUTANTS,
});

theorem<Positions>('thm:sinusoidal-shift', 'b', {
  real,
  check: (f) => {
    for (const [T, D] of SHAPES) {
      const e = f(T, D);
      for (let t = 0; t < T; t += 3)
        for (let s = 0; s < T; s += 4) {
          const want = Array.from({ length: D / 2 }, (_, i) => Math.cos(angle(i, D) * (t - s))).reduce((sum, x) => sum + x, 0);
          expect(dot(e[t], e[s])).toBeCloseTo(want, 5);
          if (t !== s) expect(dot(e[t], e[t]) - dot(e[t], e[s])).toBeGreaterThan(1e-3);
        }
      expect(dot(e[T - 1], e[T - 1])).toBeCloseTo(D / 2, 5);
    }
  },
  mutants: drop('exchanges sine and cosine', 'counts from 1'), // of which (b) is true
});

theorem<Positions>('thm:sinusoidal-shift', 'c', {
  real,
  check: (f) => {
    for (const D of [2, 4]) {
      const s = svd({ rows: D, cols: D, data: Float64Array.from(f(D, D).flat()) }).s;
      expect(s[D - 1]).toBeGreaterThan(1e-4 * s[0]);
    }
    for (const [T, D] of SHAPES) {
      const e = f(T, D);
      // In float32 the first D of so many are too much alike for a rank; all T are not.
      const s = svd({ rows: T, cols: D, data: Float64Array.from(e.flat()) }).s;
      expect(s[D - 1]).toBeGreaterThan(1e-5 * s[0]);
      /** How far eₜᵀ G eₛ is from depending on t − s alone. */
      const varies = (G: number[][]) => {
        let worst = 0;
        for (let lag = 0; lag < 12; lag++)
          for (let t = 1; t + lag < T; t += 5)
            worst = Math.max(worst, Math.abs(dot(e[t], timesColumn(G, e[t + lag])) - dot(e[0], timesColumn(G, e[lag]))));
        return worst;
      };
      const blocks = rotation(0, D);
      for (let i = 0; i < D / 2; i++) {
        const [a, b] = [Math.cos(5 * i + 1), Math.sin(3 * i + 2)];
        [blocks[2 * i][2 * i], blocks[2 * i][2 * i + 1], blocks[2 * i + 1][2 * i], blocks[2 * i + 1][2 * i + 1]] = [a, b, -b, a];
      }
      expect(varies(blocks)).toBeLessThan(1e-5); // a scaled rotation in each block commutes with R₁
      const other = rotation(0, D).map((row, i) => row.map((x, j) => x + 0.5 * Math.sin(7 * i + 3 * j + 1)));
      expect(varies(other)).toBeGreaterThan(0.1);
      const tilted = rotation(0, D);
      tilted[0][0] = 1.2; // no multiple of a rotation in one block
      expect(varies(tilted)).toBeGreaterThan(0.1);
    }
  },
  mutants: {
    'has sines only': MUTANTS['has sines only'],
    'gives the cosine the next frequency': MUTANTS['gives the cosine the next frequency'],
    'adds the place to one coordinate': MUTANTS['adds the place to one coordinate'],
    'has one frequency': waves(
      at(Math.sin, () => 0.3),
      at(Math.cos, () => 0.3),
    ),
  },
});
