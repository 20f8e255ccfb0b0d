import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { key } from '../../base/random.js';
import { sinusoidalPositions } from './positions.js';
import { CALENDAR, calendarFeatures, calendarFields, initTimestamps, timestampPositions } from './timestamps.js';

beforeAll(() => tf.setBackend('cpu'));

describe('calendarFields', () => {
  // 2008-09-15, the day Lehman Brothers failed, was a Monday; 2000-01-01 a Saturday.
  it('counts minute, hour, weekday, day and month from 0', () => {
    const { data, shape } = calendarFields(['2008-09-15', '2008-09-15T14:30', Date.UTC(2000, 0, 1, 23, 59)]);
    expect(shape).toEqual([3, 5]);
    expect([...data]).toEqual([0, 0, 0, 14, 8, 30, 14, 0, 14, 8, 59, 23, 5, 0, 0]);
  });

  it.each(['Lehman', '2023-02-30', '15/09/2008', '2008-09-15T25:00', Number.NaN])('names what is no date: %s', (wrong) => {
    expect(() => calendarFields(['2008-09-15', wrong])).toThrow(`calendarFields: timestamp 1 is '${wrong}', which is no date`);
  });
});

// Informer's time_features: minute/59 − ½, hour/23 − ½, weekday/6 − ½, (day − 1)/30 − ½, (month − 1)/11 − ½.
it('calendarFeatures are on [−½, ½]', () => {
  const { data, shape } = calendarFeatures(calendarFields(['2023-01-01T00:00Z', '2023-12-31T23:59Z', '2008-09-15T14:30Z']));
  expect(shape).toEqual([3, 5]);
  const want = [-0.5, -0.5, 0.5, -0.5, -0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 30 / 59 - 0.5, 14 / 23 - 0.5, -0.5, 14 / 30 - 0.5, 8 / 11 - 0.5];
  expectClose(data, want, 6);
});

describe('timestampPositions', () => {
  const fields = calendarFields(['2008-09-15', '2008-09-16', '2008-09-22']);
  const asTensor = () => tf.tensor(fields.data, [1, ...fields.shape], 'int32');

  it('gives one weekday one vector, whatever the week', () => {
    const table = sinusoidalPositions(CALENDAR.weekday, 4);
    const y = timestampPositions({ weekday: tf.tensor(table.data, table.shape) }, asTensor());
    expect(y.shape).toEqual([1, 3, 4]);
    const [monday, tuesday] = [table.data.slice(0, 4), table.data.slice(4, 8)];
    expect([...y.dataSync()]).toEqual([...monday, ...tuesday, ...monday]);
  });

  it('starts with a table for each field that is asked for; a field has the same with others and without', () => {
    const both = initTimestamps(key(1), { width: 3, fields: ['weekday', 'month'] });
    expect([both.weekday?.shape, both.month?.shape, both.hour]).toEqual([[7, 3], [12, 3], undefined]);
    expect(initTimestamps(key(1), { width: 3, fields: ['month'] }).month).toEqual(both.month);
  });

  it('names tables and fields that do not fit', () => {
    expect(() => timestampPositions({ weekday: tf.zeros([5, 3]) }, asTensor())).toThrow(
      'timestampPositions takes fields [..., 5] and tables [values, D], of which weekday has 7: got fields [1,3,5], weekday [5,3]',
    );
    expect(() => timestampPositions({}, asTensor())).toThrow('timestampPositions needs a table of a calendar field at least');
  });
});
