import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frameOf } from '../frame/frame.js';
import { readTicks, type TickOptions } from './read-ticks.js';
import type { Ticks } from './ticks.js';
import { type BarRule, barPanels, type TradeBars, tradeBars } from './trade-bars.js';

const sum = (x: Iterable<number>) => [...x].reduce((total, value) => total + value, 0);
const ticksOf = (rows: readonly (readonly [seconds: number, price: number, size: number])[]): Ticks => ({
  asset: 'ES',
  times: Float64Array.from(rows, ([seconds]) => Date.UTC(2024, 0, 2, 14, 30) + 1000 * seconds),
  prices: Float64Array.from(rows, ([, price]) => price),
  sizes: Float64Array.from(rows, ([, , size]) => size),
  source: 'test',
});
const rowsOf = ({ open, high, low, close, volume, trades }: TradeBars) =>
  Array.from(open, (_, b) => [open[b], high[b], low[b], close[b], volume[b], trades[b]]);

// Worked by hand.
const SEVEN = ticksOf([
  [1, 100, 3],
  [59, 102, 2],
  [60, 101, 1],
  [61, 99, 4],
  [61, 98, 6],
  [200, 97, 1],
  [250, 103, 2],
]);

describe('tradeBars', () => {
  it('of minutes: by the clock, none without a trade, each known at its end', () => {
    const bars = tradeBars(SEVEN, { minutes: 1 });
    expect(rowsOf(bars)).toEqual([
      [100, 102, 100, 102, 5, 2],
      [101, 101, 98, 98, 11, 3],
      [97, 97, 97, 97, 1, 1],
    ]);
    expect(Array.from(bars.times, (time) => new Date(time).toISOString().slice(11, 16))).toEqual(['14:31', '14:32', '14:34']);
    expect(bars.left).toEqual({ trades: 1, volume: 2, dollars: 206 });
    const frame = frameOf(barPanels(bars));
    expect(frame.dates).toEqual(['2024-01-02T14:31', '2024-01-02T14:32', '2024-01-02T14:34']);
    expect([...frame.fields.high]).toEqual([102, 101, 97]);
    expect(Object.keys(frame.fields)).toEqual(['open', 'high', 'low', 'close', 'volume', 'dollars', 'trades']);
  });

  it('of trades, of volume and of money: with the trade that fills them', () => {
    expect(rowsOf(tradeBars(SEVEN, { ticks: 3 }))).toEqual([
      [100, 102, 100, 101, 6, 3],
      [99, 99, 97, 97, 11, 3],
    ]);
    expect(rowsOf(tradeBars(SEVEN, { volume: 5 }))).toEqual([
      [100, 102, 100, 102, 5, 2],
      [101, 101, 99, 99, 5, 2],
      [98, 98, 98, 98, 6, 1],
    ]);
    const bars = tradeBars(SEVEN, { dollars: 500 });
    expect([...bars.dollars]).toEqual([504, 101 + 396 + 588]);
    expect(bars.left).toEqual({ trades: 2, volume: 3, dollars: 97 + 206 });
  });

  it('conserve trades, volume and money, and hold every price, whatever the rule', () => {
    const tick = fc.tuple(fc.nat(90), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }));
    const rule = fc.oneof(
      fc.record({ minutes: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ ticks: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ volume: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ dollars: fc.integer({ min: 1, max: 900 }) }),
    );
    fc.assert(
      fc.property(fc.array(tick, { minLength: 1, maxLength: 60 }), rule, (rows, every) => {
        let clock = 0;
        const ticks = ticksOf(
          rows.map(([wait, price, size]) => {
            clock += wait;
            return [clock, price, size];
          }),
        );
        const bars = tradeBars(ticks, every);
        expect(sum(bars.volume) + bars.left.volume).toBe(sum(ticks.sizes));
        expect(sum(bars.trades) + bars.left.trades).toBe(rows.length);
        expect(sum(bars.dollars) + bars.left.dollars).toBe(sum(ticks.prices.map((price, i) => price * ticks.sizes[i])));
        let at = 0;
        for (const [b, [open, high, low, close, , trades]] of rowsOf(bars).entries()) {
          const prices = [...ticks.prices.slice(at, at + trades)];
          expect([open, high, low, close]).toEqual([prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1)]);
          at += trades;
          expect(bars.times[b]).toBeGreaterThanOrEqual(ticks.times[at - 1]); // never known before its last trade
          if (at < rows.length && 'minutes' in every) expect(ticks.times[at]).toBeGreaterThanOrEqual(bars.times[b]);
        }
        if ('volume' in every) for (const volume of bars.volume) expect(volume).toBeGreaterThanOrEqual(every.volume);
      }),
    );
  });

  it.each<[what: string, ticks: Ticks, rule: object, error: string]>([
    ['no rule', SEVEN, {}, 'tradeBars: needs one of { minutes }, { ticks }, { volume } and { dollars }, got {}'],
    ['two rules', SEVEN, { minutes: 1, ticks: 2 }, 'needs one of'],
    ['half a minute', SEVEN, { minutes: 0.5 }, 'tradeBars: minutes must be a whole number from 1 up, got 0.5'],
    ['no money', SEVEN, { dollars: 0 }, 'tradeBars: dollars must be a finite number above 0, got 0'],
    ['a rule that is none', SEVEN, { seconds: 5 }, "tradeBars: there is no option 'seconds'"],
    [
      'times that fall',
      ticksOf([
        [5, 1, 1],
        [4, 1, 1],
      ]),
      { ticks: 1 },
      'test: tick 2: its time falls, from 2024-01-02T14:30:05.000Z to 2024-01-02T14:30:04.000Z; sort',
    ],
    ['a trade of nothing', ticksOf([[5, 1, 0]]), { ticks: 1 }, 'test: tick 1: its size must be above zero, got 0'],
    ['no price', ticksOf([[5, Number.NaN, 1]]), { ticks: 1 }, 'test: tick 1: its price is no number'],
    [
      'money at a price below zero',
      ticksOf([
        [5, 3, 1],
        [6, -2, 1],
      ]),
      { dollars: 9 },
      'money need prices above 0, and tick 2 of test is at -2; ask',
    ],
    ['no tick', ticksOf([]), { ticks: 1 }, 'test: there is no tick'],
  ])('refuses %s', (_, ticks, rule, error) => {
    expect(() => tradeBars(ticks, rule as BarRule)).toThrow(error);
  });

  it('makes no frame of two bars in a minute', () => {
    expect(() => barPanels(tradeBars(SEVEN, { ticks: 1 }))).toThrow(
      'test: bars 1 and 2 both end in the minute to 2024-01-02T14:31, and a frame',
    );
  });
});

describe('readTicks', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lemmata-ticks-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = (text: string, options: Partial<TickOptions> = {}) => {
    const file = join(folder, 'ticks.csv');
    writeFileSync(file, text);
    return readTicks(file, { asset: 'ES', ...options });
  };
  const iso = ({ times }: Ticks) => Array.from(times, (time) => new Date(time).toISOString());

  it('reads times to the millisecond, in any order of columns', () => {
    const ticks = read('Volume,datetime,Price\r\n8,2013-09-01 17:00:00.083,1640.25\r\n1,2013-09-01T17:00:01,1640.5\r\n');
    expect(iso(ticks)).toEqual(['2013-09-01T17:00:00.083Z', '2013-09-01T17:00:01.000Z']);
    expect([...ticks.prices, ...ticks.sizes]).toEqual([1640.25, 1640.5, 8, 1]);
  });

  it('takes a clock of a zone to UTC, through the change of summer time', () => {
    // Chicago: UTC−5 to 3 November 2013 at 2:00, then UTC−6; 1:30 comes twice, and the first is taken.
    const rows = [
      '2013-09-01 17:00:00.083',
      '2013-11-03 00:59:59',
      '2013-11-03 01:30:00',
      '2013-11-03 02:00:00',
      '2014-03-09 03:00:00',
      '2014-03-09T08:00:01Z',
    ];
    const ticks = read(`time,p,q\n${rows.map((row) => `${row},1,1`).join('\n')}`, {
      columns: { time: 'time', price: 'p', size: 'q' },
      timeZone: 'America/Chicago',
    });
    expect(iso(ticks)).toEqual([
      '2013-09-01T22:00:00.083Z',
      '2013-11-03T05:59:59.000Z',
      '2013-11-03T06:30:00.000Z',
      '2013-11-03T08:00:00.000Z',
      '2014-03-09T08:00:00.000Z', // summer again
      '2014-03-09T08:00:01.000Z', // UTC says so itself
    ]);
  });

  const HEAD = 'DateTime,Price,Volume\n2024-01-02 10:00:00,5,1\n';
  it.each([
    [
      'times that fall',
      `${HEAD}2024-01-02 09:59:59,5,1`,
      "ticks.csv, line 3: its time falls, from 2024-01-02T10:00:00.000Z to 2024-01-02T09:59:59.000Z; sort the ticks by time: '2024-01-02 09:59:59,5,1'",
    ],
    ['a time that is none', `${HEAD}2024-02-30 10:00:00,5,1`, "line 3: its time is none: '2024-02-30 10:00:00,5,1'"],
    ['a minute that is none', `${HEAD}2024-01-02 10:61:00,5,1`, 'line 3: its time is none'],
    ['no price', `${HEAD}2024-01-02 10:00:00,,1`, "line 3: its price is no number: '2024-01-02 10:00:00,,1'"],
    ['a negative size', `${HEAD}2024-01-02 10:00:00,5,-1`, 'line 3: its size must be above zero, got -1'],
    ['a line that was cut', `${HEAD}2024-01-02 10:0`, "line 3: 1 cells instead of 3: '2024-01-02 10:0'"],
    ['other columns', 'when,Price,Volume\n', "ticks.csv has no column 'DateTime': it has when, Price, Volume; name it under columns"],
    ['a file without rows', 'DateTime,Price,Volume\n', 'ticks.csv has no row'],
  ])('refuses %s', (_, text, error) => {
    expect(() => read(text)).toThrow(error);
  });

  it('refuses a zone that is none', () => {
    expect(() => read(HEAD, { timeZone: 'Mars/Base' })).toThrow(
      "readTicks: there is no time zone 'Mars/Base'; name one by continent and city",
    );
  });
});
