import type * as tf from '@tensorflow/tfjs';
import { type HostArray, shapeError } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import { asRows } from '../axes.js';

/** Gain and shift of each channel, both [F]. */
export interface BatchNormParams<T = tf.Tensor> {
  readonly gamma: T;
  readonly beta: T;
}

/** What evaluation normalises with: running averages over batches, both [F]. State, not weights: no gradient moves them. */
export interface RunningAverages<T = tf.Tensor> {
  readonly mean: T;
  readonly variance: T;
}

export interface BatchNormConfig {
  readonly width: number;
}

type Initial<P> = { readonly [K in keyof P]: HostArray<Float32Array> };

const filled = (width: number, value: number) => ({ data: new Float32Array(width).fill(value), shape: [width] });

/** γ = 1 and β = 0, mean 0 and variance 1. */
export function initBatchNorm({ width }: BatchNormConfig): { params: Initial<BatchNormParams>; averages: Initial<RunningAverages> } {
  return {
    params: { gamma: filled(width, 1), beta: filled(width, 0) },
    averages: { mean: filled(width, 0), variance: filled(width, 1) },
  };
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
 * @param averages  before this batch
 * @param x         [..., F]: the channels last, all other axes are the batch
 * @param momentum  m, the weight of the new batch
 * @returns         y [..., F], and the averages after this batch: part of the state that a training step returns
 * @throws          when a parameter or an average does not have the length of x's last axis, or n < 2
 *
 * Ioffe & Szegedy 2015, algorithm 1. As in PyTorch σ² divides by n where it normalises and by n − 1 where it is averaged.
 *
 * A gradient returns numbers, not averages: run the forward once more outside of it, which a compiled step merges with the one inside.
 */
export function batchNorm(
  { gamma, beta }: BatchNormParams,
  averages: RunningAverages,
  x: tf.Tensor,
  { momentum = 0.1, epsilon = 1e-5 } = {},
): { y: tf.Tensor; averages: RunningAverages } {
  checkChannels(x, { gamma, beta, ...averages });
  const rows = asRows(x);
  const n = rows.shape[0];
  if (n < 2)
    throw shapeError('batchNorm needs 2 rows or more for a variance; drop a last batch of one, or evaluate with batchNormEval', { x });
  const { mean, variance } = moments(rows);
  const average = (old: tf.Tensor, now: tf.Tensor, factor = 1) => old.mul(1 - momentum).add(now.mul(momentum * factor));
  return {
    y: normalise(epsilon)(rows, gamma, beta).reshape(x.shape),
    averages: { mean: average(averages.mean, mean), variance: average(averages.variance, variance, n / (n - 1)) },
  };
}

const normalise = (epsilon: number) =>
  firstOrder('batchNorm', ([x, gamma, beta], save) => {
    const { centred, variance } = moments(x);
    const scale = variance.add(epsilon).rsqrt(); // [F]
    const xHat = centred.mul(scale);
    save([xHat, scale, gamma]);
    return {
      value: xHat.mul(gamma).add(beta),
      backward: (dy, [xHat, scale, gamma]) => {
        const n = xHat.shape[0];
        const [dGamma, dBeta] = [dy.mul(xHat).sum(0), dy.sum(0)];
        const removed = xHat.mul(dGamma.div(n)).add(dBeta.div(n)); // along x̂ and along ones, which normalisation removes
        return [dy.sub(removed).mul(gamma.mul(scale)), dGamma, dBeta];
      },
    };
  });

/** `batchNorm` in operators that tfjs can differentiate any number of times. */
export function batchNormPlain({ gamma, beta }: BatchNormParams, x: tf.Tensor, epsilon = 1e-5): tf.Tensor {
  const { centred, variance } = moments(asRows(x));
  return centred.div(variance.add(epsilon).sqrt()).mul(gamma).add(beta).reshape(x.shape);
}

/**
 * Batch normalisation in evaluation: one affine map per channel, so that a row does not depend on those beside it.
 *
 *     y = γ ⊙ (x − mean) / √(variance + ε) + β
 *
 * @param x  [..., F]
 * @returns  [..., F]; differentiable any number of times
 * @throws   when a parameter or an average does not have the length of x's last axis
 */
export function batchNormEval(
  { gamma, beta }: BatchNormParams,
  { mean, variance }: RunningAverages,
  x: tf.Tensor,
  epsilon = 1e-5,
): tf.Tensor {
  checkChannels(x, { gamma, beta, mean, variance });
  return x
    .sub(mean)
    .mul(gamma.mul(variance.add(epsilon).rsqrt()))
    .add(beta);
}

/** Of rows [n, F]: mean [F], deviations from it [n, F], and their mean square [F]. */
function moments(rows: tf.Tensor): { mean: tf.Tensor; centred: tf.Tensor; variance: tf.Tensor } {
  const mean = rows.mean(0);
  const centred = rows.sub(mean);
  return { mean, centred, variance: centred.square().mean(0) };
}

function checkChannels(x: tf.Tensor, perChannel: Readonly<Record<string, tf.Tensor>>): void {
  const F = x.shape.at(-1);
  if (Object.values(perChannel).some(({ rank, shape }) => rank !== 1 || shape[0] !== F))
    throw shapeError(`batchNorm normalises the last axis of x, so ${Object.keys(perChannel).join(', ')} must be [${F}]`, {
      x,
      ...perChannel,
    });
}
