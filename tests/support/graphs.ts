import { type Key, key, uniform } from '../../src/base/random.js';
import { type Matrix, zeroMatrix } from '../../src/linalg/matrix.js';

export type Edge = readonly [number, number];

/** The adjacency [N, N] of edges of weight 1. */
export function graphOf(N: number, edges: readonly Edge[]): Matrix {
  const a = zeroMatrix(N, N);
  for (const [i, j] of edges) a.data[i * N + j] = a.data[j * N + i] = 1;
  return a;
}

/** Edges of a chain of N nodes, of a ring, of all pairs, and of a first node to all others. */
export const chain = (N: number): Edge[] => Array.from({ length: N - 1 }, (_, i) => [i, i + 1]);
export const ring = (N: number): Edge[] => [...chain(N), [N - 1, 0]];
export const pairs = (N: number): Edge[] => Array.from({ length: N }, (_, i) => Array.from({ length: i }, (_, j): Edge => [j, i])).flat();
export const star = (N: number): Edge[] => Array.from({ length: N - 1 }, (_, i) => [0, i + 1]);

/** Edges of graphs of so many nodes, side by side. */
export function besides(...graphs: readonly (readonly [N: number, edges: readonly Edge[]])[]): Edge[] {
  let start = 0;
  return graphs.flatMap(([N, edges]) => {
    const moved = edges.map(([i, j]): Edge => [i + start, j + start]);
    start += N;
    return moved;
  });
}

/** The edges of a graph, each once. */
export const edgesOf = ({ rows: N, data }: Matrix): Edge[] => pairs(N).filter(([i, j]) => data[i * N + j] > 0);

/** Weights from 0.5 to 1.5 on the edges, of a seed. */
export function weighted(a: Matrix, seed: number | Key): Matrix {
  const draws = uniform(typeof seed === 'number' ? key(seed) : seed, [a.data.length], 'float64').data;
  const at = (k: number) => Math.min(k, (k % a.rows) * a.rows + Math.floor(k / a.rows)); // of both ends the same
  return { ...a, data: a.data.map((weight, k) => weight * (0.5 + draws[at(k)])) };
}

/** Row i and column i of a become row and column order[i]: Π A Πᵀ. */
export function renumbered(a: Matrix, order: readonly number[]): Matrix {
  const out = zeroMatrix(a.rows, a.cols);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.cols; j++) out.data[order[i] * a.cols + order[j]] = a.data[i * a.cols + j];
  return out;
}

/** Row i of x [N, F] becomes row order[i]: Π X. */
export const moved = <T>(rows: readonly T[], order: readonly number[]): T[] => rows.map((_, r) => rows[order.indexOf(r)]);
