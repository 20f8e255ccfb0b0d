import { checkWhole } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import { checkDesign, quantileOf } from '../../linalg/internal.js';
import type { Interval } from '../distributions/distributions.js';
import { type RocArea, rocArea } from '../scores/auc.js';
import { proportionInterval } from '../scores/coverage.js';

/** How near generated rows lie to the data, beside how near the data lie to each other. */
export interface Memorisation {
  /** The chance that a generated row is nearer to its nearest neighbour in the data than a row of the data is to its own: 0.5 of the same law. */
  readonly nearer: RocArea;
  /** Share of generated rows that are nearer than 95 % of the data are to each other: 0.05 of the same law. */
  readonly copied: Interval & { readonly share: number };
  /** True where both intervals lie above what the same law has: rows are too near to be new. */
  readonly memorises: boolean;
  /** Distances of the generated rows [m]. */
  readonly generated: Float64Array;
  /** Distances of every `span`-th row of the data to the others [n / span]. */
  readonly data: Float64Array;
}

/**
 * Whether a generator has learnt its data by heart: are generated windows nearer to the data than the data are to each other?
 *
 *     d(x, y) = 1 − ⟨x, y⟩ / (‖x‖ ‖y‖)        windows of quiet days are no nearer by being small
 *
 * @param generated  [m, d] windows laid flat
 * @param data       [n, d] windows of training, one for each day, in time order
 * @param span       days of a window: rows of the data fewer days apart share days, and are no neighbours
 * @throws           when the widths differ, a value is not finite, a row is 0, or fewer than 20 windows of the data lie apart
 *
 * After Webster et al. 2019 and Meehan, Chaudhuri & Dasgupta 2020, who take rows held out for the comparison where here the data are left out of themselves.
 */
export function memorisation(generated: Matrix, data: Matrix, { span }: { readonly span: number }): Memorisation {
  checkWhole('memorisation', 'span', span);
  checkDesign('memorisation', generated);
  checkDesign('memorisation', data);
  if (generated.cols !== data.cols)
    throw new Error(`memorisation: generated rows have ${generated.cols} numbers and the data ${data.cols}; cut windows of one length`);
  if (data.rows < 20 * span)
    throw new Error(`memorisation: ${data.rows} windows of ${span} days leave ${Math.floor(data.rows / span)} apart; give 20 or more`);
  const [made, known] = [unit(generated), unit(data)];
  const d = data.cols;
  const nearest = (x: Float64Array, i: number, without: (j: number) => boolean) => {
    let most = -Infinity;
    for (let j = 0; j < data.rows; j++) {
      if (without(j)) continue;
      let product = 0;
      for (let k = 0, a = i * d, b = j * d; k < d; k++) product += x[a++] * known[b++];
      if (product > most) most = product;
    }
    return 1 - most;
  };
  const ours = Float64Array.from({ length: generated.rows }, (_, i) => nearest(made, i, () => false));
  const theirs = Float64Array.from({ length: Math.floor(data.rows / span) }, (_, i) =>
    nearest(known, i * span, (j) => Math.abs(j - i * span) < span),
  );
  const threshold = quantileOf(theirs.toSorted(), 0.05);
  const copies = ours.reduce((count, distance) => count + Number(distance < threshold), 0);
  const labels = [...Array<number>(ours.length).fill(1), ...Array<number>(theirs.length).fill(0)];
  const nearer = rocArea(
    labels,
    [...ours, ...theirs].map((distance) => -distance),
  );
  const copied = { share: copies / ours.length, ...proportionInterval(copies, ours.length) };
  return { nearer, copied, memorises: nearer.low > 0.5 && copied.low > 0.05, generated: ours, data: theirs };
}

/** Rows of length 1. */
function unit({ rows, cols, data }: Matrix): Float64Array {
  const out = Float64Array.from(data);
  for (let i = 0; i < rows; i++) {
    const row = out.subarray(i * cols, (i + 1) * cols);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (!(length > 0)) throw new Error(`memorisation: row ${i} is 0 throughout, so it has no direction; leave out windows without a move`);
    for (let k = 0; k < cols; k++) row[k] /= length;
  }
  return out;
}
