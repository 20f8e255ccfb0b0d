import { describe, expect, it } from 'vitest';
import { key } from '../base/random.js';
import { batches } from './batches.js';

// Row i of x is [i, 10 i], of y [−i], and of the labels i.
const N = 10;
const data = {
  x: { data: Float32Array.from({ length: 2 * N }, (_, i) => (i % 2 === 0 ? i / 2 : 5 * (i - 1))), shape: [N, 2] },
  deep: [{ y: Float32Array.from({ length: N }, (_, i) => -i) }],
  label: Int32Array.from({ length: N }, (_, i) => i),
};

describe('batches', () => {
  it('sees each row once an epoch, whole, in an order that the key decides', () => {
    const { rows, stepsPerEpoch, batch } = batches(data, { size: 5, key: key(3) });
    expect([rows, stepsPerEpoch]).toEqual([10, 2]);
    const seen: number[] = [];
    for (const { x, deep, label } of [batch(0), batch(1)]) {
      expect([x.shape, deep[0].y.shape, label.shape]).toEqual([[5, 2], [5], [5]]);
      for (let b = 0; b < 5; b++) {
        const i = label.data[b];
        expect([x.data[2 * b], x.data[2 * b + 1], deep[0].y.data[b]]).toEqual([i, 10 * i, -i]);
        seen.push(i);
      }
    }
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(batches(data, { size: 5, key: key(3) }).batch(7)).toEqual(batch(7));
    expect(batch(0).label.data).toBeInstanceOf(Int32Array);
    expect(batch(2).label).not.toEqual(batch(0).label);
  });

  it('leaves out rows that do not fill a batch', () => {
    expect(batches(data, { size: 4, key: key(3) }).stepsPerEpoch).toBe(2);
  });

  it('names the row and the column of a missing value', () => {
    const x = { data: data.x.data.with(13, Number.NaN), shape: [N, 2] };
    expect(() => batches({ ...data, x }, { size: 5, key: key(1) })).toThrow('batches: data.x has NaN at row 6, column 1; drop or fill');
  });

  it('names arrays whose rows differ in number, and an empty sample', () => {
    expect(() => batches({ ...data, y: new Float32Array(9) }, { size: 5, key: key(1) })).toThrow(
      'batches: axis 0 counts the rows, and data.deep[0].y [10] has 10 where data.y [9] has 9',
    );
    expect(() => batches({ x: [1, 2] } as never, { size: 1, key: key(1) })).toThrow(
      'batches: data.x[0] is one number, not an array with a row for each sample; give a typed array or { data, shape }',
    );
    expect(() => batches({ x: new Float32Array(0) }, { size: 1, key: key(1) })).toThrow('batches: data.x has no rows');
    expect(() => batches(data, { size: 11, key: key(1) })).toThrow(
      'minibatches: size must be a whole number from 1 to 10, got 11; there are 10 rows',
    );
  });
});
