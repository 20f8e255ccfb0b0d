/** Numbers smaller than this are rounded right by `nearest`. */
export const NEAREST_BELOW = 2 ** 51;

/** x + MIDDLE is a whole number for |x| < 2^51: the nearest one, of two the even one. */
const MIDDLE = 1.5 * 2 ** 52;

/**
 * The nearest whole number of |x| < 2^51, halves up: `Math.round` without what makes it slow in a loop. It branches, which a processor guesses wrong
 * every second time; and an instruction that rounds, of `Math.floor` too, waits for what its register held before, which made one long chain of
 * the assets of a row.
 *
 * It differs from `Math.round` in the sign of zero.
 */
export function nearest(x: number): number {
  const even = x + MIDDLE - MIDDLE;
  return x - even === 0.5 ? even + 1 : even;
}
