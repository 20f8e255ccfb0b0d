import { beforeAll, describe, expect, it } from 'vitest';
import type { VolatilityTask } from '../experiments/volatility.js';
import { nLinearOf, onTests } from '../experiments/week05/baselines/linear.js';
import { mixed, type RegimeFold, regimeFolds } from '../experiments/week05/baselines/regime-rivals.js';
import { byDate, purgedTask, WEEK } from '../experiments/week05/baselines/task.js';
import { assertNoLeak, mapValues } from '../src/market/index.js';

// Of what the baselines of week 5 stand on: a slice of the first fold.
let task: VolatilityTask;
beforeAll(async () => {
  task = await purgedTask(true);
}, 60_000);

describe('the walk-forward of the baselines', { timeout: 60_000 }, () => {
  it('is purged for labels of a week, and forecasts the years that follow', async () => {
    const { dates, folds } = await purgedTask(false);
    expect(folds.map(({ name }) => name)).toEqual(['2005 to 2008', '2009 to 2012', '2013 to 2016']);
    for (const { train, validation, test } of [...folds, ...task.folds]) {
      assertNoLeak(dates, { train, test: validation, horizon: WEEK, embargo: 0 });
      assertNoLeak(dates, { train: validation, test, horizon: WEEK, embargo: 0 });
    }
    expect(() => {
      const [{ train, validation }] = folds;
      assertNoLeak(dates, { train: { ...train, end: train.end + 1 }, test: validation, horizon: WEEK, embargo: 0 });
    }).toThrow();
  });

  it('averages over stocks by date, and stops where a forecast is missing', () => {
    const { test } = task.folds[0];
    const N = task.assets.length;
    const days = byDate(task, task.target, (cell) => cell % N);
    expect(days.dates).toEqual(task.dates.slice(test.start, test.end));
    expect(new Set(days.values)).toEqual(new Set([(N - 1) / 2]));
    const missing = (test.start + 3) * N + 7;
    expect(() => byDate(task, task.target, (cell) => (cell === missing ? Number.NaN : 1))).toThrow(
      `the mean over the stocks of ${task.dates[test.start + 3]} is NaN; is a forecast missing there?`,
    );
  });

  it('has an NLinear that follows its level, and sees no row behind the one it forecasts from', () => {
    const [fold] = task.folds;
    const [series] = task.features;
    const N = task.assets.length;
    const label = (panel: typeof series) => ({ ...panel, values: panel.values.map((_, at) => panel.values[at + N] ?? Number.NaN) });
    const [plain] = nLinearOf(task, fold, series, [label(series)]);
    const higher = mapValues(series, series.field, (value) => value + 3);
    const [moved] = nLinearOf(task, fold, higher, [label(higher)]);
    const at = (fold.test.start + 50) * N + 4;
    expect(moved[at]).toBeCloseTo(plain[at] + 3, 6); // its weights add up to 1
    const later = mapValues(series, series.field, (value, t) => (t > fold.test.start + 50 ? 9 : value));
    const [changed] = nLinearOf(task, fold, later, [label(later)]);
    expect(changed[at]).toBe(plain[at]);
    expect(changed[at + N]).not.toBe(plain[at + N]);
    const onTest = onTests(task, [plain]);
    expect([onTest[at], onTest[fold.test.start * N - 1]]).toEqual([plain[at], Number.NaN]);
  });
});

describe('the regimes of a fold', { timeout: 60_000 }, () => {
  let regime: RegimeFold;
  beforeAll(async () => {
    [regime] = await regimeFolds(task);
  }, 60_000);

  it('are terciles of each stock in its training rows', () => {
    const { train } = task.folds[0];
    const N = task.assets.length;
    const labels = regime.label.values.subarray(train.start * N, train.end * N);
    for (const k of [0, 1, 2]) expect(labels.filter((label) => label === k).length / labels.length).toBeCloseTo(1 / 3, 2);
  });

  it('have features in the units of the stock: its own middle is 0 for every one', () => {
    const N = task.assets.length;
    for (const n of [0, 13]) {
      const [low, high] = regime.thresholds[n];
      const cell = task.folds[0].test.start * N + n;
      const middle = Math.log((low * high) / 252); // of a day's log variance
      expect(regime.features[3].values[cell]).toBeCloseTo(task.features[3].values[cell] - middle, 10);
      expect(regime.features[6].values[cell]).toBe(task.features[6].values[cell]);
    }
  });

  it('have probabilities of 0.01 at least that still add up to 1', () => {
    expect(mixed(0)).toBe(0.01);
    expect(mixed(0) + mixed(0.3) + mixed(0.7)).toBeCloseTo(1, 14);
  });
});
