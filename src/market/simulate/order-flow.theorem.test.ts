import { expect } from 'vitest';
import { estimate, expectMean, simulatedOnce } from '../../../tests/support/monte-carlo.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key } from '../../base/random.js';
import { MESSAGE } from '../book/messages.js';
import { hawkes } from './hawkes.js';
import { orderFlow } from './order-flow.js';

/** A side of the library's book as a queue of orders of one lot: limit orders to buy, hit by market orders to sell. */
interface Flow {
  /** limit orders a second, market orders a second, how many limit orders one causes, its decay, mean lifetime */
  readonly a: number;
  readonly d: number;
  readonly n: number;
  readonly decay: number;
  readonly tau: number;
}
const own = (n: number) => [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === 0 && j === 0 ? n : 0)));
/** Q(t) of simulated sides. The library begins with a·τ orders. */
const lengths = ({ a, d, n, decay, tau }: Flow, until: number, runs: number, seed: number): number[] =>
  simulatedOnce(`side ${JSON.stringify({ a, d, n, decay, tau, until, runs, seed })}`, () =>
    Array.from({ length: runs }, (_, r) => {
      const { type, direction } = orderFlow(fold(key(seed), r), {
        baseline: [a, 0, 0, d],
        branching: own(n),
        decay,
        lifetime: tau,
        size: 100,
        until,
      });
      return type.reduce((sum, one, m) => sum + (direction[m] !== 1 ? 0 : one === MESSAGE.submission ? 1 : -1), 0);
    }),
  );
/** m(t) of limit orders that excite themselves (thm:hawkes-stationarity). */
const intensity = ({ a, n, decay }: Flow, t: number) => (a / (1 - n)) * (1 - n * Math.exp(-decay * (1 - n) * t));
const simpson = (f: (s: number) => number, until: number) => {
  const parts = 400;
  let sum = 0;
  for (let i = 0; i <= parts; i++) sum += f((i * until) / parts) * (i === 0 || i === parts ? 1 : i % 2 === 1 ? 4 : 2);
  return (sum * until) / parts / 3;
};

type Ceiling = (flow: Flow, start: number, t: number) => number;
const ceiling =
  ({ kept = (flow: Flow, t: number) => Math.exp(-t / flow.tau), old = 1, m = intensity } = {}): Ceiling =>
  (flow, start, t) =>
    old * start * kept(flow, t) + simpson((s) => kept(flow, t - s) * m(flow, s), t);

theorem<Ceiling>('thm:stationary-queues', 'a', {
  real: ceiling(),
  check: (ceiling) => {
    for (const flow of [
      { a: 2, d: 0, n: 0.5, decay: 3, tau: 2 },
      { a: 1, d: 0, n: 0.8, decay: 2, tau: 4 },
    ])
      for (const t of [1, 5]) {
        const start = Math.round(flow.a * flow.tau);
        expectMean(lengths(flow, t, 400, 21), ceiling(flow, start, t)); // equal without market orders
        const hit = lengths({ ...flow, d: 1.5 }, t, 150, 22);
        const { mean, standardError } = estimate(hit);
        expect(mean + 4 * standardError).toBeLessThan(ceiling({ ...flow, d: 1.5 }, start, t)); // below it with them
        expect(ceiling(flow, start, t)).toBeLessThanOrEqual(start + (flow.a / (1 - flow.n)) * flow.tau);
      }
  },
  mutants: {
    'lets orders live twice as long': ceiling({ kept: ({ tau }, t) => Math.exp(-t / (2 * tau)) }),
    'takes the lifetime for its rate': ceiling({ kept: ({ tau }, t) => Math.exp(-t * tau) }),
    'forgets the orders of the beginning': ceiling({ old: 0 }),
    'keeps them for ever': (flow, start, t) => ceiling()(flow, 0, t) + start,
    'has the long-run intensity from the start': ceiling({ m: ({ a, n }) => a / (1 - n) }),
    'has the baseline alone': ceiling({ m: ({ a }) => a }),
  },
});

/** The stationary law of the number of orders, or undefined where there is none. */
type Law = (a: number, d: number, tau: number) => number[] | undefined;
const law =
  (
    down = (d: number, tau: number, k: number) => d + k / tau,
    exists = (a: number, d: number, tau: number) => tau < Infinity || a < d,
  ): Law =>
  (a, d, tau) => {
    if (!exists(a, d, tau)) return undefined;
    const products = [1];
    for (let k = 1; k <= 400; k++) products.push((products[k - 1] * a) / down(d, tau, k));
    const sum = products.reduce((x, y) => x + y);
    return products.map((product) => product / sum);
  };
/** Without cancellation: limit and market orders are the two kinds of a Hawkes process. */
function uncancelled(
  start: number,
  process: { nu: number[]; n: number[][]; theta: number },
  until: number,
  runs: number,
  seed: number,
): number[] {
  return simulatedOnce(`queue ${JSON.stringify({ start, process, until, runs, seed })}`, () =>
    Array.from({ length: runs }, (_, r) => {
      const { kinds } = hawkes(fold(key(seed), r), { baseline: process.nu, branching: process.n, decay: process.theta, until });
      return kinds.reduce((length, kind) => (kind === 0 ? length + 1 : Math.max(0, length - 1)), start);
    }),
  );
}
const poisson = (a: number, d: number) => ({
  nu: [a, d],
  n: [
    [0, 0],
    [0, 0],
  ],
  theta: 1,
});

theorem<Law>('thm:stationary-queues', 'b', {
  real: law(),
  check: (law) => {
    for (const [a, d, tau] of [
      [2, 0, 2],
      [2, 1.5, 3],
      [1, 4, 2],
    ]) {
      const pi = law(a, d, tau)!;
      const found = lengths({ a, d, n: 0, decay: 1, tau }, 8 * tau, 600, 23);
      expectMean(
        found,
        pi.reduce((sum, p, q) => sum + p * q, 0),
        { open: 1e-4 },
      );
      expectMean(
        found.map((q) => q * q),
        pi.reduce((sum, p, q) => sum + p * q * q, 0),
        { open: 1e-3 },
      );
      expectMean(
        found.map((q) => Number(q === 0)),
        pi[0],
        { open: 1e-4 },
      );
    }
    // τ = ∞: a law at a < d, which is geometric, and none at a = d and above, where queues grow without end.
    const pi = law(1, 2, Infinity)!;
    const found = uncancelled(0, poisson(1, 2), 60, 600, 24);
    expectMean(
      found,
      pi.reduce((sum, p, q) => sum + p * q, 0),
      { open: 1e-3 },
    );
    expect(pi[0]).toBeCloseTo(1 - 1 / 2, 10);
    for (const a of [2, 2.5]) {
      expect(law(a, 2, Infinity)).toBeUndefined();
      const [early, late] = [25, 100].map((until) => estimate(uncancelled(0, poisson(a, 2), until, 300, 25)));
      expect(late.mean - 4 * late.standardError).toBeGreaterThan(1.5 * early.mean); // like √t at a = d, like t above
    }
  },
  mutants: {
    'cancels none': law((d) => d || 1e-9),
    'cancels one of the queue at a time': law((d, tau) => d + 1 / tau),
    'has no market orders': law((_, tau, k) => k / tau || 2),
    'cancels at the rate of the square': law((d, tau, k) => d + k ** 2 / tau),
    'counts the order before': law((d, tau, k) => d + (k - 1) / tau || 1e-9),
    'lets market orders take in proportion': law((d, tau, k) => k * (d + 1 / tau)),
    'has a law at a = d too': law(undefined, (a, d, tau) => tau < Infinity || a <= d),
    'has a law always': law(undefined, () => true),
  },
});

const PROCESS = {
  nu: [0.6, 0.3],
  n: [
    [0.5, 0.2],
    [0.1, 0.4],
  ],
  theta: 2,
};
/** E A(t) − E M(t), by m′ = θ(ν − (I − N)m), and what it comes to a unit of time. */
interface Drift {
  net(process: typeof PROCESS, t: number): number;
  rate(process: typeof PROCESS): number;
}
const DRIFT: Drift = {
  net: ({ nu, n, theta }, t) => {
    const parts = 4000;
    let [m, sum] = [[...nu], 0];
    for (let i = 0; i < parts; i++) {
      const slope = (at: number[]) => at.map((value, k) => theta * (nu[k] - value + n[k][0] * at[0] + n[k][1] * at[1]));
      const middle = slope(m.map((value, k) => value + (slope(m)[k] * t) / parts / 2));
      const next = m.map((value, k) => value + (middle[k] * t) / parts);
      sum += ((m[0] + next[0] - m[1] - next[1]) / 2) * (t / parts);
      m = next;
    }
    return sum;
  },
  rate: ({ nu, n }) => {
    const determinant = (1 - n[0][0]) * (1 - n[1][1]) - n[0][1] * n[1][0];
    return ((1 - n[1][1]) * nu[0] + n[0][1] * nu[1] - n[1][0] * nu[0] - (1 - n[0][0]) * nu[1]) / determinant;
  },
};
theorem<Drift>('thm:stationary-queues', 'c', {
  real: DRIFT,
  check: ({ net, rate }) => {
    for (const t of [5, 30]) {
      expectMean(uncancelled(100, PROCESS, t, 1500, 26), 100 + net(PROCESS, t)); // equal as long as the queue is never empty
      const { mean, standardError } = estimate(uncancelled(0, PROCESS, t, 150, 27));
      expect(mean + 4 * standardError).toBeGreaterThan(net(PROCESS, t));
    }
    expect(rate(PROCESS)).toBeGreaterThan(0.5); // spectral radius 0.6, and it grows
    const [half, whole] = [150, 300].map((t) => uncancelled(0, PROCESS, t, 100, 28));
    expectMean(
      whole.map((length, r) => (length - half[r]) / 150),
      rate(PROCESS),
      { open: 0.01 },
    ); // an empty queue has become rare
  },
  mutants: {
    'counts the baselines alone': { net: ({ nu }, t) => (nu[0] - nu[1]) * t, rate: ({ nu }) => nu[0] - nu[1] },
    'begins in the long run': { ...DRIFT, net: (process, t) => DRIFT.rate(process) * t },
    'takes N transposed': {
      net: (process, t) =>
        DRIFT.net(
          {
            ...process,
            n: [
              [process.n[0][0], process.n[1][0]],
              [process.n[0][1], process.n[1][1]],
            ],
          },
          t,
        ),
      rate: (process) =>
        DRIFT.rate({
          ...process,
          n: [
            [process.n[0][0], process.n[1][0]],
            [process.n[0][1], process.n[1][1]],
          ],
        }),
    },
    'counts limit orders alone': { ...DRIFT, rate: (process) => DRIFT.rate({ ...process, nu: [process.nu[0], 0] }) },
    'is kept by a branching ratio below 1': { net: (process, t) => DRIFT.net(process, Math.min(t, 5)), rate: () => 0 },
  },
});
