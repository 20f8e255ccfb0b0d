import { type Looked, type Looking, softmaxRows } from './attention.js';
import { linearForward } from './linear.js';
import { type Heads, type HeadsSaved, joinHeads, splitHeads } from './multi-head.js';

/**
 * A softmax of each row over the keys that are visible, by hand; a query that sees none has no weights.
 *
 * @param scores   [T, S]
 * @param visible  [T, S], 1 where a query sees a key, else 0
 * @param columns  S
 */
export function maskedSoftmaxRows(scores: Float64Array, visible: ArrayLike<number>, columns: number): Float64Array {
  const hidden = scores.map((score, i) => (visible[i] ? score : -Infinity));
  return softmaxRows(hidden, columns).map((weight, i) => (visible[i] ? weight : 0));
}

/**
 * Scaled dot-product attention to the keys that a mask leaves visible, by hand. `attentionBackward` is its backward: where a weight is 0,
 * so is what comes back through it.
 *
 * @param looking  q [T, D], k [S, D], v [S, V]
 * @param visible  [T, S], as of `maskedSoftmaxRows`: `causalMask(T).data`
 * @param options  D, the width of a query
 * @throws         when the mask is not [T, S]
 *
 * Vaswani et al. 2017, section 3.2.3.
 */
export function maskedAttentionForward({ q, k, v }: Looking, visible: ArrayLike<number>, { width }: { readonly width: number }): Looked {
  const [T, S] = [q.length / width, k.length / width];
  if (visible.length !== T * S)
    throw new Error(`maskedAttentionForward: a mask of ${visible.length} numbers for ${T} queries and ${S} keys; it is [T, S]`);
  const V = v.length / S;
  const scores = new Float64Array(T * S);
  for (let t = 0; t < T; t++)
    for (let s = 0; s < S; s++) {
      for (let i = 0; i < width; i++) scores[t * S + s] += q[t * width + i] * k[s * width + i];
      scores[t * S + s] /= Math.sqrt(width);
    }
  const weights = maskedSoftmaxRows(scores, visible, S);
  const y = new Float64Array(T * V);
  for (let t = 0; t < T; t++) for (let s = 0; s < S; s++) for (let j = 0; j < V; j++) y[t * V + j] += weights[t * S + s] * v[s * V + j];
  return { y, weights };
}

/**
 * `multiHeadForward` with every head under one mask, by hand; what is saved is what `multiHeadBackward` takes.
 *
 * @param params   maps [D, D] with shifts [D]
 * @param x        [T, D]
 * @param count    H, a divisor of D
 * @param visible  [T, T]
 * @returns        y [T, D], and what the backward needs
 */
export function maskedHeadsForward(
  params: Heads,
  x: Float64Array,
  count: number,
  visible: ArrayLike<number>,
): { y: Float64Array; saved: HeadsSaved } {
  const width = params.out.b.length;
  const [q, k, v] = [params.query, params.key, params.value].map((map) => splitHeads(linearForward(map, x), width, count));
  const heads = q.map((_, h) => {
    const looking = { q: q[h], k: k[h], v: v[h] };
    return { ...looking, ...maskedAttentionForward(looking, visible, { width: width / count }) };
  });
  const joined = joinHeads(
    heads.map(({ y }) => y),
    width,
  );
  return { y: linearForward(params.out, joined), saved: { x, heads, joined } };
}
