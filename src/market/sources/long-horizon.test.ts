import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import { windows } from '../../stats/index.js';
import { type LongHorizonOptions, longHorizonErrors, longHorizonFolds } from './long-horizon.js';

/** A file in the format of ETT: OT alternates between 3 and 7, `trend` is the row's number, `wave` has the period 24. */
const hour = (t: number) => new Date(Date.UTC(2016, 6, 1) + t * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
const lines = (rows: number) => [
  'date,OT,trend,wave',
  ...Array.from({ length: rows }, (_, t) => `${hour(t)},${t % 2 === 0 ? 3 : 7},${t},${(t % 24) ** 2 / 10}`),
];
const file = (rows: number) => `${lines(rows).join('\n')}\n`;
/** The forecast that repeats the value of so many rows before. */
const repeating = ({ x, y }: { x: Matrix; y: Matrix }, back: number): Matrix => ({
  ...y,
  data: y.data.map((_, at) => x.data[(Math.floor(at / y.cols) + 1) * x.cols - back + ((at % y.cols) % back)]),
});
const ofChannel = (m: Matrix, j: number): Matrix => ({
  rows: m.rows,
  cols: 1,
  data: Float64Array.from({ length: m.rows }, (_, i) => m.data[i * m.cols + j]),
});

describe('longHorizonFolds', () => {
  it('splits ETTh1 as Informer does: 8,640, 2,880 and 2,880 rows, and 2,785 windows to test at the horizon 96', () => {
    const folds = longHorizonFolds(file(14_500), { lookback: 336, horizon: 96 });
    expect(folds.channels).toEqual(['trend', 'wave', 'OT']);
    expect([folds.train, folds.validate, folds.test].map(({ rows, cols }) => [rows, cols])).toEqual([
      [8640, 3],
      [3216, 3],
      [3216, 3],
    ]);
    expect(windows(ofChannel(folds.test, 0), { lookback: 336, horizons: 96 }).x.rows).toBe(2785);
    // The first row that is forecast is that of hour 11,520; the trend says which it is.
    const row = (m: Matrix, i: number) => m.data[i * m.cols] * folds.deviation[0] + folds.mean[0];
    expect(row(folds.train, 0)).toBeCloseTo(0, 6);
    expect(row(folds.validate, 336)).toBeCloseTo(8640, 6);
    expect(row(folds.test, 336)).toBeCloseTo(11_520, 6);
    expect(row(folds.test, 3215)).toBeCloseTo(14_399, 6);
  });

  // 0, …, N − 1 has the mean (N − 1)/2 and the variance (N² − 1)/12; OT alternates around 5 by 2.
  it('standardises by the part to train on', () => {
    const { mean, deviation, train } = longHorizonFolds(file(960), { lookback: 48, horizon: 12, month: 48 });
    expect(mean[0]).toBeCloseTo(287.5, 9);
    expect(deviation[0]).toBeCloseTo(Math.sqrt((576 ** 2 - 1) / 12), 9);
    expect([mean[2], deviation[2]]).toEqual([5, 2].map((v) => expect.closeTo(v, 9)));
    expect(train.data[2]).toBeCloseTo(-1, 9);
  });

  // The last value repeated: OT is off by 2 deviations at odd steps and by 0 at even ones, so MSE 2 and MAE 1; the trend is off by h at step
  // h, so H + 1 choose the means (H + 1)(2H + 1)/6 of squares and (H + 1)/2. A day repeated has no error in the wave.
  it('has the errors of repeated values in closed form, over every window', () => {
    const options = { lookback: 48, horizon: 12, month: 48 };
    const { test, deviation } = longHorizonFolds(file(1000), options);
    const errors = (channel: number, back: number) => {
      const cut = windows(ofChannel(test, channel), { lookback: 48, horizons: 12 });
      expect(cut.x.rows).toBe(4 * 48 - 12 + 1);
      return longHorizonErrors(cut.y, repeating(cut, back));
    };
    expect(errors(2, 1)).toEqual({ mse: expect.closeTo(2, 9), mae: expect.closeTo(1, 9) });
    expect(errors(0, 1)).toEqual({
      mse: expect.closeTo((13 * 25) / 6 / deviation[0] ** 2, 9),
      mae: expect.closeTo(13 / 2 / deviation[0], 9),
    });
    expect(errors(1, 24)).toEqual({ mse: expect.closeTo(0, 12), mae: expect.closeTo(0, 12) });
  });

  const small: LongHorizonOptions = { lookback: 48, horizon: 12, month: 48 };
  const changed = (line: number, text: string) => lines(960).with(line, text).join('\r\n');
  it.each([
    ['another first column', changed(0, 'time,OT,trend,wave'), small, "the first column must be date, it is 'time'"],
    ['no target', file(960), { ...small, target: 'HUFL' }, "there is no target 'HUFL'; the channels are OT, trend, wave"],
    ['dates out of order', changed(5, `${hour(2)},3,4,1`), small, "line 6 has '2016-07-01 02:00:00' after '2016-07-01 03:00:00'"],
    ['a date twice', changed(5, `${hour(3)},3,4,1`), small, 'dates must ascend'],
    ['no date', changed(5, 'noon,3,4,1'), small, "line 6 has 'noon'"],
    ['a line that is cut off', changed(960, `${hour(959)},3`), small, 'line 961 has 2 cells, the header 4'],
    ['a missing number', changed(7, `${hour(6)},3,,1`), small, "trend of line 8 is '', which is no number"],
    ['a short file', file(959), small, '12 + 4 + 4 months of 48 rows are 960, the file has 959'],
    [
      'a look-back longer than the fold',
      file(960),
      { ...small, lookback: 577 },
      'a lookback of 577 rows is longer than the 576 to train on',
    ],
    ['a horizon longer than the fold', file(960), { ...small, horizon: 193 }, 'no window of 48 + 193 rows fits a fold, which leaves 192'],
    ['no room in training', file(960), { ...small, lookback: 570 }, 'no window of 570 + 12 rows fits a fold, which leaves 6'],
    ['half a row', file(960), { ...small, horizon: 1.5 }, 'horizon'],
    [
      'a constant',
      lines(960)
        .map((line, i) => (i ? line.replace(/,\d,/, ',3,') : line))
        .join('\n'),
      small,
      'OT is constant',
    ],
  ])('names %s', (_, text, options, message) => {
    expect(() => longHorizonFolds(text, options)).toThrow(message);
  });
});

describe('longHorizonErrors', () => {
  it('compares what has one shape', () => {
    const m = (rows: number, cols: number): Matrix => ({ rows, cols, data: new Float64Array(rows * cols) });
    expect(() => longHorizonErrors(m(2, 3), m(3, 2))).toThrow('got y [2,3], forecast [3,2]');
    expect(() => longHorizonErrors(m(0, 3), m(0, 3))).toThrow('not empty');
  });
});
