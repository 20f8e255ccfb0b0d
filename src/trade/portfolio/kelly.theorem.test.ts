import { expect } from 'vitest';
import { expectMean, simulatedOnce } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { key, uniform } from '../../base/index.js';
import { dot, type Matrix, matMul, matVec, transpose } from '../../linalg/index.js';
import { varianceOf } from './covariance.js';
import { growthRate, kellyBet, ruinChance } from './kelly.js';
import { optimalWeights } from './reverse-optimisation.js';

const BETS = [
  { chance: 0.6, odds: 1 },
  { chance: 0.3, odds: 4 },
  { chance: 0.4, odds: 1 }, // not worth taking
];
const STAKES = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8];

theorem<typeof kellyBet>('thm:kelly', 'ab', {
  real: kellyBet,
  check: (kelly) => {
    for (const bet of BETS) {
      const { fraction, growth } = kelly(bet);
      for (const f of STAKES) {
        if (Math.abs(f - fraction) > 1e-9) expect(growth(f)).toBeLessThan(growth(fraction));
        for (const g of STAKES) if (f !== g) expect(growth((f + g) / 2)).toBeGreaterThan((growth(f) + growth(g)) / 2);
      }
      const draws = simulatedOnce(`bets ${bet.chance}`, () => uniform(key(7), [20_000], 'float64').data);
      const logsOf = (f: number) => Array.from(draws, (u) => Math.log(u < bet.chance ? 1 + f * bet.odds : 1 - f));
      const best = logsOf(fraction);
      for (const f of [0.1, 0.4]) {
        const steps = logsOf(f);
        expectMean(steps, growth(f));
        // The wealth with f over that with f*, on one path: its logarithm falls, and at the pace of the two growths.
        const behind = steps.map((step, n) => step - best[n]);
        for (const rounds of [5_000, 20_000]) expect(behind.slice(0, rounds).reduce((sum, step) => sum + step)).toBeLessThan(-2);
        expectMean(behind, growth(f) - growth(fraction));
      }
      if (fraction > 0) for (const f of [fraction - 1e-4, fraction + 1e-4]) expect(growth(fraction) - growth(f)).toBeLessThan(1e-7); // the slope is 0
    }
    expect(kelly(BETS[2]).fraction).toBe(0);
  },
  mutants: {
    'stakes the edge over even money': (bet) => ({ ...kellyBet(bet), fraction: Math.max(0, 2 * bet.chance - 1) }),
    'stakes the edge': (bet) => ({ ...kellyBet(bet), fraction: Math.max(0, bet.chance * bet.odds - (1 - bet.chance)) / (1 + bet.odds) }),
    'takes the other side of a bad bet': (bet) => ({ ...kellyBet(bet), fraction: bet.chance - (1 - bet.chance) / bet.odds }),
    'counts the mean and not its logarithm': (bet) => ({ ...kellyBet(bet), growth: (f) => f * (bet.chance * bet.odds - 1 + bet.chance) }),
    'takes the stake back too': (bet) => kellyBet({ ...bet, odds: bet.odds + 1 }),
  },
});

const N = 3;
const root: Matrix = { rows: N, cols: N, data: gaussian(4, N * N).map((value) => 0.3 * value) };
const SIGMA = matMul(root, transpose(root));
const MEAN = [0.1, 0.05, -0.04];
const [DT, ROWS] = [1 / 200, 60_000];

theorem<typeof growthRate>('thm:kelly', 'c', {
  real: growthRate,
  check: (growth) => {
    const best = optimalWeights(MEAN, SIGMA, { riskAversion: 1 });
    const square = dot(MEAN, best);
    for (const s of [0, 0.5, 1, 1.7, 2, 2.5])
      expect(
        growth(
          best.map((w) => s * w),
          MEAN,
          SIGMA,
        ),
      ).toBeCloseTo((s * (2 - s) * square) / 2, 9);
    for (const seed of [1, 2, 3]) {
      const z = gaussian(seed, N);
      const other = best.map((w, i) => w + z[i]);
      expect(growth(best, MEAN, SIGMA) - growth(other, MEAN, SIGMA)).toBeCloseTo(varianceOf(SIGMA, z) / 2, 8);
    }
    // Prices over short steps, held at constant weights: log(1 + wᵀr) has the mean growth · dt + O(dt²).
    const noise = simulatedOnce('prices', () => gaussian(9, ROWS * N));
    for (const weights of [Float64Array.of(1, 1, 1), Float64Array.of(2, -1, 0.5)]) {
      const spread = matVec(transpose(root), weights);
      const drift = dot(MEAN, weights);
      const steps = Array.from({ length: ROWS }, (_, t) => {
        const shock = Math.sqrt(DT) * dot(spread, noise.subarray(t * N, (t + 1) * N));
        return Math.log(1 + drift * DT + shock);
      });
      expectMean(steps, growth(weights, MEAN, SIGMA) * DT, { open: 4 * DT ** 2 });
    }
  },
  mutants: {
    'forgets what variance takes': (weights, mean) => dot(mean, weights),
    'takes the whole variance': (weights, mean, covariance) => dot(mean, weights) - varianceOf(covariance, weights),
    'takes half the volatility': (weights, mean, covariance) => dot(mean, weights) - Math.sqrt(varianceOf(covariance, weights)) / 2,
    'adds it': (weights, mean, covariance) => dot(mean, weights) + varianceOf(covariance, weights) / 2,
  },
});

/**
 * The chance that each of many paths of log wealth at + bB has reached log x by the end, given its values at whole times:
 * between these it is a bridge, which reaches the level with the chance exp(−2(y₀ − log x)(y₁ − log x)/b²).
 */
const reached = (s: number, x: number): Float64Array =>
  simulatedOnce(`${s} ${x}`, () => {
    const [paths, steps, theta] = [2000, 150, 0.5];
    const [a, b, level] = [s * (1 - s / 2) * theta ** 2, s * theta, Math.log(x)];
    const noise = gaussian(11, paths * steps);
    return Float64Array.from({ length: paths }, (_, path) => {
      let [y, away] = [0, 1];
      for (let t = 0; t < steps && away > 0; t++) {
        const next = y + a + b * noise[path * steps + t];
        away = next <= level ? 0 : away * (1 - Math.exp((-2 * (y - level) * (next - level)) / b ** 2));
        y = next;
      }
      return 1 - away;
    });
  });

theorem<typeof ruinChance>('thm:kelly', 'd', {
  real: ruinChance,
  check: (chance) => {
    for (const [fraction, level] of [
      [0.5, 0.7],
      [1, 0.5],
      [1, 0.25],
      [1.3, 0.5],
    ])
      expectMean(reached(fraction, level), chance({ fraction, level }), { open: 0.002 });
    expect(chance({ fraction: 2, level: 0.3 })).toBe(1);
    expect(chance({ fraction: 5, level: 0.3 })).toBe(1);
    expect(chance({ fraction: 1, level: 0.3 })).toBeCloseTo(0.3, 12);
  },
  mutants: {
    'forgets the reflection': ({ fraction, level }) => level ** (2 / fraction),
    'takes one over the fraction': ({ fraction, level }) => level ** (1 / fraction),
    'is level at every fraction': ({ level }) => level,
    'goes on beyond twice Kelly': ({ fraction, level }) => level ** (2 / fraction - 1),
  },
});
