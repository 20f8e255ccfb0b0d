import { checkNumber } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import { checkMatrix } from '../../linalg/internal.js';

/**
 * How far two vectors are from being proportional.
 *
 *     d(x, y) = max log(xᵢ / yᵢ) − min log(xᵢ / yᵢ)
 *
 * @param x  [n], above 0
 * @param y  [n], above 0
 * @returns  0 when they are proportional; two laws at distance d differ by tanh(d / 4) at most in total variation
 * @throws   when the lengths differ, or a number is not above 0
 *
 * Hilbert's metric. thm:sinkhorn.
 */
export function hilbertDistance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length || x.length === 0)
    throw new Error(`hilbertDistance takes x [n] and y [n], n of 1 or more: got x [${x.length}], y [${y.length}]`);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < x.length; i++) {
    const of = x[i] / y[i];
    // A quotient that is too small or too large to be exact is one of logarithms.
    const ratio = of >= 2 ** -1022 && of < Infinity ? Math.log(of) : Math.log(x[i]) - Math.log(y[i]);
    if (!Number.isFinite(ratio) || !(x[i] > 0))
      throw new Error(`hilbertDistance: numbers are above 0 and finite, got x[${i}] ${x[i]} and y[${i}] ${y[i]}`);
    [low, high] = [Math.min(low, ratio), Math.max(high, ratio)];
  }
  return high - low;
}

/**
 * The factor by which a round of `sinkhorn` shrinks what is wrong, at the worst.
 *
 *     κ² = tanh²(Δ / 4ε)        Δ = max cᵢⱼ + cₖₗ − cᵢₗ − cₖⱼ
 *
 * After k rounds without scaling the margin is off by at most tanh(κ²⁽ᵏ⁻¹⁾ Δ / 4ε) in total variation, whatever p and q are.
 *
 * @param cost  c [n, m]
 * @returns     from 0 to 1, which it reaches by rounding where ε is small
 * @throws      when ε is not above 0, or c holds other than n m numbers
 *
 * Birkhoff 1957; Franklin & Lorenz 1989. thm:sinkhorn.
 */
export function sinkhornRate(cost: Matrix, epsilon: number): number {
  checkNumber('sinkhornRate', 'epsilon', epsilon, { above: 0 });
  checkMatrix('sinkhornRate', 'cost', cost);
  const { rows, cols, data } = cost;
  let widest = 0;
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < i; k++) {
      let [low, high] = [Infinity, -Infinity];
      for (let j = 0; j < cols; j++) {
        const gap = data[i * cols + j] - data[k * cols + j];
        [low, high] = [Math.min(low, gap), Math.max(high, gap)];
      }
      widest = Math.max(widest, high - low);
    }
  return Math.tanh(widest / (4 * epsilon)) ** 2;
}
