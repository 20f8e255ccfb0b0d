import { expect } from 'vitest';
import { theorem } from '../../../tests/support/theorem.js';
import { key, uniform } from '../../base/random.js';
import type { Side } from './book.js';
import { orderFlowImbalance } from './imbalance.js';
import type { BookRows } from './messages.js';
import { orderBook } from './order-book.js';

const [BUY, SELL] = [1, -1] as const;

/** What happened at the best queues, shares: L − C − M of the bid less that of the ask, up to each event. */
interface Day {
  /** rows of one level after each event, as `replayMessages` gives them */
  readonly rows: BookRows;
  /** [M] */
  readonly net: number[];
}

/**
 * Events on the library's book within the theorem's hypotheses. `shape` says how many shares a price beyond the best holds; in a stylised book each holds κ, a best
 * queue is filled up to κ, and the next one opens a tick before it.
 */
function play(events: number, seed: number, stylised?: number, largest = Infinity): Day {
  const draws = uniform(key(seed), [4 * events]).data;
  const book = orderBook();
  let [at, id] = [0, 1];
  const draw = (below: number) => Math.floor(draws[at++ % draws.length] * below);
  const depth = () => stylised ?? 1 + draw(9);
  for (let level = 0; level < 400; level++) {
    book.rest(id++, BUY, 1000 - level, depth());
    book.rest(id++, SELL, 1003 + level, depth());
  }
  const data: number[] = [];
  const note = () => {
    const row = new Float64Array(4);
    book.snapshot(1, row);
    data.push(...row);
  };
  note();
  const net = [0];
  let sum = 0;
  for (let e = 1; e < events; e++) {
    const side: Side = draw(2) === 0 ? BUY : SELL;
    const [best, size, adds] = [book.best(side), book.bestSize(side), draw(5) < 3];
    const room = side * (book.best(-side as Side) - best); // ticks to the other side
    if (adds) {
      const isFull = stylised !== undefined ? size === stylised : draw(4) === 0;
      const opens = isFull && room > 1;
      if (stylised !== undefined && isFull && !opens) {
        e--;
        continue; // full, and nowhere to go
      }
      const shares = 1 + draw(Math.min(largest, opens || stylised === undefined ? (stylised ?? 5) : stylised - size));
      const step = opens ? (stylised !== undefined ? 1 : 1 + draw(room - 1)) : 0; // ticks: a wider one leaves a gap to fall through later
      book.rest(id++, side, best + side * step, shares);
      sum += side * shares;
    } else {
      // A market order of the other side, or a cancellation, which takes as much from the front here; the whole queue now and then.
      const shares = draw(3) === 0 && largest >= size ? size : 1 + draw(Math.min(largest, size));
      book.market(-side as Side, shares);
      sum -= side * shares;
      if (stylised !== undefined && book.best(side) === best - side && book.bestSize(side) !== stylised)
        throw new Error('the next price must hold κ');
    }
    if (book.depth(BUY) < 5 || book.depth(SELL) < 5) throw new Error('the book was used up');
    note();
    net.push(sum);
  }
  return { rows: { data: Float64Array.from(data), shape: [data.length / 4, 4] }, net };
}
const cumulated = (e: ArrayLike<number>) => {
  let sum = 0;
  return Array.from(e, (value) => {
    sum += value;
    return sum;
  });
};

type Flow = (rows: BookRows) => Float64Array;
/** e_m with signs and conditions of one's own: of the bid's new and old queue, then of the ask's. */
const wrong =
  (terms: (before: number[], now: number[]) => number): Flow =>
  ({ data, shape: [M] }) =>
    Float64Array.from({ length: M }, (_, m) => (m === 0 ? 0 : terms([...data.slice(4 * m - 4, 4 * m)], [...data.slice(4 * m, 4 * m + 4)])));
const one = Number;

theorem<Flow>('thm:order-flow-impact', 'a', {
  real: orderFlowImbalance,
  check: (flow) => {
    for (const [seed, stylised] of [
      [1, undefined],
      [2, undefined],
      [3, 6],
    ] as const) {
      const { rows, net } = play(900, seed, stylised);
      expect(cumulated(flow(rows))).toEqual(net); // whole shares: exactly, and so over every interval
      const bids = Array.from({ length: rows.shape[0] }, (_, m) => rows.data[4 * m + 2]);
      expect(new Set(bids).size).toBeGreaterThan(3); // prices moved, and by more than a tick where the book may have gaps
      expect(Math.max(...bids.map((bid, m) => Math.abs(bid - bids[Math.max(0, m - 1)]))) > 1).toBe(stylised === undefined);
    }
  },
  mutants: {
    'takes the change of sizes alone': wrong(([, r0, , q0], [, r, , q]) => q - q0 - (r - r0)),
    'leaves the ask out': wrong(([, , b0, q0], [, , b, q]) => one(b >= b0) * q - one(b <= b0) * q0),
    'takes > for ≥ at the bid': wrong(
      ([a0, r0, b0, q0], [a, r, b, q]) => one(b > b0) * q - one(b <= b0) * q0 - one(a <= a0) * r + one(a >= a0) * r0,
    ),
    'changes the sign of the ask': wrong(
      ([a0, r0, b0, q0], [a, r, b, q]) => one(b >= b0) * q - one(b <= b0) * q0 + one(a <= a0) * r - one(a >= a0) * r0,
    ),
    'turns the comparisons of the ask': wrong(
      ([a0, r0, b0, q0], [a, r, b, q]) => one(b >= b0) * q - one(b <= b0) * q0 - one(a >= a0) * r + one(a <= a0) * r0,
    ),
    'turns those of the bid': wrong(
      ([a0, r0, b0, q0], [a, r, b, q]) => one(b <= b0) * q - one(b >= b0) * q0 - one(a <= a0) * r + one(a >= a0) * r0,
    ),
  },
});

/** Moves of the mid in ticks, OFI and what is left over, on intervals of so many events. */
interface Impact {
  readonly flow: Flow;
  /** of OFI and the moves of the two queues */
  readonly left: (ask: number, bid: number, kappa: number) => number;
  readonly slope: (kappa: number) => number;
}
const IMPACT: Impact = {
  flow: orderFlowImbalance,
  left: (ask, bid, kappa) => (ask - bid) / (2 * kappa),
  slope: (kappa) => 1 / (2 * kappa),
};
const intervals = ({ data, shape: [M] }: BookRows, every: number, first = 0) =>
  Array.from({ length: Math.floor((M - 1 - first) / every) }, (_, i) => {
    const [from, to] = [4 * (first + i * every), 4 * (first + (i + 1) * every)];
    const move = (column: number) => data[to + column] - data[from + column];
    return { from: from / 4, to: to / 4, price: (move(0) + move(2)) / 2, ask: move(1), bid: move(3) };
  });

theorem<Impact>('thm:order-flow-impact', 'b', {
  real: IMPACT,
  check: ({ flow, left, slope }) => {
    let greatest = 0;
    for (const [seed, kappa] of [
      [4, 5],
      [5, 40],
    ] as const) {
      const { rows } = play(3000, seed, kappa);
      const sums = cumulated(flow(rows));
      for (const every of [1, 7, 60])
        for (const { from, to, price, ask, bid } of intervals(rows, every)) {
          const rest = left(ask, bid, kappa);
          expect(price).toBeCloseTo((sums[to] - sums[from]) * slope(kappa) + rest, 9);
          expect(Math.abs(rest)).toBeLessThan(1);
          greatest = Math.max(greatest, Math.abs(rest));
        }
    }
    expect(greatest).toBeGreaterThan(0.8); // a bound of 1 is no luxury
  },
  mutants: {
    'has the slope 1/κ': { ...IMPACT, slope: (kappa) => 1 / kappa },
    'has the slope 1/(4κ)': { ...IMPACT, slope: (kappa) => 1 / (4 * kappa) },
    'has the slope 2/κ²': { ...IMPACT, slope: (kappa) => 2 / kappa ** 2 },
    'leaves nothing over': { ...IMPACT, left: () => 0 },
    'changes the sign of what is left': { ...IMPACT, left: (ask, bid, kappa) => (bid - ask) / (2 * kappa) },
    'adds the queues': { ...IMPACT, left: (ask, bid, kappa) => (ask + bid) / (2 * kappa) },
    'leaves twice as much': { ...IMPACT, left: (ask, bid, kappa) => (ask - bid) / kappa },
    'counts the change of sizes': { ...IMPACT, flow: wrong(([, r0, , q0], [, r, , q]) => q - q0 - (r - r0)) },
  },
});

/** Bounds on |slope − 1/(2κ)| and on 1 − R², from the variances of OFI, of ΔP and of ε. */
interface Fit {
  readonly flow: Flow;
  slope(ofi: number, epsilon: number): number;
  share(price: number, epsilon: number): number;
}
const FIT: Fit = {
  flow: orderFlowImbalance,
  slope: (ofi, epsilon) => Math.sqrt(epsilon / ofi),
  share: (price, epsilon) => epsilon / price,
};
const covariance = (x: number[], y: number[]) => {
  const [a, b] = [x, y].map((v) => v.reduce((s, one) => s + one, 0) / v.length);
  return x.reduce((sum, value, i) => sum + (value - a) * (y[i] - b), 0) / x.length;
};
theorem<Fit>('thm:order-flow-impact', 'c', {
  real: FIT,
  check: ({ flow, slope, share }) => {
    const nearness: { slope: number; share: number }[] = [];
    for (const { kappa, every, first, largest } of [
      { kappa: 8, every: 5, first: 0, largest: 8 },
      { kappa: 8, every: 20, first: 0, largest: 8 },
      { kappa: 8, every: 100, first: 0, largest: 8 },
      { kappa: 500, every: 1, first: 300, largest: 3 }, // long queues, short intervals: prices stand still
    ]) {
      const { rows } = play(3000, 6, kappa, largest);
      const sums = cumulated(flow(rows));
      const found = intervals(rows, every, first);
      const [ofi, price] = [found.map(({ from, to }) => sums[to] - sums[from]), found.map((one) => one.price)];
      const epsilon = found.map(({ ask, bid }) => (ask - bid) / (2 * kappa));
      const [vx, vy, ve] = [covariance(ofi, ofi), covariance(price, price), covariance(epsilon, epsilon)];
      const away = Math.abs(covariance(ofi, price) / vx - 1 / (2 * kappa));
      expect(ve).toBeLessThan(1);
      expect(away).toBeLessThanOrEqual(slope(vx, ve) * (1 + 1e-9));
      expect(slope(vx, ve)).toBeLessThan(1 / Math.sqrt(vx));
      const unexplained = vy > 0 ? 1 - covariance(ofi, price) ** 2 / (vx * vy) : 0;
      if (vy > 0) {
        expect(unexplained).toBeLessThanOrEqual(share(vy, ve) * (1 + 1e-9));
        expect(share(vy, ve)).toBeLessThan(1 / vy);
      }
      nearness.push({ slope: away / slope(vx, ve), share: vy > 0 ? unexplained / share(vy, ve) : 0 });
    }
    expect(Math.max(...nearness.map(({ slope }) => slope))).toBeGreaterThan(0.9); // both bounds are nearly attained
    expect(Math.max(...nearness.map(({ share }) => share))).toBeGreaterThan(0.9);
  },
  mutants: {
    'has the slope within the ratio of variances': { ...FIT, slope: (ofi, epsilon) => epsilon / ofi },
    'has it within half the bound': { ...FIT, slope: (ofi, epsilon) => Math.sqrt(epsilon / ofi) / 2 },
    'has it within three times the bound': { ...FIT, slope: (ofi, epsilon) => 3 * Math.sqrt(epsilon / ofi) },
    'has the share within half the bound': { ...FIT, share: (price, epsilon) => epsilon / price / 2 },
    'has the share within twice the bound': { ...FIT, share: (price, epsilon) => (2 * epsilon) / price },
    'takes the square of the share': { ...FIT, share: (price, epsilon) => (epsilon / price) ** 2 },
  },
});
