import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, zeros } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { type Edges, graphConvolution, type LinearParams, relu, sparseGraphConvolution, xavierUniform } from '../../nn/index.js';

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
}

/**
 * A graph convolutional network: at each layer a node averages what its neighbours have become, so l layers see l edges far.
 *
 *     hₗ = relu(Â hₗ₋₁ Wₗ + bₗ)        y = Â h Wₙ + bₙ
 *
 * @param params  layers of w [F, D] and b [D]
 * @param x       [N, F], features of the nodes
 * @returns       [N, K]: logits of `crossEntropy`, or a regression's prediction; some rows of it where only some nodes are known
 * @throws        as `graphConvolution` and `sparseGraphConvolution`
 *
 * A batch of B days is one graph of B N nodes, x [B N, F], in which each day has its own copy of the edges:
 *
 *     normaliseEdges(B * N, days.flatMap((b) => edges.map(([i, j]): [number, number] => [b * N + i, b * N + j])))
 *
 * Kipf & Welling 2017, eq. 9, without its dropout.
 */
export function gcn({ layers }: GcnParams, x: tf.Tensor, options: GcnOptions): tf.Tensor {
  checkOptions('gcn', options, ['graph']);
  const { graph } = options;
  const convolve = (layer: LinearParams, h: tf.Tensor) =>
    graph instanceof tf.Tensor ? graphConvolution(layer, h, { graph }) : sparseGraphConvolution(layer, h, { graph });
  return layers.reduce((h, layer, l) => convolve(layer, l === 0 ? h : relu(h)), x);
}
