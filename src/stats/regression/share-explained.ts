/** Differences that rounding alone may have made, as a share of the values. */
const ROUNDING = 4 * Number.EPSILON;

/**
 * R² = 1 − eᵀe / Σ(y − ȳ)², or 1 − eᵀe / yᵀy without an intercept. NaN where y does not vary, or only as rounding does: of a series that is
 * 0.1 throughout, whose mean is not 0.1, there is nothing to explain.
 */
export function shareExplained(y: ArrayLike<number>, squaredResiduals: number, intercept: boolean): number {
  const start = intercept ? y[0] : 0; // differences have their digits where a mean of large values has lost them
  let [sum, total, furthest, size] = [0, 0, 0, 0];
  for (let i = 0; i < y.length; i++) sum += y[i] - start;
  const centre = intercept ? sum / y.length : 0;
  for (let i = 0; i < y.length; i++) {
    total += (y[i] - start - centre) ** 2;
    furthest = Math.max(furthest, Math.abs(y[i] - start));
    size = Math.max(size, Math.abs(y[i]));
  }
  return furthest > ROUNDING * size ? 1 - squaredResiduals / total : Number.NaN;
}
