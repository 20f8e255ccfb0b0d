import { z } from 'zod';
import { toDay } from '../panel/dates.js';
import { ADJUSTMENTS, type Adjustment } from '../panel/panel.js';
import type { Kind } from './table.js';

/** What is known of a dataset before its rows: where it comes from and what it must not be used for. */
export interface Description {
  /** `<source>/<dataset>`, for example `skfolio/sp500-stocks` */
  readonly name: string;
  /** what its columns are: `prices` of one asset each, `bars` of one asset, or a `series` */
  readonly kind: Kind;
  /** what a value is, for example `adjClose` */
  readonly field: string;
  /** unit of the values, by example where it helps */
  readonly unit: string;
  /** where it comes from, for example `PyPI skfolio 1.12.2` and the file inside */
  readonly source: string;
  /** of the source */
  readonly version: string;
  /** of the raw bytes the source delivered */
  readonly sourceSha256: string;
  /** of the data, by its SPDX name where it has one */
  readonly licence: string;
  /** by field, for what its prices are adjusted; a field is absent where that is not known, or is no price */
  readonly adjusted?: Readonly<Record<string, Adjustment>>;
  /** what the data cannot tell: survivorship, missing fields, stale prices */
  readonly limits: readonly string[];
  /** how a CSV file was read: its options as JSON */
  readonly layout?: string;
  /** the range asked for, where the source has more; the rows may start later and end earlier */
  readonly asked?: { readonly from: string; readonly to: string };
  /** what looked like a fault of the source when it was imported: bars out of order, jumps as of another unit or of a split */
  readonly findings?: readonly string[];
}

/** A dataset's record, kept as JSON beside its Parquet file. */
export interface Provenance extends Description {
  /** ISO 8601, UTC */
  readonly fetchedAt: string;
  /** the names of its columns beside the date */
  readonly columns: readonly string[];
  /** dates that it has */
  readonly rows: number;
  /** the first date, `YYYY-MM-DD` or with a time, as its table has them */
  readonly first: string;
  /** the last date */
  readonly last: string;
  /** size of the Parquet file */
  readonly bytes: number;
  /** hash of the Parquet file */
  readonly sha256: string;
}

const name = z.string().regex(/^[a-z0-9-]+\/[A-Za-z0-9^][A-Za-z0-9^.=_-]*$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const date = z.string().refine((text) => !Number.isNaN(toDay(text)), 'not a date');
const schema: z.ZodType<Provenance> = z.object({
  name,
  kind: z.enum(['prices', 'bars', 'series']),
  field: z.string(),
  unit: z.string(),
  source: z.string(),
  version: z.string(),
  sourceSha256: hash,
  licence: z.string(),
  adjusted: z.record(z.string(), z.enum(ADJUSTMENTS)).optional(),
  limits: z.array(z.string()),
  layout: z.string().optional(),
  asked: z.object({ from: z.iso.date(), to: z.iso.date() }).optional(),
  findings: z.array(z.string()).optional(),
  fetchedAt: z.iso.datetime(),
  columns: z.array(z.string()),
  rows: z.int().positive(),
  first: date,
  last: date,
  bytes: z.int().positive(),
  sha256: hash,
});

/** The record a JSON text holds. Throws when it holds none. */
export const parseProvenance = (json: string): Provenance => schema.parse(JSON.parse(json));

/** Whether a text may name a dataset; a name that may not is never made into a path. */
export const isDatasetName = (text: string): boolean => name.safeParse(text).success;
