import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryStore } from '../../../../tests/support/temporary-store.js';
import { loadBars, loadPanel } from '../../panel/load.js';
import { parseCsv, readCsv } from './csv.js';
import { importCsv } from './import-csv.js';
import type { CsvOptions } from './options.js';

const GOOD = ['Date,A,B', '2024-03-27,10,20', '2024-03-28,11,21', '2024-04-01,12,22']; // 29 March 2024 was Good Friday
const read = (lines: readonly string[], options: CsvOptions = {}) => parseCsv(lines.join('\n'), options, 'p.csv');
const withLine = (index: number, line: string) => GOOD.with(index, line);

describe('parseCsv', () => {
  it('reads prices, one asset per column', async () => {
    expect(await read(GOOD)).toEqual({
      dates: ['2024-03-27', '2024-03-28', '2024-04-01'],
      columns: new Map([
        ['A', Float64Array.of(10, 11, 12)],
        ['B', Float64Array.of(20, 21, 22)],
      ]),
    });
  });

  it.each<[string, string, string[]]>([
    [
      'quotes, Windows line ends, a byte order mark and blank lines',
      '\uFEFF"Date","A, ""Inc"""\r\n2024-03-27,"10"\r\n\r\n2024-03-28,11\r\n',
      ['A, "Inc"'],
    ],
    ['a quoted line break', 'Date,"A\nLtd"\n2024-03-27,10\n2024-03-28,11\n', ['A\nLtd']],
    ['a mixture of line ends', 'Date,"A\nLtd"\r\n2024-03-27,10\r\n2024-03-28,11', ['A\nLtd']],
    ['old Macintosh line ends', 'Date,A\r2024-03-27,10\r2024-03-28,11\r', ['A']],
    ['semicolons', 'Date;A, B\n2024-03-27;10\n2024-03-28;11\n', ['A, B']],
    ['tabs', 'Date\tA\n2024-03-27\t10\n2024-03-28\t11\n', ['A']],
    ['quotes after an empty first cell, as pandas writes them', ',"Alpha, Inc."\n2024-03-27,10\n2024-03-28,"11"\n', ['Alpha, Inc.']],
    ['rows that come newest first', 'Date,A\n2024-03-28,11\n2024-03-27,10\n', ['A']],
    ['dates with a time of day', 'Date,A\n2024-03-27 00:00:00-04:00,10\n2024-03-28T16:00:00,11\n', ['A']],
  ])('reads %s', async (_, text, names) => {
    const { dates, columns } = await parseCsv(text, {}, 'p.csv');
    expect(dates).toEqual(['2024-03-27', '2024-03-28']);
    expect([...columns]).toEqual(names.map((name) => [name, Float64Array.of(10, 11)]));
  });

  it.each<[NonNullable<CsvOptions['dateFormat']>, string, string]>([
    ['YYYY-MM-DD', '2024-03-28', '2024-04-01'],
    ['YYYY/M/D', '2024/3/28', '2024/04/01'],
    ['YYYYMMDD', '20240328', '20240401'],
    ['M/D/YYYY', '3/28/2024', '04/01/2024'],
    ['D/M/YYYY', '28/3/2024', '01/04/2024'],
    ['D.M.YYYY', '28.03.2024', '1.4.2024'],
    ['D-MMM-YYYY', '28-Mar-2024', '1-Apr-2024'],
    ['MMM D, YYYY', '"Mar 28, 2024"', '"Apr 1, 2024"'],
  ])('reads dates written %s', async (dateFormat, first, second) => {
    expect((await read(['Date,A', `${first},1`, `${second},2`], { dateFormat })).dates).toEqual(['2024-03-28', '2024-04-01']);
  });

  it('dates monthly averages by the end of their month', async () => {
    const options = { monthEnd: true, calendar: 'none', kind: 'series', percent: true } as const;
    const monthly = await read(['Date,A', '202401,-2.87', '202402,6'], { ...options, dateFormat: 'YYYYMM' });
    expect(monthly.dates).toEqual(['2024-01-31', '2024-02-29']);
    expect(monthly.columns.get('A')).toEqual(Float64Array.of(-0.0287, 0.06));
    expect((await read(['Date,A', '2024-01,1', '2024-02,2'], { ...options, dateFormat: 'YYYY-MM' })).dates).toEqual(monthly.dates);
  });

  it('reads decimal commas', async () => {
    const lines = ['Datum;Kurs', '27.03.2024;10,5', '28.03.2024;1e1'];
    const options = { date: 'Datum', dateFormat: 'D.M.YYYY' } as const;
    expect((await read(lines, { ...options, decimal: ',' })).columns.get('Kurs')).toEqual(Float64Array.of(10.5, 10));
    await expect(read(lines, options)).rejects.toThrow(
      "p.csv: line 2, column 'Kurs': '10,5' is not a number; write 1234.5 without signs or separators, or list '10,5' under missing, or set decimal: ',' if that is a decimal comma",
    );
    // 1.234 in a German file is 1234, not 1.234.
    await expect(read(lines.with(1, '27.03.2024;1.234'), { ...options, decimal: ',' })).rejects.toThrow(
      "'1.234' is not a number; write 1234,5",
    );
  });

  it('reads a file without a header', async () => {
    const table = await read(GOOD.slice(1), { header: 0, columns: { 3: 'B' } });
    expect([table.dates[0], [...table.columns]]).toEqual(['2024-03-27', [['B', Float64Array.of(20, 21, 22)]]]);
    await expect(read(GOOD.slice(1))).rejects.toThrow(
      "p.csv: no column 'Date'; the header has 2024-03-27, 10, 20; set date: the header of the date column, or header: 0 if the file has no header",
    );
  });

  it('gives columns in the order of the file, and numbers for names are no exception', async () => {
    const lines = ['Date,B,600519,A,7', '2024-03-27,1,2,3,4'];
    expect([...(await read(lines)).columns.keys()]).toEqual(['B', '600519', 'A', '7']);
    expect([...(await read(lines, { columns: { 7: '8', A: 'x', 600519: '0', B: 'y' } })).columns.keys()]).toEqual(['y', '0', 'x', '8']);
  });

  it.each<[string, string[], CsvOptions, string[]]>([
    [
      'of one ticker', // yf.download('AAPL').to_csv()
      ['Price,Close,High,Low,Open,Volume', 'Ticker,AAPL,AAPL,AAPL,AAPL,AAPL', 'Date,,,,,', '2024-03-27,11,12,9,10,1000'],
      { kind: 'bars' },
      ['open', 'high', 'low', 'close', 'volume'],
    ],
    [
      'of two tickers',
      ['Price,Close,Close,Volume,Volume', 'Ticker,AAPL,MSFT,AAPL,MSFT', 'Date,,,,', '2024-03-27,11,12,1000,2000'],
      { columns: { 'Close MSFT': 'MSFT', 'Close AAPL': 'AAPL' } },
      ['AAPL', 'MSFT'],
    ],
    ['of two tickers and one price', ['Price,Close,Close', 'Ticker,AAPL,MSFT', 'Date,,', '2024-03-27,11,12'], {}, ['AAPL', 'MSFT']],
    ['of two tickers, by an older version', [',Close,Close', ',AAPL,MSFT', 'Date,,', '2024-03-27,11,12'], {}, ['AAPL', 'MSFT']],
    ['of two levels without a name of the index', ['Date,Close,Close', ',AAPL,MSFT', '2024-03-27,11,12'], { header: 2 }, ['AAPL', 'MSFT']],
  ])('reads the headers of yfinance, %s', async (_, lines, options, names) => {
    const { dates, columns } = await read(lines, options);
    expect([dates, [...columns.keys()]]).toEqual([['2024-03-27'], names]);
  });

  it('finds the fields of bars by their usual names, and does without adjusted closes', async () => {
    const lines = ['Date,Open,High,Low,Close,Volume,Dividends,Stock Splits', '2024-03-27,10,12,9,11,1000,0,0'];
    const { columns } = await read(lines, { kind: 'bars' });
    expect([...columns].map(([name, [value]]) => [name, value])).toEqual([
      ['open', 10],
      ['high', 12],
      ['low', 9],
      ['close', 11],
      ['volume', 1000],
    ]);
    expect(
      (await read(['Date,OPEN,high,Low,Close*,Adj Close**,volume', '2024-03-27,10,12,9,11,5,1'], { kind: 'bars' })).columns.get('adjClose'),
    ).toEqual(Float64Array.of(5));
  });

  it('keeps missing values as NaN when asked, and only then', async () => {
    const lines = withLine(2, '2024-03-28,.,21');
    expect((await read(lines, { allowMissing: true, missing: ['.'] })).columns.get('A')).toEqual(Float64Array.of(10, Number.NaN, 12));
    expect((await read(withLine(2, '2024-03-28,-99.99,21'), { allowMissing: true, missing: ['-99.99'] })).columns.get('A')![1]).toBeNaN();
    await expect(read(lines, { missing: ['.'] })).rejects.toThrow(
      "p.csv: line 3, column 'A', 2024-03-28: the value is missing (NaN); every date needs a number; fill it from the source, drop the asset, or pass allowMissing: true",
    );
  });

  it.each<[string, string[], CsvOptions]>([
    ['a space before it', ['Date,A', '2024-03-27, -99.99', '2024-03-28,-99.990'], { missing: ['-99.99'] }],
    ['a tab after it', ['Date,A', '2024-03-27,-99.99\t', '2024-03-28,-99.990'], { missing: [' -99.99'] }],
    ['quotes and a space', ['Date,A', '2024-03-27,"-99.99 "', '2024-03-28,-99.990'], { missing: ['-99.99'] }],
    ['a decimal comma', ['Date;A', '2024-03-27; -99,99', '2024-03-28;-99,990'], { missing: ['-99,99'], decimal: ',' }],
    ['an exponent', ['Date,A', '2024-03-27, -9999e-2', '2024-03-28,-99.99'], { missing: ['-9999e-2'] }],
  ])('knows a missing value by its text, with %s', async (_, lines, options) => {
    const { columns } = await read(lines, { ...options, allowMissing: true, kind: 'series' });
    expect(columns.get('A')).toEqual(Float64Array.of(Number.NaN, -99.99));
  });

  it.each<[NonNullable<CsvOptions['dateFormat']>, string, string]>([
    ['YYYYMMDD', '20241101', '2024111'],
    ['YYYYMM', '202411', '20241'],
    ['YYYY-MM', '2024-11', '2024-1'],
    ['YYYY-MM-DD', '2024-11-01', '24-11-04'],
    ['YYYY-MM-DD', '2024-11-01', 'epoch'],
    ['YYYY-MM-DD', '2024-11-01', 'infinity'],
    ['D/M/YYYY', '1/11/2024', 'epoch'],
  ])('refuses what is not written %s, though it could be read as a date', async (dateFormat, good, bad) => {
    await expect(read(['Date,A', `${good},1`, `${bad},2`], { dateFormat, calendar: 'none' })).rejects.toThrow(
      `p.csv: line 3: '${bad}' is not a date written ${dateFormat}`,
    );
  });

  it('counts lines as an editor does, past blank ones and line breaks in quotes', async () => {
    const lines = ['', 'Date,"A', 'Ltd"', '2024-03-27,10', '', '2024-03-28,x'];
    await expect(read(lines)).rejects.toThrow("p.csv: line 6, column 'A\nLtd': 'x' is not a number");
    await expect(read(['Date,A', '2024-03-28,-1', '2024-03-27,10'])).rejects.toThrow("line 2, column 'A', 2024-03-28: got -1"); // newest first
  });

  it.each<[string, string[], CsvOptions, string]>([
    [
      'two headers of one name',
      GOOD,
      { columns: { A: 'x', B: 'x' } },
      "p.csv: columns names both 'A' and 'B' 'x'; each needs its own name",
    ],
    [
      'a column without a header',
      withLine(0, 'Date,A,'),
      {},
      'p.csv: column 3 has no header; name it in the file, or choose the others with columns',
    ],
    [
      'text after a closing quote',
      withLine(1, '2024-03-27,"1"5,20'),
      {},
      'p.csv: line 2: a quoted cell does not end, or goes on after its closing quote',
    ],
    ['a quote that does not end', withLine(1, '2024-03-27,"15,20'), {}, 'p.csv: line 2: a quoted cell does not end, or goes on after'],
    ['an empty file', [''], {}, 'p.csv: the file is empty'],
    [
      'dates of another form',
      withLine(1, '27.03.2024,10,20'),
      {},
      "p.csv: line 2: '27.03.2024' is not a date written YYYY-MM-DD; it looks like D.M.YYYY; correct",
    ],
    [
      'American dates in a European file',
      ['Date,A', '28/3/2024,1'],
      { dateFormat: 'M/D/YYYY' },
      'it looks like D/M/YYYY; correct the row or set dateFormat',
    ],
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
      ['Date,A', '1952-12-31,1', '1953-01-02,1'],
      {},
      'p.csv: line 2 is dated 1952-12-31, and the NYSE calendar starts on 1953-01-01; drop the earlier rows, or if this market keeps',
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
  ])('refuses %s', async (_, lines, options, message) => {
    await expect(read(lines, options)).rejects.toThrow(message);
  });

  it('gives back the numbers that were written', async () => {
    const prices = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(prices, async (values) => {
        const lines = ['Date,A', ...values.map((value, t) => `${GOOD[t + 1].split(',')[0]},${value}`)];
        expect((await read(lines)).columns.get('A')).toEqual(Float64Array.from(values));
      }),
    );
  });
});

describe('readCsv', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-csv-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const written = (bytes: Uint8Array, name = 'p.csv') => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const text = 'Date,Société\n2024-03-27,10\n';
  const utf16 = (bigEndian: boolean) => {
    const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
    return bigEndian ? bytes.swap16() : bytes;
  };

  it.each<[string, Uint8Array, CsvOptions]>([
    ['UTF-8', Buffer.from(text), {}],
    ['UTF-16 with its mark', utf16(false), {}],
    ['UTF-16 of the other order', utf16(true), {}],
    ['UTF-16 without a mark', utf16(false).subarray(2), { encoding: 'utf-16le' }],
    ['Latin-1', Buffer.from(text, 'latin1'), { encoding: 'windows-1252' }],
    ['gzip', gzipSync(text), {}],
  ])('reads %s', async (_, bytes, options) => {
    expect([...(await readCsv(written(bytes), options)).columns.keys()]).toEqual(['Société']);
  });

  it('takes a name with a bracket for a name', async () => {
    expect((await readCsv(written(Buffer.from(text), 'a[1].csv'))).dates).toEqual(['2024-03-27']);
  });

  it('says which encoding a file may have', async () => {
    await expect(readCsv(written(Buffer.from(`${text}2024-03-28,é\n`, 'latin1')))).rejects.toThrow(
      /p\.csv: line 1 is not UTF-8; a CSV file that Excel saved in Western Europe is windows-1252: pass encoding: 'windows-1252'$/,
    );
    await expect(readCsv(written(utf16(false).subarray(2)))).rejects.toThrow(
      /it holds bytes of zero, so it is no UTF-8; of text in UTF-16 without a byte order mark pass encoding: 'utf-16le'/,
    );
  });

  it('says which file is not there', async () => {
    await expect(readCsv('/nowhere/p.csv')).rejects.toThrow('/nowhere/p.csv: cannot be read (ENOENT); check the path: it is relative to ');
  });
});

describe('importCsv', () => {
  it('imports bars without adjusted closes, and says so where they are asked for', async () => {
    const folder = temporaryStore();
    const file = join(folder, 'bars.csv');
    writeFileSync(file, 'Date,Open,High,Low,Close,Volume\n2024-03-27,10,12,9,11,1000\n2024-03-28,11,12,10,12,900\n');
    expect(await importCsv(file, { name: 'csv/X', kind: 'bars' })).toMatchObject({ limits: ['the file has no adjusted closes'] });
    expect((await loadPanel('csv/X', { field: 'close' })).values).toEqual(Float64Array.of(11, 12));
    expect((await loadBars('csv/X')).adjClose).toEqual(Float64Array.of(Number.NaN, Number.NaN));
    await expect(loadPanel('csv/X')).rejects.toThrow(
      "csv/X has no adjClose: its source gave open, high, low, close, volume; pass field: 'close', and mind that splits and dividends are not in it",
    );
  });
});
