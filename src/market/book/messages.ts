import type { HostArray } from '../../base/index.js';
import { checkWhole } from '../../base/internal.js';
import type { Side } from './book.js';
import { orderBook } from './order-book.js';

/** What a message says, in LOBSTER's numbers. */
export const MESSAGE = {
  /** a new limit order */
  submission: 1,
  /** a part of an order is taken away */
  reduction: 2,
  /** all of it */
  deletion: 3,
  /** a visible order executes */
  execution: 4,
  /** a hidden one does */
  hiddenExecution: 5,
  /** an auction */
  cross: 6,
  /** trading halts, at price −1, or goes on */
  halt: 7,
} as const;

/** What happened to a book, one column each, as in a message file of LOBSTER. */
export interface Messages {
  /** [M] seconds after midnight, never falling */
  readonly time: Float64Array;
  /** [M] of `MESSAGE` */
  readonly type: Uint8Array;
  /** [M] of the order that rests or rested; 0 of a hidden one */
  readonly id: Float64Array;
  /** [M] of this message: of an execution, what was executed */
  readonly size: Float64Array;
  /** [M] in ticks: in LOBSTER's files 10,000 times the dollars */
  readonly price: Float64Array;
  /** [M] of the order that rests: 1 buys, −1 sells, so an execution at −1 is a purchase by who came */
  readonly direction: Int8Array;
}

/** The book after each message [M, 4 × levels]: ask price, ask size, bid price, bid size, then the next level; NaN and 0 of a level that is not there. */
export type BookRows = HostArray<Float64Array>;

/** Messages as they come: `add` one after the other, `done` makes the columns. */
export function messageLog(): {
  add(time: number, type: number, id: number, size: number, price: number, direction: number): void;
  done(): Messages;
} {
  const columns = { time: [], id: [], size: [], price: [], type: [], direction: [] } as Record<keyof Messages, number[]>;
  return {
    add(time, type, id, size, price, direction) {
      columns.time.push(time);
      columns.type.push(type);
      columns.id.push(id);
      columns.size.push(size);
      columns.price.push(price);
      columns.direction.push(direction);
    },
    done: () => ({
      time: Float64Array.from(columns.time),
      type: Uint8Array.from(columns.type),
      id: Float64Array.from(columns.id),
      size: Float64Array.from(columns.size),
      price: Float64Array.from(columns.price),
      direction: Int8Array.from(columns.direction),
    }),
  };
}

/**
 * The book after each message, from an empty one: each order rests, shrinks, executes and leaves as the messages say.
 *
 * The messages must be all of them. A file that begins with a book that is there already, as LOBSTER's do at 9:30, has its rows beside it.
 *
 * @param levels  the best prices of each side to note, 10 for 40 columns
 * @returns       [M, 4 × levels]
 * @throws        when `levels` is no whole number from 1 up; with the number of the message, when it comes before the one ahead of it, names an
 *                order that is not there, crosses the book, or has a price, side or size other than its order
 */
export function replayMessages(messages: Messages, { levels }: { levels: number }): BookRows {
  checkWhole('replayMessages', 'levels', levels);
  const M = messages.time.length;
  const data = new Float64Array(4 * levels * M);
  const book = orderBook();
  for (let m = 0; m < M; m++) {
    try {
      apply(messages, m);
    } catch (error) {
      throw new Error(`message ${m + 1} of ${M}: ${(error as Error).message}`, { cause: error });
    }
    book.snapshot(levels, data, 4 * levels * m);
  }
  return { data, shape: [M, 4 * levels] };

  function apply({ time, type, id, size, price, direction }: Messages, m: number): void {
    if (m > 0 && !(time[m] >= time[m - 1])) throw new Error(`time ${time[m]} comes after ${time[m - 1]}; sort the messages by time`);
    switch (type[m]) {
      case MESSAGE.submission:
        book.rest(id[m], direction[m] as Side, price[m], size[m]);
        return;
      case MESSAGE.reduction:
      case MESSAGE.deletion:
      case MESSAGE.execution: {
        const [restsAt, side] = [book.priceOf(id[m]), book.sideOf(id[m])];
        if (restsAt !== price[m] || side !== direction[m])
          throw new Error(`order ${id[m]} rests at ${restsAt} on side ${side}, and the message says ${price[m]} on side ${direction[m]}`);
        if (type[m] === MESSAGE.deletion && book.sizeOf(id[m]) !== size[m])
          throw new Error(`order ${id[m]} has ${book.sizeOf(id[m])} left, and its deletion says ${size[m]}`);
        book.reduce(id[m], size[m]);
        return;
      }
      case MESSAGE.hiddenExecution:
      case MESSAGE.cross:
      case MESSAGE.halt:
        return;
      default:
        throw new Error(`type must be 1 to 7, got ${type[m]}`);
    }
  }
}
