import { checkOptions, checkWhole } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';

/** The protocol of a long-horizon benchmark. */
export interface LongHorizonOptions {
  /** The column that is to be forecast, which must be there: `'OT'` when left out. All columns are kept, the target last. */
  readonly target?: string;
  /** L, the rows that a forecast sees: 336 for DLinear. */
  readonly lookback: number;
  /** H, the rows that it forecasts: 96, 192, 336 or 720. */
  readonly horizon: number;
  /** Rows of a month of 30 days: 720, of hours, when left out; 2,880 of quarters of an hour. */
  readonly month?: number;
}

/** The folds of a long-horizon benchmark, standardised by the part to train on. */
export interface LongHorizonFolds {
  /** C names, the target's last. */
  readonly channels: readonly string[];
  /** [C] means of the part to train on. */
  readonly mean: Float64Array;
  /** [C] deviations of that part, with the divisor n. */
  readonly deviation: Float64Array;
  /** [12 months, C]. */
  readonly train: Matrix;
  /** [L + 4 months, C]: the last L rows of `train` come first, so that each row of the four months is forecast. */
  readonly validate: Matrix;
  /** [L + 4 months, C], likewise. */
  readonly test: Matrix;
}

const [TRAIN, REST] = [12, 4];
const DATE = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?$/;

/**
 * The folds of a file in the format of ETT: a column `date` and a column for each channel, split 12, 4 and 4 months of 30 days; what the file
 * has beyond is not used.
 *
 *     const { test } = longHorizonFolds(text, { lookback: 336, horizon: 96 });
 *     const { x, y } = windows(test, { lookback: 336, horizons: 96 });        // all 2,785 windows, of each channel
 *
 * @param text  of the file: ETTh1.csv of github.com/zhouhaoyi/ETDataset
 * @throws      when there is no date or target, a row does not fit the header, a number is missing, dates do not ascend, the file is too
 *              short, a channel is constant in training, or look-back and horizon do not fit a fold
 *
 * Zhou et al. 2021 (Informer), section 5.1, and Zeng et al. 2023 (DLinear), whose published code leaves out the windows that do not fill a
 * last batch (`drop_last`); here none is left out.
 */
export function longHorizonFolds(text: string, options: LongHorizonOptions): LongHorizonFolds {
  checkOptions('longHorizonFolds', options, ['target', 'lookback', 'horizon', 'month']);
  const { target = 'OT', lookback, horizon, month = 720 } = options;
  for (const [name, value] of Object.entries({ lookback, horizon, month })) checkWhole('longHorizonFolds', name, value);
  if (lookback > TRAIN * month)
    throw new Error(
      `longHorizonFolds: a lookback of ${lookback} rows is longer than the ${TRAIN * month} to train on; shorten it, or name the rows of a month`,
    );
  const least = Math.min(REST * month, TRAIN * month - lookback);
  if (horizon > least)
    throw new Error(
      `longHorizonFolds: no window of ${lookback} + ${horizon} rows fits a fold, which leaves ${least} to forecast; shorten lookback or horizon`,
    );
  const { channels, values } = parse(text, target);
  const [C, needed] = [channels.length, (TRAIN + 2 * REST) * month];
  if (values.length < needed * C)
    throw new Error(
      `longHorizonFolds: 12 + 4 + 4 months of ${month} rows are ${needed}, the file has ${values.length / C}; is month right for its sampling?`,
    );
  const rows = TRAIN * month;
  const mean = new Float64Array(C);
  const deviation = new Float64Array(C);
  for (let at = 0; at < rows * C; at++) mean[at % C] += values[at] / rows;
  for (let at = 0; at < rows * C; at++) deviation[at % C] += (values[at] - mean[at % C]) ** 2 / rows;
  for (let j = 0; j < C; j++) {
    deviation[j] = Math.sqrt(deviation[j]);
    if (deviation[j] <= 1e-12 * Math.abs(mean[j]))
      throw new Error(`longHorizonFolds: ${channels[j]} is constant over the rows to train on, so it has no scale; leave it out`);
  }
  const fold = (start: number, end: number): Matrix => ({
    rows: end - start,
    cols: C,
    data: values.slice(start * C, end * C).map((value, at) => (value - mean[at % C]) / deviation[at % C]),
  });
  const next = rows + REST * month;
  return { channels, mean, deviation, train: fold(0, rows), validate: fold(rows - lookback, next), test: fold(next - lookback, needed) };
}

function parse(text: string, target: string): { channels: string[]; values: Float64Array } {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const header = (lines[0] ?? '').split(',');
  if (header[0] !== 'date')
    throw new Error(`longHorizonFolds: the first column must be date, it is '${header[0]}'; is this a file in the format of ETT?`);
  const at = header.indexOf(target, 1);
  if (at < 0) throw new Error(`longHorizonFolds: there is no target '${target}'; the channels are ${header.slice(1).join(', ')}`);
  const order = [...header.keys()].slice(1).filter((j) => j !== at);
  order.push(at);
  const values = new Float64Array((lines.length - 1) * order.length);
  let before = '';
  for (const [i, line] of lines.slice(1).entries()) {
    const cells = line.split(',');
    const [date] = cells;
    if (cells.length !== header.length)
      throw new Error(`longHorizonFolds: line ${i + 2} has ${cells.length} cells, the header ${header.length}; is the file cut off?`);
    if (!DATE.test(date) || date <= before)
      throw new Error(
        `longHorizonFolds: dates must ascend, as 2016-07-01 00:00:00: line ${i + 2} has '${date}' after '${before}'; sort the file, drop doubles`,
      );
    before = date;
    for (const [c, j] of order.entries()) {
      const value = cells[j].trim() === '' ? Number.NaN : Number(cells[j]);
      if (!Number.isFinite(value))
        throw new Error(`longHorizonFolds: ${header[j]} of line ${i + 2} is '${cells[j]}', which is no number; the protocol fills no gaps`);
      values[i * order.length + c] = value;
    }
  }
  return { channels: order.map((j) => header[j]), values };
}

/** How far forecasts are from what came: means over all windows, channels and steps, in the units of `longHorizonFolds`. */
export interface LongHorizonErrors {
  /** Mean squared error. */
  readonly mse: number;
  /** Mean absolute error. */
  readonly mae: number;
}

/**
 * The two errors that the benchmark's papers print.
 *
 * @param y         [n, H], what came: `windows(test, …).y`
 * @param forecast  [n, H]
 * @throws          when the shapes differ or there is no window
 */
export function longHorizonErrors(y: Matrix, forecast: Matrix): LongHorizonErrors {
  if (y.rows !== forecast.rows || y.cols !== forecast.cols || y.data.length === 0)
    throw new Error(
      `longHorizonErrors compares two matrices of equal shape that are not empty: got y [${y.rows},${y.cols}], forecast [${forecast.rows},${forecast.cols}]`,
    );
  let [squares, sizes] = [0, 0];
  for (const [i, value] of y.data.entries()) {
    squares += (value - forecast.data[i]) ** 2;
    sizes += Math.abs(value - forecast.data[i]);
  }
  return { mse: squares / y.data.length, mae: sizes / y.data.length };
}
