import { expect } from 'vitest';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { type Matrix, matVec } from '../../linalg/index.js';
import { expectedShortfall } from '../metrics/tail-risk.js';
import { box } from './constraints.js';
import { minimumShortfall } from './shortfall.js';

/** T rows of three assets, of unlike means and spreads. */
function history(T: number, seed: number): Matrix {
  const noise = gaussian(seed, 3 * T);
  return { rows: T, cols: 3, data: noise.map((value, at) => [0.001, 0.003, -0.002][at % 3] + [0.01, 0.02, 0.015][at % 3] * value) };
}
const HISTORIES = [history(50, 5), history(43, 6)]; // αT whole and in part
const TAIL = 0.1;
const portfolios = [
  [1, 0, 0],
  [0.2, 0.3, 0.5],
  [0.6, 0.9, -0.5],
].map((w) => Float64Array.from(w));
/** F(w, z) of losses. */
const rockafellar = (losses: ArrayLike<number>, z: number, tail: number) =>
  z + Array.from(losses).reduce((sum, loss) => sum + Math.max(loss - z, 0), 0) / (tail * losses.length);

/** S(w), as a loss. */
type Shortfall = (returns: Matrix, weights: Float64Array, tail: number) => number;
const ofMetric: Shortfall = (returns, weights, tail) => -expectedShortfall(matVec(returns, weights), { tail }).value;

theorem<Shortfall>('thm:cvar-program', 'ac', {
  real: ofMetric,
  check: (shortfall) => {
    for (const returns of HISTORIES) {
      for (const weights of portfolios) {
        const losses = matVec(returns, weights).map((value) => -value);
        // F is piecewise linear in z, so one of its kinks is a minimiser: there is no other candidate.
        const least = Math.min(...losses.map((z) => rockafellar(losses, z, TAIL)));
        const value = shortfall(returns, weights, TAIL);
        expect(value).toBeCloseTo(least, 10);
        const ordered = losses.slice().sort((a, b) => b - a);
        expect(rockafellar(losses, ordered[Math.floor(TAIL * losses.length + 1e-9)], TAIL)).toBeCloseTo(value, 10);
        expect(
          shortfall(
            returns,
            weights.map((w) => 2.5 * w),
            TAIL,
          ),
        ).toBeCloseTo(2.5 * value, 9);
      }
      for (const [i, one] of portfolios.entries())
        for (const two of portfolios.slice(i + 1)) {
          const both = one.map((w, n) => w + two[n]);
          expect(shortfall(returns, both, TAIL)).toBeLessThanOrEqual(shortfall(returns, one, TAIL) + shortfall(returns, two, TAIL) + 1e-12);
        }
    }
  },
  mutants: {
    'is the value at risk': (returns, weights, tail) => {
      const losses = matVec(returns, weights)
        .map((value) => -value)
        .sort((a, b) => b - a);
      return losses[Math.floor(tail * losses.length)];
    },
    'drops the part of a row': (returns, weights, tail) => {
      const losses = matVec(returns, weights)
        .map((value) => -value)
        .sort((a, b) => b - a);
      const n = Math.floor(tail * losses.length + 1e-9);
      return losses.slice(0, n).reduce((a, b) => a + b, 0) / n;
    },
    'has twice the tail': (returns, weights, tail) => ofMetric(returns, weights, 2 * tail),
    'is a return': (returns, weights, tail) => -ofMetric(returns, weights, tail),
  },
});

theorem<typeof minimumShortfall>('thm:cvar-program', 'b', {
  real: minimumShortfall,
  check: async (minimum) => {
    for (const returns of HISTORIES)
      for (const [low, high] of [
        [0, 1],
        [0.2, 0.45],
      ]) {
        const { weights, expectedShortfall: value } = await minimum(returns, { tail: TAIL, constraints: [box(low, high)] });
        expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
        expect(-value).toBeCloseTo(ofMetric(returns, weights, TAIL), 9);
        for (const w of weights) {
          expect(w).toBeGreaterThanOrEqual(low - 1e-9);
          expect(w).toBeLessThanOrEqual(high + 1e-9);
        }
        // Every portfolio of a grid has a shortfall as great or greater, and one is near to the least.
        let least = Infinity;
        for (let a = low; a <= high + 1e-9; a += 0.02)
          for (let b = low; b <= high + 1e-9; b += 0.02) {
            const c = 1 - a - b;
            if (c < low || c > high) continue;
            const losses = matVec(returns, [a, b, c]).map((r) => -r);
            const edge = losses.slice().sort((x, y) => y - x)[Math.floor(TAIL * losses.length + 1e-9)];
            least = Math.min(least, rockafellar(losses, edge, TAIL)); // S, by (a)
          }
        expect(-value).toBeLessThanOrEqual(least + 1e-9);
        expect(least + value).toBeLessThan(0.0005);
      }
  },
  mutants: {
    'has half the tail': (returns, options) =>
      minimumShortfall(returns, { ...options, tail: 0.05 }).then((one) => ({
        ...one,
        expectedShortfall: -ofMetric(returns, one.weights, TAIL),
      })),
    'forgets the constraints': (returns, { constraints: _, ...options } = {}) =>
      minimumShortfall(returns, { ...options, constraints: [box(-3, 3)] }),
    'holds equal parts': async (returns, options) => {
      const one = await minimumShortfall(returns, options);
      const weights = new Float64Array(3).fill(1 / 3);
      return { ...one, weights, expectedShortfall: -ofMetric(returns, weights, TAIL) };
    },
    'gives a loss': async (returns, options) => {
      const one = await minimumShortfall(returns, options);
      return { ...one, expectedShortfall: -one.expectedShortfall };
    },
  },
});
