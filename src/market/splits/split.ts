import { checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';

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
  checkOptions('walkForward', options, ['train', 'test', 'horizon', 'purge', 'embargo', 'window']);
  const { train, test, horizon, embargo = 0, window = 'expanding' } = options;
  checkOneOf('walkForward', 'window', window, ['expanding', 'rolling']);
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
 * Demands that a split does not leak. The label of row t spans the rows t + 1 … t + horizon, of a row that is trained on as of one that is
 * tested, and whichever comes first must be known where the other begins: no row is in both windows, and no label of the earlier window
 * reaches past the first row of the later one.
 *
 * A feature that remembers longer than the label leaks further where training follows the test; that takes an embargo, which only the
 * features can tell.
 *
 * @param dates [T] of the samples
 * @throws      naming the dates that overlap; when a window is empty or not within the dates, or the horizon is no whole number from 1 up
 */
export function assertNoLeak(dates: readonly string[], { train, test, horizon }: Split): void {
  checkWhole('split', 'horizon', horizon);
  for (const [name, { start, end }] of Object.entries({ training: train, test }))
    if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= dates.length))
      throw new Error(
        `split: the ${name} window is rows ${start} … ${end - 1} of ${dates.length}; it must hold a row or more, all of them there`,
      );
  const overlap = Math.min(train.end, test.end) - Math.max(train.start, test.start);
  if (overlap > 0) {
    const start = Math.max(train.start, test.start);
    throw new Error(
      `split: ${overlap} rows, ${dates[start]} … ${dates[start + overlap - 1]}, are in both the training and the test window; ` +
        'separate the windows',
    );
  }
  const trainsFirst = train.start < test.start;
  const [earlier, later] = trainsFirst ? [train, test] : [test, train];
  const reach = earlier.end - 1 + horizon - later.start; // rows by which the last label reaches past the first row of the later window
  if (reach <= 0) return;
  const labels = `labels of ${dates[Math.max(earlier.start, earlier.end - reach)]} … ${dates[earlier.end - 1]}`;
  const gap = later.start - earlier.end;
  throw new Error(
    trainsFirst
      ? `split: horizon ${horizon} reaches past the purge of ${gap} rows: ${labels} use prices after ${dates[later.start]}, ` +
          `where the test starts; raise purge to at least ${horizon - 1} or shorten the label`
      : `split: horizon ${horizon} reaches past the ${gap} rows after the test: ${labels} are tested and use prices after ${dates[later.start]}, ` +
          `where training starts; leave out at least ${horizon - 1} rows or shorten the label`,
  );
}
