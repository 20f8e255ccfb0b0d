import { checkWhole } from '../../base/internal.js';
import { type Fold, type RowRange, rangesOf, type Spans, spansOf } from './fold.js';

/**
 * Demands that a fold does not leak, whichever comes first, training or test:
 *
 * - no row is in both;
 * - a label that is trained on is known when a test row that follows is forecast: of row t with horizon h at row t + h, the test's first at most;
 * - a row that is trained on after a test row comes after the last price of that row's label, and after the embargo.
 *
 * So a shuffled split is refused, whatever its horizon. A feature that remembers longer than the label leaks further where training follows
 * the test; that takes an embargo, which only the features can tell. López de Prado 2018, ch. 7.
 *
 * @param dates [T] of the samples, ascending
 * @throws      naming the dates that overlap; when a part is empty or not within the dates, or the horizon is no whole number from 1 up
 */
export function assertNoLeak(dates: readonly string[], { train, test, horizon, embargo }: Fold): void {
  checkWhole('split', 'embargo', embargo, { from: 0 });
  const spans = spansOf('split', dates, horizon);
  const trained = rangesOf('split: the training window', train, dates.length);
  const tested = rangesOf('split: the test window', test, dates.length);
  refuseShared(dates, trained, tested);
  for (const range of tested) refuseOverlaps({ dates, spans, horizon, embargo, shuffled: tested.length > SCATTERED }, trained, range);
}

/** More test ranges than a walk forward or a combination of groups has. */
const SCATTERED = 30;

function refuseShared(dates: readonly string[], trained: readonly RowRange[], tested: readonly RowRange[]): void {
  const shared = trained.flatMap((a) =>
    tested.flatMap((b) => {
      const [start, end] = [Math.max(a.start, b.start), Math.min(a.end, b.end)];
      return start < end ? [{ start, end }] : [];
    }),
  );
  if (shared.length === 0) return;
  const count = shared.reduce((sum, { start, end }) => sum + end - start, 0);
  throw new Error(
    `split: ${count} rows, ${dates[shared[0].start]} … ${dates[shared.at(-1)!.end - 1]}, are in both the training and the test window; ` +
      'separate the windows',
  );
}

interface Check extends Pick<Fold, 'horizon' | 'embargo'> {
  readonly dates: readonly string[];
  readonly spans: Spans;
  readonly shuffled: boolean;
}

function refuseOverlaps({ dates, spans, horizon, embargo, shuffled }: Check, trained: readonly RowRange[], test: RowRange): void {
  const { starts, ends } = spans;
  const cause = shuffled ? '; was the split shuffled? Take walkForward, purgedKFold or combinatorialPurged' : '';
  const rows = typeof horizon === 'number' ? horizon : undefined;

  const before = trained.filter(({ end }) => end <= test.start);
  const early = extremes(before, (t) => ends[t] > starts[test.start]);
  if (early) {
    const gap = test.start - before.at(-1)!.end;
    throw new Error(
      `split: horizon${rows ? ` ${rows}` : ''} reaches past the purge of ${gap} rows: labels of ${dates[early[0]]} … ${dates[early[1]]} ` +
        `use prices after ${dates[test.start]}, where the test starts; ` +
        `raise purge to ${rows ? `at least ${rows - 1}` : 'leave them out'} or shorten the label${cause}`,
    );
  }

  const after = trained.filter(({ start }) => start >= test.end);
  if (after.length === 0) return;
  let known = ends[test.start];
  for (let t = test.start; t < test.end; t++) known = Math.max(known, ends[t]);
  const [first] = after;
  const late = extremes([test], (t) => ends[t] >= starts[first.start]);
  if (late)
    throw new Error(
      `split: horizon${rows ? ` ${rows}` : ''} reaches past the ${first.start - test.end} rows after the test: ` +
        `labels of ${dates[late[0]]} … ${dates[late[1]]} are tested and use prices of ${dates[first.start]}, where training starts, or after it; ` +
        `leave out ${rows ? `at least ${rows} rows` : 'the rows up to those prices'} or shorten the label${cause}`,
    );
  let free = test.end;
  while (free < starts.length && starts[free] <= known) free++;
  if (first.start < free + embargo)
    throw new Error(
      `split: training goes on at ${dates[first.start]}, within the embargo of ${embargo} rows after ${dates[free - 1]}, ` +
        `where the labels of the test end; leave out ${free + embargo - first.start} more rows or shorten the embargo`,
    );
}

/** The first and the last row of which something holds. */
function extremes(ranges: readonly RowRange[], holds: (row: number) => boolean): [first: number, last: number] | undefined {
  let found: [number, number] | undefined;
  for (const { start, end } of ranges) for (let t = start; t < end; t++) if (holds(t)) found = [found?.[0] ?? t, t];
  return found;
}
