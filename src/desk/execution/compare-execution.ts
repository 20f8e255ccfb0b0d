import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { type Interval, type SequentialLook, sequentialComparison } from '../../stats/index.js';

/** Two ways to execute the same orders: their slippage in basis points, order by order; a loss is positive. */
export interface ExecutionTrial {
  /** [n] of what is in use, such as TWAP */
  readonly control: ArrayLike<number>;
  /** [n] of what might take its place, on the same orders or on their twins */
  readonly candidate: ArrayLike<number>;
}

/** How much is traded: what the comparison is worth depends on it, and on nothing that others have promised. */
export interface OrderFlow {
  /** money of one order, on average */
  readonly orderValue: number;
  /** orders a year */
  readonly ordersPerYear: number;
  /** orders after which the comparison is to be sharpest: about as many as it will see; n unless told */
  readonly tunedFor?: number;
  /** of all intervals together: 0.95 */
  readonly level?: number;
}

/** What a comparison has come to, valid at whichever order it is read. */
export interface ExecutionComparison {
  /** `candidate` or `control` where an interval so far left 0 out, and at which order that was first */
  readonly better: 'candidate' | 'control' | 'not known';
  /** the first order at which it was known; undefined where it is not */
  readonly since?: number;
  /** basis points that the candidate saves an order */
  readonly saved: number;
  /** of `saved`, whenever one looks */
  readonly interval: Interval;
  /** whenever one looks */
  readonly pValue: number;
  /** money a year that the candidate saves on this flow: saved · 10⁻⁴ · orderValue · ordersPerYear */
  readonly yearly: number;
  /** of `yearly` */
  readonly yearlyInterval: Interval;
  /** after each order from the 30th on */
  readonly looks: readonly SequentialLook[];
}

/**
 * Tries one way to execute orders against another, as an A/B test that may be read after every order and stopped at any.
 *
 *     const { better, yearly, yearlyInterval } = compareExecution({ control: twap, candidate: agent }, { orderValue: 50_000, ordersPerYear: 500 });
 *
 * Differences are paired, so that what both paid for the same market cancels. Orders must not depend on each other's outcomes.
 *
 * @throws when there are fewer than 30 pairs, their numbers differ, a slippage is not finite, or the flow is not above 0
 */
export function compareExecution({ control, candidate }: ExecutionTrial, flow: OrderFlow): ExecutionComparison {
  checkOptions('compareExecution', flow, ['orderValue', 'ordersPerYear', 'tunedFor', 'level']);
  const { orderValue, ordersPerYear, tunedFor = control.length, level = 0.95 } = flow;
  checkNumber('compareExecution', 'orderValue', orderValue, { above: 0 });
  checkNumber('compareExecution', 'ordersPerYear', ordersPerYear, { above: 0 });
  if (control.length !== candidate.length)
    throw new Error(`compareExecution: the control has ${control.length} orders and the candidate ${candidate.length}; they go in pairs`);
  checkWhole('compareExecution', 'the number of orders', control.length, { from: 30 });
  const looks = sequentialComparison(
    Float64Array.from(control, (slippage, i) => slippage - candidate[i]),
    { tunedFor, level },
  );
  const { mean: saved, interval, pValue } = looks.at(-1)!;
  const known = looks.find(({ interval: { low, high } }) => low > 0 || high < 0);
  const money = 1e-4 * orderValue * ordersPerYear;
  return {
    better: !known ? 'not known' : known.mean > 0 ? 'candidate' : 'control',
    ...(known && { since: known.count }),
    ...{
      saved,
      interval,
      pValue,
      yearly: money * saved,
      yearlyInterval: { low: money * interval.low, high: money * interval.high },
      looks,
    },
  };
}
