import type { Adjustment } from '../panel/panel.js';

/** Named columns over dates: what a source yields and the store keeps. */
export interface Table {
  /** [T] ascending, `YYYY-MM-DD`, or all with a time in UTC, `YYYY-MM-DDTHH:MM` */
  readonly dates: readonly string[];
  /** name → [T]; NaN where missing. A Map, since an object would move a ticker such as `600519` to the front. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/** Decides which values are errors, and how a dataset becomes a panel. */
export type Kind = 'prices' | 'bars' | 'series';

/** The fields of bars, in the order of a dataset's columns. */
export const BAR_FIELDS = ['open', 'high', 'low', 'close', 'adjClose', 'volume'] as const;

/** For what the fields of bars are adjusted, where all but `adjClose` are so for one thing. */
export const barsAdjusted = (bars: Adjustment, adjClose: Adjustment): Record<string, Adjustment> =>
  Object.fromEntries(BAR_FIELDS.map((field) => [field, field === 'adjClose' ? adjClose : bars]));
