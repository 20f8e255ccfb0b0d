import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, zeros } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import {
  dropout,
  type Edges,
  graphConvolution,
  type LinearParams,
  relu,
  type SparseFeatures,
  sparseGraphConvolution,
  sparseProduct,
  xavierUniform,
} from '../../nn/index.js';

/** Weights of a graph convolutional network, layer after layer. */
export interface GcnParams<T = tf.Tensor> {
  /** w [F, D] and b [D], from the features to the outputs. */
  readonly layers: readonly LinearParams<T>[];
}

/**
 * Layers from widths[0] features over hidden widths to the last, with Glorot's uniform weights, as the authors', and shifts 0.
 *
 * @throws when there are fewer than two widths
 */
export function initGcn(key: Key, widths: readonly number[]): GcnParams<HostArray<Float32Array>> {
  if (widths.length < 2) throw new Error(`initGcn: widths go from the features to the outputs, at least these two: got [${widths}]`);
  return {
    layers: widths.slice(1).map((D, i) => ({
      w: xavierUniform(fold(key, i), [widths[i], D]),
      b: zeros([D]),
    })),
  };
}

/** Who sees whom. */
export interface GcnOptions {
  /** Â [N, N] of `normaliseAdjacency`, or the edges of `normaliseEdges`, which cost less where a node has few neighbours. */
  readonly graph: tf.Tensor | Edges;
  /** In training, for each layer the mask of what comes into it: of x as it is given, [N, F] or [E], then of the hidden [N, D]. */
  readonly masks?: readonly tf.Tensor[];
}

/**
 * A graph convolutional network: at each layer a node averages what its neighbours have become, so l layers see l edges far.
 *
 *     hₗ = relu(Â hₗ₋₁ Wₗ + bₗ)        y = Â h Wₙ + bₙ
 *
 * @param params  layers of w [F, D] and b [D]
 * @param x       [N, F], features of the nodes; their entries that are not 0 cost less where these are few
 * @returns       [N, K]: logits of `crossEntropy`, or a regression's prediction; some rows of it where only some nodes are known
 * @throws        when there is not one mask a layer, or as `graphConvolution`, `sparseGraphConvolution`, `sparseProduct` and `dropout`
 *
 * A batch of B days is one graph of B N nodes, x [B N, F], in which each day has its own copy of the edges:
 *
 *     normaliseEdges(B * N, days.flatMap((b) => edges.map(([i, j]): [number, number] => [b * N + i, b * N + j])))
 *
 * Where only some nodes are labelled, `neighbourhood` is the part of a large graph that a step needs. Kipf & Welling 2017, eq. 9.
 */
export function gcn({ layers }: GcnParams, x: tf.Tensor | SparseFeatures, options: GcnOptions): tf.Tensor {
  checkOptions('gcn', options, ['graph', 'masks']);
  const { graph, masks } = options;
  if (masks && masks.length !== layers.length)
    throw new Error(`gcn: masks are one for each of the ${layers.length} layers, of what comes into it; got ${masks.length}`);
  const dropped = (h: tf.Tensor, l: number) => (masks ? dropout(h, { mask: masks[l] }) : h);
  const convolve = (layer: LinearParams, h: tf.Tensor) =>
    graph instanceof tf.Tensor ? graphConvolution(layer, h, { graph }) : sparseGraphConvolution(layer, h, { graph });
  const enter = ({ w, b }: LinearParams) => {
    if (x instanceof tf.Tensor) return convolve({ w, b }, dropped(x, 0));
    const { rows } = x;
    const h = sparseProduct({ from: x.from, to: x.to, weight: dropped(x.weight, 0) }, w, { rows });
    return (graph instanceof tf.Tensor ? graph.matMul(h) : sparseProduct(graph, h, { rows })).add(b);
  };
  return layers.slice(1).reduce((h, layer, l) => convolve(layer, dropped(relu(h), l + 1)), enter(layers[0]));
}
