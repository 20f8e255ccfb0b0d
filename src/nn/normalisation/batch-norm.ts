import type * as tf from '@tensorflow/tfjs';
import { type HostArray, ones, shapeError, zeros } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer, stopGradient } from '../../tensor/index.js';
import { asRows } from '../axes.js';
import { centred } from './centred.js';

/** Gain and shift of each channel, both [F]. */
export interface BatchNormParams<T = tf.Tensor> {
  /** γ */
  readonly gamma: T;
  /** β */
  readonly beta: T;
}

/** What evaluation normalises with: running averages over batches, both [F]. State, not weights: no gradient moves them. */
export interface RunningAverages<T = tf.Tensor> {
  /** Of μ. */
  readonly mean: T;
  /** Of σ², unbiased. */
  readonly variance: T;
}

/** The width of batch normalisation. */
export interface BatchNormConfig {
  /** F */
  readonly width: number;
}

/** What `initBatchNorm` makes: weights, and the averages before any batch. */
interface InitialBatchNorm {
  readonly params: BatchNormParams<HostArray<Float32Array>>;
  readonly averages: RunningAverages<HostArray<Float32Array>>;
}

/** γ = 1 and β = 0, mean 0 and variance 1, all [F]. */
export const initBatchNorm = ({ width }: BatchNormConfig): InitialBatchNorm => ({
  params: { gamma: ones([width]), beta: zeros([width]) },
  averages: { mean: zeros([width]), variance: ones([width]) },
});

/** The averages before a batch, and how fast they move. */
export interface BatchNormOptions {
  /** Before this batch, from `initBatchNorm` or the call before. */
  readonly averages: RunningAverages;
  /** m, the weight of the new batch in the averages: 0.1 when left out. */
  readonly momentum?: number;
  /** ε, added to the variance: 1e-5 when left out. */
  readonly epsilon?: number;
}

/**
 * Batch normalisation in training: each channel by its mean and variance over the batch.
 *
 *     x̂ = (x − μ) / √(σ² + ε)        y = γ ⊙ x̂ + β        μ, σ² over all n rows, for each channel
 *
 *     ∂β = Σ ∂y    ∂γ = Σ ∂y ⊙ x̂    ∂x = γ (∂y − ∂β/n − x̂ ∂γ/n) / √(σ² + ε)
 *
 *     mean ← (1 − m) mean + m μ        variance ← (1 − m) variance + m σ² n / (n − 1)
 *
 * @param params  γ and β [F]
 * @param x       [..., F]: the channels last, all other axes are the batch
 * @returns       y [..., F], and the averages after this batch: part of the state that a training step returns, constant for gradients
 * @throws        when a parameter or an average does not have the length of x's last axis, or n < 2
 *
 * Ioffe & Szegedy 2015, algorithm 1. As in PyTorch σ² divides by n where it normalises and by n − 1 where it is averaged.
 * Backward: thm:batch-norm-backward. What it makes of the length of weights before it: thm:batch-norm-scale.
 *
 * A gradient returns numbers, not averages: run the forward once more outside of it, which a compiled step merges with the one inside.
 */
export const batchNorm = layer({
  name: 'batchNorm',
  forward({ gamma, beta }: BatchNormParams, x: tf.Tensor, options: BatchNormOptions) {
    checkOptions('batchNorm', options, ['averages', 'momentum', 'epsilon']);
    const { averages, momentum, epsilon = 1e-5 } = options;
    checkChannels(x, { gamma, beta, ...averages });
    const rows = asRows(x);
    if (rows.shape[0] < 2)
      throw shapeError('batchNorm needs 2 rows or more for a variance; drop a last batch of one, or evaluate with batchNormEval', { x });
    const { mean, deviations, variance } = moments(rows);
    const scale = variance.add(epsilon).rsqrt(); // [F]
    const xHat = deviations.mul(scale);
    const y = xHat.mul(gamma).add(beta).reshape(x.shape);
    return {
      value: { y, averages: moved(averages, { mean, variance }, rows.shape[0], momentum) },
      saved: { xHat, scale, gamma, shape: x.shape },
    };
  },
  backward({ y: dy }, { xHat, scale, gamma, shape }) {
    if (!dy) return [null, null, null];
    const rows = asRows(dy);
    const n = xHat.shape[0];
    const [dGamma, dBeta] = [rows.mul(xHat).sum(0), rows.sum(0)];
    const removed = xHat.mul(dGamma.div(n)).add(dBeta.div(n)); // along x̂ and along ones, which normalisation removes
    const dx = rows.sub(removed).mul(gamma.mul(scale)).reshape(shape);
    return [{ gamma: dGamma, beta: dBeta }, dx, { averages: null }];
  },
  plain({ gamma, beta }, x, { averages, momentum, epsilon = 1e-5 }) {
    const rows = asRows(x);
    const { mean, deviations, variance } = moments(rows);
    const y = deviations.div(variance.add(epsilon).sqrt()).mul(gamma).add(beta).reshape(x.shape);
    const constant = { mean: stopGradient(mean), variance: stopGradient(variance) };
    return { y, averages: moved(averages, constant, rows.shape[0], momentum) };
  },
});

/** The averages after a batch of n rows with this mean and this mean square of deviations. */
function moved(averages: RunningAverages, { mean, variance }: RunningAverages, n: number, momentum = 0.1): RunningAverages {
  const average = (old: tf.Tensor, now: tf.Tensor, factor = 1) => old.mul(1 - momentum).add(now.mul(momentum * factor));
  return { mean: average(averages.mean, mean), variance: average(averages.variance, variance, n / (n - 1)) };
}

/**
 * Batch normalisation in evaluation: one affine map per channel, so that a row does not depend on those beside it.
 *
 *     y = γ ⊙ (x − mean) / √(variance + ε) + β
 *
 * @param params  γ and β [F]
 * @param x       [..., F]
 * @returns       [..., F]; differentiable any number of times
 * @throws        when a parameter or an average does not have the length of x's last axis
 */
export function batchNormEval({ gamma, beta }: BatchNormParams, x: tf.Tensor, options: Omit<BatchNormOptions, 'momentum'>): tf.Tensor {
  checkOptions<BatchNormOptions>('batchNormEval', options, ['averages', 'momentum', 'epsilon']);
  const { averages, epsilon = 1e-5 } = options;
  const { mean, variance } = averages;
  checkChannels(x, { gamma, beta, mean, variance });
  return x
    .sub(mean)
    .mul(gamma.mul(variance.add(epsilon).rsqrt()))
    .add(beta);
}

/** Of rows [n, F]: mean [F], deviations from it [n, F], and their mean square [F]. */
function moments(rows: tf.Tensor): { mean: tf.Tensor; deviations: tf.Tensor; variance: tf.Tensor } {
  const { mean, deviations } = centred(rows, 0);
  return { mean: mean.squeeze([0]), deviations, variance: deviations.square().mean(0) };
}

function checkChannels(x: tf.Tensor, perChannel: Readonly<Record<string, tf.Tensor>>): void {
  const F = x.shape.at(-1);
  if (Object.values(perChannel).some(({ rank, shape }) => rank !== 1 || shape[0] !== F))
    throw shapeError(`batchNorm normalises the last axis of x, so ${Object.keys(perChannel).join(', ')} must be [${F}]`, {
      x,
      ...perChannel,
    });
}
