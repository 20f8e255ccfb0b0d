import { describe, expect, it } from 'vitest';
import { simulatedPrices } from '../../../tests/support/panels.js';
import { key, permutation } from '../../base/index.js';
import { rollingMean, rollingStandardDeviation } from '../features/rolling.js';
import { type Frame, fieldOf, frameOf } from '../frame/frame.js';
import { mapValues, type Panel } from '../panel/panel.js';
import { logReturns, simpleReturns } from '../panel/returns.js';
import type { Fold } from '../splits/fold.js';
import { assertNoLeak } from '../splits/no-leak.js';
import { purgedKFold } from '../splits/purged.js';
import type { Dated } from './compare.js';
import { assertNoLookahead } from './lookahead.js';
import { assertNextBar } from './next-bar.js';

/*
 * Nine leaks that back-tests have had, each beside the same thing done rightly, and the guard that must tell them apart. A guard that refuses
 * nothing, or all, or looks less closely, must fail here (archimedes 1133).
 */

const { NaN: missing } = Number;
const PRICES = simulatedPrices(1_000, ['A', 'B', 'C']);
const N = 3;

const combine = (a: Panel, b: Panel, f: (x: number, y: number) => number): Panel =>
  mapValues(a, 'made', (x, t, n) => f(x, b.values[t * N + n]));
const meanWhere = (panel: Panel, chosen: (date: string) => boolean) => {
  const rows = panel.dates.flatMap((date, t) => (chosen(date) ? [...panel.values.subarray(t * N, t * N + N)] : []));
  return rows.reduce((a, b) => a + b, 0) / rows.length;
};
/** A price's distance from its mean over a window of 20, which ends with the row, or `ahead` rows later. */
const zScore = (prices: Panel, ahead = 0): Panel => {
  const log = mapValues(prices, 'log', Math.log);
  const shift = (panel: Panel) => mapValues(panel, 'shifted', (_, t, n) => panel.values[(t + ahead) * N + n] ?? missing);
  const [mean, deviation] = [shift(rollingMean(log, 20)), shift(rollingStandardDeviation(log, 20))];
  return combine(
    combine(log, mean, (x, m) => x - m),
    deviation,
    (x, s) => x / s,
  );
};

/** Daily profit of the sign of the last week's return, held over the row that follows, or over the one that decided it. */
const profit = (prices: Panel, lag: number): Dated => {
  const returns = simpleReturns(prices);
  const week = rollingMean(returns, 5);
  const values = returns.dates.map((_, t) =>
    prices.assets.reduce((sum, _, n) => sum + Math.sign(week.values[(t - lag) * N + n] ?? missing) * returns.values[t * N + n], 0),
  );
  return { dates: returns.dates, values };
};

/** B is in the index from row 500 on, C until then; their prices are there all the time. */
const MEMBERS = frameOf(PRICES, {
  listed: Uint8Array.from({ length: 3_000 }, (_, i) => (i % N === 0 || (i % N === 1) === i >= 1_500 ? 1 : 0)),
});
const indexReturn = ({ listed, ...frame }: Frame, isMember: (t: number, n: number) => boolean): Dated => {
  const { dates, values } = simpleReturns(fieldOf(frame, 'close'));
  const mean = (t: number) => {
    const members = [0, 1, 2].filter((n) => isMember(t + 1, n));
    return members.reduce((sum, n) => sum + values[t * N + n] / members.length, 0);
  };
  return { dates, values: dates.map((_, t) => mean(t)) };
};

const ADJUSTED: Panel = { ...PRICES, field: 'adjClose', adjusted: 'splits and dividends' };
const DATES = PRICES.dates.slice(0, 300);
const shuffled = [...permutation(key(1), 300).data];

/** The guards by name, each on what it guards. */
interface Guards {
  detector(pipeline: (prices: Panel) => Dated): Promise<void>;
  splits(fold: Fold): Promise<void>;
  nextBar(pipeline: (prices: Panel) => Dated): Promise<void>;
  mask(pipeline: (frame: Frame) => Dated): Promise<void>;
  rescaling(pipeline: (prices: Panel) => Dated): Promise<void>;
}
const GUARDS: Guards = {
  detector: (pipeline) => assertNoLookahead(pipeline, PRICES),
  splits: async (fold) => assertNoLeak(DATES, fold),
  nextBar: (pipeline) => assertNextBar(pipeline, PRICES),
  mask: (pipeline) => assertNoLookahead(pipeline, MEMBERS, { changes: ['unlisted values'] }),
  rescaling: (pipeline) => assertNoLookahead(pipeline, ADJUSTED, { changes: ['rescale history'] }),
};

type Leak = {
  [G in keyof Guards]: {
    readonly guard: G;
    readonly planted: Parameters<Guards[G]>[0];
    readonly honest: Parameters<Guards[G]>[0];
    readonly says: string;
  };
}[keyof Guards];

const LEAKS: Record<string, Leak> = {
  'full-sample scaling': {
    guard: 'detector',
    planted: (prices) => {
      const returns = logReturns(prices);
      const size = Math.sqrt(returns.values.reduce((sum, r) => sum + r * r, 0) / returns.values.length);
      return mapValues(returns, 'scaled', (r) => r / size);
    },
    honest: (prices) => combine(logReturns(prices), rollingStandardDeviation(logReturns(prices), 60), (r, s) => r / s),
    says: 'the pipeline looks ahead',
  },
  'a centred window': {
    guard: 'detector',
    planted: (prices) => zScore(prices, 10),
    honest: (prices) => zScore(prices),
    says: 'the pipeline looks ahead',
  },
  // Kronos 227, qlib 770
  'the target in a feature, by a z-score whose window holds it': {
    guard: 'detector',
    planted: (prices) => zScore(prices, 1),
    honest: (prices) => zScore(prices),
    says: 'the pipeline looks ahead',
  },
  'a mean over one early year': {
    guard: 'detector',
    planted: (prices) => {
      const early = meanWhere(prices, (date) => date.startsWith('2020'));
      return mapValues(prices, 'relative', (price) => price / early);
    },
    honest: (prices) => {
      const early = meanWhere(prices, (date) => date.startsWith('2020'));
      return mapValues(prices, 'relative', (price, t) => (prices.dates[t] < '2021' ? missing : price / early));
    },
    says: 'the pipeline looks ahead',
  },
  'overlapping labels': {
    guard: 'splits',
    planted: {
      train: [
        { start: 0, end: 100 },
        { start: 200, end: 300 },
      ],
      test: { start: 100, end: 200 },
      horizon: 20,
      embargo: 0,
    },
    honest: purgedKFold(DATES, { folds: 3, horizon: 20 })[1],
    says: 'horizon 20 reaches past the purge of 0 rows',
  },
  'a shuffled split': {
    guard: 'splits',
    planted: { train: shuffled.slice(0, 200), test: shuffled.slice(200), horizon: 1, embargo: 0 },
    honest: { train: { start: 0, end: 200 }, test: { start: 200, end: 300 }, horizon: 1, embargo: 0 },
    says: 'was the split shuffled?',
  },
  // auto-researchtrading 4
  'signal and fill at the same close': {
    guard: 'nextBar',
    planted: (prices) => profit(prices, 0),
    honest: (prices) => profit(prices, 1),
    says: 'is earned by a position that follows the move of that row',
  },
  'survivors, and members before they were': {
    guard: 'mask',
    planted: (frame) => indexReturn(frame, (_, n) => n < 2), // those of today
    honest: (frame) => indexReturn(frame, (t, n) => [t - 1, t].every((row) => frame.listed?.[row * N + n] === 1)),
    says: 'when values change of assets that are not listed on their date; leave out what the frame does not list',
  },
  'the level of a back-adjusted price': {
    guard: 'rescaling',
    planted: (prices) => mapValues(prices, 'cheap', (price) => Math.log(price)),
    honest: logReturns,
    says: 'when the whole history of an asset is rescaled, as its next split or dividend does; the level of an adjusted price knows what came later',
  },
};

const call = (guards: Guards, { guard }: Leak, what: unknown): Promise<void> => (guards[guard] as (what: unknown) => Promise<void>)(what);

/** Throws unless a guard refuses each of its leaks by the words that are due and passes what is done rightly. */
async function accept(guards: Guards, name: keyof Guards): Promise<void> {
  for (const leak of Object.values(LEAKS).filter(({ guard }) => guard === name)) {
    await expect(call(guards, leak, leak.planted)).rejects.toThrow(leak.says);
    await call(guards, leak, leak.honest);
  }
}

describe('planted leaks', () => {
  it('are nine', () => expect(Object.keys(LEAKS)).toHaveLength(9));

  const names = Object.keys(GUARDS) as (keyof Guards)[];
  it.each(names)('are caught by their %s, which passes what is done rightly', (name) => accept(GUARDS, name));

  const refusing = async (what: unknown) => {
    throw new Error(Object.values(LEAKS).find(({ planted }) => planted === what)?.says ?? 'refused');
  };
  const mutants: [string, Partial<Guards>][] = [
    ...names.map((name): [string, Partial<Guards>] => [`a ${name} that does nothing`, { [name]: async () => {} }]),
    ...names.map((name): [string, Partial<Guards>] => [`a ${name} that refuses everything`, { [name]: refusing }]),
    ['a detector with one late cut', { detector: (pipeline) => assertNoLookahead(pipeline, PRICES, { at: [PRICES.dates[600]] }) }],
    ['a detector with an open horizon', { detector: (pipeline) => assertNoLookahead(pipeline, PRICES, { horizon: 1 }) }],
    ['a split check that looks at one side', { splits: async (fold) => assertNoLeak(DATES, { ...fold, train: [0] }) }],
    ['a split check without the horizon', { splits: async (fold) => assertNoLeak(DATES, { ...fold, horizon: 1 }) }],
    ['a next-bar check that changes the future', { nextBar: (pipeline) => assertNoLookahead(pipeline, PRICES) }],
    ['a mask check that forgets the mask', { mask: (pipeline) => assertNoLookahead(pipeline, { ...MEMBERS, listed: undefined }) }],
    ['a rescaling of the future', { rescaling: (pipeline) => assertNoLookahead(pipeline, ADJUSTED, { changes: ['crash'] }) }],
  ];
  it.each(mutants)('are not left to %s', async (_, mutant) => {
    await expect(accept({ ...GUARDS, ...mutant }, Object.keys(mutant)[0] as keyof Guards)).rejects.toThrow();
  });

  it('cost Sharpe: the profit of the same close is large on prices that cannot be forecast', () => {
    const sharpe = ({ values }: Dated) => {
      const seen = Array.from(values).filter((value) => !Number.isNaN(value));
      const mean = seen.reduce((a, b) => a + b, 0) / seen.length;
      return (Math.sqrt(252) * mean) / Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seen.length - 1));
    };
    // Of a week's sign the day that is in it: 0.357 deviations a day and asset by √(2/π)/√5, √3 of it for three, 9.8 a year.
    expect(sharpe(profit(PRICES, 0))).toBeGreaterThan(8);
    expect(Math.abs(sharpe(profit(PRICES, 1)))).toBeLessThan(1.5); // 0 ± 0.5
  });
});
