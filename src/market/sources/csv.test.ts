import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvOptions, parseCsv, readCsv } from './csv.js';

const GOOD = ['Date,A,B', '2024-03-27,10,20', '2024-03-28,11,21', '2024-04-01,12,22']; // 29 March 2024 was Good Friday
const read = (lines: readonly string[], options: CsvOptions = {}) => parseCsv(lines.join('\n'), options, 'p.csv');
const withLine = (index: number, line: string) => GOOD.with(index, line);

describe('parseCsv', () => {
  it('reads prices, one asset per column', () => {
    expect(read(GOOD)).toEqual({
      dates: ['2024-03-27', '2024-03-28', '2024-04-01'],
      columns: new Map([
        ['A', Float64Array.of(10, 11, 12)],
        ['B', Float64Array.of(20, 21, 22)],
      ]),
    });
  });

  it('reads quoted cells, Windows line ends, a byte order mark and blank lines', () => {
    const text = '\uFEFF"Date","A, ""Inc"""\r\n2024-03-27,"10"\r\n\r\n2024-03-28,11\r\n';
    expect(parseCsv(text, {}, 'p.csv').columns).toEqual(new Map([['A, "Inc"', Float64Array.of(10, 11)]]));
  });

  it('reads American dates, and monthly averages at the end of their month', () => {
    expect(read(['Date,A', '3/28/2024,1', '4/1/2024,2'], { dateFormat: 'M/D/YYYY' }).dates).toEqual(['2024-03-28', '2024-04-01']);
    const monthly = read(['Date,A', '202401,-2.87', '202402,6'], {
      dateFormat: 'YYYYMM',
      monthEnd: true,
      calendar: 'none',
      kind: 'series',
      percent: true,
    });
    expect(monthly.dates).toEqual(['2024-01-31', '2024-02-29']);
    expect(monthly.columns.get('A')).toEqual(Float64Array.of(-0.0287, 0.06));
  });

  it('keeps missing values as NaN when asked, and only then', () => {
    const lines = withLine(2, '2024-03-28,.,21');
    expect(read(lines, { allowMissing: true, missing: ['.'] }).columns.get('A')).toEqual(Float64Array.of(10, Number.NaN, 12));
    expect(() => read(lines, { missing: ['.'] })).toThrow(
      "p.csv: line 3, column 'A', 2024-03-28: the value is missing (NaN); every date needs a number; fill it from the source, drop the asset, or pass allowMissing: true",
    );
  });

  it.each<[string, string[], CsvOptions, string]>([
    [
      'a wrong date column',
      GOOD,
      { date: 'day' },
      "p.csv: no column 'day'; the header has Date, A, B; set date: the header of the date column",
    ],
    [
      'a wrong price column',
      GOOD,
      { columns: { C: 'C' } },
      "p.csv: no column 'C'; the header has Date, A, B; set columns: the headers to read",
    ],
    [
      'a gap',
      GOOD.toSpliced(2, 1),
      {},
      "p.csv: 1 trading day is missing (2024-03-28), the first before line 3; load them too, or if this market keeps other days than the NYSE, pass calendar: 'none'",
    ],
    [
      'a day without trading',
      withLine(3, '2024-03-29,12,22'),
      {},
      'p.csv: line 4 is dated 2024-03-29, when the NYSE was closed; remove the row, or if',
    ],
    [
      'a date twice',
      withLine(2, '2024-03-27,11,21'),
      {},
      'p.csv: line 3 repeats the date 2024-03-27 of line 2; a date may occur once; drop one of the two',
    ],
    [
      'unsorted dates',
      withLine(3, '2024-03-26,12,22'),
      {},
      'p.csv: line 4 goes back from 2024-03-28 to 2024-03-26; dates must ascend; sort the rows by date',
    ],
    [
      'a date that does not exist',
      withLine(2, '2024-02-30,11,21'),
      {},
      "p.csv: line 3: '2024-02-30' is not a date written YYYY-MM-DD; correct the row or set dateFormat",
    ],
    [
      'NaN',
      withLine(2, '2024-03-28,NaN,21'),
      {},
      "p.csv: line 3, column 'A', 2024-03-28: the value is missing (NaN); every date needs a number",
    ],
    [
      'a negative price',
      withLine(2, '2024-03-28,11,-21'),
      {},
      "p.csv: line 3, column 'B', 2024-03-28: got -21; a price must be positive; correct the row, or pass kind: 'series' if these are no prices",
    ],
    ['a price of zero', withLine(2, '2024-03-28,11,0'), {}, "p.csv: line 3, column 'B', 2024-03-28: got 0; a price must be positive"],
    [
      'an infinite price',
      withLine(2, '2024-03-28,11,Infinity'),
      {},
      "p.csv: line 3, column 'B', 2024-03-28: got Infinity; a price is a finite number",
    ],
    [
      'text for a number',
      withLine(2, '2024-03-28,11,$21'),
      {},
      "p.csv: line 3, column 'B': '$21' is not a number; write 1234.5 without signs or separators, or list '$21' under missing",
    ],
    [
      'dates before the calendar starts',
      ['Date,A', '1989-12-29,1', '1990-01-02,1'],
      {},
      'p.csv: line 2 is dated 1989-12-29, and the NYSE calendar starts on 1990-01-01; drop the earlier rows, or if this market keeps',
    ],
    [
      'a line cut short',
      withLine(3, '2024-04-01,1'),
      {},
      'p.csv: line 4 has 2 cells, the header has 3; the file may be cut short, or use another separator than the comma',
    ],
    ['no rows', GOOD.slice(0, 1), {}, 'p.csv: no rows; the range asked for is empty or the file has only a header'],
    ['a column twice', withLine(0, 'Date,A,A'), {}, "p.csv: the header names 'A' twice; each column needs its own name"],
    [
      'bars without their columns',
      GOOD,
      { kind: 'bars' },
      'p.csv: bars need the columns open, high, low, close, adjClose, volume: missing open, high',
    ],
    ['an unknown option', GOOD, { calender: 'none' } as CsvOptions, 'p.csv: wrong CSV option'],
  ])('refuses %s', (_, lines, options, message) => {
    expect(() => read(lines, options)).toThrow(message);
  });

  it('gives back the numbers that were written', () => {
    const prices = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(prices, (values) => {
        const lines = ['Date,A', ...values.map((value, t) => `${GOOD[t + 1].split(',')[0]},${value}`)];
        expect(read(lines).columns.get('A')).toEqual(Float64Array.from(values));
      }),
    );
  });

  it('says which file is not there', async () => {
    await expect(readCsv('/nowhere/p.csv')).rejects.toThrow('/nowhere/p.csv: cannot be read (ENOENT); check the path: it is relative to ');
  });
});
