/**
 * Holm's adjusted p-values: those at or below α are rejected with a chance of at most α that any of them is true.
 *
 *     p̃₍ᵢ₎ = maxⱼ≤ᵢ min(1, (m − j + 1) p₍ⱼ₎)        p₍₁₎ ≤ … ≤ p₍ₘ₎
 *
 * Holds under any dependence; where the tests are strongly dependent `romanoWolf` rejects more. Count every test that was made, those that
 * were not shown too.
 *
 * @param pValues  [m]
 * @returns        [m] in the same order
 * @throws         when a value is not in [0, 1]
 *
 * Holm 1979.
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const m = pValues.length;
  const wrong = Array.from(pValues).findIndex((p) => !(p >= 0 && p <= 1));
  if (wrong >= 0) throw new Error(`holm: p-values must be in [0, 1], got ${pValues[wrong]} at ${wrong}; are these t-statistics?`);
  const order = Array.from({ length: m }, (_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Float64Array(m);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (m - rank) * pValues[i]));
    adjusted[i] = largest;
  });
  return adjusted;
}
