/**
 * A rectified linear unit, by hand: y = max(x, 0) of each number.
 *
 * @param x  [N]
 */
export const reluForward = (x: Float64Array): Float64Array => x.map((value) => Math.max(value, 0));

/**
 * The backward of `reluForward`: ∂y where x is above 0, else 0; at 0 itself 0, as PyTorch.
 *
 * @param dy  [N]
 * @param x   [N]
 */
export const reluBackward = (dy: Float64Array, x: Float64Array): Float64Array => dy.map((d, i) => (x[i] > 0 ? d : 0));

/**
 * The error function, to the last digits of double precision.
 *
 *     erf x = 2/√π e^(−x²) Σₖ 2ᵏ x^(2k+1) / (1·3·…·(2k+1))
 *
 * All terms have one sign, so that nothing cancels. Abramowitz & Stegun 1964, 7.1.6.
 */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x); // 1 − erf 6 is 2e−17
  let [term, sum] = [x, x];
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Φ(x), the chance that a standard normal is below x. */
const below = (x: number) => 0.5 * (1 + erf(x / Math.SQRT2));

/**
 * The exact GELU of Hendrycks & Gimpel 2016, by hand: y = x Φ(x) of each number.
 *
 * @param x  [N]
 */
export const geluForward = (x: Float64Array): Float64Array => x.map((value) => value * below(value));

/**
 * The backward of `geluForward`: ∂x = ∂y (Φ(x) + x φ(x)), with φ(x) = e^(−x²/2) / √(2π).
 *
 * @param dy  [N]
 * @param x   [N]
 */
export const geluBackward = (dy: Float64Array, x: Float64Array): Float64Array =>
  dy.map((d, i) => d * (below(x[i]) + (x[i] * Math.exp(-(x[i] ** 2) / 2)) / Math.sqrt(2 * Math.PI)));
