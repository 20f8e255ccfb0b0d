import { beforeAll, describe, expect, it } from 'vitest';
import { ahead, type Flow, fastUniforms, type State, within } from '../experiments/week04/book/ahead.js';
import { bySession, decayOf } from '../experiments/week04/book/judge.js';
import { AHEAD, COLUMNS, F, FLOW, HORIZONS, type Samples, samplesOf, statesOf, T } from '../experiments/week04/book/sessions.js';
import { simulate } from '../src/market/index.js';
import { hacMean } from '../src/stats/index.js';
import { fold, key } from '../src/tensor/index.js';

// What the Bayes predictor of week 4's simulated book stands on: its paths must have the law of `simulate.orderFlow`.
const none = [0, 1, 2, 3].map(() => [0, 0, 0, 0]);
const SESSIONS = 16;
const SECONDS = 100;
let samples: Samples;
const rows: number[][] = [];
beforeAll(() => {
  samples = samplesOf(key(77), { from: 0, to: SESSIONS, seconds: SECONDS });
  for (let s = 0; s < SESSIONS; s++) {
    const run = ahead(FLOW, fastUniforms(fold(key(9), s)), HORIZONS);
    statesOf(key(77), s, SECONDS, (state) => {
      const { up, moves } = run(state, 8);
      rows.push([up[0] / 4, up[1] / 4, ...moves]);
    });
  }
}, 60_000);

/** One lot each, all at the best prices, nothing excited: both queues are birth and death, and the chance that the ask empties first solves a linear system. */
function firstToEmpty(q: number, r: number, { a, d, tau }: { a: number; d: number; tau: number }): number {
  const N = 40;
  const u: number[][] = Array.from({ length: N + 1 }, (_, i) => Array.from({ length: N + 1 }, (_, j) => (i === 0 ? 0 : j === 0 ? 1 : 0.5)));
  for (let sweep = 0; sweep < 2000; sweep++)
    for (let i = 1; i <= N; i++)
      for (let j = 1; j <= N; j++) {
        const [up, down, right, left] = [i < N ? a : 0, d + i / tau, j < N ? a : 0, d + j / tau];
        const sum = up * (u[i + 1]?.[j] ?? 0) + down * u[i - 1][j] + right * (u[i][j + 1] ?? 0) + left * u[i][j - 1];
        u[i][j] = sum / (up + down + right + left);
      }
  return u[q][r];
}

describe('paths from a state of the order flow', () => {
  it('empty one of two queues first as often as the linear system of their lengths says', () => {
    const [a, d, tau] = [1, 2, 20];
    const flow: Flow = { baseline: [a, a, d, d], branching: none, decay: 1, lifetime: tau, exponent: 60, size: 1 };
    const run = ahead(flow, fastUniforms(key(3)), [1]);
    for (const [q, r] of [
      [2, 2],
      [1, 4],
      [6, 2],
    ]) {
      // Forty more a tick behind, so that one is left to be the next best price.
      const orders = [...Array(q).fill([1, 100]), ...Array(40).fill([1, 99]), ...Array(r).fill([-1, 101]), ...Array(40).fill([-1, 102])];
      const [sides, prices] = [orders.map(([side]) => side), orders.map(([, price]) => price)];
      const state: State = { excited: [0, 0, 0, 0], sides, prices, sizes: orders.map(() => 1), bid: 100, ask: 101 };
      const paths = 20_000;
      const [p, want] = [run(state, paths).up.reduce((x, y) => x + y) / paths, firstToEmpty(q, r, { a, d, tau })];
      expect(Math.abs(p - want), `${q} and ${r}: ${p} for ${want}`).toBeLessThanOrEqual(4 * Math.sqrt((want * (1 - want)) / paths));
    }
    expect(firstToEmpty(2, 2, { a, d, tau })).toBeCloseTo(0.5, 3);
  });

  it('go up next where the book did, and move by as much, whatever a forecast knows', () => {
    const n = samples.up.length;
    expect(rows.length).toBe(n);
    const weights: Record<string, (i: number) => number> = {
      all: () => 1,
      imbalance: (i) => samples.x[i * COLUMNS.length + 2],
      'limit orders': (i) => samples.intensities[4 * i] - samples.intensities[4 * i + 1],
      'market orders': (i) => samples.intensities[4 * i + 2] - samples.intensities[4 * i + 3],
    };
    for (const [name, weight] of Object.entries(weights)) {
      const unbiased = (error: (i: number) => number) =>
        expect(
          Math.abs(
            hacMean(
              bySession(samples.session, (i) => weight(i) * error(i)),
              { lags: 0 },
            ).tStatistic,
          ),
          name,
        ).toBeLessThan(4);
      unbiased((i) => samples.up[i] - (rows[i][0] + rows[i][1]) / 2);
      for (const [h, events] of HORIZONS.entries())
        unbiased((i) => samples.moves[i * AHEAD.length + AHEAD.indexOf(events)] - rows[i][2 + h]);
    }
    // They say something: the share of half of them predicts what happened, one for one.
    const both = bySession(samples.session, (i) => (rows[i][0] - 0.5) * (samples.up[i] - 0.5));
    const own = bySession(samples.session, (i) => (rows[i][0] - 0.5) * (rows[i][1] - 0.5));
    const slope = both.reduce((x, y) => x + y) / own.reduce((x, y) => x + y);
    const { standardError } = hacMean(
      both.map((value, s) => value - slope * own[s]),
      { lags: 0 },
    );
    const error = (standardError * SESSIONS) / own.reduce((x, y) => x + y);
    expect(error).toBeLessThan(0.2);
    expect(Math.abs(slope - 1), `slope ${slope} ± ${error}`).toBeLessThan(4 * error);
  });
});

describe('samples of simulated sessions', () => {
  it('use the order flow that the library has unless told', () => {
    const { size, ...flow } = FLOW;
    expect(simulate.orderFlow(key(1), { ...flow, size: 100 * size, until: 30 })).toEqual(simulate.orderFlow(key(1), { until: 30 }));
  });

  it('end each window at the event of the row, and count what it holds', () => {
    const C = COLUMNS.length;
    for (let i = 0; i < samples.up.length; i += 37) {
      const row = samples.x.subarray(i * C, (i + 1) * C);
      const window = samples.windows.subarray(i * T * F, (i + 1) * T * F);
      const flows = Array.from({ length: T }, (_, t) => Math.sinh(2 * window[t * F + 7]));
      for (const [events, name] of [
        [1, 'OFI 1'],
        [5, 'OFI 5'],
        [20, 'OFI 20'],
      ] as const)
        expect(flows.slice(T - events).reduce((x, y) => x + y)).toBeCloseTo(row[COLUMNS.indexOf(name)], 3);
      const buys = Array.from({ length: T }, (_, t) => window[t * F]).reduce((x, y) => x + y);
      expect(buys).toBe(row[COLUMNS.indexOf('limit buy 20')]);
      expect(window[(T - 1) * F + 8] + 1.5).toBeCloseTo(row[0], 5);
    }
  });

  it('count a jump of the mid as two ticks at most, and follow a signal that is the move itself', () => {
    expect([within(42), within(-0.5), within(-9)]).toEqual([2, -0.5, -2]);
    const j = AHEAD.indexOf(10);
    const moves = samples.up.map((_, i) => samples.moves[i * AHEAD.length + j]);
    for (const correlation of decayOf(samples, moves)[j]) expect(correlation).toBeCloseTo(1, 9);
  });
});
