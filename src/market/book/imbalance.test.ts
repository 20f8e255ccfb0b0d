import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { key } from '../../base/random.js';
import { orderFlow } from '../simulate/order-flow.js';
import { midPrice, orderFlowImbalance, queueImbalance, weightedMid } from './imbalance.js';
import { type BookRows, replayMessages } from './messages.js';
import { fitMicroPrice } from './micro-price.js';

const NONE = Number.NaN;
const rowsOf = (rows: readonly (readonly [ask: number, askSize: number, bid: number, bidSize: number])[]): BookRows => ({
  data: Float64Array.from(rows.flat()),
  shape: [rows.length, 4],
});

describe('orderFlowImbalance', () => {
  it.each<[what: string, before: [number, number, number, number], after: [number, number, number, number], e: number]>([
    ['a limit order to buy', [102, 5, 101, 7], [102, 5, 101, 10], 3],
    ['its cancellation, or a market order to sell', [102, 5, 101, 7], [102, 5, 101, 3], -4],
    ['a market order that empties the bid: the whole of its queue', [102, 5, 101, 7], [102, 5, 100, 9], -7],
    ['a limit order above the bid: all of it', [103, 5, 101, 7], [103, 5, 102, 2], 2],
    ['a limit order to sell', [102, 5, 101, 7], [102, 9, 101, 7], -4],
    ['a market order to buy', [102, 5, 101, 7], [102, 1, 101, 7], 4],
    ['a market order that empties the ask', [102, 5, 101, 7], [103, 8, 101, 7], 5],
    ['a limit order below the ask', [103, 5, 101, 7], [102, 6, 101, 7], -6],
    ['a side that is emptied', [102, 5, 101, 7], [102, 5, NONE, 0], -7],
    ['a side that comes back', [NONE, 0, 101, 7], [102, 4, 101, 7], -4],
    ['nothing at the best prices', [102, 5, 101, 7], [102, 5, 101, 7], 0],
  ])('of %s is as Cont, Kukanov & Stoikov 2014 define it', (_, before, after, e) => {
    expect([...orderFlowImbalance(rowsOf([before, after]))]).toEqual([0, e]);
  });
});

it('queue imbalance, mid and weighted mid are those of the best level alone', () => {
  const rows: BookRows = { data: Float64Array.of(102, 1, 101, 3, 103, 50, 100, 9, 104, 4, 101, NONE, 0, 0, 0, 0), shape: [2, 8] };
  rows.data.set([NONE, 0, 101, 4], 8);
  expect([...queueImbalance(rows)]).toEqual([0.5, 1]);
  expect([...midPrice(rows)]).toEqual([101.5, NONE]);
  expect([...weightedMid(rows)]).toEqual([(3 * 102 + 101) / 4, NONE]);
});

describe('fitMicroPrice', () => {
  const [H, L] = [
    [1, 3],
    [3, 1],
  ]; // sizes at ask and bid
  const row = (mid: number, [askSize, bidSize]: number[]) => [mid + 0.5, askSize, mid - 0.5, bidSize] as const;
  const six = rowsOf([row(100, H), row(100, H), row(101, L), row(101, H), row(102, H), row(102, L)]);

  it('solves the chain that was worked by hand', () => {
    // From H, mirrored ones included: to H twice, to L three times, two of the five with the mid up by 1: G(1 − 2/5 + 3/5) = 2/5.
    const { adjustments, counts, price } = fitMicroPrice(six, { tick: 1, buckets: 2, spreads: 1 });
    expectClose(adjustments.data, [-1 / 3, 1 / 3], 14);
    expect([...counts.data]).toEqual([5, 5]);
    expectClose(price(six), [100 + 1 / 3, 100 + 1 / 3, 101 - 1 / 3, 101 + 1 / 3, 102 + 1 / 3, 102 - 1 / 3], 12);
    expect([...price(rowsOf([[NONE, 0, 101, 4]]))]).toEqual([NONE]);
  });

  it("is the sum of Stoikov's series G₁ + BG₁ + B²G₁ + …", () => {
    const rows = replayMessages(orderFlow(key(5), { until: 400 }), { levels: 1 });
    const [buckets, spreads, tick] = [4, 2, 100];
    const { adjustments } = fitMicroPrice(rows, { tick, buckets, spreads });
    const S = buckets * spreads;
    const zeros = () => Array.from({ length: S }, () => new Array<number>(S).fill(0));
    const [still, moved, drift, seen] = [zeros(), zeros(), new Array<number>(S).fill(0), new Array<number>(S).fill(0)];
    const [mids, imbalances] = [midPrice(rows), queueImbalance(rows)];
    const stateOf = (m: number, sign: number) => {
      const spread = Math.min(spreads, (rows.data[4 * m] - rows.data[4 * m + 2]) / tick);
      const up = Math.min(buckets - 1, Math.floor(((Math.abs(imbalances[m]) + 1) / 2) * buckets));
      return (spread - 1) * buckets + (sign * imbalances[m] > 0 ? up : buckets - 1 - up);
    };
    for (let m = 0; m + 1 < mids.length; m++)
      for (const sign of [1, -1]) {
        if (Number.isNaN(mids[m]) || Number.isNaN(mids[m + 1]) || imbalances[m] === 0) continue;
        const [x, y, step] = [stateOf(m, sign), stateOf(m + 1, sign), sign * (mids[m + 1] - mids[m])];
        seen[x]++;
        drift[x] += step;
        if (imbalances[m + 1] !== 0) (step === 0 ? still : moved)[x][y]++;
      }
    const times = (a: number[][], v: number[]) => a.map((line, x) => line.reduce((sum, count, y) => sum + (count / seen[x]) * v[y], 0));
    /** (1 − Q)⁻¹ v, by iteration: the book waits for a change. */
    const wait = (v: number[]) => {
      let found = v;
      for (let i = 0; i < 4000; i++) found = times(still, found).map((value, x) => v[x] + value);
      return found;
    };
    let term = wait(drift.map((sum, x) => sum / seen[x])); // G₁
    const total = [...term];
    for (let k = 0; k < 400; k++) {
      term = wait(times(moved, term));
      for (const [x, value] of term.entries()) total[x] += value;
    }
    expectClose(adjustments.data, total, 6);
    expect(total[3]).toBeGreaterThan(1); // it says something
  });

  it('is the mid of a book whose queues are equal, and that of a mirrored book mirrored', () => {
    // From H, mirrored ones included: to H, to L and to equal queues once each, the mid up by 1 at the last: G(1 − 1/3 + 1/3) = 1/3.
    const even = rowsOf([row(100, H), row(100, H), row(100, L), row(99, [2, 2]), row(99, [5, 5])]);
    const worked = fitMicroPrice(even, { tick: 1, buckets: 2, spreads: 1 });
    expectClose(worked.adjustments.data, [-1 / 3, 1 / 3], 14);
    expect([...worked.counts.data]).toEqual([3, 3]);
    expect([...worked.price(even)].slice(3)).toEqual([99, 99]);

    const rows = replayMessages(orderFlow(key(5), { until: 400 }), { levels: 1 });
    const turned = rows.data.map((_, at) => {
      const other = rows.data[at - (at % 4) + ((at + 2) % 4)];
      return at % 2 === 0 ? 2_000_000 - other : other;
    });
    const { price } = fitMicroPrice(rows, { tick: 100 });
    expect(queueImbalance(rows).filter((value) => Math.abs(value) === 0.2).length).toBeGreaterThan(20); // on the edge of two buckets
    const [straight, mirrored] = [price(rows), price({ ...rows, data: turned })].map((values) =>
      values.filter((value) => !Number.isNaN(value)),
    );
    expect(straight.length).toBeGreaterThan(1000);
    expectClose(
      mirrored,
      straight.map((value) => 2_000_000 - value),
      6,
    );
  });

  it.each<[what: string, rows: BookRows, options: object, error: string]>([
    [
      'an odd number of buckets',
      six,
      { tick: 1, buckets: 3 },
      'fitMicroPrice: buckets must be even, got 3; a middle one would have no mirror image',
    ],
    [
      'one row',
      rowsOf([row(100, H)]),
      { tick: 1 },
      'fitMicroPrice: no two rows follow one another with both sides of the book; give more rows',
    ],
    [
      'a book that never leans back',
      rowsOf([row(100, H), row(101, H)]),
      { tick: 1, buckets: 2 },
      'fitMicroPrice: from some states the book never leans the other way',
    ],
    ['no tick', six, { tick: 0 }, 'fitMicroPrice: tick must be a whole number from 1 up, got 0'],
  ])('refuses %s', (_, rows, options, error) => {
    expect(() => fitMicroPrice(rows, options as { tick: number })).toThrow(error);
  });
});
