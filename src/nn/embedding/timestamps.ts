import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, normal, shapeError } from '../../base/index.js';
import { embedding } from './embedding.js';

/** The fields of a timestamp, and how many values each has. */
export const CALENDAR = { minute: 60, hour: 24, weekday: 7, day: 31, month: 12 } as const;

/** A field of `CALENDAR`: minute, hour, weekday, day or month. */
export type CalendarField = keyof typeof CALENDAR;

const FIELDS = Object.keys(CALENDAR) as CalendarField[];

/**
 * The calendar fields of timestamps, each counted from 0: minute, hour, weekday (Monday is 0), day of the month, month.
 *
 * @param timestamps  milliseconds since 1970, or ISO text in UTC (`2008-09-15`, `2008-09-15T14:30`)
 * @returns           [T, 5] int32
 * @throws            naming the timestamp that is none
 */
export function calendarFields(timestamps: readonly (number | string)[]): HostArray<Int32Array> {
  const rows = timestamps.map((timestamp, i) => {
    const date = new Date(typeof timestamp === 'number' ? timestamp : parse(timestamp));
    if (Number.isNaN(date.getTime()))
      throw new Error(
        `calendarFields: timestamp ${i} is '${timestamp}', which is no date; pass milliseconds since 1970 or ISO text in UTC, as 2008-09-15T14:30`,
      );
    return [date.getUTCMinutes(), date.getUTCHours(), (date.getUTCDay() + 6) % 7, date.getUTCDate() - 1, date.getUTCMonth()];
  });
  return { data: Int32Array.from(rows.flat()), shape: [timestamps.length, FIELDS.length] };
}

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?$/;

/** Milliseconds of ISO text; `Date` alone would take a time without Z as local, and 2023-02-30 as March 2. */
function parse(text: string): number {
  if (!ISO.test(text)) return Number.NaN;
  const time = Date.parse(text.includes('T') && !text.endsWith('Z') ? `${text}Z` : text);
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10));
  return exists ? time : Number.NaN;
}

/**
 * Calendar fields as numbers, to put beside a series' features or through a linear layer.
 *
 *     z = field / (values − 1) − ½        on [−½, ½]
 *
 * @param fields  [..., 5] from `calendarFields`
 * @returns       the same shape
 *
 * Zhou et al. 2021 (Informer), appendix B; their code's `time_features`.
 */
export function calendarFeatures({ data, shape }: HostArray<Int32Array>): HostArray<Float32Array> {
  const last = FIELDS.map((field) => CALENDAR[field] - 1);
  return { data: Float32Array.from(data, (value, i) => value / last[i % last.length] - 0.5), shape: [...shape] };
}

/** A table [values, D] for each field that matters at the sampling rate: weekday, day and month for daily data. */
export type TimestampTables<T = tf.Tensor> = { readonly [F in CalendarField]?: T };

/** Which fields have a table, and how wide these are. */
export interface TimestampConfig {
  /** D */
  readonly width: number;
  /** Weekday, day and month for daily data. */
  readonly fields: readonly CalendarField[];
}

/** Tables of standard normals, as `initEmbedding`'s. For fixed ones take `sinusoidalPositions(CALENDAR[field], width)` instead. */
export const initTimestamps = (key: Key, { width, fields }: TimestampConfig): TimestampTables<HostArray<Float32Array>> =>
  Object.fromEntries(fields.map((field) => [field, normal(fold(key, FIELDS.indexOf(field)), [CALENDAR[field], width])]));

/**
 * What is learned about the time of day, of the week and of the year, to be added to a sequence.
 *
 *     y[t] = Σ table_k[field_k(t)]        over the fields k that have a table
 *
 * @param tables  [values of k, D] for each k
 * @param fields  [..., 5] int32 from `calendarFields`
 * @returns       [..., D]
 * @throws        when there is no table, the fields are not five, or a table does not have its field's number of rows
 *
 * Zhou et al. 2021 (Informer), appendix B, "global time stamp"; here minutes are 60 where theirs are quarters of an hour.
 */
export function timestampPositions(tables: TimestampTables, fields: tf.Tensor): tf.Tensor {
  const used = FIELDS.filter((field) => tables[field]);
  if (used.length === 0) throw new Error(`timestampPositions needs a table of a calendar field at least: ${FIELDS.join(', ')}`);
  if (fields.shape.at(-1) !== FIELDS.length || used.some((field) => tables[field]!.shape[0] !== CALENDAR[field])) {
    const sizes = used.map((field) => `${field} has ${CALENDAR[field]}`).join(', ');
    throw shapeError(`timestampPositions takes fields [..., ${FIELDS.length}] and tables [values, D], of which ${sizes}`, {
      fields,
      ...tables,
    });
  }
  const columns = fields.unstack(-1);
  return tf.addN(used.map((field) => embedding(tables[field]!, columns[FIELDS.indexOf(field)])));
}
