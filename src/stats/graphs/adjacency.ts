import type { Matrix } from '../../linalg/index.js';

/** The degrees dᵢ = Σⱼ Aᵢⱼ [N] of an adjacency; throws when it is none: square, finite, symmetric, without a negative weight. */
export function degreesOf(who: string, { rows: N, cols, data }: Matrix): Float64Array {
  if (N !== cols || data.length !== N * N) throw new Error(`${who}: an adjacency is [N,N], got [${N},${cols}] with ${data.length} values`);
  const degrees = new Float64Array(N);
  for (let i = 0, at = 0; i < N; i++)
    for (let j = 0; j < N; j++, at++) {
      if (!(data[at] >= 0 && data[at] < Infinity))
        throw new Error(`${who}: weights are finite and not negative, got ${data[at]} from ${i} to ${j}; of correlations take |r| or r²`);
      if (data[at] !== data[j * N + i])
        throw new Error(`${who}: the edge ${i}–${j} weighs ${data[at]} one way and ${data[j * N + i]} the other; links have no direction`);
      degrees[i] += data[at];
    }
  return degrees;
}
