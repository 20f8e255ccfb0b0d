import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';
import { backThroughTime, forwardThroughTime, type Steps } from './through-time.js';
import { batchFirst, plus, timeFirst } from './time.js';

/** Weights of a recurrent layer: wx [F, D] for the input, wh [D, D] for the state, b [D]. */
export interface RnnParams<T = tf.Tensor> {
  readonly wx: T;
  readonly wh: T;
  readonly b: T;
}

/** How wide input and state are. */
export interface RnnConfig {
  /** F */
  readonly inputs: number;
  /** D */
  readonly width: number;
}

/** All weights uniform on ±1/√D, PyTorch's default. */
export function initRnn(key: Key, config: RnnConfig): RnnParams<HostArray<Float32Array>> {
  checkOptions('initRnn', config, ['inputs', 'width']);
  const { inputs, width } = config;
  const [forX, forH, forB] = split(key, 3);
  const weights = (k: Key, shape: number[]) => uniformWithin(1 / Math.sqrt(width), k, shape);
  return { wx: weights(forX, [inputs, width]), wh: weights(forH, [width, width]), b: weights(forB, [width]) };
}

/** Where a sequence left off: h [B, D]. */
export interface RnnState<T = tf.Tensor> {
  readonly h: T;
}

/** What every recurrent layer returns: its outputs at each step, and the state after the last. */
export interface Recurrence<S> {
  /** Every hₜ, [B, T, D]. */
  readonly outputs: tf.Tensor;
  /** To go on from: `state` of the next call. Its `h` is the last output. */
  readonly state: S;
}

/** Where the sequence goes on from. */
export interface RnnOptions {
  /** As a call before returned it; zero when left out. */
  readonly state?: RnnState;
}

/**
 * A recurrent layer over a whole sequence.
 *
 *     hₜ = tanh zₜ    zₜ = xₜ wx + hₜ₋₁ wh + b        ∂zₜ = ∂hₜ ⊙ (1 − hₜ²)    ∂hₜ₋₁ += ∂zₜ whᵀ
 *
 * @param params  wx [F, D], wh [D, D] and b [D]
 * @param x       [B, T, F]
 * @returns       every hₜ [B, T, D], and h after the last step [B, D]
 * @throws        when the weights or the state do not fit x or each other, or x is empty
 *
 * Elman 1990, with one shift where PyTorch adds two. Each weight's gradient is one product over the B·T rows of all ∂zₜ.
 * Theorems: thm:bptt, thm:vanishing-gradients.
 */
export const rnn = layer({
  name: 'rnn',
  forward({ wx, wh, b }: RnnParams, x: tf.Tensor, options: RnnOptions = {}) {
    checkOptions('rnn', options, ['state']);
    const { state } = options;
    const [D, T] = [wh.shape[0], x.shape[1]!];
    const start = state?.h ?? tf.zeros([x.shape[0], D]);
    const fits = x.rank === 3 && x.size > 0 && `${wx.shape}` === `${[x.shape[2], D]}` && wh.shape[1] === D && b.shape[0] === D;
    if (!fits || `${start.shape}` !== `${[x.shape[0], D]}`)
      throw shapeError('rnn takes x [B, T, F], wx [F, D], wh [D, D], b [D] and a state h [B, D]', { x, wx, wh, b, h: start });
    const rows = timeFirst(x);
    const { hidden, state: last, saved } = forwardThroughTime(steps, { wx, wh, b }, rows, T, { h: start });
    const value: Recurrence<RnnState> = { outputs: batchFirst(tf.concat(hidden, 0), T), state: { h: last.h } };
    return { value, saved: { rows, weights: { wx, wh, b }, through: saved } };
  },
  backward(dy, { rows, weights, through }) {
    const after = { hidden: dy.outputs && timeFirst(dy.outputs), state: dy.state };
    const found = backThroughTime(steps, weights, rows, through, after);
    return [found.weights, batchFirst(found.rows, through.T), { state: found.state }];
  },
  plain({ wx, wh, b }, x, { state } = {}) {
    let h = state?.h ?? tf.zeros([x.shape[0], wh.shape[0]]);
    const hidden = x.unstack(1).map((xt) => {
      h = xt.matMul(wx).add(h.matMul(wh)).add(b).tanh();
      return h;
    });
    return { outputs: tf.stack(hidden, 1), state: { h } };
  },
});

const steps: Steps<RnnParams, RnnState, { readonly hidden: readonly tf.Tensor[] }> = {
  forward({ wx, wh, b }, rows, T, { h }) {
    const hidden: tf.Tensor[] = [h];
    for (const input of tf.split(rows.matMul(wx).add(b), T, 0)) hidden.push(input.add(hidden.at(-1)!.matMul(wh)).tanh());
    return { hidden: hidden.slice(1), state: { h: hidden[T] }, saved: { hidden } };
  },
  backward({ wx, wh }, rows, { hidden }, after) {
    const dz: tf.Tensor[] = [];
    let dh: tf.Tensor | undefined = after.state.h;
    for (let t = hidden.length - 2; t >= 0; t--) {
      dh = plus(dh, after.hidden?.[t]);
      dz[t] = dh.mul(tf.sub(1, hidden[t + 1].square()));
      dh = dz[t].matMul(wh, false, true);
    }
    const dZ = tf.concat(dz, 0); // [T·B, D]
    const earlier = tf.concat(hidden.slice(0, -1), 0); // hₜ₋₁
    const weights = { wx: rows.matMul(dZ, true), wh: earlier.matMul(dZ, true), b: dZ.sum(0) };
    return { weights, rows: dZ.matMul(wx, false, true), state: { h: dh! } };
  },
};
