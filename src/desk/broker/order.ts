import { checkNumber, checkOptions } from '../../base/internal.js';

/**
 * What a broker is asked to trade, and when. Without `limit`, `stop` and `trail` it trades at the next open; of a limit and a stop the first to
 * be reached fills it.
 */
export interface Order {
  /** chosen by who sends it, without a `/`: the same id twice is the same order */
  readonly id: string;
  /** the name that its bars have */
  readonly asset: string;
  /** to buy, or to sell when negative */
  readonly shares: number;
  /** trades at this price or a better one */
  readonly limit?: number;
  /** trades once the price is as bad as this: a stop below the price sells, one above it buys */
  readonly stop?: number;
  /** a stop at this distance from the best price of the bars since the order came */
  readonly trail?: number;
  /** the last date on which it works; until it is cancelled when left out */
  readonly until?: string;
  /** only takes from a position: it never opens one, and ends when there is none */
  readonly reduce?: boolean;
  /** how what it has filled is left again: the first to be reached cancels the other */
  readonly exits?: { readonly stop?: number; readonly target?: number; readonly trail?: number };
}

/** Where an order is: it ends as `filled`, `cancelled`, `expired` or `rejected`, and changes no more. */
export type OrderStatus = 'new' | 'partial' | 'filled' | 'cancelled' | 'expired' | 'rejected';

/** An order and what has become of it. */
export interface Placed {
  readonly order: Order;
  /** where it is now */
  readonly status: OrderStatus;
  /** shares, signed as the order's */
  readonly filled: number;
  /** paid or received a share, the mean of its fills; NaN before the first */
  readonly price: number;
  /** why it was rejected or cancelled */
  readonly reason?: string;
}

/** Whether an order may still trade. */
export const isWorking = ({ status }: { readonly status: OrderStatus }): boolean => status === 'new' || status === 'partial';

const FIELDS = ['id', 'asset', 'shares', 'limit', 'stop', 'trail', 'until', 'reduce', 'exits'] as const;

/**
 * Refuses what is no order.
 *
 * @param steps  of prices and of shares: levels and shares are whole numbers of them
 */
export function checkOrder(order: Order, steps: { readonly tick: number; readonly lot: number }): void {
  const who = `order '${order.id}'`;
  checkOptions(who, order, FIELDS);
  checkOptions(`${who}: exits`, order.exits ?? {}, ['stop', 'target', 'trail']);
  if (typeof order.id !== 'string' || !/^[^/\s]+$/.test(order.id))
    throw new Error(`${who}: its id must be a text without blanks and '/', such as 'momentum-2016-03-01-SPX'`);
  const { shares, limit, stop, trail, exits = {} } = order;
  if (!(Math.abs(shares) > 0) || !isMultiple(shares, steps.lot))
    throw new Error(`${who}: its shares are ${shares}; they must be a number other than 0 of lots of ${steps.lot}, negative to sell`);
  if (stop !== undefined && trail !== undefined)
    throw new Error(`${who}: it has a stop and a trail, which are two places for one stop; leave one out`);
  for (const [name, price] of Object.entries({
    limit,
    stop,
    trail,
    'exits.stop': exits.stop,
    'exits.target': exits.target,
    'exits.trail': exits.trail,
  }))
    if (price !== undefined) {
      checkNumber(who, name, price, { above: 0 });
      if (!isMultiple(price, steps.tick))
        throw new Error(`${who}: its ${name} is ${price}, which is no multiple of the tick ${steps.tick}; round it`);
    }
  const side = Math.sign(shares);
  if (limit !== undefined && stop !== undefined && side * limit >= side * stop)
    throw new Error(
      `${who}: it ${side > 0 ? 'buys' : 'sells'} at a limit of ${limit} and at a stop of ${stop}; the stop must be ${side > 0 ? 'above' : 'below'} the limit, on the losing side`,
    );
  if (exits.stop !== undefined && exits.target !== undefined && side * exits.stop >= side * exits.target)
    throw new Error(`${who}: its exits have a stop of ${exits.stop} and a target of ${exits.target}; the stop must be on the losing side`);
  if (order.reduce && order.exits)
    throw new Error(`${who}: it only reduces a position, so it has no exits of its own; leave exits or reduce out`);
  if (order.until !== undefined && !/^\d{4}-\d\d-\d\d$/.test(order.until))
    throw new Error(`${who}: until is '${order.until}'; it must be a date such as 2016-03-01`);
}

const isMultiple = (x: number, step: number) => Number.isFinite(x) && Math.abs(x / step - Math.round(x / step)) < 1e-6;
