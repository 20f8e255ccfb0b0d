import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key, permutation } from '../../base/index.js';
import { tradingDays } from '../panel/calendar.js';
import { assertNoLeak } from './no-leak.js';
import { walkForward } from './walk-forward.js';

const DATES = tradingDays('2008-01-02', '2008-12-31');

describe('walkForward', () => {
  it('trains on all that is known and tests what follows', () => {
    expect(walkForward(DATES.slice(0, 10), { train: 4, test: 3, horizon: 2 })).toEqual([
      { train: { start: 0, end: 4 }, test: { start: 5, end: 8 }, horizon: 2, embargo: 0 },
      { train: { start: 0, end: 7 }, test: { start: 8, end: 10 }, horizon: 2, embargo: 0 },
    ]);
  });

  it('rolls a window of constant length', () => {
    const splits = walkForward(DATES.slice(0, 12), { train: 4, test: 3, horizon: 1, embargo: 1, window: 'rolling' });
    expect(splits.map(({ train, test }) => [train.start, train.end, test.start, test.end])).toEqual([
      [0, 4, 5, 8],
      [3, 7, 8, 11],
      [6, 10, 11, 12],
    ]);
  });

  it('tests each row once and trains on no label that is not yet known', () => {
    const counts = {
      train: fc.integer({ min: 1, max: 60 }),
      test: fc.integer({ min: 1, max: 40 }),
      horizon: fc.integer({ min: 1, max: 30 }),
      embargo: fc.integer({ min: 0, max: 10 }),
    };
    fc.assert(
      fc.property(fc.record({ ...counts, window: fc.constantFrom('expanding' as const, 'rolling' as const) }), (options) => {
        const splits = walkForward(DATES, options);
        const first = options.train + options.horizon - 1 + options.embargo;
        expect(splits.flatMap(({ test }) => range(test.start, test.end))).toEqual(range(first, DATES.length));
        for (const { train, test } of splits)
          expect(Math.max(...range(train.start, train.end)) + options.horizon).toBeLessThanOrEqual(test.start);
      }),
    );
  });

  it('names the dates whose labels overlap the test', () => {
    expect(() => walkForward(DATES, { train: 50, test: 20, horizon: 20, purge: 5 })).toThrow(
      'split: horizon 20 reaches past the purge of 5 rows: labels of 2008-02-25 … 2008-03-13 use prices after 2008-03-24, where the test starts; raise purge to at least 19 or shorten the label',
    );
    expect(() => walkForward(DATES, { train: 50, test: 20, horizon: 20, purge: 18 })).toThrow(
      'labels of 2008-03-13 … 2008-03-13 use prices after',
    );
    expect(() => walkForward(DATES, { train: 50, test: 20, horizon: 20, purge: 19 })).not.toThrow();
  });

  it('finds a row in both windows', () => {
    expect(() => assertNoLeak(DATES, { train: { start: 0, end: 12 }, test: { start: 10, end: 20 }, horizon: 1, embargo: 0 })).toThrow(
      `split: 2 rows, ${DATES[10]} … ${DATES[11]}, are in both the training and the test window; separate the windows`,
    );
  });

  it('finds labels of the test that reach into training after it', () => {
    const split = (start: number, embargo = 0) => ({ train: { start, end: 200 }, test: { start: 50, end: 100 }, horizon: 20, embargo });
    expect(() => assertNoLeak(DATES, split(100))).toThrow(
      `split: horizon 20 reaches past the 0 rows after the test: labels of ${DATES[80]} … ${DATES[99]} are tested and use prices of ${DATES[100]}, where training starts, or after it; leave out at least 20 rows or shorten the label`,
    );
    expect(() => assertNoLeak(DATES, split(119))).toThrow(`labels of ${DATES[99]} … ${DATES[99]} are tested`);
    expect(() => assertNoLeak(DATES, split(120))).not.toThrow();
    expect(() => assertNoLeak(DATES, split(124, 5))).toThrow(
      `split: training goes on at ${DATES[124]}, within the embargo of 5 rows after ${DATES[119]}, where the labels of the test end; leave out 1 more rows`,
    );
    expect(() => assertNoLeak(DATES, split(125, 5))).not.toThrow();
  });

  it('agrees with the spans of the labels, whichever window comes first', () => {
    const window = fc.record({ start: fc.integer({ min: 0, max: 30 }), length: fc.integer({ min: 1, max: 10 }) });
    fc.assert(
      fc.property(window, window, fc.integer({ min: 1, max: 8 }), (a, b, horizon) => {
        const [train, test] = [a, b].map(({ start, length }) => ({ start, end: start + length }));
        // Trained on before the test, a label is known at its first row; after it, no price of the test's labels is one of the row's own.
        const pair = (i: number, j: number) => (i < j ? i + horizon > j : i <= j + horizon);
        const leaks = range(train.start, train.end).some((i) => range(test.start, test.end).some((j) => pair(i, j)));
        const check = () => assertNoLeak(DATES, { train, test, horizon, embargo: 0 });
        if (leaks) expect(check).toThrow('split: ');
        else expect(check).not.toThrow();
      }),
    );
  });

  it('refuses windows that hold no row or are not there', () => {
    const [train, test] = [
      { start: 0, end: 10 },
      { start: 10, end: 20 },
    ];
    expect(() => assertNoLeak(DATES.slice(0, 15), { train, test, horizon: 1, embargo: 0 })).toThrow(
      'split: the test window is rows 10 … 19 of 15',
    );
    expect(() => assertNoLeak(DATES, { train: { start: 5, end: 5 }, test, horizon: 1, embargo: 0 })).toThrow(
      'split: the training window is rows 5 … 4',
    );
    expect(() => assertNoLeak(DATES, { train, test, horizon: 0, embargo: 0 })).toThrow(
      'split: horizon must be a whole number from 1 up, got 0',
    );
  });

  it('ends training before the first label that is not known, where labels end by date', () => {
    // Events of rows 0 … 9; that of row 3 is known on row 7 only, the others a row later.
    const dates = DATES.slice(0, 10);
    const known = dates.map((_, t) => DATES[t === 3 ? 7 : t + 1]);
    const folds = walkForward(dates, { train: 3, test: 2, horizon: known });
    expect(folds.map(({ train, test }) => [train.start, train.end, test.start, test.end])).toEqual([
      [0, 3, 3, 5],
      [0, 3, 5, 7],
      [0, 7, 7, 9],
      [0, 9, 9, 10],
    ]);
    expect(() => assertNoLeak(dates, { ...folds[1], train: { start: 0, end: 4 } })).toThrow(
      `split: horizon reaches past the purge of 1 rows: labels of ${DATES[3]} … ${DATES[3]} use prices after ${DATES[5]}, where the test starts`,
    );
  });

  it('refuses a shuffled split, whatever its horizon', () => {
    const order = [...permutation(key(1), DATES.length).data];
    const cut = Math.floor(0.7 * DATES.length);
    for (const horizon of [1, 5])
      expect(() => assertNoLeak(DATES, { train: order.slice(0, cut), test: order.slice(cut), horizon, embargo: 0 })).toThrow(
        'was the split shuffled? Take walkForward, purgedKFold or combinatorialPurged',
      );
  });

  it('refuses what leaves nothing to test', () => {
    expect(() => walkForward(DATES.slice(0, 10), { train: 8, test: 1, horizon: 3 })).toThrow(
      'walkForward: train 8 + purge 2 + embargo 0 leaves nothing to test: 10 rows; shorten train or load more history',
    );
    expect(() => walkForward(DATES, { train: 8, test: 0, horizon: 1 })).toThrow(
      'walkForward: test must be a whole number from 1 up, got 0',
    );
  });
});

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);
