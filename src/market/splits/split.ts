import { checkWhole } from '../../base/internal.js';

/** A half-open range of rows: start ≤ t < end. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** One fold of an evaluation: the rows to `train` on and those to `test`. The label of row t spans the rows t + 1 … t + horizon. */
export interface Split {
  readonly train: RowRange;
  readonly test: RowRange;
  readonly horizon: number;
}

/** How an evaluation walks forward; all counts are rows. */
export interface WalkForward {
  /** rows in the first training window */
  readonly train: number;
  /** rows in each test window; the last may be shorter */
  readonly test: number;
  /** rows that a label looks ahead; 1 is the next row's return */
  readonly horizon: number;
  /** rows left out before each test window; horizon − 1 unless told */
  readonly purge?: number;
  /** further rows left out, for features whose memory outlasts the label; 0 unless told */
  readonly embargo?: number;
  /** keep the training window's start (the default), or roll it along at constant length */
  readonly window?: 'expanding' | 'rolling';
}

/**
 * Walk-forward evaluation: train on the past, test on the rows that follow, move on, so that each row is tested once.
 *
 * The last training label is known at train.end − 1 + horizon and must be known when the first test row is forecast, so the purge
 * is at least horizon − 1 rows. López de Prado 2018, ch. 7.
 *
 * @param dates [T] of the samples
 * @throws      when the purge is too short for the horizon, naming the dates that overlap; when no row is left to test
 */
export function walkForward(dates: readonly string[], options: WalkForward): Split[] {
  const { train, test, horizon, embargo = 0, window = 'expanding' } = options;
  const purge = options.purge ?? horizon - 1;
  for (const [name, value, from] of [
    ['train', train, 1],
    ['test', test, 1],
    ['horizon', horizon, 1],
    ['purge', purge, 0],
    ['embargo', embargo, 0],
  ] as const)
    checkWhole('walkForward', name, value, { from });
  const gap = purge + embargo;
  if (train + gap >= dates.length)
    throw new Error(
      `walkForward: train ${train} + purge ${purge} + embargo ${embargo} leaves nothing to test: ${dates.length} rows; ` +
        'shorten train or load more history',
    );
  const splits: Split[] = [];
  for (let start = train + gap; start < dates.length; start += test) {
    const end = start - gap;
    const split = {
      train: { start: window === 'rolling' ? end - train : 0, end },
      test: { start, end: Math.min(start + test, dates.length) },
      horizon,
    };
    assertNoLeak(dates, split);
    splits.push(split);
  }
  return splits;
}

/**
 * Demands that a split does not leak: each label that is trained on is known at the first test row, and no row is in both windows.
 *
 * @param dates [T] of the samples
 * @throws      naming the dates that overlap
 */
export function assertNoLeak(dates: readonly string[], { train, test, horizon }: Split): void {
  const overlap = Math.min(train.end, test.end) - Math.max(train.start, test.start);
  if (overlap > 0) {
    const start = Math.max(train.start, test.start);
    throw new Error(
      `split: ${overlap} rows, ${dates[start]} … ${dates[start + overlap - 1]}, are in both the training and the test window; ` +
        'separate the windows',
    );
  }
  if (train.start >= test.end) return; // training after the test leaks through features, not labels; walkForward never makes it
  const reach = train.end - 1 + horizon - test.start; // rows by which the last label reaches past the first test row
  if (reach <= 0) return;
  const first = dates[Math.max(train.start, train.end - reach)];
  throw new Error(
    `split: horizon ${horizon} reaches past the purge of ${test.start - train.end} rows: labels of ${first} … ${dates[train.end - 1]} ` +
      `use prices after ${dates[test.start]}, where the test starts; raise purge to at least ${horizon - 1} or shorten the label`,
  );
}
