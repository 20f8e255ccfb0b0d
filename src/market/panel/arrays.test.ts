import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { walkForward } from '../splits/walk-forward.js';
import { matrixOf, windowsOf } from './arrays.js';
import { rowsOf } from './rows.js';

const PRICES = panelOf(
  ['A', 'B'],
  [
    [1, 10],
    [2, 20],
    [3, 30],
    [4, 40],
    [5, 50],
  ],
  { field: 'close' },
);
const VOLUME = { ...PRICES, field: 'volume', values: PRICES.values.map((v) => 100 * v) };
const ONE = { ...PRICES, assets: ['A'], values: Float64Array.of(1, 2, 3, 4, 5) };

describe('matrixOf', () => {
  it('is the panel with its assets as columns', () => {
    expect(matrixOf(PRICES)).toEqual({ rows: 5, cols: 2, data: PRICES.values, names: ['A', 'B'] });
  });

  it('sets panels side by side and names what tells the columns apart', () => {
    const { cols, data, names } = matrixOf([PRICES, VOLUME]);
    expect([cols, ...data.subarray(0, 8)]).toEqual([4, 1, 10, 100, 1000, 2, 20, 200, 2000]);
    expect(names).toEqual(['close A', 'close B', 'volume A', 'volume B']);
    expect(matrixOf([ONE, { ...ONE, field: 'momentum' }]).names).toEqual(['close', 'momentum']); // one asset: its fields
    expect(matrixOf([ONE, { ...ONE, assets: ['C'] }]).names).toEqual(['A', 'C']); // one field: its assets
  });

  it('names what is wrong', () => {
    expect(() => matrixOf([])).toThrow('matrixOf needs a panel or more: got none');
    expect(() => matrixOf([PRICES, PRICES])).toThrow("two columns would be named 'A'");
    expect(() => matrixOf([PRICES, panelOf(['C'], [[1]], { field: 'yield' })])).toThrow(
      'matrixOf: close has 5 dates from 2020-01-02 and yield 1 from 2020-01-02; align them first',
    );
  });
});

describe('windowsOf', () => {
  it('gives each window, what follows it, and the last date it sees', () => {
    const { x, y, dates } = windowsOf(PRICES, { lookback: 2, horizon: 1 });
    expect(x).toEqual({ data: Float32Array.of(1, 10, 2, 20, 2, 20, 3, 30, 3, 30, 4, 40), shape: [3, 2, 2] });
    expect(y).toEqual({ data: Float32Array.of(3, 30, 4, 40, 5, 50), shape: [3, 1, 2] });
    expect(dates).toEqual(PRICES.dates.slice(1, 4));
  });

  it('names what is wrong', () => {
    expect(() => windowsOf(PRICES, { lookback: 4, horizon: 2 })).toThrow(
      'windowsOf, test: lookback 4 and 2 rows to forecast leave no sample: 5 rows; shorten lookback or load more history',
    );
    expect(() => windowsOf(PRICES, { lookback: 1.5, horizon: 2 })).toThrow(
      'windowsOf, test: lookback must be a whole number from 1 up, got 1.5',
    );
    const holed = { ...PRICES, values: PRICES.values.map((v) => (v === 30 ? Number.NaN : v)) };
    expect(() => windowsOf(holed, { lookback: 1, horizon: 1 })).toThrow("windowsOf: 'B' is NaN on 2020-01-06; dropMissing first");
  });
});

describe('rowsOf', () => {
  const x = matrixOf(PRICES);

  it('takes the rows of a split from matrices, series, dates and host arrays, as views', () => {
    const [{ train, test }] = walkForward(PRICES.dates, { train: 3, test: 2, horizon: 1 });
    expect(rowsOf(x, test)).toEqual({ ...x, rows: 2, data: Float64Array.of(4, 40, 5, 50) });
    expect(rowsOf(x, train).data.buffer).toBe(x.data.buffer);
    expect(rowsOf(Int32Array.of(7, 8, 9, 10, 11), test)).toEqual(Int32Array.of(10, 11));
    expect(rowsOf(PRICES.dates, test)).toEqual(PRICES.dates.slice(3));
    const windows = windowsOf(PRICES, { lookback: 2, horizon: 1 });
    expect(rowsOf(windows.x, { start: 1, end: 2 })).toEqual({ data: Float32Array.of(2, 20, 3, 30), shape: [1, 2, 2] });
  });

  it('takes a list of rows in its order', () => {
    expect(rowsOf(x, [4, 0]).data).toEqual(Float64Array.of(5, 50, 1, 10));
    expect(rowsOf(Float64Array.of(7, 8, 9), Int32Array.of(2, 2))).toEqual(Float64Array.of(9, 9));
    expect(rowsOf(['a', 'b', 'c'], [1])).toEqual(['b']);
  });

  it('names a row that is not there', () => {
    expect(() => rowsOf(x, { start: 3, end: 6 })).toThrow('rowsOf: there is no row 5, only 0 … 4; was the split made for other data?');
    expect(() => rowsOf(x, [1, -1])).toThrow('rowsOf: there is no row -1');
    expect(() => rowsOf(x, [0.5])).toThrow('rowsOf: there is no row 0.5');
    expect(() => rowsOf(x, { start: 3, end: 3 })).toThrow('rowsOf: no row is chosen; does the split leave any?');
  });
});
