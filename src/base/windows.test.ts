import { describe, expect, it } from 'vitest';
import { rowsUpTo, windowEnds } from './windows.js';

describe('windowEnds', () => {
  it('has a window wherever the rows before and after are there', () => {
    expect([...windowEnds('f', 6, { lookback: 3, horizon: 2 })]).toEqual([2, 3]);
    expect([...windowEnds('f', 4, { lookback: 3 })]).toEqual([2, 3]);
    expect([...windowEnds('f', 3, { lookback: 1, horizon: 2 })]).toEqual([0]);
  });

  it('ends where it is told, in that order', () => {
    expect([...windowEnds('f', 9, { lookback: 2, ends: { start: 4, end: 6 } })]).toEqual([4, 5]);
    expect([...windowEnds('f', 9, { lookback: 2, ends: [7, 1, 3] })]).toEqual([7, 1, 3]);
  });

  it('names what does not fit', () => {
    expect(() => windowEnds('f', 50, { lookback: 64 })).toThrow(
      new Error('f: lookback 64 leaves no sample: 50 rows; shorten lookback or load more history'),
    );
    expect(() => windowEnds('f', 50, { lookback: 48, horizon: 3 })).toThrow(
      'f: lookback 48 and 3 rows to forecast leave no sample: 50 rows;',
    );
    expect(() => windowEnds('f', 50, { lookback: 4, ends: [] })).toThrow('no sample: 50 rows, and none of them may end a window;');
    expect(() => windowEnds('f', 12, { lookback: 3, horizon: 2, ends: [10] })).toThrow(
      new Error('f: a window of 3 rows cannot end at row 10 of 12; windows end at rows 2 … 9'),
    );
    expect(() => windowEnds('f', 12, { lookback: 0 })).toThrow('f: lookback must be a whole number from 1 up, got 0');
    expect(() => windowEnds('f', 12, { lookback: 1, horizon: 0.5 })).toThrow('f: horizon must be a whole number from 0 up, got 0.5');
  });
});

describe('rowsUpTo', () => {
  it('copies rows, of the type and the width that they have', () => {
    const array = { data: Int32Array.of(0, 0, 1, 10, 2, 20, 3, 30), shape: [4, 2] };
    expect(rowsUpTo(array, Int32Array.of(3, 1), 2)).toEqual(Int32Array.of(2, 20, 3, 30, 0, 0, 1, 10));
    expect(rowsUpTo(array, Int32Array.of(2))).toEqual(Int32Array.of(2, 20));
  });
});
