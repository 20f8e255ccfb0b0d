/**
 * Sinusoidal positions, added to a sequence so that attention can tell its places apart.
 *
 *     P[t, 2i] = sin(t / 10000^(2i/D))        P[t, 2i+1] = cos(t / 10000^(2i/D))
 *
 * @returns  [T, D]
 *
 * Vaswani et al. 2017, section 3.5.
 */
export function sinusoidalPositions(T: number, D: number): { data: Float32Array; shape: number[] } {
  const data = new Float32Array(T * D);
  for (let t = 0; t < T; t++)
    for (let j = 0; j < D; j++) {
      const angle = t / 10_000 ** ((j - (j % 2)) / D);
      data[t * D + j] = j % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  return { data, shape: [T, D] };
}
