/**
 * Inner product aᵀb = Σ aᵢbᵢ.
 *
 * @param a  [n]
 * @param b  [n]
 * @throws   when the lengths differ
 */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`dot: a has ${a.length} values and b has ${b.length}; align them first`);
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** Length ‖v‖ = √Σ vᵢ² from index `from` on, scaled by the largest value: no overflow, no underflow. */
export function norm(v: ArrayLike<number>, from = 0): number {
  let largest = 0;
  for (let i = from; i < v.length; i++) largest = Math.max(largest, Math.abs(v[i]));
  if (largest === 0) return 0;
  let squares = 0;
  for (let i = from; i < v.length; i++) squares += (v[i] / largest) ** 2;
  return largest * Math.sqrt(squares);
}

/**
 * How far two lists are apart, max |aᵢ − bᵢ|; 0 for no values, NaN where a value is missing.
 *
 * @param a  [n]
 * @param b  [n]
 * @throws   when the lengths differ
 */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`largestDifference: a has ${a.length} values and b has ${b.length}; align them first`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

/** Σ vᵢ; 0 for no values. */
export function sum(v: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < v.length; i++) total += v[i];
  return total;
}

/** v̄ = Σ vᵢ / n; NaN for no values. */
export const mean = (v: ArrayLike<number>): number => sum(v) / v.length;

/**
 * Sample variance s² = Σ (vᵢ − v̄)² / (n − 1), unbiased for independent draws; NaN for fewer than two values.
 *
 * pandas and R divide by n − 1 too, numpy by n.
 */
export function variance(v: ArrayLike<number>): number {
  const centre = mean(v);
  let squares = 0;
  for (let i = 0; i < v.length; i++) squares += (v[i] - centre) ** 2;
  return v.length > 1 ? squares / (v.length - 1) : Number.NaN;
}

/** s = √variance, dividing by n − 1. Of daily returns `0.01` is 1 % a day. */
export const standardDeviation = (v: ArrayLike<number>): number => Math.sqrt(variance(v));

/**
 * The p-quantile of ascending values [n], between the two next to rank (n − 1)p + 1, in proportion; ½ is the median.
 *
 * As numpy's and pandas' `linear`.
 */
export function quantileOf(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}
