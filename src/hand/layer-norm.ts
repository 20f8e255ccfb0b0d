/** Gain γ and shift β of a norm by hand, both [F]. */
export interface GainShift {
  /** γ [F]. */
  readonly gamma: Float64Array;
  /** β [F]. */
  readonly beta: Float64Array;
}

/**
 * Each row less its mean and over its deviation, by hand.
 *
 *     y = γ ⊙ (x − μ) / √(σ² + ε) + β        μ, σ² of the row, σ² divides by F
 *
 * @param params   γ and β [F]
 * @param x        [N, F], row by row
 * @param epsilon  ε; 1e-5
 * @returns        [N, F]
 * @throws         when β has another length than γ, or x no whole rows of it
 *
 * Ba, Kiros & Hinton 2016.
 */
export function layerNormForward({ gamma, beta }: GainShift, x: Float64Array, epsilon = 1e-5): Float64Array {
  const F = gamma.length;
  if (beta.length !== F || x.length % F !== 0)
    throw new Error(
      `layerNormForward: gamma has ${F} numbers, beta ${beta.length} and x ${x.length}; gamma and beta are [F] and x is [N, F]`,
    );
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += F) {
    const row = x.subarray(start, start + F);
    const centre = row.reduce((sum, value) => sum + value, 0) / F;
    const variance = row.reduce((sum, value) => sum + (value - centre) ** 2, 0) / F;
    for (let i = 0; i < F; i++) y[start + i] = (gamma[i] * (row[i] - centre)) / Math.sqrt(variance + epsilon) + beta[i];
  }
  return y;
}
