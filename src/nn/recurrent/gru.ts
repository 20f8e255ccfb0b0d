import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';
import type { Recurrence, RnnOptions, RnnState } from './rnn.js';
import { backThroughTime, forwardThroughTime, type Steps } from './through-time.js';
import { batchFirst, plus, timeFirst } from './time.js';

/**
 * Weights of a gated recurrent unit: wx [F, 3D] for the input, wh [D, 3D] for the state, b [3D], and bn [D], the shift of the state's part
 * of the candidate; columns are the gates r, z and the candidate n.
 */
export interface GruParams<T = tf.Tensor> {
  readonly wx: T;
  readonly wh: T;
  readonly b: T;
  readonly bn: T;
}

/** How wide input and state are. */
export interface GruConfig {
  /** F */
  readonly inputs: number;
  /** D */
  readonly width: number;
}

/** All weights uniform on ±1/√D, PyTorch's default. */
export function initGru(key: Key, config: GruConfig): GruParams<HostArray<Float32Array>> {
  checkOptions('initGru', config, ['inputs', 'width']);
  const { inputs, width } = config;
  const [forX, forH, forB, forN] = split(key, 4);
  const weights = (k: Key, shape: number[]) => uniformWithin(1 / Math.sqrt(width), k, shape);
  return {
    wx: weights(forX, [inputs, 3 * width]),
    wh: weights(forH, [width, 3 * width]),
    b: weights(forB, [3 * width]),
    bn: weights(forN, [width]),
  };
}

/**
 * A gated recurrent unit over a whole sequence.
 *
 *     r, z = σ(xₜ wx + hₜ₋₁ wh + b)      m = hₜ₋₁ whₙ + bn      n = tanh(xₜ wxₙ + bₙ + r ⊙ m)      hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁
 *
 *     ∂n′ = ∂h ⊙ (1 − z) ⊙ (1 − n²)    ∂m = ∂n′ ⊙ r    ∂r′ = ∂n′ ⊙ m ⊙ r(1 − r)    ∂z′ = ∂h ⊙ (hₜ₋₁ − n) ⊙ z(1 − z)
 *
 *     ∂hₜ₋₁ += ∂h ⊙ z + [∂r′, ∂z′, ∂m] whᵀ        (′: before the nonlinearity)
 *
 * @param params  wx [F, 3D], wh [D, 3D], b [3D] and bn [D]
 * @param x       [B, T, F]
 * @returns       every hₜ [B, T, D], and h after the last step [B, D]
 * @throws        when the weights or the state do not fit x or each other, or x is empty
 *
 * Cho et al. 2014 in PyTorch's form: the reset gate acts after the product with wh, as in the paper's first preprint (as published, before),
 * and z keeps the old state. r and z have one shift where PyTorch adds two. Each weight's gradient is one product over B·T rows.
 * Theorem: thm:gru-backward.
 */
export const gru = layer({
  name: 'gru',
  forward({ wx, wh, b, bn }: GruParams, x: tf.Tensor, options: RnnOptions = {}) {
    checkOptions('gru', options, ['state']);
    const { state } = options;
    const D = wh.shape[0];
    const start = state?.h ?? tf.zeros([x.shape[0], D]);
    const fits =
      x.rank === 3 && x.size > 0 && x.shape[2] === wx.shape[0] && [wx.shape[1], wh.shape[1], b.shape[0]].every((n) => n === 3 * D);
    if (!fits || bn.shape[0] !== D || `${start.shape}` !== `${[x.shape[0], D]}`)
      throw shapeError('gru takes x [B, T, F], wx [F, 3D], wh [D, 3D], b [3D], bn [D] and a state h [B, D]', {
        x,
        wx,
        wh,
        b,
        bn,
        h: start,
      });
    const rows = timeFirst(x);
    const T = x.shape[1]!;
    const weights = { wx, wh, b, bn };
    const { hidden, state: last, saved } = forwardThroughTime(steps, weights, rows, T, { h: start });
    const value: Recurrence<RnnState> = { outputs: batchFirst(tf.concat(hidden, 0), T), state: { h: last.h } };
    return { value, saved: { rows, weights, through: saved } };
  },
  backward(dy, { rows, weights, through }) {
    const after = { hidden: dy.outputs && timeFirst(dy.outputs), state: dy.state };
    const found = backThroughTime(steps, weights, rows, through, after);
    return [found.weights, batchFirst(found.rows, through.T), { state: found.state }];
  },
  plain({ wx, wh, b, bn }, x, { state } = {}) {
    let h = state?.h ?? tf.zeros([x.shape[0], wh.shape[0]]);
    const hidden = x.unstack(1).map((xt) => {
      const [xr, xz, xn] = tf.split(xt.matMul(wx).add(b), 3, 1);
      const [hr, hz, hn] = tf.split(h.matMul(wh), 3, 1);
      const z = xz.add(hz).sigmoid();
      const n = xn.add(xr.add(hr).sigmoid().mul(hn.add(bn))).tanh();
      h = tf.sub(1, z).mul(n).add(z.mul(h));
      return h;
    });
    return { outputs: tf.stack(hidden, 1), state: { h } };
  },
});

/** What a step's backward needs: the gates, the state's part of the candidate, and the candidate; all [B, D]. */
interface Step {
  readonly r: tf.Tensor;
  readonly z: tf.Tensor;
  readonly m: tf.Tensor;
  readonly n: tf.Tensor;
}

const steps: Steps<GruParams, RnnState, { readonly hidden: readonly tf.Tensor[]; readonly steps: readonly Step[] }> = {
  forward({ wx, wh, b, bn }, rows, T, start) {
    const D = wh.shape[0];
    const hidden: tf.Tensor[] = [start.h];
    const steps: Step[] = [];
    for (const input of tf.split(rows.matMul(wx).add(b), T, 0)) {
      const before = hidden.at(-1)!;
      const [inputGates, inputCandidate] = tf.split(input, [2 * D, D], 1);
      const [stateGates, stateCandidate] = tf.split(before.matMul(wh), [2 * D, D], 1);
      const [r, z] = tf.split(inputGates.add(stateGates).sigmoid(), 2, 1);
      const m = stateCandidate.add(bn);
      const n = inputCandidate.add(r.mul(m)).tanh();
      hidden.push(n.add(z.mul(before.sub(n))));
      steps.push({ r, z, m, n });
    }
    return { hidden: hidden.slice(1), state: { h: hidden[T] }, saved: { hidden, steps } };
  },
  backward({ wx, wh }, rows, { hidden, steps }, after) {
    const dInput: tf.Tensor[] = []; // of xₜ wx + b
    const dState: tf.Tensor[] = []; // of hₜ₋₁ wh
    const dM: tf.Tensor[] = [];
    let later: tf.Tensor | undefined = after.state.h;
    for (let t = steps.length - 1; t >= 0; t--) {
      const { r, z, m, n } = steps[t];
      const dh = plus(later, after.hidden?.[t]);
      const dn = dh.mul(tf.sub(1, z)).mul(tf.sub(1, n.square()));
      const dz = dh.mul(hidden[t].sub(n)).mul(z).mul(tf.sub(1, z));
      const dr = dn.mul(m).mul(r).mul(tf.sub(1, r));
      dM[t] = dn.mul(r);
      dInput[t] = tf.concat([dr, dz, dn], 1);
      dState[t] = tf.concat([dr, dz, dM[t]], 1);
      later = dh.mul(z).add(dState[t].matMul(wh, false, true));
    }
    const [ofInput, ofState] = [tf.concat(dInput, 0), tf.concat(dState, 0)]; // [T·B, 3D]
    const earlier = tf.concat(hidden.slice(0, -1), 0); // hₜ₋₁
    const weights = {
      wx: rows.matMul(ofInput, true),
      wh: earlier.matMul(ofState, true),
      b: ofInput.sum(0),
      bn: tf.concat(dM, 0).sum(0),
    };
    return { weights, rows: ofInput.matMul(wx, false, true), state: { h: later! } };
  },
};
