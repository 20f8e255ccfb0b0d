import { attentionBackward, attentionForward, type Looked, type Looking } from './attention.js';
import { type Affine, linearBackward, linearForward } from './linear.js';

/** The four maps of multi-head attention by hand, each [D, D] with a shift [D]. */
export interface Heads {
  /** To queries. */
  readonly query: Affine;
  /** To keys; its shift changes nothing, for it adds one number to all scores of a query. */
  readonly key: Affine;
  /** To values. */
  readonly value: Affine;
  /** Of the heads' outputs, side by side. */
  readonly out: Affine;
}

/** What the backward of `multiHeadForward` needs of its forward. */
export interface HeadsSaved {
  /** The sequence [T, D]. */
  readonly x: Float64Array;
  /** Of each head, D/H wide: queries, keys, values, weights and y. */
  readonly heads: readonly (Looking & Looked)[];
  /** The heads' outputs side by side [T, D]. */
  readonly joined: Float64Array;
}

/**
 * Columns of [T, D] as H arrays [T, D/H], side by side; `joinHeads` puts them back.
 *
 * @param x      [T, D], row by row
 * @param width  D
 * @param count  H
 * @throws       when H does not divide D
 */
export function splitHeads(x: Float64Array, width: number, count: number): Float64Array[] {
  const each = width / count;
  if (!Number.isInteger(each)) throw new Error(`splitHeads: ${count} heads do not share a width of ${width}; choose a divisor of it`);
  const T = x.length / width;
  return Array.from({ length: count }, (_, h) =>
    Float64Array.from({ length: T * each }, (_, i) => x[Math.floor(i / each) * width + h * each + (i % each)]),
  );
}

/** H arrays [T, D/H] side by side as [T, D]. */
export function joinHeads(heads: readonly Float64Array[], width: number): Float64Array {
  const each = width / heads.length;
  return Float64Array.from({ length: heads[0].length * heads.length }, (_, i) => {
    const column = i % width;
    return heads[Math.floor(column / each)][Math.floor(i / width) * each + (column % each)];
  });
}

/**
 * Self-attention in H subspaces, by hand, of one sequence.
 *
 *     y = [head₁ … head_H] wₒ + bₒ        head_h = attention of the h-th columns of x w_q, x w_k, x w_v
 *
 * @param params  maps [D, D] with shifts [D]
 * @param x       [T, D]
 * @param count   H, a divisor of D
 * @returns       y [T, D], and what the backward needs
 *
 * Vaswani et al. 2017, section 3.2.2.
 */
export function multiHeadForward(params: Heads, x: Float64Array, count: number): { y: Float64Array; saved: HeadsSaved } {
  const width = params.out.b.length;
  const [q, k, v] = [params.query, params.key, params.value].map((map) => splitHeads(linearForward(map, x), width, count));
  const heads = q.map((one, h) => {
    const looking = { q: one, k: k[h], v: v[h] };
    return { ...looking, ...attentionForward(looking, { width: width / count }) };
  });
  const joined = joinHeads(
    heads.map(({ y }) => y),
    width,
  );
  return { y: linearForward(params.out, joined), saved: { x, heads, joined } };
}

/** A gradient of an affine map by hand: of w and of b. */
export interface AffineGradient {
  /** As w. */
  readonly dw: Float64Array;
  /** As b. */
  readonly db: Float64Array;
}

/**
 * The backward of `multiHeadForward`: through the map back, each head's attention, and the three maps, whose ∂x add up.
 *
 * @param dy      [T, D]
 * @param params  those of the forward
 * @param saved   what the forward saved
 * @returns       ∂x [T, D], and of each map ∂w and ∂b
 */
export function multiHeadBackward(
  dy: Float64Array,
  params: Heads,
  { x, heads, joined }: HeadsSaved,
): { dx: Float64Array; query: AffineGradient; key: AffineGradient; value: AffineGradient; out: AffineGradient } {
  const width = params.out.b.length;
  const { dx: dJoined, ...out } = linearBackward(dy, params.out, joined);
  const parts = splitHeads(dJoined, width, heads.length).map((d, h) => attentionBackward(d, heads[h], { width: width / heads.length }));
  const back = (map: Affine, pick: (part: (typeof parts)[number]) => Float64Array) =>
    linearBackward(joinHeads(parts.map(pick), width), map, x);
  const [query, key, value] = [back(params.query, ({ dq }) => dq), back(params.key, ({ dk }) => dk), back(params.value, ({ dv }) => dv)];
  return { dx: query.dx.map((d, i) => d + key.dx[i] + value.dx[i]), query, key, value, out };
}
