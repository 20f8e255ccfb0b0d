/** Weights of an affine map by hand: w [F, D] row by row, b [D]. */
export interface Affine {
  /** [F, D], row by row. */
  readonly w: Float64Array;
  /** [D]. */
  readonly b: Float64Array;
}

/**
 * An affine map of each row, by hand.
 *
 *     y[n, j] = b[j] + Σᵢ x[n, i] w[i, j]
 *
 * @param params  w [F, D] and b [D]
 * @param x       [N, F], row by row
 * @returns       [N, D]
 * @throws        when x does not consist of rows that w takes
 */
export function linearForward({ w, b }: Affine, x: Float64Array): Float64Array {
  const D = b.length;
  const F = w.length / D;
  const N = x.length / F;
  if (!Number.isInteger(F) || !Number.isInteger(N))
    throw new Error(
      `linearForward: w has ${w.length} numbers, b ${D} and x ${x.length}; w is [F, D], b [D] and x [N, F], so w divides by b and x by F`,
    );
  const y = new Float64Array(N * D);
  for (let n = 0; n < N; n++)
    for (let j = 0; j < D; j++) {
      let sum = b[j];
      for (let i = 0; i < F; i++) sum += x[n * F + i] * w[i * D + j];
      y[n * D + j] = sum;
    }
  return y;
}

/**
 * The backward of `linearForward`.
 *
 *     ∂x = ∂y wᵀ        ∂w = xᵀ ∂y        ∂b = Σₙ ∂y[n]
 *
 * @param dy      [N, D]
 * @param params  w [F, D] and b [D]
 * @param x       [N, F]
 * @returns       gradients in the shapes of x, w and b
 */
export function linearBackward(
  dy: Float64Array,
  { w, b }: Affine,
  x: Float64Array,
): { dx: Float64Array; dw: Float64Array; db: Float64Array } {
  const D = b.length;
  const F = w.length / D;
  const [dx, dw, db] = [x, w, b].map(({ length }) => new Float64Array(length));
  for (let n = 0; n < x.length / F; n++)
    for (let j = 0; j < D; j++) {
      const d = dy[n * D + j];
      db[j] += d;
      for (let i = 0; i < F; i++) {
        dx[n * F + i] += d * w[i * D + j];
        dw[i * D + j] += d * x[n * F + i];
      }
    }
  return { dx, dw, db };
}
