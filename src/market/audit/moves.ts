/** A move that other days do not make likely. */
export interface UnlikelyMove {
  /** the row that it leads to, and the row of the price before, which is earlier where prices are missing */
  readonly row: number;
  readonly before: number;
  /** ln of the ratio of prices */
  readonly move: number;
  /** 100 or 1000, where the ratio is about that: another unit */
  readonly unit?: number;
  /** 2 … 50, where the ratio is about that: a split that is not applied */
  readonly split?: number;
}

const UNITS = [100, 1000];
/** Not 3:2, since a fall by a third happens. */
const SPLITS = [...Array.from({ length: 19 }, (_, i) => i + 2), 25, 30, 40, 50];

/** Moves of eight typical ones, and of 30 % of the price before at least, up or down. The typical one is of the median size, as a deviation of the normal law. */
export function unlikelyMoves(prices: ArrayLike<number>): UnlikelyMove[] {
  const moves: { row: number; before: number; move: number }[] = [];
  let before = -1;
  for (let row = 0; row < prices.length; row++) {
    if (Number.isNaN(prices[row])) continue;
    if (before >= 0) moves.push({ row, before, move: Math.log(prices[row] / prices[before]) });
    before = row;
  }
  const sizes = moves.map(({ move }) => Math.abs(move)).filter((size) => size > 0);
  const typical = (sizes.sort((a, b) => a - b)[sizes.length >> 1] ?? 0) / 0.6745;
  return moves.flatMap((one) => {
    const size = Math.abs(one.move);
    if (Math.abs(Math.expm1(one.move)) < 0.3 || size < 8 * typical) return [];
    const ratio = Math.exp(size);
    const unit = UNITS.find((factor) => Math.abs(Math.log(ratio / factor)) < 0.2);
    const split = unit ? undefined : SPLITS.find((factor) => Math.abs(Math.log(ratio / factor)) < 0.04);
    return [{ ...one, ...(unit && { unit }), ...(split && { split }) }];
  });
}

/** Prices in a file are rounded, adjusted ones each on its own. */
const ROUNDING = 1e-6;
const above = (a: number, b: number) => a > b * (1 + ROUNDING);

/** One bar. */
export interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The low lies above another price of its bar. */
export const lowTooHigh = ({ open, high, low, close }: Bar): boolean => above(low, Math.min(open, close, high));
/** The high lies below the open or the close. */
export const highTooLow = ({ open, high, close }: Bar): boolean => above(Math.max(open, close), high);
