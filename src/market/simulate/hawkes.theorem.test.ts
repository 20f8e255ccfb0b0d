import { expect } from 'vitest';
import { expectMean, simulatedOnce } from '../../../tests/support/monte-carlo.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key } from '../../base/random.js';
import { type HawkesOptions, hawkes } from './hawkes.js';

interface Process {
  readonly nu: number[];
  readonly n: number[][];
  readonly theta: number;
}
const ONE: Process = { nu: [0.8], n: [[0.6]], theta: 2 };
const TWO: Process = {
  nu: [0.5, 0.1],
  n: [
    [0.3, 0.4],
    [0.5, 0.2],
  ],
  theta: 1.5,
};
const times = (n: number[][], v: number[]) => n.map((row) => row.reduce((sum, share, j) => sum + share * v[j], 0));

/** P(Π ≥ k) of a Poisson variable of mean x, for k = 0, 1, … */
function tails(x: number): number[] {
  const found = [1];
  for (let k = 0, p = Math.exp(-x), left = 1; k < 400; k++, p *= x / k) {
    left -= p;
    found.push(Math.max(0, left));
  }
  return found;
}
/** The mean intensities at t, by generations. */
type Intensity = (process: Process, t: number) => number[];
const byGenerations =
  (weight: (tail: number[], k: number) => number = (tail, k) => tail[k]): Intensity =>
  ({ nu, n, theta }, t) => {
    const tail = tails(theta * t);
    let [generation, sum] = [nu, nu.map(() => 0)];
    for (let k = 0; k < 300; k++) {
      sum = sum.map((value, i) => value + weight(tail, k) * generation[i]);
      generation = times(n, generation);
    }
    return sum;
  };
/** Counts of each kind up to t in simulated processes. */
const counts = ({ nu, n, theta }: Process, until: number, runs: number, seed: number): number[][] =>
  Array.from({ length: runs }, (_, r) => {
    const { kinds } = hawkes(fold(key(seed), r), { baseline: nu, branching: n, decay: theta, until });
    return nu.map((_, i) => kinds.filter((kind) => kind === i).length);
  });
/** ∫₀ᵗ m by Simpson's rule. */
const expected = (m: Intensity, process: Process, until: number, kind: number) => {
  const parts = 64;
  let sum = 0;
  for (let i = 0; i <= parts; i++) sum += m(process, (i * until) / parts)[kind] * (i === 0 || i === parts ? 1 : i % 2 === 1 ? 4 : 2);
  return (sum * until) / parts / 3;
};

theorem<Intensity>('thm:hawkes-stationarity', 'a', {
  real: byGenerations(),
  check: (m) => {
    for (const [process, until] of [
      [ONE, 1.5],
      [TWO, 2.5],
    ] as const) {
      const found = simulatedOnce(`counts ${until}`, () => counts(process, until, 4000, 3));
      for (const kind of process.nu.keys())
        expectMean(
          found.map((run) => run[kind]),
          expected(m, process, until, kind),
        );
      for (const t of [0, 0.5, 3]) {
        const [now, later] = [m(process, t), m(process, t + 0.1)];
        for (const kind of process.nu.keys()) expect(later[kind]).toBeGreaterThanOrEqual(now[kind]);
        const closed =
          (process.nu[0] / (1 - process.n[0][0])) * (1 - process.n[0][0] * Math.exp(-process.theta * (1 - process.n[0][0]) * t));
        if (process === ONE) expect(now[0]).toBeCloseTo(closed, 10);
      }
    }
  },
  mutants: {
    'begins with the second generation': byGenerations((tail, k) => (k === 0 ? 0 : tail[k])),
    'takes P(Π > k)': byGenerations((tail, k) => tail[k + 1]),
    'is in the long run at once': byGenerations(() => 1),
    'has the first two generations alone': byGenerations((tail, k) => (k < 2 ? tail[k] : 0)),
    'lets half of each generation be born': byGenerations((tail, k) => tail[k] / 2 ** k),
    'takes the branching matrix transposed': (process, t) =>
      byGenerations()({ ...process, n: process.n.map((row, i) => row.map((_, j) => process.n[j][i])) }, t),
    'has a decay twice as fast': (process, t) => byGenerations()({ ...process, theta: 2 * process.theta }, t),
  },
});

interface LongRun {
  mean(process: Process): number[];
  cluster(process: Process, kind: number): number;
}
/** (I − N)⁻¹ v by summing, of the process or of one that is like it. */
const sumOf = (n: number[][], v: number[]) => {
  let [sum, term] = [v, v];
  for (let k = 0; k < 2000; k++) {
    term = times(n, term);
    sum = sum.map((value, i) => value + term[i]);
  }
  return sum;
};
const total = (v: number[]) => v.reduce((a, b) => a + b);
const LONG: LongRun = {
  mean: ({ nu, n }) => sumOf(n, nu),
  cluster: ({ n }, kind) =>
    total(
      sumOf(
        n,
        n.map((_, i) => Number(i === kind)),
      ),
    ),
};
theorem<LongRun>('thm:hawkes-stationarity', 'b', {
  real: LONG,
  check: ({ mean, cluster }) => {
    for (const process of [ONE, TWO]) {
      const [burn, window] = [40, 30]; // the slowest memory fades with θ(1 − spr N) = 0.45: e^(−18) is left
      const kept = simulatedOnce(`kept ${process.nu.length}`, () =>
        Array.from({ length: 300 }, (_, r) => {
          const { times, kinds } = hawkes(fold(key(9), r), {
            baseline: process.nu,
            branching: process.n,
            decay: process.theta,
            until: burn + window,
          });
          return process.nu.map((_, i) => times.filter((t, e) => t >= burn && kinds[e] === i).length / window);
        }),
      );
      const want = mean(process);
      for (const kind of process.nu.keys())
        expectMean(
          kept.map((run) => run[kind]),
          want[kind],
          { open: 1e-5 },
        );
      // Of processes with immigrants of one kind that come seldom, all events over those immigrants are clusters.
      for (const kind of process.nu.keys()) {
        const nu = process.nu.map((_, i) => (i === kind ? 0.05 : 0));
        const sizes = simulatedOnce(`sizes ${process.nu.length} ${kind}`, () =>
          Array.from(
            { length: 1500 },
            (_, r) => hawkes(fold(key(11 + kind), r), { baseline: nu, branching: process.n, decay: 40, until: 60 }).times.length / 3,
          ),
        );
        expectMean(sizes, cluster(process, kind), { open: 0.002 }); // three immigrants expected each; those of the last moments are cut short
      }
    }
  },
  mutants: {
    'is the baseline': { ...LONG, mean: ({ nu }) => nu },
    'is (I + N)ν': { ...LONG, mean: ({ nu, n }) => times(n, nu).map((value, i) => value + nu[i]) },
    'is N(I − N)⁻¹ν': { ...LONG, mean: ({ nu, n }) => times(n, sumOf(n, nu)) },
    'takes N transposed': {
      ...LONG,
      mean: ({ nu, n }) =>
        sumOf(
          n.map((row, i) => row.map((_, j) => n[j][i])),
          nu,
        ),
    },
    'does not count the first of a cluster': { ...LONG, cluster: (process, kind) => LONG.cluster(process, kind) - 1 },
    'counts the children alone': { ...LONG, cluster: ({ n }, kind) => 1 + total(n.map((row) => row[kind])) },
    'counts those of its own kind': {
      ...LONG,
      cluster: ({ n }, kind) =>
        sumOf(
          n,
          n.map((_, i) => Number(i === kind)),
        )[kind],
    },
  },
});

/** At a spectral radius of 1 or more: the growth that Perron's vector shows, v·m(t) ≥ v·ν (1 + θt), v the left eigenvector. */
interface Growth {
  readonly m: Intensity;
  floor(process: Process, t: number): number;
}
const CRITICAL: Process = {
  nu: [0.2, 0.3],
  n: [
    [0.5, 0.25],
    [1, 0.5],
  ],
  theta: 1,
}; // the eigenvalues are 1 and 0, the left eigenvector (2, 1)
const ABOVE: Process = { ...CRITICAL, n: CRITICAL.n.map((row) => row.map((share) => 1.2 * share)) };
const floor = ({ nu, theta }: Process, t: number) => (2 * nu[0] + nu[1]) * (1 + theta * t);
theorem<Growth>('thm:hawkes-stationarity', 'c', {
  real: { m: byGenerations(), floor },
  check: ({ m, floor }) => {
    for (const t of [1, 5, 20]) {
      const at = (process: Process) => 2 * m(process, t)[0] + m(process, t)[1];
      expect(at(CRITICAL) / floor(CRITICAL, t)).toBeCloseTo(1, 6); // attained at a radius of 1
      expect(at(ABOVE)).toBeGreaterThan(floor(ABOVE, t));
      expect(m(CRITICAL, 2 * t)[0] + m(CRITICAL, 2 * t)[1]).toBeGreaterThan(m(CRITICAL, t)[0] + m(CRITICAL, t)[1] + 0.3 * t);
    }
    for (const { nu, n, theta } of [CRITICAL, ABOVE])
      expect(() => hawkes(key(1), { baseline: nu, branching: n, decay: theta, until: 1 })).toThrow('has a spectral radius of 1 or more');
  },
  mutants: {
    'forgets the decay': { m: byGenerations(), floor: ({ nu }, t) => (2 * nu[0] + nu[1]) * (1 + 2 * t) },
    'forgets the immigrants': { m: byGenerations(), floor: (process, t) => floor(process, t) - 2 * process.nu[0] - process.nu[1] },
    'takes the right eigenvector': { m: byGenerations(), floor: ({ nu }, t) => (nu[0] + 2 * nu[1]) * (1 + t) },
    'lets the mean settle': { m: (process, t) => byGenerations()(process, Math.min(t, 2)), floor },
  },
});

/** Whether a matrix is refused. */
type Refuses = (n: number[][]) => boolean;
const refuses: Refuses = (n) => {
  const options: HawkesOptions = { baseline: n.map(() => 0.1), branching: n, decay: 1, until: 0.01 };
  try {
    hawkes(key(1), options);
    return false;
  } catch (error) {
    expect((error as Error).message).toContain('has a spectral radius of 1 or more');
    return true;
  }
};
/** The spectral radius of N ≥ 0, by powers of (I + N)/2, whose radius is (1 + spr N)/2 and which are not periodic. */
function radius(n: number[][]): number {
  let [v, growth] = [n.map(() => 1), 0];
  for (let k = 0; k < 4000; k++) {
    const next = times(n, v).map((value, i) => (value + v[i]) / 2);
    growth = Math.max(...next);
    v = next.map((value) => value / growth);
  }
  return 2 * growth - 1;
}
const MATRICES = [
  [[0.999]],
  [[1.001]],
  [
    [0.9, 0.2],
    [0.3, 0.2],
  ], // spr 0.977
  [
    [0.9, 0.3],
    [0.3, 0.2],
  ], // 1.011
  [
    [0, 4],
    [0.2, 0],
  ], // periodic, 0.894: a row sum of 4 is no harm
  [
    [0, 4],
    [0.26, 0],
  ], // 1.02
  [
    [0.4, 0.6, 0.1],
    [0.2, 0.1, 0.5],
    [0.3, 0.3, 0.2],
  ], // 0.90
  [
    [0.5, 0.6, 0.3],
    [0.3, 0.1, 0.5],
    [0.3, 0.5, 0.2],
  ], // 1.10
  [
    [0.2, 0, 0],
    [5, 0.3, 0],
    [1, 2, 0.9],
  ], // reducible: 0.9
];
theorem<Refuses>('thm:hawkes-stationarity', 'd', {
  real: refuses,
  check: (refuses) => {
    const seen = MATRICES.map((n) => {
      const spr = radius(n);
      expect(Math.abs(spr - 1)).toBeGreaterThan(5e-4); // decided
      expect(refuses(n), `spectral radius ${spr}`).toBe(spr > 1);
      return spr > 1;
    });
    expect(seen.filter(Boolean)).toHaveLength(4);
  },
  mutants: {
    'asks for row sums below 1': (n) => n.some((row) => total(row) >= 1),
    'asks for column sums below 1': (n) => n[0].some((_, j) => total(n.map((row) => row[j])) >= 1),
    'asks for a positive determinant': (n) => n.length === 2 && (1 - n[0][0]) * (1 - n[1][1]) - n[0][1] * n[1][0] <= 0,
    'asks for a diagonal below 1': (n) => n.some((row, i) => row[i] >= 1),
    'asks for a trace below 1': (n) => total(n.map((row, i) => row[i])) >= 1,
    'allows a radius of 1.05': (n) => refuses(n.map((row) => row.map((share) => share / 1.05))),
    'allows 0.95 at most': (n) => refuses(n.map((row) => row.map((share) => share / 0.95))),
  },
});
