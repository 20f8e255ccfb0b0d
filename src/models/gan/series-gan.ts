import type * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { linear, receptiveField, tcnBlock } from '../../nn/index.js';
import { checkDilations, type TcnConfig, type TcnParams } from '../forecast/tcn.js';
import { type MlpParams, mlp } from '../mlp.js';

/**
 * Series out of noise by causal convolutions: stationary by construction, since each step is the same function of the noise around it.
 *
 *     xₜ = f(zₜ₋ᵣ₊₁, …, zₜ)        R = receptiveField(kernel, dilations)
 *
 * @param params  from `initTcn`, with Z inputs and F outputs
 * @param noise   z [B, R − 1 + T, Z], standard normal; of any T
 * @returns       [B, T, F]
 * @throws        when there is noise for no step, not a block for each dilation, or the weights do not fit
 *
 * Wiese et al. 2020 (Quant GANs), with `tcnBlock` as the block.
 */
export function seriesGenerator({ blocks, out }: TcnParams, noise: tf.Tensor, { dilations }: Pick<TcnConfig, 'dilations'>): tf.Tensor {
  checkDilations('seriesGenerator', blocks, dilations);
  const R = receptiveField(blocks[0].first.w.shape[0], dilations);
  if (noise.rank !== 3 || noise.shape[1]! < R)
    throw shapeError(`seriesGenerator makes each step of ${R} steps of noise [B, T, Z], so T must be ${R} or more`, { noise });
  const h = blocks.reduce((h, block, i) => tcnBlock(block, h, { dilation: dilations[i] }), noise);
  return linear(out, h.slice([0, R - 1], [-1, -1]));
}

/**
 * One score for each series, by a multilayer perceptron over all of its steps.
 *
 * @param params  from `initMlp`, with T F inputs and one output
 * @param x       [B, T, F]
 * @returns       [B]
 * @throws        when the series do not have as many numbers as the weights
 *
 * Leaky ReLU with slope 0.2 below 0, after Radford et al. 2016.
 */
export function seriesCritic(params: MlpParams, x: tf.Tensor): tf.Tensor {
  const { w } = params.layers[0];
  if (x.rank !== 3 || x.shape[1]! * x.shape[2]! !== w.shape[0])
    throw shapeError(`seriesCritic scores series [B, T, F] of T F = ${w.shape[0]} numbers, for which its weights were made`, { x, w });
  return mlp(params, x.reshape([x.shape[0], -1]), { activation: (h) => h.leakyRelu(0.2) }).squeeze([1]);
}
