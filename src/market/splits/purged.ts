import { checkOptions, checkWhole } from '../../base/internal.js';
import { type Fold, type Horizon, type RowChoice, type RowRange, rangesOf, runsOf, spansOf } from './fold.js';
import { assertNoLeak } from './no-leak.js';

/** What a test leaves out of training around it. */
export interface Purging {
  /** rows that a label looks ahead, or [T] the date on which each is known */
  readonly horizon: Horizon;
  /** rows left out after the last label of a test range is known, 0 unless told; of events that share dates each counts: events a date times dates */
  readonly embargo?: number;
}

/** A fold whose parts are ranges, ascending. */
export type PurgedFold = Fold<readonly RowRange[]>;

/**
 * A fold that tests these rows and trains on all others whose labels share no price with theirs, before and after.
 *
 * The label of row t uses the prices of rows t … t + horizon, so with horizon h it drops the h rows before and the h rows after each test
 * range, and `embargo` rows more after it. López de Prado 2018, snippets 7.1 and 7.2, whose spans are closed too: a walk forward may train
 * on the label that is known at the test's first row, one row more.
 *
 * @param dates [T] of the samples
 * @param test  in any number of ranges; what lies between them stays
 * @throws      when no row is left to train on
 */
export function purgedFold(dates: readonly string[], test: RowChoice, options: Purging): PurgedFold {
  checkOptions('purgedFold', options, ['horizon', 'embargo']);
  return purged('purgedFold', dates, test, options);
}

function purged(who: string, dates: readonly string[], test: RowChoice, { horizon, embargo = 0 }: Purging): PurgedFold {
  checkWhole(who, 'embargo', embargo, { from: 0 });
  const { starts, ends } = spansOf(who, dates, horizon);
  const T = dates.length;
  const tested = rangesOf(`${who}: the test`, test, T);
  const keep = new Uint8Array(T).fill(1);
  for (const { start, end } of tested) {
    for (let t = 0; t < start; t++) if (ends[t] >= starts[start]) keep[t] = 0;
    let known = ends[start];
    for (let t = start; t < end; t++) known = Math.max(known, ends[t]);
    let free = end;
    while (free < T && starts[free] <= known) free++;
    keep.fill(0, start, Math.min(T, free + embargo));
  }
  const train = runsOf(keep);
  if (train.length === 0)
    throw new Error(
      `${who}: testing ${dates[tested[0].start]} … ${dates[tested.at(-1)!.end - 1]} leaves no row of ${T} to train on: ` +
        `labels overlap with ${typeof horizon === 'number' ? `horizon ${horizon}` : 'those dates'} and the embargo is ${embargo}; ` +
        'take fewer or shorter test ranges, or load more history',
    );
  const fold = { train, test: tested, horizon, embargo };
  assertNoLeak(dates, fold);
  return fold;
}

/**
 * K-fold cross-validation in time: each of `folds` consecutive parts is tested once, and training takes what is left on both sides after
 * purging and embargo (`purgedFold`). It trains on the future of the test: good for choosing, no evidence of what would have been earned.
 *
 *     purgedKFold(dates, { folds: 5, horizon: 20, embargo: 5 })
 *
 * @param dates [T] of the samples; parts differ by one row at most
 * @throws      when folds is no whole number from 2 up to T, or a fold has no row to train on
 */
export function purgedKFold(dates: readonly string[], options: Purging & { readonly folds: number }): PurgedFold[] {
  checkOptions('purgedKFold', options, ['folds', 'horizon', 'embargo']);
  checkWhole('purgedKFold', 'folds', options.folds, { from: 2, to: dates.length }, 'each fold needs a row or more');
  return partsOf(dates.length, options.folds).map((part) => purged('purgedKFold', dates, part, options));
}

/** A piece of a path: the rows of one group, forecast by the model of one fold. */
export interface PathPart {
  readonly rows: RowRange;
  /** its number among `folds` */
  readonly fold: number;
}

/** Folds that test several groups at once, and the paths through the whole history that their forecasts make. */
export interface CombinatorialFolds {
  /** C(groups, tested) of them */
  readonly folds: readonly PurgedFold[];
  /** C(groups − 1, tested − 1) paths, each of one part a group, in the order of time */
  readonly paths: readonly (readonly PathPart[])[];
}

/**
 * Combinatorial purged cross-validation: the history is cut into groups, every choice of `tested` of them is a fold, and each group is so
 * forecast by several models. The p-th forecast of each group, put one after the other, is the p-th path through all rows.
 *
 *     const { folds, paths } = combinatorialPurged(dates, { groups: 6, tested: 2, horizon: 5 });        // 15 folds, 5 paths
 *
 * López de Prado 2018, ch. 12: C(N, k) splits and φ = C(N, k) k / N paths.
 *
 * @param dates [T] of the samples
 * @throws      unless 2 ≤ groups ≤ T and 1 ≤ tested < groups, or when a fold has no row to train on
 */
export function combinatorialPurged(
  dates: readonly string[],
  options: Purging & { readonly groups: number; readonly tested: number },
): CombinatorialFolds {
  const who = 'combinatorialPurged';
  checkOptions(who, options, ['groups', 'tested', 'horizon', 'embargo']);
  const { groups, tested } = options;
  checkWhole(who, 'groups', groups, { from: 2, to: dates.length }, 'each group needs a row or more');
  checkWhole(who, 'tested', tested, { from: 1, to: groups - 1 }, 'a group or more is left to train on');
  const parts = partsOf(dates.length, groups);
  const chosen = combinations(groups, tested);
  const folds = chosen.map((some) =>
    purged(
      who,
      dates,
      some.map((g) => parts[g]),
      options,
    ),
  );
  const testing = parts.map((_, g) => chosen.flatMap((some, fold) => (some.includes(g) ? [fold] : [])));
  const paths = testing[0].map((_, p) => parts.map((rows, g) => ({ rows, fold: testing[g][p] })));
  return { folds, paths };
}

/** Consecutive parts of T rows, as even as can be. */
const partsOf = (T: number, count: number): RowRange[] =>
  Array.from({ length: count }, (_, i) => ({ start: Math.floor((i * T) / count), end: Math.floor(((i + 1) * T) / count) }));

/** Every choice of k of 0 … n − 1, in lexicographic order. */
function combinations(n: number, k: number, from = 0): number[][] {
  if (k === 0) return [[]];
  const found: number[][] = [];
  for (let first = from; first <= n - k; first++) for (const rest of combinations(n, k - 1, first + 1)) found.push([first, ...rest]);
  return found;
}
