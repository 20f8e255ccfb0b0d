import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import {
  type CostMoments,
  costMoments,
  type ExecutionProblem,
  executionFrontier,
  executionUrgency,
  netTemporary,
  optimalHoldings,
} from './almgren-chriss.js';
import { immediate, twap } from './schedules.js';
import { implementationShortfall } from './shortfall.js';

/** Almgren & Chriss's table 1 in units of a thousand shares and a thousand in money, and another problem with two slices more. */
const PROBLEMS: ExecutionProblem[] = [
  { shares: 1000, days: 5, slices: 5, volatility: 0.95, halfSpread: 0.0625, permanent: 2.5e-4, temporary: 2.5e-3 },
  { shares: 50, days: 2, slices: 7, volatility: 0.4, halfSpread: 0.02, permanent: 3e-3, temporary: 4e-3 },
];
const AVERSIONS = [0, 1e-3, 0.02];
const sum = (v: ArrayLike<number>) => Array.from(v).reduce((total, x) => total + x, 0);
const sales = (x: ArrayLike<number>) => Array.from({ length: x.length - 1 }, (_, k) => x[k] - x[k + 1]);
/** Holdings from X to 0 by chance, which buy too now and then. */
const anySchedule = (problem: ExecutionProblem, seed: number) => {
  const z = gaussian(seed, problem.slices + 1);
  return Array.from(twap(problem), (x, k) => (k === 0 || k === problem.slices ? x : x + 0.3 * problem.shares * z[k]));
};

type Moments = typeof costMoments;
const scaledMoments =
  (part: keyof CostMoments, by: (problem: ExecutionProblem, x: ArrayLike<number>) => number): Moments =>
  (problem, x) => {
    const found = costMoments(problem, x);
    return { ...found, [part]: found[part] + by(problem, x) };
  };
const tau = ({ days, slices }: ExecutionProblem) => days / slices;
const WRONG_MOMENTS: Record<string, Moments> = {
  'forgets the permanent impact': (problem, x) => costMoments({ ...problem, permanent: 0 }, x),
  'pays all of the permanent impact': scaledMoments('expected', ({ permanent, shares }) => 0.5 * permanent * shares ** 2),
  'forgets that half of it has been paid': scaledMoments('expected', (p, x) => 0.5 * p.permanent * sum(sales(x).map((n) => n * n))),
  'forgets the spread': (problem, x) => costMoments({ ...problem, halfSpread: 0 }, x),
  'pays the spread on sales less purchases': scaledMoments('expected', (p, x) => p.halfSpread * (p.shares - sum(sales(x).map(Math.abs)))),
  'forgets the length of a slice': scaledMoments(
    'expected',
    (p, x) => netTemporary(p) * (1 - 1 / tau(p)) * sum(sales(x).map((n) => n * n)),
  ),
  'has the variance of holdings before the sale': scaledMoments('variance', (p, x) => p.volatility ** 2 * tau(p) * x[0] ** 2),
  'has the variance of one step for all': scaledMoments(
    'variance',
    (p, x) =>
      p.volatility ** 2 *
      (1 - tau(p)) *
      sum(
        Array.from(x)
          .slice(1)
          .map((h) => h * h),
      ),
  ),
  'takes the volatility for its square': (problem, x) => {
    const { expected, variance } = costMoments(problem, x);
    return { expected, variance: variance / problem.volatility };
  },
};

theorem<Moments>('thm:almgren-chriss', 'a', {
  real: costMoments,
  check: (moments) => {
    for (const problem of PROBLEMS)
      for (const x of [Array.from(twap(problem)), anySchedule(problem, 1), anySchedule(problem, 2)]) {
        const N = problem.slices;
        // The shortfall is linear in the ξ, so 0 and the unit vectors tell it: its mean, and −σ√τ xₖ before ξₖ.
        const unit = Float64Array.from({ length: (N + 1) * N }, (_, i) => Number(Math.floor(i / N) - 1 === i % N));
        const [calm, ...moved] = implementationShortfall(problem, x, { data: unit, shape: [N + 1, N] });
        const { expected, variance } = moments(problem, x);
        expect(calm).toBeCloseTo(expected, 8);
        const slopes = moved.map((cost) => cost - calm);
        expectClose(
          slopes,
          x.slice(1).map((held) => -problem.volatility * Math.sqrt(tau(problem)) * held),
          8,
        );
        expect(sum(slopes.map((s) => s * s)) / variance).toBeCloseTo(1, 9);
        const z = gaussian(5, 2 * N);
        const cost = implementationShortfall(problem, x, { data: z, shape: [2, N] });
        expectClose(
          cost,
          [0, 1].map((m) => calm + sum(slopes.map((s, k) => s * z[m * N + k]))),
          8,
        );
      }
  },
  mutants: WRONG_MOMENTS,
});

interface Closed {
  readonly holdings: typeof optimalHoldings;
  readonly urgency: typeof executionUrgency;
}
const real: Closed = { holdings: optimalHoldings, urgency: executionUrgency };
const cost = (problem: ExecutionProblem, x: ArrayLike<number>, phi: number) => {
  const { expected, variance } = costMoments(problem, x);
  return expected + phi * variance;
};
/** The trajectory of an urgency. */
const sinhOf = (problem: ExecutionProblem, chi: number) =>
  Float64Array.from(twap(problem), (even, k) =>
    chi === 0 ? even : (problem.shares * Math.sinh(chi * (problem.days - k * tau(problem)))) / Math.sinh(chi * problem.days),
  );
const urgent = (by: (problem: ExecutionProblem, phi: number) => number): Closed => ({
  urgency: by,
  holdings: (problem, phi) => sinhOf(problem, by(problem, phi)),
});
const WRONG: Record<string, Closed> = {
  'forgets the permanent impact': urgent((problem, phi) => executionUrgency({ ...problem, permanent: 0 }, phi)),
  'is that of continuous time': urgent((p, phi) => p.volatility * Math.sqrt(phi / netTemporary(p))),
  'takes the volatility for its square': urgent((p, phi) => executionUrgency({ ...p, volatility: Math.sqrt(p.volatility) }, phi)),
  'is half as risk averse': urgent((problem, phi) => executionUrgency(problem, phi / 2)),
  'is twice as risk averse': urgent((problem, phi) => executionUrgency(problem, 2 * phi)),
  'falls exponentially': {
    ...real,
    holdings: (p, phi) =>
      Float64Array.from(twap(p), (x, k) =>
        k === p.slices ? 0 : phi === 0 ? x : p.shares * Math.exp(-k * tau(p) * executionUrgency(p, phi)),
      ),
  },
  'sells evenly': { ...real, holdings: (problem) => twap(problem) },
  'sells at once': { ...real, holdings: (problem) => immediate(problem) },
};

theorem<Closed>('thm:almgren-chriss', 'b', {
  real,
  check: ({ holdings, urgency }) => {
    for (const problem of PROBLEMS) {
      expect(netTemporary(problem)).toBeGreaterThan(0);
      for (const phi of AVERSIONS) {
        const x = holdings(problem, phi);
        const chi = urgency(problem, phi);
        const h = netTemporary(problem);
        expect(Math.sinh((chi * tau(problem)) / 2)).toBeCloseTo((tau(problem) / 2) * problem.volatility * Math.sqrt(phi / h), 10);
        expectClose(x, sinhOf(problem, chi), 8);
        for (let k = 1; k < problem.slices; k++)
          expect((x[k + 1] - 2 * x[k] + x[k - 1]) / problem.shares).toBeCloseTo(
            ((phi * problem.volatility ** 2 * tau(problem) ** 2) / h) * (x[k] / problem.shares),
            10,
          );
        for (const n of sales(x)) expect(n).toBeGreaterThan(0);
        for (const seed of [1, 2, 3]) {
          const other = anySchedule(problem, seed);
          for (const share of [1, 0.01]) {
            const between = Array.from(x, (held, k) => held + share * (other[k] - held));
            expect(cost(problem, between, phi)).toBeGreaterThan(cost(problem, x, phi));
          }
        }
      }
    }
  },
  mutants: WRONG,
});

theorem<Closed>('thm:almgren-chriss', 'c', {
  real,
  check: ({ holdings, urgency }) => {
    for (const problem of PROBLEMS) {
      const { shares, slices: N, days, volatility, permanent, halfSpread } = problem;
      const fixed = 0.5 * permanent * shares ** 2 + halfSpread * shares;
      for (const phi of AVERSIONS) {
        const x = holdings(problem, phi);
        const { expected, variance } = costMoments(problem, x);
        const least = (netTemporary(problem) / tau(problem)) * shares * (shares - x[1]);
        expect((expected + phi * variance - fixed) / least).toBeCloseTo(1, 9);
        const chi = urgency(problem, phi);
        const angle = chi * tau(problem);
        const V =
          phi === 0
            ? (volatility ** 2 * shares ** 2 * days * (N - 1) * (2 * N - 1)) / (6 * N * N)
            : ((volatility ** 2 * tau(problem) * shares ** 2) / (2 * Math.sinh(N * angle) ** 2)) *
              ((Math.sinh(N * angle) * Math.cosh((N - 1) * angle)) / Math.sinh(angle) - N);
        expect(variance / V).toBeCloseTo(1, 8);
      }
      const { expected, variance } = costMoments(problem, immediate(problem));
      expect(variance).toBe(0);
      expect(expected - fixed).toBeCloseTo((netTemporary(problem) / tau(problem)) * shares ** 2, 8);
    }
  },
  mutants: WRONG,
});

type Frontier = typeof executionFrontier;
const along =
  (of: Closed['holdings']): Frontier =>
  (problem, aversions) =>
    aversions.map((riskAversion) => {
      const { expected, variance } = costMoments(problem, of(problem, riskAversion));
      return { riskAversion, expected, deviation: Math.sqrt(variance) };
    });

theorem<Frontier>('thm:almgren-chriss', 'd', {
  real: executionFrontier,
  check: (frontier) => {
    for (const problem of PROBLEMS) {
      expect(problem.slices).toBeGreaterThanOrEqual(2);
      const phis = [0, 1e-4, 1e-3, 2e-3, 0.01, 0.1, 5];
      const points = frontier(problem, phis).map(({ expected, deviation }) => ({ E: expected, V: deviation ** 2 }));
      for (let i = 1; i < points.length; i++) {
        const [less, more] = [points[i - 1], points[i]];
        expect(more.V).toBeLessThan(less.V);
        expect(more.E).toBeGreaterThan(less.E);
        const slope = (more.E - less.E) / (more.V - less.V);
        expect(slope).toBeGreaterThan(-phis[i]);
        expect(slope).toBeLessThan(-phis[i - 1]);
      }
      for (const phi of [1e-3, 0.01]) {
        const [near, at, far] = frontier(problem, [phi * 0.999, phi, phi * 1.001]);
        expect((far.expected - near.expected) / (far.deviation ** 2 - near.deviation ** 2) / -phi).toBeCloseTo(1, 5);
        // No schedule has both less: those near the optimum and others.
        const x = optimalHoldings(problem, phi);
        for (const seed of [4, 5, 6, 7]) {
          const other = anySchedule(problem, seed);
          for (const share of [1, 0.1, 1e-3]) {
            const { expected, variance } = costMoments(
              problem,
              Array.from(x, (held, k) => held + share * (other[k] - held)),
            );
            expect(expected > at.expected || variance > at.deviation ** 2).toBe(true);
          }
        }
      }
      const [even, , , , , , last] = points;
      expect(even.E).toBeCloseTo(costMoments(problem, twap(problem)).expected, 8);
      expect(frontier(problem, [1e9])[0].deviation / problem.shares).toBeLessThan(1e-6);
      expect(last.E).toBeLessThan(costMoments(problem, immediate(problem)).expected);
    }
  },
  mutants: {
    'sells evenly': along((problem) => twap(problem)),
    'sells at once': along((problem) => immediate(problem)),
    'is half as risk averse': along((problem, phi) => optimalHoldings(problem, phi / 2)),
    'is twice as risk averse': along((problem, phi) => optimalHoldings(problem, 2 * phi)),
    'is that of continuous time': along((problem, phi) => WRONG['is that of continuous time'].holdings(problem, phi)),
    'is less averse the more it should be': along((problem, phi) => optimalHoldings(problem, 1 / (1e-3 + phi))),
    'has variances for deviations': (problem, phis) =>
      executionFrontier(problem, phis).map((point) => ({ ...point, deviation: point.deviation ** 2 })),
  },
});

theorem<Closed>('thm:almgren-chriss', 'e', {
  real,
  check: ({ holdings }) => {
    for (const problem of PROBLEMS) {
      const N = problem.slices;
      const even = costMoments(problem, holdings(problem, 0)).expected;
      const h = netTemporary(problem) / tau(problem);
      // ξ = ±1 with the same probability: every path. Sales answer to the price so far: faster or slower when it has risen.
      for (const answer of [-0.5, 0.2, 0.8]) {
        let mean = 0;
        let squares = 0;
        for (let code = 0; code < 2 ** N; code++) {
          const xi = Float64Array.from({ length: N }, (_, k) => ((code >> k) & 1 ? 1 : -1));
          const x = [problem.shares];
          for (let k = 1; k <= N; k++) {
            const pace = k === N ? 1 : (1 + answer * Math.tanh(sum(xi.subarray(0, k - 1)))) / (N - k + 1);
            x.push(k === N ? 0 : x[k - 1] * (1 - pace));
          }
          mean += implementationShortfall(problem, x, { data: xi, shape: [1, N] })[0] / 2 ** N;
          squares += sum(sales(x).map((n) => n * n)) / 2 ** N;
        }
        expect(mean - even).toBeCloseTo(h * (squares - problem.shares ** 2 / N), 7);
        expect(mean).toBeGreaterThan(even);
      }
    }
  },
  mutants: {
    'sells at once': WRONG['sells at once'],
    'is a little averse': { ...real, holdings: (problem) => optimalHoldings(problem, 1e-3) },
    'waits with half until the end': {
      ...real,
      holdings: (p) => Float64Array.from(twap(p), (x, k) => (k === 0 ? x : k === p.slices ? 0 : p.shares / 2)),
    },
    'sells twice as fast': { ...real, holdings: (p) => Float64Array.from(twap(p), (x) => Math.max(0, 2 * x - p.shares)) },
  },
});
