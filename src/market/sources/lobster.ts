import { replaceFile } from '../../base/internal.js';
import { type BookRows, MESSAGE, type Messages } from '../book/messages.js';
import { readNumbers, rowError } from './numbers-csv.js';

/** The two files of a day: what happened, and the book after each of it. */
export interface LobsterFiles {
  /** `AAPL_2012-06-21_34200000_57600000_message_10.csv` */
  readonly messages: string;
  /** `AAPL_2012-06-21_34200000_57600000_orderbook_10.csv` */
  readonly book: string;
}

/** A day of a stock: its messages [M], and the book after each, [M, 4 × levels]. */
export interface LobsterDay {
  readonly messages: Messages;
  readonly book: BookRows;
}

/** What LOBSTER writes for the price of a level that is not there. */
const NO_ASK = 9_999_999_999;
const NO_BID = -9_999_999_999;

/**
 * A day of LOBSTER's files: times in seconds after midnight, prices in ten-thousandths of a dollar, `5859400` is 585.94 dollars.
 *
 * A level that is not there has the price NaN and the size 0. Row m of the book is the state after message m.
 *
 * @throws when a file cannot be read, or the two have not as many rows; and with the number and the text of the line, when one has too few cells
 *         or one that is no number, when times fall, when type, size or direction are none of LOBSTER's, and when the book is crossed: a best
 *         ask at the best bid or below, or levels that are not in the order of their prices
 *
 * Huang & Polak 2011, "LOBSTER: Limit Order Book Reconstruction System"; lobsterdata.com, "Data structure".
 */
export function readLobster(files: LobsterFiles): LobsterDay {
  const events = readNumbers(files.messages, 6);
  const rows = readNumbers(files.book);
  const levels = rows.columns / 4;
  if (!Number.isInteger(levels))
    throw new Error(`${files.book} has ${rows.columns} columns; a book has four for each level: ask price, ask size, bid price, bid size`);
  const M = events.data.length / 6;
  if (rows.data.length / rows.columns !== M)
    throw new Error(
      `${files.messages} has ${M} rows and ${files.book} ${rows.data.length / rows.columns}; each message has its row of the book: ` +
        'they are of different days, or one was cut short',
    );
  const column = (c: number) => Float64Array.from({ length: M }, (_, m) => events.data[6 * m + c]);
  const messages: Messages = {
    time: column(0),
    type: Uint8Array.from({ length: M }, (_, m) => events.data[6 * m + 1]),
    id: column(2),
    size: column(3),
    price: column(4),
    direction: Int8Array.from({ length: M }, (_, m) => events.data[6 * m + 5]),
  };
  for (let m = 0; m < M; m++) {
    const fault = faultOfMessage(events.data.subarray(6 * m, 6 * m + 6), m > 0 ? messages.time[m - 1] : 0);
    if (fault) throw rowError(files.messages, m, fault);
  }
  for (let m = 0; m < M; m++) {
    const fault = faultOfBook(rows.data.subarray(4 * levels * m, 4 * levels * (m + 1)));
    if (fault) throw rowError(files.book, m, fault);
  }
  for (let i = 0; i < rows.data.length; i += 2) if (Math.abs(rows.data[i]) === NO_ASK) rows.data[i] = Number.NaN;
  return { messages, book: { data: rows.data, shape: [M, rows.columns] } };
}

function faultOfMessage([time, type, id, size, , direction]: Float64Array, former: number): string | undefined {
  if (time < former) return `the time falls from ${former}; sort the messages by time`;
  if (!(Number.isInteger(type) && type >= 1 && type <= 7)) return 'type must be 1 to 7';
  if (type === MESSAGE.halt || type === MESSAGE.cross) return undefined; // of no order
  if (!Number.isInteger(id)) return 'an id must be a whole number';
  if (!(Number.isInteger(size) && size > 0)) return 'size must be a whole number from 1 up';
  return direction === 1 || direction === -1 ? undefined : 'direction must be 1 or -1';
}

/** The next level of an ask is above, of a bid below; an absent one is beyond all others, and absent ones may follow it. */
function faultOfBook(row: Float64Array): string | undefined {
  const [ask, bid] = [row[0], row[2]];
  if (ask <= bid) return `the book is crossed: the best ask ${ask} is not above the best bid ${bid}`;
  for (let i = 4; i < row.length; i += 4) {
    if (row[i] <= row[i - 4] && row[i] !== NO_ASK) return `the asks are not in the order of their prices at level ${i / 4 + 1}`;
    if (row[i + 2] >= row[i - 2] && row[i + 2] !== NO_BID) return `the bids are not in the order of their prices at level ${i / 4 + 1}`;
  }
  for (let i = 1; i < row.length; i += 2) if (!(row[i] >= 0)) return 'a size must not be negative';
  return undefined;
}

/**
 * Writes a day as LOBSTER does: times with nine digits after the point, so that what is a whole number of nanoseconds is read as it was.
 *
 * @throws when there are not as many rows of the book as messages
 */
export function writeLobster(files: LobsterFiles, { messages, book }: LobsterDay): void {
  const { time, type, id, size, price, direction } = messages;
  const [M, width] = book.shape;
  if (M !== time.length) throw new Error(`writeLobster: ${time.length} messages and ${M} rows of the book; each message has its own`);
  const events = Array.from(time, (at, m) => `${at.toFixed(9)},${type[m]},${id[m]},${size[m]},${price[m]},${direction[m]}\n`);
  const cell = (value: number, i: number) => (Number.isNaN(value) ? (i % 4 === 0 ? NO_ASK : NO_BID) : value);
  const rows = Array.from({ length: M }, (_, m) => `${Array.from(book.data.subarray(width * m, width * (m + 1)), cell).join()}\n`);
  replaceFile(files.messages, events.join(''));
  replaceFile(files.book, rows.join(''));
}
