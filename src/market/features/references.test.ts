import { describe, expect, it } from 'vitest';
import pandas from '../../../tests/references/pandas-features.json' with { type: 'json' }; // made by tests/references/pandas-features.py
import talib from '../../../tests/references/talib-features.json' with { type: 'json' }; // made by tests/references/talib-features.py
import { type Frame, frameOf } from '../frame/frame.js';
import { tradingDays } from '../panel/calendar.js';
import { computeFeatures } from './compute.js';
import { features } from './registry.js';

const dates = tradingDays('2010-01-04', '2016-12-30');
const warmUps = new Map(features().map(({ name, expression }) => [name, expression.warmUp]));

/** Agreement to 1e-9 of the value; below 1e-3 it is rounding of what was subtracted that is left, and the difference counts. */
function expectSame(name: string, got: number, want: number, row: number): void {
  expect(Math.abs(got - want), `${name} is ${got} on row ${row}, and the reference ${want}`).toBeLessThanOrEqual(
    1e-9 * Math.max(Math.abs(want), 1e-3),
  );
}

describe('features equal those of TA-Lib 0.8.2', () => {
  const { open, high, low, close, volume } = talib.bars;
  const frame: Frame = {
    ...frameOf({ dates: dates.slice(0, close.length), assets: ['A'], values: Float64Array.from(close), field: 'close', source: 'test' }),
    fields: Object.fromEntries(
      Object.entries({ open, high, low, close, volume }).map(([name, values]) => [name, Float64Array.from(values)]),
    ),
  };
  const computed = computeFeatures(frame, [...Object.keys(talib.exact), ...Object.keys(talib.settled)]);

  it.each(Object.entries(talib.exact))('%s, from its first value on', (name, rows) => {
    const column = computed.column(name);
    for (const [row, value] of rows) expectSame(name, column[row], value, row);
    const first = rows[0][0];
    if (first > 0) expect(column[first - 1]).toBeNaN();
  });

  it.each(Object.entries(talib.settled))('%s, when the seed is forgotten', (name, rows) => {
    const column = computed.column(name);
    for (const [row, value] of rows) {
      expect(row, 'the reference speaks of rows after the warm-up').toBeGreaterThanOrEqual(warmUps.get(name)!);
      expectSame(name, column[row], value, row);
    }
  });
});

describe('features equal those of pandas 3.1.1', () => {
  const assets = ['A', 'B', 'C', 'D'];
  const T = pandas.price.length;
  const frame = frameOf({
    dates: dates.slice(0, T),
    assets,
    values: Float64Array.from(pandas.price.flat()),
    field: 'adjClose',
    source: 'test',
  });
  const computed = computeFeatures(frame, Object.keys(pandas.features));

  it.each(Object.entries(pandas.features))('%s', (name, rows) => {
    const column = computed.column(name).subarray((T - rows.length) * assets.length);
    for (const [i, value] of rows.flat().entries()) expectSame(name, column[i], value, T - rows.length + Math.floor(i / assets.length));
  });
});
