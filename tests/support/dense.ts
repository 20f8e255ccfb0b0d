/** Small dense products in plain double precision, for checks that must not use what they check. Matrices are [rows][cols]. */
export type Rows = readonly (readonly number[])[];

/** The values of an array as rows of so many. */
export const rowsOf = (data: ArrayLike<number>, cols: number): number[][] =>
  Array.from({ length: data.length / cols }, (_, i) => Array.from({ length: cols }, (_, j) => data[i * cols + j]));

/** vA of a row v: Σᵢ vᵢ Aᵢⱼ. */
export const rowTimes = (v: readonly number[], a: Rows): number[] =>
  a[0].map((_, j) => v.reduce((sum, value, i) => sum + value * a[i][j], 0));

/** Av: Σⱼ Aᵢⱼ vⱼ. */
export const timesColumn = (a: Rows, v: readonly number[]): number[] =>
  a.map((row) => row.reduce((sum, value, j) => sum + value * v[j], 0));

/** Σᵢ aᵢ bᵢ. */
export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

/** a + b + … */
export const plus = (...parts: readonly (readonly number[])[]): number[] =>
  parts[0].map((_, i) => parts.reduce((sum, part) => sum + part[i], 0));

/** a ⊙ b ⊙ … */
export const times = (...parts: readonly (readonly number[])[]): number[] =>
  parts[0].map((_, i) => parts.reduce((product, part) => product * part[i], 1));

/** Adds the outer product uvᵀ to a matrix. */
export function addOuter(a: number[][], u: readonly number[], v: readonly number[]): void {
  for (const [i, left] of u.entries()) for (const [j, right] of v.entries()) a[i][j] += left * right;
}

/** A matrix of zeros. */
export const zeros = (rows: number, cols: number): number[][] => Array.from({ length: rows }, () => new Array<number>(cols).fill(0));

/** σ(u) = 1/(1 + e^(−u)), entry by entry. */
export const logistic = (u: readonly number[]): number[] => u.map((value) => 1 / (1 + Math.exp(-value)));

/** tanh, entry by entry. */
export const tanh = (u: readonly number[]): number[] => u.map(Math.tanh);

/** y(1 − y), the derivative of σ where its value is y. */
export const slopeOfLogistic = (y: readonly number[]): number[] => y.map((value) => value * (1 - value));

/** 1 − y², the derivative of tanh where its value is y. */
export const slopeOfTanh = (y: readonly number[]): number[] => y.map((value) => 1 - value * value);
