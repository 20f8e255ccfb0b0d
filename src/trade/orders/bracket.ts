/** The prices `open`, `high`, `low` and `close` of one row. */
export interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Where a position is to be left: at a loss at `stop`, with a profit at `target`, as prices; either may be absent. */
export interface Bracket {
  readonly stop?: number;
  readonly target?: number;
}

/** The price at which a bar leaves a position, and the `reason`: which of its two orders did it. */
export interface BracketExit {
  readonly price: number;
  readonly reason: 'stop' | 'target';
}

/**
 * Where a bar leaves a position with a stop and a target, or undefined where it leaves it alone.
 *
 *   1. A bar that opens beyond either is left at its open: a gap pays less than the stop, and more than the target.
 *   2. Else a bar that reaches the stop is left there, though it reach the target too: which came first is not known, and the loss is assumed.
 *   3. Else a bar that reaches the target is left there.
 *
 * Of a long position with stop 95 and target 105, open 100, high 106 and low 94 give 95; open 93 gives 93, open 107 gives 107. So every price
 * lies between the bar's low and high. Where a bar opens beyond the target and reaches the stop later, backtesting.py 0.6.6 takes the stop.
 *
 * @param side  1 for a long position, −1 for a short one, whose stop is above and whose target is below
 */
export function bracketExit({ open, high, low }: Bar, { stop, target }: Bracket, side: 1 | -1): BracketExit | undefined {
  const isAtStop = (price: number) => stop !== undefined && side * price <= side * stop;
  const isAtTarget = (price: number) => target !== undefined && side * price >= side * target;
  const [worst, best] = side === 1 ? [low, high] : [high, low];
  if (isAtStop(open)) return { price: open, reason: 'stop' };
  if (isAtTarget(open)) return { price: open, reason: 'target' };
  if (isAtStop(worst)) return { price: stop!, reason: 'stop' };
  if (isAtTarget(best)) return { price: target!, reason: 'target' };
  return undefined;
}
