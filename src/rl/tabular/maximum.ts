/** The largest of several unknown means, estimated twice from the same draws. */
export interface MaximumEstimates {
  /** maxₐ of the means of all draws: too large on average. */
  readonly single: number;
  /** The mean by one half of the draws for the action that is best by the other, averaged over both orders: too small on average. */
  readonly double: number;
}

/**
 * What the best of several actions is worth, by draws of what each of them earns.
 *
 *     single = maxₐ X̄ₐ        double = ½ (X̄ᴮ at argmaxₐ X̄ᴬ + X̄ᴬ at argmaxₐ X̄ᴮ)
 *
 * The halves A and B are the draws of even and of odd index. Whoever chooses by the numbers that are then reported, reports luck too.
 *
 * @param draws  `draws[a][i]`, for each action as many, an even number
 * @throws       when there is no action, the numbers of draws differ or are odd, or a draw is not finite
 *
 * Van Hasselt 2010: thm:double-q. `tdTarget` with `online` is the same for networks.
 */
export function estimateMaximum(draws: readonly (readonly number[])[]): MaximumEstimates {
  const n = draws[0]?.length ?? 0;
  if (n < 2 || n % 2 === 1 || draws.some((row) => row.length !== n || !row.every(Number.isFinite)))
    throw new Error(
      `estimateMaximum takes finite draws of each action, the same even number from 2 up: got ${draws.map((row) => row.length).join(', ') || 'none'}`,
    );
  const half = (parity: number) => draws.map((row) => (2 / n) * row.reduce((sum, x, i) => sum + (i % 2 === parity ? x : 0), 0));
  const [a, b] = [half(0), half(1)];
  const best = (means: readonly number[]) => means.indexOf(Math.max(...means));
  return { single: Math.max(...a.map((x, i) => (x + b[i]) / 2)), double: (b[best(a)] + a[best(b)]) / 2 };
}
