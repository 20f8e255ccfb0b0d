import type * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, normal } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { bayesianLinear, relu, type ScaleMixture } from '../../nn/index.js';
import { initMlp, type MlpParams } from '../mlp.js';
import { deviations, drawWeights, gaussianDivergence, initMeanField, type MeanField, mixtureDivergence } from './mean-field.js';

/** Weights of a Bayesian network: μ and ρ of each weight of a multilayer perceptron. */
export type BayesNetParams<T = tf.Tensor> = MeanField<MlpParams<T>>;

/**
 * A Gaussian around each initial weight of a multilayer perceptron.
 *
 * @param widths  as of `initMlp`: [4, 64, 1] are 4 inputs, 64 hidden units, 1 output
 * @param sigma   σ; 0.05 when left out
 * @throws        as `initMlp` and `initMeanField`
 */
export const initBayesNet = (key: Key, widths: readonly number[], sigma?: number): BayesNetParams<HostArray<Float32Array>> =>
  initMeanField(initMlp(key, widths), sigma);

/** The draw of a pass. */
export interface BayesNetOptions {
  /** ε of each layer, [..., D] for its D outputs, from `bayesNetNoise`. */
  readonly noise: readonly tf.Tensor[];
}

/**
 * A multilayer perceptron with uncertain weights, sampled by local reparameterisation: each row has its own draw.
 *
 * @param q  μ and ρ of the weights
 * @param x  [..., F]
 * @returns  [..., K]
 * @throws   when there is not one noise for each layer
 *
 * Blundell et al. 2015 with `bayesianLinear` as the layer and ReLU between.
 */
export function bayesNet(q: BayesNetParams, x: tf.Tensor, options: BayesNetOptions): tf.Tensor {
  checkOptions('bayesNet', options, ['noise']);
  const { noise } = options;
  const sigma = deviations(q);
  if (noise.length !== q.mean.layers.length)
    throw new Error(`bayesNet: there are ${q.mean.layers.length} layers, got noise for ${noise.length}; draw it with bayesNetNoise`);
  return q.mean.layers.reduce(
    (h, mean, i) => bayesianLinear({ mean, deviation: sigma.layers[i] }, i === 0 ? h : relu(h), { noise: noise[i] }),
    x,
  );
}

/**
 * The noise of one pass through `bayesNet`.
 *
 * @param widths  those of the network's layers
 * @param rows    axes of x before its last: [B], or [S, B] for S draws of each row
 * @returns       ε [..., D] for each layer
 */
export const bayesNetNoise = (key: Key, widths: readonly number[], rows: readonly number[]): HostArray<Float32Array>[] =>
  widths.slice(1).map((D, i) => normal(fold(key, i), [...rows, D]));

/** What a step of training takes besides the parameters. */
export interface BayesBatch {
  /** [B, F] */
  readonly x: tf.Tensor;
  /** [B, K], or what the likelihood compares with. */
  readonly y: tf.Tensor;
  /** ε of each layer, from `bayesNetNoise`. */
  readonly noise: readonly tf.Tensor[];
  /** What a batch bears of the divergence from the prior: 1/N for N rows in all, or `minibatchWeight`. */
  readonly weight: tf.Tensor;
}

/** The prior of the weights, and how well an output explains the data. */
export interface ElboOptions {
  /** s, the deviation of every weight before data. */
  readonly prior: number;
  /** −log p(y | output), the mean over the batch. */
  readonly likelihood: (output: tf.Tensor, y: tf.Tensor) => tf.Tensor;
}

/**
 * The loss of Bayes by Backprop: the negative evidence lower bound, for each row of the data.
 *
 *     L = mean −log p(y | x, w) + weight · KL(q ‖ P)        w ~ q = N(μ, σ²),  P = N(0, s²)
 *
 * KL is exact, and what is drawn are the activations, by local reparameterisation.
 *
 * @param q        μ and ρ of the weights
 * @param batch    samples, noise and the weight of the divergence
 * @returns        a scalar, in nats for each row
 * @throws         when s is not positive, or the noise does not fit the layers
 *
 * Blundell et al. 2015, eq. 1 and 8, divided by the number of rows. With weight 1/N it is unbiased for −ELBO/N. thm:elbo.
 */
export function negativeElbo(q: BayesNetParams, { x, y, noise, weight }: BayesBatch, options: ElboOptions): tf.Tensor {
  checkOptions('negativeElbo', options, ['prior', 'likelihood']);
  const { prior, likelihood } = options;
  return likelihood(bayesNet(q, x, { noise }), y).add(gaussianDivergence(q, { prior }).mul(weight));
}

/** The prior of the weights, and how well a draw of them explains the data. */
export interface DrawOptions<P> {
  /** π, σ₁ and σ₂ of every weight before data. */
  readonly prior: ScaleMixture;
  /** Mean −log p(y | x, w) over the batch. */
  readonly loss: (weights: P) => tf.Tensor;
}

/**
 * The same loss for any model and a scale-mixture prior, at one draw of the weights.
 *
 *     L = loss(w) + weight · (log q(w) − log P(w))        w = μ + σ ⊙ ε
 *
 *     negativeElboOfDraw(q, { noise, weight }, { prior: { share: 0.25, wide: 1, narrow: 0.002 }, loss: (w) => meanSquaredError(mlp(w, x), y) })
 *
 * @param q      μ and ρ of the weights
 * @param batch  ε [n], one for each of the model's n parameters, and the weight of the divergence
 * @returns      a scalar, in nats for each row
 * @throws       when the noise is not [n], or the prior is no mixture
 *
 * Blundell et al. 2015, eq. 2 and 7.
 */
export function negativeElboOfDraw<P>(
  q: MeanField<P>,
  { noise, weight }: { readonly noise: tf.Tensor; readonly weight: tf.Tensor },
  options: DrawOptions<P>,
): tf.Tensor {
  checkOptions('negativeElboOfDraw', options, ['prior', 'loss']);
  const { prior, loss } = options;
  return loss(drawWeights(q, { noise })).add(mixtureDivergence(q, { noise, prior }).mul(weight));
}

/**
 * A weight that lets the prior rule the first minibatches of an epoch and the data the last ones.
 *
 *     weight = π_i M/N        π_i = 2^(M−i) / (2^M − 1), which sum to 1
 *
 * @param batch    i, counting from 1
 * @param batches  M of an epoch
 * @param rows     N in all
 * @returns        what `weight` of the batch should be
 * @throws         when batch is not one of 1 … M
 *
 * Blundell et al. 2015, section 3.4; M/N because `negativeElbo` is for each row.
 */
export function minibatchWeight(batch: number, batches: number, rows: number): number {
  if (!(Number.isInteger(batch) && batch >= 1 && batch <= batches))
    throw new Error(`minibatchWeight: batches of an epoch count from 1 to ${batches}, got ${batch}; for step k it is 1 + (k % ${batches})`);
  return (2 ** -batch / (1 - 2 ** -batches)) * (batches / rows);
}
