import { checkWhole } from '../../../base/internal.js';

/** What an operator remembers between rows: plain arrays of numbers, so that it is saved and resumes to the bit. */
export type State = Readonly<Record<string, Float64Array>>;

/**
 * A pure state machine over rows of N assets: what it says of a row is computed from that row and what it remembers of earlier ones. It
 * has no way to see a later row, so no feature that is made of operators looks ahead; and whether rows come one by one or in blocks, the
 * same code runs on the same numbers in the same order, so a feature that is kept up to date has the bits of one that is computed anew.
 *
 * NaN is a missing value. A window that holds one is missing; a recursion passes over it.
 */
export interface Operator {
  /** its name with its parameters: equal keys compute the same */
  readonly key: string;
  /** rows of its inputs that pass before it has a value */
  readonly first: number;
  /** rows from there until its seed weighs less than 1e-9; 0 of a window, infinite where the start is never forgotten */
  readonly memory: number;
  /** the state before any row, for N assets */
  start(N: number): State;
  /**
   * Takes the next rows and says what it makes of them.
   *
   * @param inputs  each [rows, N]
   * @param out     [rows, N], written whole
   */
  push(state: State, inputs: readonly Float64Array[], out: Float64Array, N: number): void;
}

/** The rows that an operator looks back, if they are a whole number of at least so many. */
export function requireRows(who: string, rows: number, least = 1): number {
  checkWhole(who, who === 'lag' || who === 'difference' ? 'k' : 'window', rows, { from: least });
  return rows;
}

const NOTHING: State = {};

/** An operator that remembers nothing: each row by itself. */
export const stateless = (key: string, push: (inputs: readonly Float64Array[], out: Float64Array, N: number) => void): Operator => ({
  key,
  first: 0,
  memory: 0,
  start: () => NOTHING,
  push: (_, inputs, out, N) => push(inputs, out, N),
});

/** NaN n times: what is not known yet. */
export const missing = (n: number): Float64Array => new Float64Array(n).fill(Number.NaN);

/**
 * A variance below this is what rounding leaves of equal values, and counts as 0: (1e-13 of the level)², and (3e-15)², since returns are
 * differences of logarithms, whose rounding does not shrink with the return: of a cash account that grows by 0.01 % a day it is 6e-16.
 */
export const rounding = (value: number): number => 1e-26 * value * value + 1e-29;
