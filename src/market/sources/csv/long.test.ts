import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../../../../tests/support/temporary-store.js';
import { fieldOf } from '../../frame/frame.js';
import { loadFrame } from '../../frame/load-frame.js';
import { seriesOf } from '../../panel/panel.js';
import { listDatasets } from '../../store/store.js';
import { parseCsv } from './csv.js';
import { importCsv } from './import-csv.js';
import type { CsvOptions } from './options.js';

const PRICES = ['Date,Ticker,Close', '2024-03-27,MSFT,10', '2024-03-27,AAPL,20', '2024-03-28,MSFT,11', '2024-03-28,AAPL,21'];
const BARS = [
  'Date,Ticker,Open,High,Low,Close,Volume',
  '2024-03-27,MSFT,10,12,9,11,1000',
  '2024-03-28,MSFT,11,12,10,12,900',
  '2024-03-27,AAPL,20,22,19,21,2000',
  '2024-03-28,AAPL,21,22,20,22,1900',
];
const LONG: CsvOptions = { asset: 'Ticker' };
const read = (lines: readonly string[], options: CsvOptions = LONG) => parseCsv(lines.join('\n'), options, 'p.csv');
const [header, ...rows] = PRICES;

describe('a long file', () => {
  it.each<[string, string[], CsvOptions]>([
    ['by date', PRICES, {}],
    ['by asset', [header, rows[0], rows[2], rows[1], rows[3]], {}],
    ['newest first', [header, rows[2], rows[3], rows[0], rows[1]], {}],
    ['one asset newest first, the other not', [header, rows[2], rows[1], rows[0], rows[3]], {}],
    [
      'with white space and quotes',
      PRICES.map((line) =>
        line
          .replace(/,(MSFT|AAPL),/, ', "$1" ,')
          .replaceAll(' "', '" ')
          .replace('" ,', ' ",'),
      ),
      {},
    ],
    ['with other columns, and a choice', PRICES.map((line, i) => `${line},${i ? 'Tech' : 'Sector'}`), { columns: { Close: 'close' } }],
  ])('becomes a column for each asset, in the order of their names in it: %s', async (_, lines, options) => {
    expect(await read(lines, { ...LONG, ...options })).toEqual({
      dates: ['2024-03-27', '2024-03-28'],
      columns: new Map([
        ['MSFT', Float64Array.of(10, 11)],
        ['AAPL', Float64Array.of(20, 21)],
      ]),
    });
  });

  it('keeps a date that an asset lacks, and an empty cell, as NaN when asked', async () => {
    const { columns } = await read([...PRICES.slice(0, 3), '2024-03-28,MSFT,', '2024-04-01,MSFT,12'], { ...LONG, allowMissing: true });
    expect([...columns]).toEqual([
      ['MSFT', Float64Array.of(10, Number.NaN, 12)],
      ['AAPL', Float64Array.of(20, Number.NaN, Number.NaN)],
    ]);
  });

  it('takes NA for a ticker, though it stands for a missing value too', async () => {
    const lines = ['Date,Ticker,Value', '2024-03-27,NA,NA', '2024-03-28,NA,-2'];
    const { columns } = await read(lines, { ...LONG, kind: 'series', missing: ['NA'], allowMissing: true });
    expect([...columns]).toEqual([['NA', Float64Array.of(Number.NaN, -2)]]);
  });

  it.each<[string, string[], CsvOptions, string]>([
    [
      'an asset twice on a date',
      [...PRICES, rows[3]],
      LONG,
      'p.csv: AAPL: line 6 repeats the date 2024-03-28 of line 5; a date may occur once',
    ],
    [
      'rows of an asset out of order',
      [...PRICES, '2024-03-26,AAPL,19'],
      LONG,
      'p.csv: AAPL: line 6 goes back from 2024-03-28 to 2024-03-26; dates must ascend',
    ],
    [
      'a row without an asset',
      PRICES.with(3, '2024-03-28,,11'),
      LONG,
      "p.csv: line 4, column 'Ticker': no asset is named; name it, or drop the row",
    ],
    [
      'an empty value',
      PRICES.with(3, '2024-03-28,MSFT,'),
      LONG,
      "p.csv: MSFT: line 4, column 'Close', 2024-03-28: the value is missing (NaN)",
    ],
    [
      'a negative price',
      PRICES.with(4, '2024-03-28,AAPL,-1'),
      LONG,
      "p.csv: AAPL: line 5, column 'Close', 2024-03-28: got -1; a price must be positive",
    ],
    [
      'a date that an asset lacks',
      PRICES.slice(0, 4),
      LONG,
      'p.csv: AAPL has no row on 1 of 2 dates, the first 2024-03-28; every date needs a number of every asset; add the rows, leave the asset out, or pass allowMissing: true',
    ],
    [
      'a gap',
      [header, rows[0], rows[1], '2024-04-01,MSFT,1', '2024-04-01,AAPL,1'],
      LONG,
      'p.csv: 1 trading day is missing (2024-03-28), the first before line 4',
    ],
    [
      'several columns of values',
      BARS,
      LONG,
      "p.csv: a long file has one column of values, and this 5 (Open, High, Low, Close, Volume); choose one with columns, or take open, high, low, close and volume as kind: 'bars'",
    ],
    [
      'another header',
      PRICES,
      { asset: 'Symbol' },
      "p.csv: no column 'Symbol'; the header has Date, Ticker, Close; set asset: the header of the column of assets",
    ],
    ['the dates for the assets', PRICES, { asset: 'Date' }, "p.csv: 'Date' is the column of dates, and asset names it too"],
    [
      'bars as one table',
      BARS,
      { ...LONG, kind: 'bars' },
      'p.csv: bars of several assets are no one table; importCsv makes a dataset of each',
    ],
    ['no rows', [header], LONG, 'p.csv: no rows; the file has only a header'],
    ['a line cut short', [...PRICES, '2024-04-01'], LONG, 'p.csv: line 6 has 1 cells, the header has 3'],
  ])('refuses %s', async (_, lines, options, message) => {
    await expect(read(lines, options)).rejects.toThrow(message);
  });

  it.each<[string, string[], CsvOptions]>([
    ['prices by date', PRICES, {}],
    ['prices by asset', [header, rows[0], rows[2], rows[1], rows[3]], {}],
    ['bars', BARS, { kind: 'bars' }],
    ['numbers for names', PRICES.map((line) => line.replace('MSFT', '10107').replace('AAPL', '14593').replace('Ticker', 'PERMNO')), {}],
  ])('is known without the option: %s', async (_, lines, options) => {
    const name = lines[0].split(',')[1];
    await expect(read(lines, options)).rejects.toThrow(
      `p.csv: several rows a date: a long file? Name the column of assets: asset: '${name}'`,
    );
  });
});

describe('importCsv of a long file', () => {
  const written = (lines: readonly string[]) => {
    const file = join(temporaryStore(), 'p.csv');
    writeFileSync(file, lines.join('\n'));
    return file;
  };

  it('makes one dataset of prices', async () => {
    const record = await importCsv(written(PRICES), { name: 'own/prices', asset: 'Ticker' });
    expect(record).toMatchObject({ name: 'own/prices', columns: ['MSFT', 'AAPL'], rows: 2, layout: '{"asset":"Ticker"}' });
  });

  it('makes a dataset of the bars of each asset, which loadFrame puts side by side', async () => {
    const made = await importCsv(written(BARS), { name: 'own', kind: 'bars', asset: 'Ticker' });
    expect(made.map(({ name, rows: count }) => [name, count])).toEqual([
      ['own/MSFT', 2],
      ['own/AAPL', 2],
    ]);
    const frame = await loadFrame(made.map(({ name }) => name));
    expect([frame.assets, Object.keys(frame.fields)]).toEqual([
      ['MSFT', 'AAPL'],
      ['open', 'high', 'low', 'close', 'volume'],
    ]);
    expect(seriesOf(fieldOf(frame, 'volume'), 'AAPL')).toEqual(Float64Array.of(2000, 1900));
  });

  it.each<[string, string[], string, string]>([
    [
      'the name of one dataset',
      BARS,
      'own/bars',
      "importCsv: bars of several assets become a dataset each, own/AAPL and so on: pass a name of small letters, digits and dashes such as 'own', got 'own/bars'",
    ],
    [
      'a ticker that is no name of a file',
      BARS.map((line) => line.replace('AAPL', 'BRK/B')),
      'own',
      "'BRK/B' in column 'Ticker' cannot name a dataset",
    ],
    [
      'tickers that differ by capital letters only',
      BARS.map((line) => line.replace('AAPL', 'Msft')),
      'own',
      "the columns 'MSFT' and 'Msft' differ by capital letters only",
    ],
  ])('refuses %s, and saves nothing', async (_, lines, name, message) => {
    await expect(importCsv(written(lines), { name, kind: 'bars', asset: 'Ticker' })).rejects.toThrow(message);
    expect(await listDatasets()).toEqual([]);
  });
});
