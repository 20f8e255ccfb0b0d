import { expect } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key, uniform } from '../../base/random.js';
import type { Side } from '../book/book.js';
import { orderBook } from '../book/order-book.js';
import { roundTrips } from './round-trips.js';

/** Signs of changes of a mid, ±1, up with the chance p. */
const changes = (count: number, seed: number, p = 0.5): number[] => Array.from(uniform(key(seed), [count]).data, (u) => (u < p ? 1 : -1));
/** A mid of half ticks that begins at 100.5. */
const midsOf = (signs: readonly number[]): number[] => {
  const mids = [100.5];
  for (const sign of signs) mids.push(mids.at(-1)! + sign);
  return mids;
};
const book = orderBook();
let id = 0;
/** What a market order of one unit pays or gets in the library's book with these quotes. */
function fill(side: Side, mid: number, spread: number): number {
  const quotes = [++id, ++id];
  book.rest(quotes[0], 1, mid - spread / 2, 5);
  book.rest(quotes[1], -1, mid + spread / 2, 5);
  book.market(side, 1);
  const price = book.fills.prices[0];
  for (const quote of quotes) book.cancel(quote);
  return price;
}

type Trips = typeof roundTrips;
const paying =
  (cost: (spread: number, side: number) => number, earned = (side: number, move: number) => side * move): Trips =>
  (mids, { starts, ends, sides, spread }) =>
    Float64Array.from({ length: starts.length }, (_, k) =>
      sides[k] === 0 ? 0 : earned(sides[k], mids[ends[k]] - mids[starts[k]]) - cost(spread, sides[k]),
    );
const WRONG: Record<string, Trips> = {
  'pays half the spread': paying((spread) => spread / 2),
  'pays it twice': paying((spread) => 2 * spread),
  'pays no spread': paying(() => 0),
  'pays it where it buys first': paying((spread, side) => (side > 0 ? spread : 0)),
  'earns on both sides alike': paying(
    (spread) => spread,
    (_, move) => move,
  ),
  'earns the size of the move': paying(
    (spread) => spread,
    (_, move) => Math.abs(move),
  ),
};

theorem<Trips>('thm:one-tick-foresight', 'a', {
  real: roundTrips,
  check: (trips) => {
    for (const spread of [1, 3]) {
      const mids = midsOf(changes(60, 1));
      for (const [start, end] of [
        [0, 1],
        [3, 3],
        [5, 17],
        [2, 59],
      ])
        for (const side of [1, -1] as const) {
          const [opened, closed] = [fill(side, mids[start], spread), fill(-side as Side, mids[end], spread)];
          const [found] = trips(mids, { starts: [start], ends: [end], sides: [side], spread });
          expect(found).toBe(side * (closed - opened));
        }
    }
    expect([...trips([1, 2], { starts: [0], ends: [1], sides: [0], spread: 1 })]).toEqual([0]);
  },
  mutants: WRONG,
});

theorem<Trips>('thm:one-tick-foresight', 'b', {
  real: roundTrips,
  check: (trips) => {
    for (const p of [0.5, 0.8]) {
      const signs = changes(4000, 2, p);
      const mids = midsOf(signs);
      const starts = signs.map((_, k) => k);
      const ends = starts.map((k) => k + 1);
      expect(trips(mids, { starts, ends, sides: signs, spread: 1 }).every((value) => value === 0)).toBe(true);
      // A direction that is right with the chance `right`.
      for (const right of [0.5, 0.9]) {
        const luck = uniform(fold(key(3), p * 10), [signs.length]).data;
        const sides = signs.map((sign, k) => (luck[k] < right ? sign : -sign));
        expectMean(trips(mids, { starts, ends, sides, spread: 1 }), -2 * (1 - right));
      }
    }
  },
  mutants: WRONG,
});

/** The most that foresight of the mid after n changes earns, and its mean where changes are fair. */
interface Foresight {
  readonly best: (move: number) => number;
  readonly mean: (n: number) => number;
}
const chance = (n: number, ups: number) => {
  let p = 0.5 ** n;
  for (let k = 1; k <= ups; k++) p *= (n - k + 1) / k;
  return p;
};
const over = (n: number, f: (z: number) => number) =>
  Array.from({ length: n + 1 }, (_, ups) => chance(n, ups) * f(2 * ups - n)).reduce((a, b) => a + b);
const FORESIGHT: Foresight = {
  best: (move) => Math.max(0, Math.abs(move) - 1),
  mean: (n) => over(n, Math.abs) - 1 + over(n, (z) => Number(z === 0)),
};
theorem<Foresight>('thm:one-tick-foresight', 'c', {
  real: FORESIGHT,
  check: ({ best, mean }) => {
    const signs = changes(6000, 4);
    const mids = midsOf(signs);
    for (const n of [1, 2, 3, 4, 9]) {
      const starts = Array.from({ length: Math.floor(signs.length / n) }, (_, i) => i * n);
      const ends = starts.map((start) => start + n);
      const ways = [1, -1, 0].map((side) => roundTrips(mids, { starts, ends, sides: starts.map(() => side), spread: 1 }));
      const most = starts.map((_, k) => Math.max(...ways.map((way) => way[k])));
      expect(most).toEqual(starts.map((start, k) => best(mids[ends[k]] - mids[start])));
      expectMean(most, mean(n), { open: 1e-12 });
    }
    expect([1, 2, 3, 4].map(mean)).toEqual([0, 1 / 2, 1 / 2, 7 / 8]); // as stated
  },
  mutants: {
    'pays half a tick': { ...FORESIGHT, best: (move) => Math.max(0, Math.abs(move) - 0.5) },
    'pays two': { ...FORESIGHT, best: (move) => Math.max(0, Math.abs(move) - 2) },
    'must trade': { ...FORESIGHT, best: (move) => Math.abs(move) - 1 },
    'buys alone': { ...FORESIGHT, best: (move) => Math.max(0, move - 1) },
    'has a mean that must trade': { ...FORESIGHT, mean: (n) => over(n, Math.abs) - 1 },
    'stays out twice': { ...FORESIGHT, mean: (n) => over(n, Math.abs) - 1 + 2 * over(n, (z) => Number(z === 0)) },
    'has √n for E|Z|': { ...FORESIGHT, mean: (n) => Math.sqrt(n) - 1 + over(n, (z) => Number(z === 0)) },
  },
});

/** How much less one pays who waits where a fall is foretold, from the chances that it comes and does not. */
type Saving = (fallForetold: number, riseMissed: number) => number;
theorem<Saving>('thm:one-tick-foresight', 'd', {
  real: (fall, rise) => fall - rise,
  check: (saving) => {
    for (const [up, right] of [
      [0.5, 0.5],
      [0.5, 0.8],
      [0.3, 0.9],
    ]) {
      const signs = changes(4000, 5, up);
      const luck = uniform(key(6), [signs.length]).data;
      const mids = midsOf(signs);
      const saved = signs.map((sign, k) => {
        const foretold = luck[k] < right ? sign : -sign;
        const [now, then] = [k, k + 1].map((event) => fill(1, mids[event], 1));
        return now - (foretold < 0 ? then : now);
      });
      expectMean(saved, saving((1 - up) * right, up * (1 - right)));
      if (up === 0.5) expect(saving(0.5 * right, 0.5 * (1 - right))).toBeCloseTo(right - 0.5, 12); // the stated case
    }
  },
  mutants: {
    'pays the spread for it': (fall, rise) => fall - rise - 0.5,
    'adds the two': (fall, rise) => fall + rise,
    'forgets the rises': (fall) => fall,
    'has twice the saving': (fall, rise) => 2 * (fall - rise),
    'changes the sign': (fall, rise) => rise - fall,
  },
});
