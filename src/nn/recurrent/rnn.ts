import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';
import { batchFirst, timeFirst } from './time.js';

/** Weights of a recurrent layer: wx [F, D] for the input, wh [D, D] for the state, b [D]. */
export interface RnnParams<T = tf.Tensor> {
  readonly wx: T;
  readonly wh: T;
  readonly b: T;
}

export interface RnnConfig {
  readonly inputs: number;
  readonly width: number;
}

/** All weights uniform on ±1/√D, PyTorch's default. */
export function initRnn(key: Key, { inputs, width }: RnnConfig): RnnParams<HostArray<Float32Array>> {
  const [forX, forH, forB] = split(key, 3);
  const weights = (k: Key, shape: number[]) => uniformWithin(1 / Math.sqrt(width), k, shape);
  return { wx: weights(forX, [inputs, width]), wh: weights(forH, [width, width]), b: weights(forB, [width]) };
}

/**
 * A recurrent layer over a whole sequence.
 *
 *     hₜ = tanh zₜ    zₜ = xₜ wx + hₜ₋₁ wh + b        ∂zₜ = ∂hₜ ⊙ (1 − hₜ²)    ∂hₜ₋₁ += ∂zₜ whᵀ
 *
 * @param x      [B, T, F]
 * @param state  h₀ [B, D], zero when left out
 * @returns      [B, T, D], every hₜ; the last is the state to go on from
 * @throws       when the weights or the state do not fit x or each other, or x is empty
 *
 * Elman 1990, with one shift where PyTorch adds two. Each weight's gradient is one product over the B·T rows of all ∂zₜ.
 */
export function rnn({ wx, wh, b }: RnnParams, x: tf.Tensor, state?: tf.Tensor): tf.Tensor {
  const D = wh.shape[0];
  const h = state ?? tf.zeros([x.shape[0], D]);
  if (
    x.rank !== 3 ||
    x.size === 0 ||
    `${wx.shape}` !== `${[x.shape[2], D]}` ||
    wh.shape[1] !== D ||
    b.shape[0] !== D ||
    `${h.shape}` !== `${[x.shape[0], D]}`
  )
    throw shapeError('rnn takes x [B, T, F], wx [F, D], wh [D, D], b [D] and a state [B, D]', { x, wx, wh, b, state: h });
  return recurrence(x, h, wx, wh, b);
}

const recurrence = firstOrder('rnn', ([x, start, wx, wh, b], save) => {
  const T = x.shape[1]!;
  const rows = timeFirst(x);
  const hidden: tf.Tensor[] = [start];
  for (const input of tf.split(rows.matMul(wx).add(b), T, 0)) hidden.push(input.add(hidden.at(-1)!.matMul(wh)).tanh());
  save([rows, wx, wh, ...hidden]);
  return {
    value: tf.stack(hidden.slice(1), 1),
    backward: (dy, [rows, wx, wh, ...hidden]) => {
      const dHidden = tf.unstack(dy, 1);
      const dz: tf.Tensor[] = [];
      let dh: tf.Tensor = tf.zerosLike(hidden[0]);
      for (let t = T - 1; t >= 0; t--) {
        dz[t] = dh.add(dHidden[t]).mul(tf.sub(1, hidden[t + 1].square()));
        dh = dz[t].matMul(wh, false, true);
      }
      const dZ = tf.concat(dz, 0); // [T·B, D]
      const earlier = tf.concat(hidden.slice(0, -1), 0); // hₜ₋₁
      return [batchFirst(dZ.matMul(wx, false, true), T), dh, rows.matMul(dZ, true), earlier.matMul(dZ, true), dZ.sum(0)];
    },
  };
});

/** `rnn` in operators that tfjs can differentiate any number of times. */
export function rnnPlain({ wx, wh, b }: RnnParams, x: tf.Tensor, state?: tf.Tensor): tf.Tensor {
  let h = state ?? tf.zeros([x.shape[0], wh.shape[0]]);
  const hidden = x.unstack(1).map((xt) => {
    h = xt.matMul(wx).add(h.matMul(wh)).add(b).tanh();
    return h;
  });
  return tf.stack(hidden, 1);
}
