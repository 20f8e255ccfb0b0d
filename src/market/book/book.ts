/** 1 buys, −1 sells: LOBSTER's `direction`. */
export type Side = 1 | -1;

/** What the last order executed against, one resting order after the other; the next message writes over it. */
export interface Fills {
  /** how many */
  readonly count: number;
  /** [count, and room for more] of the resting orders */
  readonly ids: Float64Array;
  /** [count …] in ticks, those of the resting orders */
  readonly prices: Float64Array;
  /** [count …] */
  readonly sizes: Float64Array;
}

/** A limit order book: what rests at which price, in which order. */
export interface OrderBook {
  /**
   * A limit order: it executes against the other side down to its price, and what is left of it rests behind all at that price.
   *
   * @returns how much was executed; `fills` says against whom
   */
  limit(id: number, side: Side, price: number, size: number): number;
  /**
   * A market order: it executes against the other side at any price, and what is left of it lapses.
   *
   * @returns how much was executed
   */
  market(side: Side, size: number): number;
  /** A limit order that must rest as it comes, as in a replay. */
  rest(id: number, side: Side, price: number, size: number): void;
  /** Takes a part of a resting order away, or all; what is left keeps its place. */
  reduce(id: number, by: number): void;
  /** Takes a resting order away. Returns its size. */
  cancel(id: number): number;
  /**
   * Gives an order another price and size. It keeps its place where only its size falls; otherwise it is taken away and comes anew, and may execute.
   *
   * @returns how much was executed
   */
  modify(id: number, price: number, size: number): number;
  /** Whether an order rests. */
  has(id: number): boolean;
  /** The side of a resting order. */
  sideOf(id: number): Side;
  /** The price of a resting order, in ticks. */
  priceOf(id: number): number;
  /** What is left of a resting order. */
  sizeOf(id: number): number;
  /** How much rests before an order at its price: it falls when that executes or is taken away, and by nothing else. */
  ahead(id: number): number;
  /** How much rests at a price of one side. */
  sizeAt(side: Side, price: number): number;
  /** The best price of a side, in ticks; NaN where it is empty. */
  best(side: Side): number;
  /** How much rests at the best price of a side; 0 where it is empty. */
  bestSize(side: Side): number;
  /** How many prices of a side have orders. */
  depth(side: Side): number;
  /**
   * The best `levels` prices in the order of LOBSTER: ask price, ask size, bid price, bid size, then the next level.
   *
   * @param into  [4 × levels, from `at`] where it is written; prices of levels that are not there are NaN and their sizes 0
   */
  snapshot(levels: number, into: Float64Array, at?: number): void;
  /** Of the last `limit`, `market` or `modify`. */
  readonly fills: Fills;
}
