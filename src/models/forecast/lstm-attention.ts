import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import {
  type AdditiveAttentionParams,
  additiveAttention,
  additiveAttentionWeights,
  initAdditiveAttention,
  initLstm,
  type LstmParams,
  lstm,
} from '../../nn/index.js';
import { uniformWithin } from '../../nn/internal.js';

/** How wide an LSTM with attention is, and how far it forecasts. */
export interface LstmAttentionConfig {
  /** F, features of a step. */
  readonly inputs: number;
  /** D, the width of the LSTM and of the comparison in the attention. */
  readonly width: number;
  /** K, numbers to forecast: one for each horizon. */
  readonly horizons: number;
}

/** Weights of an encoder, an attention with a reader for each horizon, and a head for each: w [K, 2D], b [K]. */
export interface LstmAttentionParams<T = tf.Tensor> {
  /** F features in, D out. */
  readonly encoder: LstmParams<T>;
  /** K readers of width D. */
  readonly attention: AdditiveAttentionParams<T>;
  /** w [K, 2D] and b [K]. */
  readonly heads: { readonly w: T; readonly b: T };
}

/** The parts' initial weights; the heads' are uniform on ±1/√2D, for the 2D numbers that each sees. */
export function initLstmAttention(key: Key, config: LstmAttentionConfig): LstmAttentionParams<HostArray<Float32Array>> {
  checkOptions('initLstmAttention', config, ['inputs', 'width', 'horizons']);
  const { inputs, width, horizons } = config;
  const [forEncoder, forAttention, forW, forB] = split(key, 4);
  const bound = 1 / Math.sqrt(2 * width);
  return {
    encoder: initLstm(forEncoder, { inputs, width }),
    attention: initAdditiveAttention(forAttention, { keys: width, query: width, width, readers: horizons }),
    heads: { w: uniformWithin(bound, forW, [horizons, 2 * width]), b: uniformWithin(bound, forB, [horizons]) },
  };
}

/**
 * An LSTM that forecasts several horizons, each from its own look back over the window.
 *
 *     h₁ … h_T = lstm x        aₖ = Σₜ Pₖₜ hₜ,  P from additive attention of h_T over h        yₖ = [aₖ, h_T] · wₖ + bₖ
 *
 * @param params  of `initLstmAttention`
 * @param x       [B, T, F], a window of T steps
 * @returns       [B, K], one number for each horizon
 * @throws        when x does not have the encoder's features
 *
 * Bahdanau et al. 2015 for the attention, here with a reader for each horizon in place of a decoder, so that horizons do not feed on
 * each other's errors.
 */
export function lstmAttention(params: LstmAttentionParams, x: tf.Tensor): tf.Tensor {
  const { outputs, last } = encode(params, x);
  const read = additiveAttention(params.attention, outputs, { query: last }); // [B, K, D]
  const both = tf.concat([read, last.expandDims(1).tile([1, read.shape[1]!, 1])], 2);
  return both.mul(params.heads.w).sum(-1).add(params.heads.b);
}

/**
 * Where each horizon looks: the weights of the steps, each row a distribution.
 *
 * @param params  of `initLstmAttention`
 * @param x       [B, T, F]
 * @returns       P [B, K, T]
 */
export function lstmAttentionWeights(params: LstmAttentionParams, x: tf.Tensor): tf.Tensor {
  const { outputs, last } = encode(params, x);
  return additiveAttentionWeights(params.attention, outputs, { query: last });
}

function encode({ encoder }: LstmAttentionParams, x: tf.Tensor) {
  if (x.rank !== 3 || x.shape[2] !== encoder.wx.shape[0]) throw shapeError(`lstmAttention takes x [B, T, ${encoder.wx.shape[0]}]`, { x });
  const { outputs, state } = lstm(encoder, x); // [B, T, D]
  return { outputs, last: state.h };
}
