import type { Account, Units } from './account.js';

/** What a run has counted, in units: of rows `start` to `end` of the prices, T of them. */
export interface Outcome {
  readonly rows: { readonly start: number; readonly end: number };
  readonly units: Units;
  /** equity before the first row */
  readonly capital: number;
  /** [T] */
  readonly equity: Float64Array;
  readonly cash: Float64Array;
  /** [T] fractions of equity */
  readonly turnover: Float64Array;
  readonly stale: Float64Array;
  /** by charge, each [T] */
  readonly costs: readonly Float64Array[];
  /** row of the first close at which nothing was left, −1 without one */
  readonly ruined: number;
  readonly end: Account;
}

/** What a run did with each asset, kept when it is asked for: memory of [T, N] takes longer to get than to fill. */
export interface Detail {
  /** [T, N] NaN where nothing was asked */
  readonly requested: Float64Array;
  readonly executed: Float64Array;
  readonly weights: Float64Array;
  /** [T, N] in shares */
  readonly positions: Float64Array;
  readonly fills: FillColumns;
}

/** Fills column by column: row of the run, asset, lots, price in ticks, costs in units, and whether a delisting settled it. */
export interface FillColumns {
  readonly row: number[];
  readonly asset: number[];
  readonly lots: number[];
  readonly price: number[];
  readonly cost: number[];
  readonly isDelisting: boolean[];
}

/** Room for the detail of T rows and N assets. */
export const roomFor = (T: number, N: number): Detail => ({
  requested: new Float64Array(T * N).fill(Number.NaN),
  executed: new Float64Array(T * N).fill(Number.NaN),
  weights: new Float64Array(T * N),
  positions: new Float64Array(T * N),
  fills: { row: [], asset: [], lots: [], price: [], cost: [], isDelisting: [] },
});

/** What changed a position in an `asset` on a `date`: by its `kind` a trade, or the settlement of one that is delisted. */
export interface Fill {
  readonly date: string;
  readonly asset: string;
  /** bought, or sold when negative */
  readonly shares: number;
  /** per share, costs apart: the row's open or close, or what a delisting paid */
  readonly price: number;
  /** money, of all costs of the trade */
  readonly cost: number;
  readonly kind: 'trade' | 'delisting';
}

/** Notes a fill: at row i, of asset n. */
export function note(fills: FillColumns, i: number, n: number, lots: number, price: number, cost: number, isDelisting = false): void {
  fills.row.push(i);
  fills.asset.push(n);
  fills.lots.push(lots);
  fills.price.push(price);
  fills.cost.push(cost);
  fills.isDelisting.push(isDelisting);
}

/** The fills of a run as records. */
export const fillsOf = (fills: FillColumns, units: Units, dates: readonly string[], assets: readonly string[]): Fill[] =>
  fills.row.map((row, i) => ({
    date: dates[row],
    asset: assets[fills.asset[i]],
    shares: fills.lots[i] / units.lots,
    price: fills.price[i] / units.ticks,
    cost: units.money(fills.cost[i]),
    kind: fills.isDelisting[i] ? 'delisting' : 'trade',
  }));
