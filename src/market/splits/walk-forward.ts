import { checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { type Fold, type Horizon, type RowRange, type Spans, spansOf } from './fold.js';
import { assertNoLeak } from './no-leak.js';

/** How an evaluation walks forward; all counts are rows. */
export interface WalkForward {
  /** rows in the first training window */
  readonly train: number;
  /** rows in each test window; the last may be shorter */
  readonly test: number;
  /** rows that a label looks ahead, 1 is the next row's return; or [T] the date on which each label is known */
  readonly horizon: Horizon;
  /** rows left out before each test window; unless told, those whose labels are not yet known: horizon − 1 */
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
 * is at least horizon − 1 rows. Where labels end by date, training ends before the first that is not yet known. López de Prado 2018, ch. 7.
 *
 * @param dates [T] of the samples
 * @throws      when the purge is too short for the horizon, naming the dates that overlap; when no row is left to test
 */
export function walkForward(dates: readonly string[], options: WalkForward): Fold<RowRange>[] {
  checkOptions('walkForward', options, ['train', 'test', 'horizon', 'purge', 'embargo', 'window']);
  const { train, test, horizon, embargo = 0, window = 'expanding' } = options;
  checkOneOf('walkForward', 'window', window, ['expanding', 'rolling']);
  const spans = spansOf('walkForward', dates, horizon);
  const purge = options.purge ?? (typeof horizon === 'number' ? horizon - 1 : 0);
  for (const [name, value, from] of [
    ['train', train, 1],
    ['test', test, 1],
    ['purge', purge, 0],
    ['embargo', embargo, 0],
  ] as const)
    checkWhole('walkForward', name, value, { from });
  const gap = purge + embargo;
  const endBefore = typeof horizon === 'number' ? (start: number) => start - gap : (start: number) => unknownFrom(spans, start) - gap;
  let first = train + gap;
  while (first < dates.length && endBefore(first) < train) first++;
  if (first >= dates.length)
    throw new Error(
      `walkForward: train ${train} + purge ${purge} + embargo ${embargo} leaves nothing to test: ${dates.length} rows; ` +
        'shorten train or load more history',
    );
  const folds: Fold<RowRange>[] = [];
  for (let start = first; start < dates.length; start += test) {
    const end = endBefore(start);
    if (end < train)
      throw new Error(
        `walkForward: the label of ${dates[Math.max(0, end + gap)]} is not known by ${dates[start]}, so fewer than ${train} rows are left to train on; ` +
          'shorten the labels or train',
      );
    const fold = {
      train: { start: window === 'rolling' ? end - train : 0, end },
      test: { start, end: Math.min(start + test, dates.length) },
      horizon,
      embargo,
    };
    assertNoLeak(dates, fold);
    folds.push(fold);
  }
  return folds;
}

/** The first row before `start` whose label is not known there, or `start`. */
function unknownFrom({ starts, ends }: Spans, start: number): number {
  for (let t = 0; t < start; t++) if (ends[t] > starts[start]) return t;
  return start;
}
