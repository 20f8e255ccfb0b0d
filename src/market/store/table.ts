/** Named columns over dates: what a source yields and the store keeps. */
export interface Table {
  /** [T] ascending, `YYYY-MM-DD` */
  readonly dates: readonly string[];
  /** name → [T]; NaN where missing. A Map, since an object would move a ticker such as `600519` to the front. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/** Decides which values are errors, and how a dataset becomes a panel. */
export type Kind = 'prices' | 'bars' | 'series';

/** Columns of a dataset of kind `bars`, in this order. */
export const BAR_COLUMNS = ['open', 'high', 'low', 'close', 'adjClose', 'volume'] as const;
