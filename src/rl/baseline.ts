/**
 * The baseline under which a policy gradient's estimate has the least variance.
 *
 *     b = Σ ‖∇log π‖² G / Σ ‖∇log π‖²        of the estimate (G − b) ∇log π
 *
 * The mean of G weighted by the score's square: where scores are alike it is the value of the state, which critics learn.
 *
 * @param squaredNorm  ‖∇log π(a | s)‖² of each action that was drawn, [B], or times its probability when all actions are listed
 * @param returns      G [B]
 * @returns            b
 * @throws             when there is no number, one is not finite, a square is negative, or all are 0
 *
 * Greensmith, Bartlett & Baxter 2004: thm:baseline.
 */
export function optimalBaseline(squaredNorm: ArrayLike<number>, returns: ArrayLike<number>): number {
  const fits = squaredNorm.length === returns.length;
  let [weights, sum] = [0, 0];
  for (let i = 0; i < returns.length && fits; i++) {
    const [u, g] = [squaredNorm[i], returns[i]];
    if (!(u >= 0 && Number.isFinite(u) && Number.isFinite(g)))
      throw new Error(`optimalBaseline: squares are 0 or more and returns finite, got ${u} and ${g} at ${i}`);
    weights += u;
    sum += u * g;
  }
  if (!fits || weights === 0)
    throw new Error(
      `optimalBaseline takes a squared norm for each return, not all 0: got ${squaredNorm.length} and ${returns.length}; a policy that is sure has no score`,
    );
  return sum / weights;
}
