import type { HostArray } from '../../base/index.js';
import { checkHoldings, checkProblem, type ExecutionProblem } from './almgren-chriss.js';

/**
 * What a schedule loses against the price before its first sale, on each of M paths of that price, in money.
 *
 *     C = X S₀ − Σ nₖ S̃ₖ        S̃ₖ = Sₖ₋₁ − ε sgn nₖ − η nₖ/τ        Sₖ = Sₖ₋₁ + σ√τ zₖ − γ nₖ
 *
 * Schedules that are given the same z meet the same luck, so that their difference has a small error.
 *
 * @param holdings  x [N + 1] in shares, from X to 0
 * @param z         [M, N] standard normal
 * @returns         C [M]; it does not depend on S₀
 * @throws          when a number of the problem is out of range, or a shape is not that of its N slices
 *
 * Almgren & Chriss 2000, section 1.2. Implementation shortfall: Perold 1988.
 */
export function implementationShortfall(
  problem: ExecutionProblem,
  holdings: ArrayLike<number>,
  z: HostArray<Float32Array | Float64Array>,
): Float64Array {
  checkProblem('implementationShortfall', problem);
  checkHoldings('implementationShortfall', problem, holdings);
  const { slices: N, days, volatility, halfSpread, permanent, temporary } = problem;
  if (z.shape.length !== 2 || z.shape[1] !== N)
    throw new Error(`implementationShortfall: z must be [M, ${N}], a number for each slice of each path, got [${z.shape}]`);
  const tau = days / N;
  const shock = volatility * Math.sqrt(tau);
  return Float64Array.from({ length: z.shape[0] }, (_, m) => {
    let [price, cost] = [0, 0]; // price less S₀
    for (let k = 1; k <= N; k++) {
      const n = holdings[k - 1] - holdings[k];
      cost -= n * (price - halfSpread * Math.sign(n) - (temporary * n) / tau);
      price += shock * z.data[m * N + k - 1] - permanent * n;
    }
    return cost;
  });
}
