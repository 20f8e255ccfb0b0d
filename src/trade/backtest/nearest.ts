/**
 * The nearest whole number, halves up: `Math.round` without its branch, which a processor guesses wrong every second time, so that rounding cost a
 * run more than all else.
 *
 *     ⌈x⌉ − ⌈⌈x⌉ − x − ½⌉
 *
 * It differs from `Math.round` at one finite number, 0.5 − 2^-54, and in the sign of zero.
 */
export function nearest(x: number): number {
  const above = Math.ceil(x);
  return above - Math.ceil(above - x - 0.5);
}
