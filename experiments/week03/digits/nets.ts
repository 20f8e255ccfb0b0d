import type * as tf from '@tensorflow/tfjs';
import {
  bayesNetNoise,
  drawWeights,
  dropoutNet,
  dropoutNetMasks,
  initBayesNet,
  initMlp,
  type MlpParams,
  mlp,
  negativeElbo,
  negativeElboOfDraw,
} from '../../../src/models/index.js';
import { crossEntropy } from '../../../src/nn/index.js';
import { fold, type HostArray, type Key, normal } from '../../../src/tensor/index.js';

/** What a step takes: images [B, 784], labels [B], what is drawn, and the share of the divergence that a row bears. */
export interface Batch {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly noise: readonly tf.Tensor[];
  readonly weight: tf.Tensor;
}

/** A way to be uncertain about the weights of a multilayer perceptron. */
export interface Net {
  readonly initial: (k: Key) => object;
  readonly loss: (params: never, batch: Batch) => tf.Tensor;
  /** What one step of B rows draws. */
  readonly noise: (k: Key, rows: number) => HostArray<Float32Array>[];
  /** Logits of one whole function, at `draw`. */
  readonly logits: (params: never, x: tf.Tensor, draw: readonly tf.Tensor[]) => tf.Tensor;
  /** A draw of one whole function; none where there is but one. */
  readonly draw?: (k: Key) => HostArray<Float32Array>[];
}

const parametersOf = (widths: readonly number[]) => widths.slice(1).reduce((sum, D, i) => sum + D * (widths[i] + 1), 0);

export const plain = (widths: readonly number[]): Net => ({
  initial: (k) => initMlp(k, widths),
  loss: (params: MlpParams, { x, y }) => crossEntropy(mlp(params, x), y),
  noise: () => [],
  logits: (params: MlpParams, x) => mlp(params, x),
});

export const dropped = (widths: readonly number[], keep: number): Net => ({
  initial: (k) => initMlp(k, widths),
  loss: (params: MlpParams, { x, y, noise }) => crossEntropy(dropoutNet(params, x, { masks: noise }), y),
  noise: (k, rows) => dropoutNetMasks(k, keep, widths, [rows]),
  logits: (params: MlpParams, x, masks) => dropoutNet(params, x, { masks }),
  draw: (k) => dropoutNetMasks(k, keep, widths, [1]),
});

type MeanFieldNet = ReturnType<typeof initBayesNet>;
type OfTensors<P> = P extends HostArray<Float32Array> ? tf.Tensor : P extends object ? { [K in keyof P]: OfTensors<P[K]> } : P;
type Uncertain = OfTensors<MeanFieldNet>;

/** Bayes by Backprop by local reparameterisation under the prior N(0, s²). */
export const meanField = (widths: readonly number[], { prior, sigma }: { prior: number; sigma: number }): Net => ({
  initial: (k) => initBayesNet(k, widths, sigma),
  loss: (q: Uncertain, batch) =>
    negativeElbo(q as never, { ...batch, noise: [...batch.noise] } as never, { prior, likelihood: (output, y) => crossEntropy(output, y) }),
  noise: (k, rows) => bayesNetNoise(k, widths, [rows]),
  logits: (q: Uncertain, x, [noise]) => mlp(drawWeights(q as never, { noise }), x),
  draw: (k) => [normal(k, [parametersOf(widths)])],
});

/** Bayes by Backprop by drawn weights under Blundell's scale mixture. */
export const mixture = (widths: readonly number[], sigma: number): Net => ({
  ...meanField(widths, { prior: 1, sigma }),
  loss: (q: Uncertain, { x, y, noise: [noise], weight }) =>
    negativeElboOfDraw(
      q as never,
      { noise, weight },
      {
        prior: { share: 0.25, wide: 1, narrow: Math.exp(-6) },
        loss: (w: MlpParams) => crossEntropy(mlp(w, x), y),
      },
    ),
  noise: (k) => [normal(fold(k, 0), [parametersOf(widths)])],
});
