import { fixed, type Row } from '../base/index.js';
import { estimate } from './estimate.js';
import { asSaved, type Uncertainty } from './results.js';

/** One figure of a paper beside our own. */
export interface Replication {
  /** What is measured, with its unit: 'MNIST, test error of Bayes by Backprop (%)'. */
  readonly figure: string;
  /** What was published: a number, or the range of several, [1.32, 1.36]. */
  readonly published: number | readonly [low: number, high: number];
  /** Who published it and in which table, figure, section or page: 'Blundell et al. 2015, table 1'. */
  readonly source: string;
  /** Our number, as it is saved: `value` and `uncertainty` of a finding. */
  readonly ours: { readonly value: number; readonly uncertainty: Uncertainty };
  /** Why the two differ, or what makes them agree, in one sentence. */
  readonly because: string;
  /** Of all numbers in the row; 2. */
  readonly decimals?: number;
}

/**
 * Published figures beside ours, as rows of a table: what, published, where, ours with its uncertainty, the gap, and why.
 *
 *     table(replicationRows([{ figure, published: 1.37, source: 'owner/repository, README table', ours: numbers.dropout, because }]))
 *
 *     gap = ours − published; of a range: ours − its nearer end, 0 within it
 *
 * A gap is called `within` when our interval (value ± 1.96 standard errors, or as given) holds the published figure or meets its range.
 *
 * @throws when a source does not say where in it the figure stands, a number is not finite, or a reason is no sentence
 */
export function replicationRows(replications: readonly Replication[]): Row[] {
  return replications.map((replication) => {
    const { figure, published, source, ours, because, decimals = 2 } = replication;
    const [low, high] = typeof published === 'number' ? [published, published] : published;
    if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high && Number.isFinite(ours.value)))
      throw new Error(
        `replicationRows: '${figure}' needs finite numbers, a range in order; got published ${low} to ${high}, ours ${ours.value}`,
      );
    if (!PLACE.test(source))
      throw new Error(
        `replicationRows: '${figure}' cites '${source}'; say where in it the figure stands: 'Blundell et al. 2015, table 1', a figure, a section, a README`,
      );
    if (!/[.!?]$/.test(because))
      throw new Error(`replicationRows: '${figure}' needs a sentence that explains the gap, got '${because}'; end it with a full stop`);
    const gap = ours.value < low ? ours.value - low : ours.value > high ? ours.value - high : 0;
    const interval = intervalOf(ours);
    const met = interval && interval[0] <= high && interval[1] >= low;
    return {
      figure,
      published: low === high ? fixed(low, decimals) : `${fixed(low, decimals)}–${fixed(high, decimals)}`,
      source,
      ours: estimate(ours.value, ours.uncertainty, decimals),
      gap: `${gap > 0 ? '+' : ''}${fixed(gap, decimals)}${interval ? (met ? ', within' : ', beyond') : ''}`,
      why: because,
    };
  });
}

/** What says where in a source a figure stands. */
const PLACE = /\b(table|tab\.|figure|fig\.|equation|eq\.|section|§|chapter|appendix|page|p\.|README|theorem|column)/i;

/** The interval of 95 % of an estimate; none where it has no uncertainty. */
function intervalOf({ value, uncertainty }: Replication['ours']): readonly [number, number] | undefined {
  const sure = asSaved(uncertainty);
  if (typeof sure === 'string') return undefined;
  return typeof sure === 'number' ? [value - 1.96 * sure, value + 1.96 * sure] : [sure[0], sure[1]];
}
