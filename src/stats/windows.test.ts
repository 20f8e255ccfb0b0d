import { describe, expect, it } from 'vitest';
import { gaussian } from '../../tests/support/simulated.js';
import { fromColumns } from '../linalg/matrix.js';
import { windows } from './windows.js';

describe('windows', () => {
  it('takes every window and what follows it', () => {
    const { x, y } = windows(
      fromColumns([
        [1, 2, 3, 4, 5],
        [10, 20, 30, 40, 50],
      ]),
      { lookback: 2, horizons: 2 },
    );
    expect([x.rows, x.cols, ...x.data]).toEqual([4, 2, 1, 2, 2, 3, 10, 20, 20, 30]);
    expect([y.rows, y.cols, ...y.data]).toEqual([4, 2, 3, 4, 4, 5, 30, 40, 40, 50]);
  });

  it('names what is wrong', () => {
    expect(() => windows(fromColumns([gaussian(1, 40)]), { lookback: 2.5, horizons: 1 })).toThrow(
      'windows: lookback must be a whole number from 1 up, got 2.5',
    );
    expect(() => windows(fromColumns([gaussian(1, 50)]), { lookback: 40, horizons: 20 })).toThrow(
      'windows: lookback 40 and 20 rows to forecast leave no sample: 50 rows; shorten lookback or load more history',
    );
    expect(() => windows(fromColumns([[1, Number.NaN, 2]], ['spread']), { lookback: 1, horizons: 1 })).toThrow("NaN at row 1, 'spread'");
  });
});
