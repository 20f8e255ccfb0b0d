/** Penalties in equal ratios from `low` to `high`, both included, at least `perDecade` of them to a factor of 10. */
export function geometricGrid(low: number, high: number, perDecade: number): number[] {
  const steps = Math.max(1, Math.ceil(perDecade * Math.log10(high / low) - 1e-9));
  return Array.from({ length: steps + 1 }, (_, i) => (i === steps ? high : low * (high / low) ** (i / steps)));
}

/**
 * Ridge penalties for a design with these singular values, its limits among them: 0, eight to a decade, ∞.
 *
 *     0,  s_min²/1000 … 1000 s_max²,  ∞        every direction keeps s²/(s² + λ): 99.9 % of it at the second, 0.1 % at the last but one
 *
 * @param singularValues  [k] of the centred design, as `svd` gives them; zeros, and what lies under 10⁻⁶ s_max, do not lengthen the grid
 * @throws                when all are zero: no column varies, so there is nothing to shrink
 */
export function ridgeGrid(singularValues: ArrayLike<number>): number[] {
  const s = Array.from(singularValues);
  const largest = s.reduce((most, value) => Math.max(most, value), 0);
  if (!(largest > 0)) throw new Error('ridgeGrid: every singular value is 0, so no column varies and there is nothing to shrink');
  const smallest = s.reduce((least, value) => (value > 1e-6 * largest ? Math.min(least, value) : least), largest);
  return [0, ...geometricGrid(smallest ** 2 / 1000, largest ** 2 * 1000, 8), Infinity];
}

/** Lasso penalties: 100 in equal ratios from `largest`, from which on all coefficients are 0, down to a thousandth of it. */
export const lassoGrid = (largest: number): number[] => geometricGrid(largest / 1000, largest, 33).reverse();

/**
 * The fit whose criterion is lowest. At a limit, 0 or ∞, the choice is a finding; at another end of the grid it would be lower still beyond.
 *
 * @param fits  in ascending order of λ; a criterion that is NaN is not defined there and is passed over
 * @throws      when the lowest is at an end of the grid that is no limit, or none is defined
 */
export function lowestInside<F extends { readonly lambda: number }>(
  caller: string,
  fits: readonly F[],
  name: string,
  of: (fit: F) => number,
): F {
  const ordered = fits.toSorted((a, b) => a.lambda - b.lambda);
  const defined = ordered.filter((fit) => !Number.isNaN(of(fit)));
  if (defined.length === 0)
    throw new Error(`${caller}: ${name} is defined at no penalty, for every fit goes through all its points; add larger penalties`);
  const best = defined.reduce((lowest, fit) => (of(fit) < of(lowest) ? fit : lowest));
  const [first, last] = [ordered[0], ordered[ordered.length - 1]];
  const end = best === last && best.lambda < Infinity ? 'largest' : best === first && best.lambda > 0 ? 'smallest' : undefined;
  if (end && fits.length > 1)
    throw new Error(
      `${caller}: ${name} is lowest at the ${end} of ${fits.length} penalties, ${best.lambda}, an edge of the grid and no choice; ` +
        `add ${end === 'largest' ? 'larger ones up to Infinity' : 'smaller ones down to 0'}, or leave lambdas out for a grid with both limits`,
    );
  return best;
}
