import { bracketExit } from '../../trade/index.js';
import type { BarTicks } from './events.js';
import type { Working } from './state.js';

/**
 * The price in ticks at which a bar fills an order, or undefined where it does not.
 *
 * Without levels it is the open. With them the rule is `bracketExit`'s, for what the order leaves or, when it opens a position, would leave:
 * a bar that opens beyond a level fills at its open, one that reaches the stop at the stop, else one that reaches the limit at the limit. So of a
 * bar that reaches both, the worse is assumed.
 *
 * @param from  of an exit whose entry filled within this bar at this price: what the bar did before that is not known, so the stop alone counts
 */
export function fillPrice(
  { order, lots, best }: Working,
  [open, high, low, close]: BarTicks,
  ticks: number,
  from?: number,
): number | undefined {
  const side = lots < 0 ? 1 : -1; // of the position that it leaves
  const level = (price: number | undefined) => (price === undefined ? undefined : Math.round(price * ticks));
  const trail = level(order.trail);
  const stop = level(order.stop) ?? (trail !== undefined && best !== undefined ? best - side * trail : undefined);
  const limit = level(order.limit);
  if (order.limit === undefined && order.stop === undefined && trail === undefined) return open;
  if (from === undefined)
    return bracketExit(
      { open, high, low, close },
      { ...(stop !== undefined && { stop }), ...(limit !== undefined && { target: limit }) },
      side,
    )?.price;
  const worst = side === 1 ? low : high;
  return stop === undefined
    ? undefined
    : bracketExit({ open: from, high: Math.max(from, worst), low: Math.min(from, worst), close }, { stop }, side)?.price;
}
