import type { HostArray } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import type { Edges } from '../../nn/index.js';

/** A graph in JavaScript's memory, as `normaliseEdges` gives it. */
export type HostEdges = Edges<HostArray<Int32Array>, HostArray<Float32Array>>;

/** How features are smoothed. */
export interface SgcOptions {
  /** Edges of `normaliseEdges`. */
  readonly graph: HostEdges;
  /** How often each node averages its neighbours: 2 in the paper. */
  readonly hops: number;
}

/**
 * The features of simple graph convolution: what is left of a graph convolutional network without its nonlinearities. A logistic regression on them
 * is the model.
 *
 *     X̃ = Âᴷ X
 *
 * @param x  [N, F]
 * @returns  [N, F]
 * @throws   when an edge leaves the N rows, or the hops are no whole number
 *
 * Wu et al. 2019, eq. 8. Computed once, in double precision.
 */
export function sgcFeatures(x: HostArray<Float32Array | Float64Array>, options: SgcOptions): HostArray<Float32Array> {
  checkOptions('sgcFeatures', options, ['graph', 'hops']);
  checkWhole('sgcFeatures', 'hops', options.hops, { from: 0 });
  const [N, F] = x.shape;
  let features = Float64Array.from(x.data);
  for (let hop = 0; hop < options.hops; hop++) features = averaged('sgcFeatures', features, [N, F], options.graph);
  return { data: Float32Array.from(features), shape: [N, F] };
}

/** Â x of x [N, F], in double precision. */
export function averaged(who: string, x: Float64Array<ArrayBuffer>, [N, F]: readonly [number, number], { from, to, weight }: HostEdges) {
  const y = new Float64Array(N * F);
  for (let e = 0; e < weight.data.length; e++) {
    const [i, j, w] = [to.data[e], from.data[e], weight.data[e]];
    if (i >= N || j >= N) throw new Error(`${who}: there are ${N} nodes, got an edge from ${j} to ${i}`);
    for (let f = 0; f < F; f++) y[i * F + f] += w * x[j * F + f];
  }
  return y;
}
