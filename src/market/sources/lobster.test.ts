import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replayMessages } from '../book/messages.js';
import { readLobster, writeLobster } from './lobster.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lemmata-lobster-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function filesOf(messages: string, book: string) {
  const files = { messages: join(folder, 'message_2.csv'), book: join(folder, 'orderbook_2.csv') };
  writeFileSync(files.messages, messages);
  writeFileSync(files.book, book);
  return files;
}

// The layout is that of lobsterdata.com, "Data structure", whose example has these two rows: 100 more at the best ask, then gone.
const MESSAGES = '34713.685155243,1,206833312,100,118600,-1\n34714.133632201,3,206833312,100,118600,-1\n';
const BOOK = '118600,9484,118500,8800,118700,22700,118400,14930\n118600,9384,118500,8800,118700,22700,118400,14930\n';

describe('readLobster', () => {
  it('reads the pair of files', () => {
    const { messages, book } = readLobster(filesOf(MESSAGES, BOOK));
    expect(messages).toEqual({
      time: Float64Array.of(34713.685155243, 34714.133632201),
      type: Uint8Array.of(1, 3),
      id: Float64Array.of(206833312, 206833312),
      size: Float64Array.of(100, 100),
      price: Float64Array.of(118600, 118600),
      direction: Int8Array.of(-1, -1),
    });
    expect(book.shape).toEqual([2, 8]);
    expect([...book.data.subarray(8)]).toEqual([118600, 9384, 118500, 8800, 118700, 22700, 118400, 14930]);
  });

  it('takes the price of a level that is not there for NaN, Windows line ends, numbers in other forms and a last line without an end', () => {
    const files = filesOf(
      '3.42e4,7,0,0,-1,-1\r\n 34200.5 ,1,16113575,18,5853300,1',
      '9999999999,0,-9999999999,0\r\n9999999999,0,5853300,18',
    );
    const { messages, book } = readLobster(files);
    expect([...messages.time]).toEqual([34200, 34200.5]);
    expect([...book.data]).toEqual([Number.NaN, 0, Number.NaN, 0, Number.NaN, 0, 5853300, 18]);
  });

  const [first, second] = MESSAGES.split('\n');
  const [row, next] = BOOK.split('\n');
  it.each<[what: string, messages: string, book: string, error: string]>([
    ['a line that was cut', `${first}\n34714.13,3,2068`, BOOK, "message_2.csv, line 2: 3 cells instead of 6: '34714.13,3,2068'"],
    [
      'a line too long',
      `${first},9\n${second}`,
      BOOK,
      "message_2.csv, line 1: 7 cells instead of 6: '34713.685155243,1,206833312,100,118600,-1,9'",
    ],
    [
      'a cell that is no number',
      `${first}\n${second.replace('206833312', '2O6833312')}`,
      BOOK,
      "line 2: a cell that is no number: '34714.133632201,3,2O6833312,",
    ],
    ['an empty cell', `${first.replace(',100,', ',,')}\n${second}`, BOOK, 'line 1: a cell that is no number:'],
    ['an empty line', `${first}\n\n${second}`, BOOK, "message_2.csv, line 2: 1 cells instead of 6: ''"],
    [
      'times that fall',
      `${second}\n${first}\n`,
      BOOK,
      "line 2: the time falls from 34714.133632201; sort the messages by time: '34713.685155243,1,",
    ],
    ['a type that is none', first.replace(',1,', ',8,'), row, "line 1: type must be 1 to 7: '34713.685155243,8,"],
    ['no size', first.replace(',100,', ',0,'), row, 'line 1: size must be a whole number from 1 up'],
    ['a third direction', first.replace(/-1$/, '0'), row, 'line 1: direction must be 1 or -1'],
    [
      'a crossed book',
      MESSAGES,
      BOOK.replace('118600,9384', '118500,9384'),
      'orderbook_2.csv, line 2: the book is crossed: the best ask 118500 is not above the best bid 118500',
    ],
    [
      'a negative spread',
      MESSAGES,
      BOOK.replace('118600,9484', '118400,9484'),
      "line 1: the book is crossed: the best ask 118400 is not above the best bid 118500: '118400,9484,",
    ],
    [
      'asks out of order',
      MESSAGES,
      `${row.replace('118700', '118550')}\n${next}`,
      'line 1: the asks are not in the order of their prices at level 2',
    ],
    [
      'bids out of order',
      MESSAGES,
      `${row.replace('118400', '118510')}\n${next}`,
      'line 1: the bids are not in the order of their prices at level 2',
    ],
    ['a row too few', MESSAGES, `${row}\n`, 'message_2.csv has 2 rows and'],
    ['a column too few', MESSAGES, '1,2,3\n4,5,6\n', 'orderbook_2.csv has 3 columns; a book has four for each level'],
    ['a file without rows', '', BOOK, 'message_2.csv is empty'],
  ])('refuses %s', (_, messages, book, error) => {
    expect(() => readLobster(filesOf(messages, book))).toThrow(error);
  });

  it('says where a file is missing', () => {
    expect(() => readLobster({ messages: join(folder, 'no.csv'), book: '' })).toThrow('no.csv cannot be read (ENOENT); check its path');
  });
});

describe('writeLobster', () => {
  it('writes what readLobster reads, byte for byte', () => {
    const files = filesOf(MESSAGES, BOOK);
    const day = readLobster(files);
    const copy = { messages: join(folder, 'm.csv'), book: join(folder, 'b.csv') };
    writeLobster(copy, day);
    expect([readFileSync(copy.messages, 'utf8'), readFileSync(copy.book, 'utf8')]).toEqual([MESSAGES, BOOK]);
  });
});

describe('replayMessages', () => {
  const messages = (rows: readonly (readonly number[])[]) => {
    const column = (c: number) => rows.map((row) => row[c]);
    const [time, id, size, price] = [0, 2, 3, 4].map((c) => Float64Array.from(column(c)));
    return { time, type: Uint8Array.from(column(1)), id, size, price, direction: Int8Array.from(column(5)) };
  };

  it('makes the book after each message', () => {
    const { data, shape } = replayMessages(
      messages([
        [1, 1, 1, 10, 100, 1],
        [1, 1, 2, 5, 102, -1],
        [2, 2, 1, 4, 100, 1],
        [3, 5, 0, 7, 101, -1], // hidden: the book stays
        [4, 4, 2, 5, 102, -1],
        [5, 3, 1, 6, 100, 1],
      ]),
      { levels: 1 },
    );
    expect(shape).toEqual([6, 4]);
    const none = Number.NaN;
    expect([...data]).toEqual(
      [
        [none, 0, 100, 10],
        [102, 5, 100, 10],
        [102, 5, 100, 6],
        [102, 5, 100, 6],
        [none, 0, 100, 6],
        [none, 0, none, 0],
      ].flat(),
    );
  });

  it.each([
    ['an order that is not there', [2, 3, 9, 10, 100, 1], 'message 2 of 2: order 9 is not in the book'],
    ['time that falls', [0, 1, 2, 5, 90, 1], 'message 2 of 2: time 0 comes after 1; sort the messages by time'],
    ['a crossed book', [2, 1, 2, 5, 100, -1], 'message 2 of 2: order 2 would cross the book: it sells at 100, and the best bid is 100'],
    ['a deletion of another size', [2, 3, 1, 9, 100, 1], 'message 2 of 2: order 1 has 10 left, and its deletion says 9'],
    ['an execution at another price', [2, 4, 1, 9, 101, 1], 'order 1 rests at 100 on side 1, and the message says 101 on side 1'],
    ['a type that is none', [2, 0, 1, 9, 100, 1], 'type must be 1 to 7, got 0'],
  ])('refuses %s', (_, row, error) => {
    expect(() => replayMessages(messages([[1, 1, 1, 10, 100, 1], row]), { levels: 1 })).toThrow(error);
  });

  it('refuses levels that make no columns', () => {
    for (const levels of [0, 1.5, Number.NaN])
      expect(() => replayMessages(messages([[1, 1, 1, 10, 100, 1]]), { levels })).toThrow(
        `replayMessages: levels must be a whole number from 1 up, got ${levels}`,
      );
  });
});
