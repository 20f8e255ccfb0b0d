import type { Matrix } from '../../linalg/index.js';

/**
 * Whether weights show, in exact arithmetic, that no direction separates the labels: Newton's reach is below 1.
 *
 *     r = maxᵢ (1 − wᵢ) ςᵢxᵢᵀδ < 1,  Σ wᵢ(1 − wᵢ) xᵢxᵢᵀ δ = Σ wᵢςᵢxᵢ        then wᵢ (1 − (1 − wᵢ) ςᵢxᵢᵀδ) are positive and make Σ ςᵢxᵢ zero
 *
 * Every double is a whole number times a power of two, so that whole numbers of any length decide it.
 *
 * @param x        [n, p]
 * @param signs    ς [n] of −1 and 1
 * @param weights  w [n] between 0 and 1
 *
 * Bareiss 1968, for the determinants. thm:logistic.
 */
export function provesOverlap(x: Matrix, signs: ArrayLike<number>, weights: ArrayLike<number>): boolean {
  const { rows: n, cols: p } = x;
  // The unit of a column is no matter; that of the weights is `one`.
  const columns = Array.from({ length: p }, (_, j) => wholes(Float64Array.from({ length: n }, (_, i) => x.data[i * p + j])).values);
  const { values: w, one } = wholes(Float64Array.from(weights));
  const system = Array.from({ length: p }, () => new Array<bigint>(p + 1).fill(0n)); // XᵀWX and the slope beside it
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++) {
      const weighted = w[i] * columns[j][i];
      for (let k = 0; k < p; k++) system[j][k] += weighted * (one - w[i]) * columns[k][i];
      system[j][p] += signs[i] > 0 ? weighted : -weighted;
    }
  const solved = solve(system);
  if (!solved) return false;
  const { numerators, determinant } = solved;
  for (let i = 0; i < n; i++) {
    let move = 0n;
    for (let j = 0; j < p; j++) move += columns[j][i] * numerators[j];
    if (!((one - w[i]) * (signs[i] > 0 ? move : -move) < determinant)) return false;
  }
  return true;
}

/** Doubles as whole multiples of one power of two, which is 1/`one`. */
function wholes(values: Float64Array): { readonly values: bigint[]; readonly one: bigint } {
  const parts = Array.from(values, (value) => {
    // A double below the normal ones is a multiple of 2⁻¹⁰⁷⁴ too.
    const exponent = value === 0 ? 0 : Math.max(Math.floor(Math.log2(Math.abs(value))) - 53, -1074);
    return { exponent, value };
  });
  const least = Math.min(0, ...parts.map(({ exponent }) => exponent));
  return {
    values: parts.map(({ value, exponent }) => BigInt(scaled(value, -exponent)) << BigInt(exponent - least)),
    one: 1n << BigInt(-least),
  };
}

/** value · 2ᵏ in two steps, since 2ᵏ alone may be too large. */
const scaled = (value: number, k: number): number => value * 2 ** Math.floor(k / 2) * 2 ** Math.ceil(k / 2);

/** z = numerators / determinant of Az = b, [A b] whole and A positive definite; nothing where A is singular. */
function solve(rows: readonly bigint[][]): { readonly numerators: bigint[]; readonly determinant: bigint } | undefined {
  const p = rows.length;
  let before = 1n;
  // Fraction-free, and above the diagonal too: at the end A is its determinant times the identity.
  for (let k = 0; k < p; k++) {
    const pivot = rows[k][k];
    if (pivot <= 0n) return undefined;
    for (let i = 0; i < p; i++) {
      if (i === k) continue;
      const factor = rows[i][k];
      for (let j = 0; j <= p; j++) rows[i][j] = (pivot * rows[i][j] - factor * rows[k][j]) / before;
    }
    before = pivot;
  }
  return { numerators: rows.map((row) => row[p]), determinant: before };
}
