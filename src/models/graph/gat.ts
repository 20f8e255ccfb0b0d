import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import {
  type GraphAttentionParams,
  graphAttention,
  initGraphAttention,
  type Links,
  type SparseFeatures,
  sparseGraphAttention,
} from '../../nn/index.js';

/** How wide a graph attention network is. */
export interface GatConfig {
  /** F, features of a node. */
  readonly inputs: number;
  /** D, the width of a head in the first layer: 8 in the paper. */
  readonly width: number;
  /** Of the first layer, side by side: 8 in the paper. */
  readonly heads: number;
  /** K. */
  readonly outputs: number;
  /** Of the second layer, averaged: 1 when left out, as for the paper's citation graphs. */
  readonly outputHeads?: number;
}

/** Weights of two layers of graph attention. */
export interface GatParams<T = tf.Tensor> {
  /** H heads of width D over F features. */
  readonly first: GraphAttentionParams<T>;
  /** Heads of width K over H D features. */
  readonly second: GraphAttentionParams<T>;
}

/** Two layers as `initGraphAttention` makes them; the second sees the first's heads side by side. */
export function initGat(key: Key, config: GatConfig): GatParams<HostArray<Float32Array>> {
  checkOptions('initGat', config, ['inputs', 'width', 'heads', 'outputs', 'outputHeads']);
  const { inputs, width, heads, outputs, outputHeads = 1 } = config;
  const [forFirst, forSecond] = split(key);
  return {
    first: initGraphAttention(forFirst, { inputs, width, heads }),
    second: initGraphAttention(forSecond, { inputs: heads * width, width: outputs, heads: outputHeads }),
  };
}

/** Who sees whom. */
export interface GatOptions {
  /** bool [N, N]: whether node i averages node j, itself included; or edges, which cost less where a node has few neighbours. */
  readonly graph: tf.Tensor | Links;
}

/**
 * A graph attention network of two layers.
 *
 *     h = elu(attention of each head, side by side)        y = mean of the heads' attention
 *
 * @param params  of `initGat`
 * @param x       [N, F], features of the nodes; [B, N, F] over a mask; over edges also their entries that are not 0
 * @returns       [N, K] or [B, N, K]: logits of `crossEntropy`, or a regression's prediction
 * @throws        as `graphAttention` and `sparseGraphAttention`
 *
 * Veličković et al. 2018, section 3.3, without its dropout.
 */
export function gat({ first, second }: GatParams, x: tf.Tensor | SparseFeatures, options: GatOptions): tf.Tensor {
  checkOptions('gat', options, ['graph']);
  const { graph } = options;
  const [heads, outputs] = second.source.shape;
  const attend = (params: GraphAttentionParams, h: tf.Tensor | SparseFeatures) => {
    if (!(graph instanceof tf.Tensor)) return sparseGraphAttention(params, h, { graph });
    if (!(h instanceof tf.Tensor)) throw new Error('gat: entries of features need a graph of edges; pass x [N, F] over a mask [N, N]');
    return graphAttention(params, h, { graph });
  };
  const y = attend(second, attend(first, x).elu());
  return y.reshape([...y.shape.slice(0, -1), heads, outputs!]).mean(-2);
}
