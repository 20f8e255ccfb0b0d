import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradingDays } from '../panel/calendar.js';
import { rowsOf } from '../panel/rows.js';
import { type RowChoice, rowNumbers } from './fold.js';
import { assertNoLeak } from './no-leak.js';
import { combinatorialPurged, purgedFold, purgedKFold } from './purged.js';
import { walkForward } from './walk-forward.js';

const DATES = tradingDays('2008-01-02', '2008-12-31');
const numbers = (rows: RowChoice) => [...rowNumbers(rows)];

describe('purged folds', () => {
  // Vibe-Trading PR 1204: what lies between two test blocks stays.
  it('drop around each test block, not between them: of 12 rows with tests {2} and {9}, exactly four', () => {
    const { train, test } = purgedFold(DATES.slice(0, 12), [2, 9], { horizon: 1 });
    expect(numbers(test)).toEqual([2, 9]);
    expect(numbers(train)).toEqual([0, 4, 5, 6, 7, 11]);
  });

  it('drop horizon rows on both sides, and the embargo after', () => {
    const [, fold] = purgedKFold(DATES.slice(0, 30), { folds: 3, horizon: 2, embargo: 3 });
    expect(fold).toEqual({
      train: [
        { start: 0, end: 8 },
        { start: 25, end: 30 },
      ],
      test: [{ start: 10, end: 20 }],
      horizon: 2,
      embargo: 3,
    });
    expect(rowsOf(DATES, fold.train)).toEqual([...DATES.slice(0, 8), ...DATES.slice(25, 30)]);
  });

  it('never leave a label that overlaps a tested one, by rows or by date, and drop no other', () => {
    const span = fc.record({ start: fc.nat(60), length: fc.integer({ min: 0, max: 12 }) });
    fc.assert(
      fc.property(
        fc.array(span, { minLength: 8, maxLength: 40 }),
        fc.array(fc.nat(39), { minLength: 1, maxLength: 6 }),
        fc.nat(4),
        (spans, picks, embargo) => {
          const events = spans.toSorted((a, b) => a.start - b.start);
          const test = [...new Set(picks.map((i) => i % events.length))];
          const dates = events.map(({ start }) => DATES[start]);
          const known = events.map(({ start, length }) => DATES[start + length]);
          const overlaps = (i: number) => test.some((j) => dates[i] <= known[j] && dates[j] <= known[i]);
          const wanted = [...dates.keys()].filter((i) => !test.includes(i) && !overlaps(i));
          const fold = () => purgedFold(dates, test, { horizon: known, embargo });
          // An embargo leaves out, of what follows a test range, the first rows whose labels do not overlap with its.
          const free = new Set(wanted);
          for (const j of test) {
            if (test.includes(j + 1)) continue;
            let first = j;
            while (test.includes(first - 1)) first--;
            const latest = Math.max(...known.slice(first, j + 1).map((date) => DATES.indexOf(date)));
            const after = [...dates.keys()].filter((i) => i > j && DATES.indexOf(dates[i]) > latest);
            for (let i = after[0]; i < after[0] + embargo; i++) free.delete(i);
          }
          if (free.size === 0) expect(fold).toThrow('leaves no row');
          else expect(numbers(fold().train)).toEqual([...free].toSorted((a, b) => a - b));
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('test each row once in k folds, and pass assertNoLeak, which refuses the folds without purging', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 12 }), fc.nat(5), (folds, horizon, embargo) => {
        const made = purgedKFold(DATES, { folds, horizon, embargo });
        expect(made.flatMap(({ test }) => numbers(test))).toEqual([...DATES.keys()]);
        for (const [k, fold] of made.entries()) {
          assertNoLeak(DATES, fold);
          if (horizon === 1 && k === folds - 1) continue; // a walk forward, which needs no purging
          const tested = new Set(numbers(fold.test));
          const all = [...DATES.keys()].filter((t) => !tested.has(t));
          expect(() => assertNoLeak(DATES, { ...fold, train: all })).toThrow('reaches past');
        }
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('say so when nothing is left to train on', () => {
    expect(() => purgedKFold(DATES.slice(0, 20), { folds: 2, horizon: 12 })).toThrow(
      `purgedKFold: testing ${DATES[0]} … ${DATES[9]} leaves no row of 20 to train on: labels overlap with horizon 12 and the embargo is 0; take fewer or shorter test ranges, or load more history`,
    );
    expect(() => purgedKFold(DATES, { folds: 1, horizon: 1 })).toThrow('purgedKFold: folds must be a whole number from 2');
    expect(() => purgedFold(DATES, [], { horizon: 1 })).toThrow('purgedFold: the test is empty');
    expect(() => purgedFold(DATES.slice(0, 3), [1], { horizon: [DATES[1], DATES[0], DATES[3]] })).toThrow(
      `purgedFold: the label of ${DATES[1]} is known on ${DATES[0]}, before it`,
    );
    expect(() => purgedFold(DATES.slice(0, 3), [1], { horizon: DATES.slice(0, 2) })).toThrow('horizon has 2 dates and there are 3 samples');
  });
});

describe('the dates of a horizon in rows', () => {
  const falling = ['2020-01-06', '2020-01-03', '2020-01-02', '2020-01-01'];
  const stacked = Array.from({ length: 40 }, (_, i) => DATES[Math.floor(i / 10)]);
  it.each([
    ['fall', falling, { start: 0, end: 2 }, { start: 2, end: 4 }, '2020-01-03 comes after 2020-01-06'],
    ['come once an asset', stacked, { start: 0, end: 15 }, { start: 15, end: 40 }, '2008-01-02 comes after 2008-01-02'],
  ])('must ascend: those that %s are refused', (_, dates, train, test, says) => {
    expect(() => assertNoLeak(dates, { train, test, horizon: 1, embargo: 0 })).toThrow(`horizon 1 counts rows, one a date, and ${says}`);
    expect(() => walkForward(dates, { train: 2, test: 2, horizon: 1 })).toThrow(says);
    expect(() => purgedKFold(dates, { folds: 2, horizon: 1 })).toThrow(
      'give horizon as [T] the date on which each label is known, as knownAt',
    );
  });

  it('may be shared where labels end by date, and no label of a shared date then leaks', () => {
    const known = stacked.map((date) => DATES[DATES.indexOf(date) + 1]);
    const [fold] = walkForward(stacked, { train: 15, test: 25, horizon: known });
    expect([fold.train.end, fold.test.start]).toEqual([20, 20]);
    expect(() => assertNoLeak(stacked, { ...fold, train: { start: 0, end: 15 }, test: { start: 15, end: 40 } })).toThrow('reaches past');
  });
});

describe('combinatorialPurged', () => {
  it.each([
    [20, 2, 190, 19], // mlfinlab 514
    [6, 2, 15, 5],
    [5, 3, 10, 6],
    [4, 1, 4, 1],
  ])('of %d groups, %d tested, has %d folds and %d paths', (groups, tested, folds, paths) => {
    const made = combinatorialPurged(DATES, { groups, tested, horizon: 1 });
    expect([made.folds.length, made.paths.length]).toEqual([folds, paths]);
  });

  it('has paths that each cover every row once, with forecasts of folds that test it and use none twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 7 }), fc.nat(), fc.integer({ min: 1, max: 3 }), (groups, pick, horizon) => {
        const { folds, paths } = combinatorialPurged(DATES, { groups, tested: 1 + (pick % (groups - 2)), horizon, embargo: 1 });
        const used = new Set<string>();
        for (const path of paths) {
          expect(path.flatMap(({ rows }) => numbers(rows))).toEqual([...DATES.keys()]);
          for (const { rows, fold } of path) {
            const tested = new Set(numbers(folds[fold].test));
            expect(numbers(rows).every((t) => tested.has(t))).toBe(true);
            const use = `${fold} ${rows.start}`;
            expect(used.has(use)).toBe(false);
            used.add(use);
          }
        }
        expect(used.size).toBe(paths.length * groups);
        for (const fold of folds) assertNoLeak(DATES, fold);
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  it('refuses to test all groups', () => {
    expect(() => combinatorialPurged(DATES, { groups: 4, tested: 4, horizon: 1 })).toThrow(
      'combinatorialPurged: tested must be a whole number from 1 to 3, got 4; a group or more is left to train on',
    );
  });
});
