import { checkNumber, checkOptions } from '../../base/internal.js';

/**
 * What a broker is asked to trade, and when. Without `limit`, `stop` and `trail` it trades at the next open; of a limit and a stop the first to
 * be reached fills it.
 */
export interface Order {
  /** chosen by who sends it, without blanks and `/`: the same id twice is the same order */
  readonly id: string;
  /** the name that its bars have */
  readonly asset: string;
  /** to buy, or to sell when negative */
  readonly shares: number;
  /** trades at this price or a better one */
  readonly limit?: number;
  /** trades once the price is as bad as this: a stop below the price sells, one above it buys */
  readonly stop?: number;
  /**
   * a stop at this distance from the best price of the bars before, from the last close on; of an exit from its entry's price on, and of an entry within a
   * bar without that bar's high and low, which may have come before it
   */
  readonly trail?: number;
  /** the last date on which it works; until it is cancelled when left out */
  readonly until?: string;
  /** only takes from a position: it never opens one, and ends when there is none. Without it an order beside an exit may turn a position over */
  readonly reduce?: boolean;
  /** how what it has filled is left again: the first to be reached cancels the other, and what waits of the entry. A level that the fill is beyond leaves at once */
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
 * An order without what is undefined, its fields in one order: two that mean the same are the same.
 *
 * @param steps  of prices and of shares: levels and shares are whole numbers of them
 * @throws       when it is no order
 */
export function orderOf(given: Order, steps: { readonly tick: number; readonly lot: number }): Order {
  checkOptions('an order', given ?? null, FIELDS);
  const { id, asset, shares, limit, stop, trail, until, reduce, exits = {} } = given;
  const who = `order ${JSON.stringify(id)}`;
  checkOptions(`${who}: exits`, exits, ['stop', 'target', 'trail']);
  if (typeof id !== 'string' || !/^[^/\s]+$/.test(id))
    throw new Error(`${who}: its id must be a text without blanks and '/', such as 'momentum-2016-03-01-SPX'`);
  if (typeof asset !== 'string' || asset === '') throw new Error(`${who}: its asset is ${JSON.stringify(asset)}; it must be a name`);
  if (typeof shares !== 'number' || !(Math.abs(shares) > 0) || !isMultiple(shares, steps.lot))
    throw new Error(
      `${who}: its shares are ${typeof shares === 'number' ? shares : JSON.stringify(shares)}; they must be a number other than 0 of lots of ${steps.lot}, negative to sell`,
    );
  if (reduce !== undefined && typeof reduce !== 'boolean')
    throw new Error(`${who}: reduce is ${JSON.stringify(reduce)}; it must be true or false`);
  if (stop !== undefined && trail !== undefined)
    throw new Error(`${who}: it has a stop and a trail, which are two places for one stop; leave one out`);
  const levels = { limit, stop, trail, 'exits.stop': exits.stop, 'exits.target': exits.target, 'exits.trail': exits.trail };
  for (const [name, price] of Object.entries(levels)) if (price !== undefined) checkLevel(who, name, price, steps.tick);
  const side = Math.sign(shares);
  if (limit !== undefined && stop !== undefined && side * limit >= side * stop)
    throw new Error(
      `${who}: it ${side > 0 ? 'buys' : 'sells'} at a limit of ${limit} and at a stop of ${stop}; the stop must be ${side > 0 ? 'above' : 'below'} the limit, on the losing side`,
    );
  if (exits.stop !== undefined && exits.target !== undefined && side * exits.stop >= side * exits.target)
    throw new Error(`${who}: its exits have a stop of ${exits.stop} and a target of ${exits.target}; the stop must be on the losing side`);
  const hasExits = Object.values(exits).some((price) => price !== undefined);
  if (reduce && hasExits) throw new Error(`${who}: it only reduces a position, so it has no exits of its own; leave exits or reduce out`);
  if (until !== undefined && !isDate(until))
    throw new Error(`${who}: until is ${JSON.stringify(until)}; it must be a date such as 2016-03-01`);
  const told = (fields: object) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== false));
  return told({
    ...{ id, asset, shares, limit, stop, trail, until, reduce },
    exits: hasExits ? told({ stop: exits.stop, target: exits.target, trail: exits.trail }) : undefined,
  }) as unknown as Order;
}

/** Whether a text is a day of the calendar, such as 2016-02-29. */
export const isDate = (text: unknown): boolean =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;

function checkLevel(who: string, name: string, price: number, tick: number): void {
  if (typeof price !== 'number') throw new Error(`${who}: its ${name} is ${JSON.stringify(price)}; it must be a number`);
  checkNumber(who, name, price, { above: 0 });
  if (!isMultiple(price, tick)) throw new Error(`${who}: its ${name} is ${price}, which is no multiple of the tick ${tick}; round it`);
}

/** Whether a number is a whole multiple of a step, but for its last digits. */
export const isMultiple = (x: number, step: number): boolean => Number.isFinite(x) && Math.abs(x / step - Math.round(x / step)) < 1e-6;
