import { describe, expect, it } from 'vitest';
import { key } from '../base/random.js';
import { windowBatches, windowsInOrder } from './window-batches.js';

// Row i of the series is [i, 10 i], of the labels i, and of the weights −i.
const N = 12;
const x = { data: Float64Array.from({ length: 2 * N }, (_, i) => (i % 2 === 0 ? i / 2 : 5 * (i - 1))), shape: [N, 2] };
const label = Int32Array.from({ length: N }, (_, i) => i);
const weight = Float32Array.from({ length: N }, (_, i) => -i);
const data = { x, y: { label, weight } };

describe('windowBatches', () => {
  it('has the rows that end with each label, each once an epoch', () => {
    const { rows, stepsPerEpoch, batch } = windowBatches(data, { lookback: 3, size: 5, key: key(3) });
    expect([rows, stepsPerEpoch]).toEqual([10, 2]);
    const ends: number[] = [];
    for (const { x, y } of [batch(0), batch(1)]) {
      expect([x.shape, y.label.shape, y.weight.shape]).toEqual([[5, 3, 2], [5], [5]]);
      for (let b = 0; b < 5; b++) {
        const end = y.label.data[b];
        const window = [end - 2, end - 1, end].flatMap((row) => [row, 10 * row]);
        expect([...x.data.slice(6 * b, 6 * b + 6), y.weight.data[b]]).toEqual([...window, -end]);
        ends.push(end);
      }
    }
    expect(ends.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(windowBatches(data, { lookback: 3, size: 5, key: key(3) }).batch(7)).toEqual(batch(7));
  });

  it('ends windows in a split or at listed rows, and looks back to before them', () => {
    const inSplit = windowBatches(data, { lookback: 3, size: 2, key: key(1), rows: { start: 4, end: 6 } }).batch(0);
    expect([...inSplit.y.label.data].sort()).toEqual([4, 5]);
    expect(Math.min(...inSplit.x.data)).toBe(2);
    const listed = windowBatches(data, { lookback: 3, size: 2, key: key(1), rows: [9, 3] });
    expect([...listed.batch(0).y.label.data].sort()).toEqual([3, 9]);
    const inOrder = windowsInOrder(data, { lookback: 2, rows: [3, 1, 5] });
    expect([inOrder.x.shape, ...inOrder.y.label.data]).toEqual([[3, 2, 2], 3, 1, 5]);
    expect([...inOrder.x.data]).toEqual([2, 20, 3, 30, 0, 0, 1, 10, 4, 40, 5, 50]);
    expect(() => windowsInOrder(data, { lookback: 2, rows: [0] })).toThrow('windowsInOrder: a window of 2 rows cannot end at row 0');
    const series = windowBatches({ x: label, y: {} }, { lookback: 1, size: 2, key: key(1), rows: [9, 3] });
    expect(series.batch(0).x.shape).toEqual([2, 1]);
  });

  it('minds a missing value only where a window sees it', () => {
    const holed = { ...data, x: { ...x, data: x.data.with(9, Number.NaN) }, y: { ...data.y, weight: weight.with(11, Number.NaN) } };
    const config = { lookback: 3, size: 2, key: key(1) };
    expect(windowBatches(holed, { ...config, rows: { start: 7, end: 11 } }).rows).toBe(4); // row 4 is behind the first window
    expect(() => windowBatches(holed, { ...config, rows: { start: 6, end: 11 } })).toThrow(
      'windowBatches: data.x has NaN at row 4, column 1; drop or fill missing values, or leave out the rows that see it',
    );
    expect(() => windowBatches(holed, { ...config, rows: { start: 7, end: 12 } })).toThrow('data.y.weight has NaN at row 11;');
  });

  it('names what does not fit', () => {
    const config = { lookback: 3, size: 2, key: key(1) };
    expect(() => windowBatches(data, { ...config, rows: { start: 1, end: 5 } })).toThrow(
      'windowBatches: a window of 3 rows cannot end at row 1 of 12; windows end at rows 2 … 11',
    );
    expect(() => windowBatches(data, { ...config, rows: { start: 8, end: 13 } })).toThrow('cannot end at row 12 of 12');
    expect(() => windowBatches(data, { ...config, lookback: 0 })).toThrow('lookback must be a whole number from 1 up, got 0');
    expect(() => windowBatches({ x, y: weight.slice(1) }, config)).toThrow('data.x [12,2] has 12 where data.y [11] has 11');
    expect(() => windowBatches(data, { ...config, rows: { start: 5, end: 5 } })).toThrow(
      'lookback 3 leaves no sample: 12 rows, and none of them may',
    );
    expect(() => windowBatches(data, { ...config, lookback: 13 })).toThrow(
      'windowBatches: lookback 13 leaves no sample: 12 rows; shorten lookback or load more history',
    );
  });
});
