/** Queries [T, D], keys [S, D] and values [S, V], row by row. */
export interface Looking {
  /** [T, D]. */
  readonly q: Float64Array;
  /** [S, D]. */
  readonly k: Float64Array;
  /** [S, V]. */
  readonly v: Float64Array;
}

/** What attention gives: y [T, V], and the weights [T, S] that each query puts on the keys. */
export interface Looked {
  /** [T, V]. */
  readonly y: Float64Array;
  /** [T, S]; the S weights of a query sum to 1. */
  readonly weights: Float64Array;
}

/**
 * A softmax of each row, by hand; the largest score is taken off first, which changes nothing and lets nothing overflow.
 *
 * @param scores   [T, S]
 * @param columns  S
 */
export function softmaxRows(scores: Float64Array, columns: number): Float64Array {
  const weights = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += columns) {
    const row = scores.subarray(start, start + columns);
    const top = row.reduce((one, other) => Math.max(one, other), -Infinity);
    const raised = row.map((score) => Math.exp(score - top));
    const total = raised.reduce((sum, value) => sum + value, 0);
    weights.set(
      raised.map((value) => value / total),
      start,
    );
  }
  return weights;
}

/**
 * Scaled dot-product attention, by hand.
 *
 *     P = softmax(q kᵀ / √D)        y = P v
 *
 * @param looking  q [T, D], k [S, D], v [S, V]
 * @param options  D, the width of a query
 * @throws         when the width does not divide queries and keys, or the keys do not divide the values
 *
 * Vaswani et al. 2017, eq. 1.
 */
export function attentionForward({ q, k, v }: Looking, { width }: { readonly width: number }): Looked {
  const [T, S, V] = sizes({ q, k, v }, width);
  const scores = new Float64Array(T * S);
  for (let t = 0; t < T; t++)
    for (let s = 0; s < S; s++) {
      let dot = 0;
      for (let i = 0; i < width; i++) dot += q[t * width + i] * k[s * width + i];
      scores[t * S + s] = dot / Math.sqrt(width);
    }
  const weights = softmaxRows(scores, S);
  const y = new Float64Array(T * V);
  for (let t = 0; t < T; t++) for (let s = 0; s < S; s++) for (let j = 0; j < V; j++) y[t * V + j] += weights[t * S + s] * v[s * V + j];
  return { y, weights };
}

/**
 * The backward of `attentionForward`.
 *
 *     ∂v = Pᵀ ∂y    ∂P = ∂y vᵀ    ∂S = P ⊙ (∂P − Σ ∂P ⊙ P)    ∂q = ∂S k / √D    ∂k = ∂Sᵀ q / √D
 *
 * @param dy       [T, V]
 * @param looking  q, k and v of the forward, and its weights
 * @param options  D
 * @returns        gradients in the shapes of q, k and v
 */
export function attentionBackward(
  dy: Float64Array,
  { q, k, v, weights }: Looking & Pick<Looked, 'weights'>,
  { width }: { readonly width: number },
): { dq: Float64Array; dk: Float64Array; dv: Float64Array } {
  const [T, S, V] = sizes({ q, k, v }, width);
  const [dq, dk, dv] = [q, k, v].map(({ length }) => new Float64Array(length));
  for (let t = 0; t < T; t++) {
    const row = weights.subarray(t * S, (t + 1) * S);
    const dRow = row.map((_, s) => {
      let sum = 0;
      for (let j = 0; j < V; j++) {
        sum += dy[t * V + j] * v[s * V + j];
        dv[s * V + j] += row[s] * dy[t * V + j];
      }
      return sum;
    });
    const centre = dRow.reduce((sum, d, s) => sum + d * row[s], 0);
    for (let s = 0; s < S; s++) {
      const dScore = (row[s] * (dRow[s] - centre)) / Math.sqrt(width);
      for (let i = 0; i < width; i++) {
        dq[t * width + i] += dScore * k[s * width + i];
        dk[s * width + i] += dScore * q[t * width + i];
      }
    }
  }
  return { dq, dk, dv };
}

function sizes({ q, k, v }: Looking, width: number): [T: number, S: number, V: number] {
  const [T, S, V] = [q.length / width, k.length / width, (v.length * width) / k.length];
  if (![T, S, V].every(Number.isInteger))
    throw new Error(
      `attentionForward: with a width of ${width}, ${q.length} numbers of queries, ${k.length} of keys and ${v.length} of values are no rows; ` +
        'q is [T, width], k [S, width] and v [S, V]',
    );
  return [T, S, V];
}
