import { diagonal, inverseGram, type Matrix } from '../../linalg/index.js';
import { checkDesign, cholesky, columnMeans, columnName, minus } from '../../linalg/internal.js';

/** A link of a tree: the places of its two ends. */
export type TreeLink = readonly [from: number, to: number];

/**
 * Correlations of columns, R [N, N].
 *
 * @param x  [T, N], as returns; `names` are kept
 * @throws   when x is empty, a value is missing, or a column does not vary
 */
export function correlationMatrix(x: Matrix): Matrix {
  const units = unitColumns('correlationMatrix', x, 0, x.rows);
  return { rows: x.cols, cols: x.cols, data: products(units, units, true), names: x.names };
}

/**
 * Correlations of columns with what columns were a row before: who follows whom.
 *
 *     Lᵢⱼ = corr(xᵢ,ₜ₊₁, xⱼ,ₜ)        of independent rows about N(0, 1/(T − 1))
 *
 * @param x  [T, N], T ≥ 3, as daily returns; `names` are kept
 * @returns  [N, N], not symmetric: row i follows column j
 * @throws   when x is empty, a value is missing, or a column does not vary in its first or last T − 1 rows
 */
export function laggedCorrelations(x: Matrix): Matrix {
  const [later, earlier] = [1, 0].map((from) => unitColumns('laggedCorrelations', x, from, from + x.rows - 1));
  return { rows: x.cols, cols: x.cols, data: products(later, earlier, false), names: x.names };
}

/**
 * Partial correlations: what is left between two when all others are held fast; 0 where two are independent given the rest, if all are normal.
 *
 *     Pᵢⱼ = −Kᵢⱼ / √(Kᵢᵢ Kⱼⱼ),   K = Σ⁻¹        Pᵢᵢ = 1
 *
 * @param covariance  Σ [N, N], positive definite; `names` are kept
 * @throws            when Σ is singular or near to it
 *
 * Dempster 1972.
 */
export function partialCorrelations(covariance: Matrix): Matrix {
  const { rows: N, cols, data } = covariance;
  if (N !== cols || data.length !== N * N)
    throw new Error(`partialCorrelations: a covariance is [N,N], got [${N},${cols}] with ${data.length} values`);
  const r = cholesky(covariance);
  if (!r)
    throw new Error(
      `partialCorrelations: the covariance of ${N} columns is singular, so nothing is left of one when the others are held fast; shrink it by ledoitWolf`,
    );
  const K = inverseGram(r);
  const roots = diagonal(K).map(Math.sqrt);
  const entry = (k: number, at: number) => (at % (N + 1) === 0 ? 1 : -k / (roots[Math.floor(at / N)] * roots[at % N]));
  return { ...covariance, data: K.data.map(entry) };
}

/**
 * The N − 1 links that join all nodes with the largest sum: of correlations Mantegna's tree, the shortest by the distances √(2(1 − R)).
 *
 * @param similarity  [N, N], symmetric; its diagonal is not looked at
 * @returns           in the order in which they join the tree of the first node
 * @throws            when it is not square, not symmetric, or a value is missing
 *
 * Prim 1957; Mantegna 1999.
 */
export function spanningTree(similarity: Matrix): TreeLink[] {
  const { rows: N, cols, data } = similarity;
  if (N !== cols || data.length !== N * N)
    throw new Error(`spanningTree: similarities are [N,N], got [${N},${cols}] with ${data.length} values`);
  for (let i = 0; i < N; i++)
    for (let j = 0; j < i; j++)
      if (!(Math.abs(data[i * N + j] - data[j * N + i]) <= 1e-9))
        throw new Error(
          `spanningTree: ${i} and ${j} are alike by ${data[i * N + j]} one way and ${data[j * N + i]} the other; a tree has no direction, and no link of unknown likeness`,
        );
  const links: TreeLink[] = [];
  const nearest = new Int32Array(N); // of those in the tree, to each that is not
  const outside = new Set(Array.from({ length: Math.max(0, N - 1) }, (_, i) => i + 1));
  while (outside.size > 0) {
    const next = [...outside].reduce((best, i) => (data[nearest[i] * N + i] > data[nearest[best] * N + best] ? i : best));
    links.push([nearest[next], next]);
    outside.delete(next);
    for (const i of outside) if (data[next * N + i] > data[nearest[i] * N + i]) nearest[i] = next;
  }
  return links;
}

/** Columns of rows [from, end) less their means, of length 1. */
function unitColumns(who: string, x: Matrix, from: number, end: number): Float64Array[] {
  checkDesign(who, x);
  const { cols: N } = x;
  const rows = { ...x, rows: end - from, data: x.data.subarray(from * N, end * N) };
  const { data: centred } = minus(rows, columnMeans(rows));
  return Array.from({ length: N }, (_, i) => {
    const column = Float64Array.from({ length: rows.rows }, (_, t) => centred[t * N + i]);
    const length = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0));
    if (!(length > 0)) throw new Error(`${who}: '${columnName(x, i)}' does not vary, so it has no correlation; drop the column`);
    return column.map((value) => value / length);
  });
}

function products(a: readonly Float64Array[], b: readonly Float64Array[], own: boolean): Float64Array {
  return Float64Array.from(
    a.flatMap((left, i) => b.map((right, j) => (own && i === j ? 1 : left.reduce((sum, value, t) => sum + value * right[t], 0)))),
  );
}
