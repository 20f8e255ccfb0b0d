import type { Frame } from '../frame/frame.js';
import { type Expression, inOrder } from './expression.js';

/** How a feature answers when prices, or volumes, are all multiplied by c: it is multiplied by c to this power. 0 is no change. */
export interface Scaling {
  /** of open, high, low, close and adjusted close: 1 of a moving average, 0 of a return */
  readonly price: number;
  /** of the volume: −1 of Amihud's illiquidity per share */
  readonly volume: number;
}

/** A quantity of each asset and date that is computed from that date and earlier ones. */
export interface Feature {
  /** `momentum-252-21`: what it is, and its windows in rows */
  readonly name: string;
  /** `momentum` */
  readonly family: string;
  /** LaTeX */
  readonly formula: string;
  /** by example: 'a fraction: 0.01 is 1 %' */
  readonly unit: string;
  /** the paper or the book, and where this differs */
  readonly source: string;
  /** how it answers to the unit of prices and volumes */
  readonly scaling: Scaling;
  /** how it is computed */
  readonly expression: Expression;
}

/** What a feature reads: `price` (the adjusted close where there is one, else the close), fields by name, `series VIX`. */
export function needsOf({ expression }: Pick<Feature, 'expression'>): string[] {
  const needs = inOrder([expression]).flatMap(({ from, key }) =>
    'kind' in from && from.kind !== 'day' && from.kind !== 'listed' ? [key] : [],
  );
  return needs.sort();
}

/** What of these needs a frame does not have. */
export const lackedBy = (needs: readonly string[], { fields, series }: Pick<Frame, 'fields' | 'series'>): string[] =>
  needs.filter((need) => {
    if (need === 'price') return priceIn(fields) === undefined;
    return need.startsWith(SERIES) ? !(need.slice(SERIES.length) in series) : !(need in fields);
  });

const SERIES = 'series ';

/** The field that is the price of a frame. */
export const priceIn = (fields: Frame['fields']): string | undefined => ['adjClose', 'close'].find((name) => name in fields);

/** A feature of a family, whose scaling is none unless told. */
export type Entry = Omit<Feature, 'family' | 'scaling'> & { readonly scaling?: Partial<Scaling> };

/** The features of one family. */
export const family = (name: string, entries: readonly Entry[]): Feature[] =>
  entries.map((entry) => ({ ...entry, family: name, scaling: { price: 0, volume: 0, ...entry.scaling } }));
