import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../../../tests/support/temporary-store.js';
import { asKnown, frameOf } from '../frame/frame.js';
import { parseCsv } from '../sources/csv/csv.js';
import { checkTable } from '../store/check.js';
import { query } from '../store/sql.js';
import { loadDataset, saveDataset } from '../store/store.js';
import { fromMinute, knownOrder, parseDay, toDay, toMinute } from './dates.js';
import { loadPanel } from './load.js';
import { type Panel, select } from './panel.js';

const HOURS = ['2020-03-05T14:30', '2020-03-05T15:30', '2020-03-06T14:30', '2020-03-09T13:30'];
const panel = (dates: readonly string[]): Panel => ({
  dates,
  assets: ['A'],
  values: Float64Array.from(dates, (_, t) => t + 1),
  field: 'close',
  source: 'hours',
});

describe('dates with a time', () => {
  it('are minutes of UTC, and the day of one is that of its date', () => {
    const minute = fc.integer({ min: -50_000_000, max: 50_000_000 });
    fc.assert(
      fc.property(minute, minute, (a, b) => {
        expect(toMinute(fromMinute(a))).toBe(a);
        expect(Math.sign(a - b)).toBe(fromMinute(a) < fromMinute(b) ? -1 : fromMinute(a) > fromMinute(b) ? 1 : 0);
        expect(toDay(fromMinute(a))).toBe(Math.floor(a / 1440));
      }),
    );
    expect(parseDay('2008-09-15T14:30', 'test')).toBe(parseDay('2008-09-15', 'test'));
  });

  it.each(['2008-09-15T24:00', '2008-09-15T14:60', '2008-09-15 14:30', '2008-02-30T14:30', '2008-09-15T14:30Z', '2008-09-15T14'])(
    'refuses %s',
    (date) => {
      expect(() => parseDay(date, 'test')).toThrow(
        `test: '${date}' is not a date; write it as YYYY-MM-DD, for example 2008-09-15, or with a time in UTC, 2008-09-15T14:30`,
      );
    },
  );

  it('are selected by days, to the last minute, and by minutes', () => {
    const dates = (from?: string, to?: string) => select(panel(HOURS), { ...(from && { from }), ...(to && { to }) }).dates;
    expect(dates('2020-03-05', '2020-03-06')).toEqual(HOURS.slice(0, 3));
    expect(dates('2020-03-05T15:00', '2020-03-06T14:30')).toEqual(HOURS.slice(1, 3));
    expect(select(panel(['2020-03-05', '2020-03-06']), { to: '2020-03-05T12:00' }).dates).toEqual(['2020-03-05']);
  });

  it('know at a minute nothing of the close of their day, and at a close all minutes of it', () => {
    const closes = { values: Float64Array.of(7, 8), knownAt: ['2020-03-04', '2020-03-05'] };
    expect([...asKnown(closes, HOURS)]).toEqual([7, 7, 8, 8]);
    const news = { values: Float64Array.of(1, 2), knownAt: ['2020-03-05T20:00', '2020-03-06T12:00'] };
    expect([...asKnown(news, ['2020-03-04', '2020-03-05', '2020-03-06'])]).toEqual([Number.NaN, 1, 2]);
    expect(['2020-03-05', '2020-03-05T23:59', '2020-03-06T00:00'].map(knownOrder).sort()).toEqual([
      '2020-03-05T23:59',
      '2020-03-05T24:00',
      '2020-03-06T00:00',
    ]);
  });

  it('are kept by the store, minute for minute, and read by SQL', async () => {
    temporaryStore();
    const about = { name: 'csv/hours', kind: 'prices', field: 'close', unit: '$', source: 'test', version: '1' } as const;
    const table = { dates: HOURS, columns: new Map([['A', Float64Array.of(1, Number.NaN, 3, 4)]]) };
    const record = await saveDataset({ ...about, sourceSha256: '0'.repeat(64), licence: 'MIT', limits: [] }, table);
    expect([record.first, record.last]).toEqual([HOURS[0], HOURS[3]]);
    expect((await loadDataset('csv/hours')).table).toEqual(table);
    expect((await loadPanel('csv/hours', { from: '2020-03-06' })).dates).toEqual(HOURS.slice(2));
    expect(await query('SELECT date FROM "csv/hours" WHERE A = 3')).toEqual([{ date: HOURS[2] }]);
  });

  it('are of the days that an exchange is open', () => {
    const checked = {
      where: 'p.csv',
      kind: 'prices',
      calendar: 'nyse',
      allowMissing: false,
      line: (t: number) => `line ${t + 2}`,
    } as const;
    const columns = (n: number) => new Map([['A', new Float64Array(n).fill(1)]]);
    expect(() => checkTable({ dates: HOURS, columns: columns(4) }, checked)).not.toThrow();
    expect(() => checkTable({ dates: [HOURS[0], HOURS[1], HOURS[3]], columns: columns(3) }, checked)).toThrow(
      'p.csv: 1 trading day is missing (2020-03-06), the first before line 4',
    );
    expect(() => checkTable({ dates: [HOURS[0], '2020-03-06'], columns: columns(2) }, checked)).toThrow(
      'p.csv: line 3 is dated 2020-03-06 and line 2 2020-03-05T14:30; give all rows a time in UTC, or none',
    );
    expect(() => frameOf(panel(['2020-03-05', '2020-03-06T14:30']))).toThrow('2020-03-05 and 2020-03-06T14:30 are dates of two kinds');
  });

  it.each([
    ['2020-03-05 14:30', '2020-03-05T14:30'],
    ['2020-03-05T14:30:00', '2020-03-05T14:30'],
    ['2020-03-05T14:30:00.000Z', '2020-03-05T14:30'],
    ['2020-03-05 09:30:00-05:00', '2020-03-05T14:30'],
    ['2020-03-06 00:15:00 +0545', '2020-03-05T18:30'],
    ['2020-01-01 03:00-0330', '2020-01-01T06:30'],
  ])('are read of CSV files as UTC: %s', async (cell, date) => {
    const dateFormat = 'YYYY-MM-DDTHH:MM';
    expect((await parseCsv(`Date,A\n${cell},1\n`, { dateFormat, calendar: 'none' }, 'p.csv')).dates).toEqual([date]);
    const both = await parseCsv(`Date,A\n${cell},1\n1999-01-01 10:00, 2\n`, { dateFormat, calendar: 'none', missing: ['-99'] }, 'p.csv'); // newest first
    expect(both.dates).toEqual(['1999-01-01T10:00', date]);
  });

  it.each([
    ['2020-03-05', "line 2: '2020-03-05' is not a date written YYYY-MM-DDTHH:MM; it looks like YYYY-MM-DD"],
    ['2020-03-05 14:30:15', "line 2: '2020-03-05 14:30:15' is not a date written YYYY-MM-DDTHH:MM"],
    ['2020-03-05 25:30', "line 2: '2020-03-05 25:30' is not a date written YYYY-MM-DDTHH:MM"],
  ])('a CSV file with %s is refused', async (cell, message) => {
    await expect(parseCsv(`Date,A\n${cell},1\n`, { dateFormat: 'YYYY-MM-DDTHH:MM' }, 'p.csv')).rejects.toThrow(message);
    await expect(parseCsv('Date,A\n', { dateFormat: 'YYYY-MM-DDTHH:MM', monthEnd: true }, 'p.csv')).rejects.toThrow(
      'leave one of the two out',
    );
  });

  it('stay days where a CSV file has them with a time of day', async () => {
    expect((await parseCsv('Date,A\n2020-03-05 00:00:00,1\n', {}, 'p.csv')).dates).toEqual(['2020-03-05']);
  });
});
