import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkNumber, checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';
import type { Recurrence } from './rnn.js';
import { backThroughTime, forwardThroughTime, isLoop, type Steps } from './through-time.js';
import { byColumn, byGate, plus, rowsWithOnes } from './time.js';

/** Weights of an LSTM: wx [F, 4D] for the input, wh [D, 4D] for the state, b [4D]; columns are the gates i, f, o and the candidate g. */
export interface LstmParams<T = tf.Tensor> {
  readonly wx: T;
  readonly wh: T;
  readonly b: T;
}

/** How wide input and state are. */
export interface LstmConfig {
  /** F */
  readonly inputs: number;
  /** D */
  readonly width: number;
}

/** What else `initLstm` may be told. */
export interface LstmStart {
  /** added to the forget gate's shift, 0 unless told: at 1 half of a cell is left after 2.2 steps, at 0 after one */
  readonly forgetBias?: number;
}

/**
 * All weights uniform on ±1/√D, PyTorch's default, and the forget gate's shift around `forgetBias`.
 *
 * @throws when `forgetBias` is no finite number
 *
 * Gers et al. 2000; Jozefowicz et al. 2015. Theorem: thm:forget-bias.
 */
export function initLstm(key: Key, config: LstmConfig & LstmStart): LstmParams<HostArray<Float32Array>> {
  checkOptions('initLstm', config, ['inputs', 'width', 'forgetBias']);
  const { inputs, width, forgetBias = 0 } = config;
  checkNumber('initLstm', 'forgetBias', forgetBias, {});
  const [forX, forH, forB] = split(key, 3);
  const weights = (k: Key, shape: number[]) => uniformWithin(1 / Math.sqrt(width), k, shape);
  const b = weights(forB, [4 * width]);
  for (let i = width; i < 2 * width; i++) b.data[i] += forgetBias;
  return { wx: weights(forX, [inputs, 4 * width]), wh: weights(forH, [width, 4 * width]), b };
}

/** Where a sequence left off: output h and cell c, both [B, D]. */
export interface LstmState<T = tf.Tensor> {
  readonly h: T;
  readonly c: T;
}

/** Where the sequence goes on from. */
export interface LstmOptions {
  /** As a call before returned it; zeros when left out. */
  readonly state?: LstmState;
}

/**
 * A long short-term memory over a whole sequence.
 *
 *     i, f, o = σ(xₜ wx + hₜ₋₁ wh + b)      g = tanh(…)      cₜ = f ⊙ cₜ₋₁ + i ⊙ g      hₜ = o ⊙ tanh cₜ
 *
 *     const { outputs, state } = lstm(params, x, { state: before });        // a stream, some steps at a time
 *
 * @param params  wx [F, 4D], wh [D, 4D] and b [4D]
 * @param x       [B, T, F]
 * @returns       every hₜ [B, T, D], and h and c after the last step [B, D]
 * @throws        when the weights or the state do not fit x or each other, or there is no step
 *
 * Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000. The gate order is i, f, o, g, so that one σ covers three
 * neighbours (PyTorch: i, f, g, o), and there is one shift b where PyTorch adds two.
 *
 * Backward, thm:lstm-backward: backpropagation through time collects the gates' ∂z of all steps; each weight's gradient is then one product over
 * B·T rows instead of a sum of T products. More than 64 steps are a loop over blocks of 16, so that compiling takes no longer for more.
 */
export const lstm = layer({
  name: 'lstm',
  forward({ wx, wh, b }: LstmParams, x: tf.Tensor, options: LstmOptions = {}) {
    checkOptions('lstm', options, ['state']);
    const { state } = options;
    const D = wh.shape[0];
    if (x.rank !== 3 || x.shape[1] === 0 || x.shape[2] !== wx.shape[0] || [wx.shape[1], wh.shape[1], b.shape[0]].some((n) => n !== 4 * D))
      throw shapeError('lstm takes x [B, T, F] of one step or more, wx [F, 4D], wh [D, 4D] and b [4D]', { x, wx, wh, b });
    const [B, T] = x.shape;
    if (state && Object.values(state).some(({ shape }) => `${shape}` !== `${[B, D]}`))
      throw shapeError(`lstm goes on from h and c [${B}, ${D}]`, { ...state });
    const rows = rowsWithOnes(x);
    const weights = { shifted: byGate(tf.concat([wx, b.reshape([1, 4 * D])], 0), 4), recurrent: byGate(wh, 4) };
    const zeros = isLoop(T) ? tf.zeros([1, B, D]) : undefined;
    const start = state ? { h: state.h.expandDims(0), c: state.c.expandDims(0) } : zeros && { h: zeros, c: zeros };
    const { hidden, state: last, saved } = forwardThroughTime(steps, weights, rows, T, start);
    const value: Recurrence<LstmState> = {
      outputs: tf.concat(hidden, 0).transpose([1, 0, 2]),
      state: { h: last.h.reshape([B, D]), c: last.c.reshape([B, D]) },
    };
    return { value, saved: { rows, weights, through: saved, isFresh: !state } };
  },
  backward(dy, { rows, weights, through, isFresh }) {
    const D = weights.recurrent.shape[1]!;
    const [B, F] = [rows.shape[1]! / through.T, rows.shape[2]! - 1];
    const after = { h: dy.state.h?.reshape([1, B, D]), c: dy.state.c?.reshape([1, B, D]) };
    const hidden = dy.outputs?.transpose([1, 0, 2]);
    const found = backThroughTime(steps, weights, rows, through, { hidden, state: after });
    const dInput = byColumn(found.weights.shifted); // [F + 1, 4D]
    const dx = found.rows.reshape([through.T, B, F]).transpose([1, 0, 2]);
    const dParams = { wx: dInput.slice(0, F), wh: byColumn(found.weights.recurrent), b: dInput.slice(F).reshape([4 * D]) };
    const { h, c } = found.state;
    return [dParams, dx, { state: isFresh ? undefined : { h: h.squeeze([0]), c: c.squeeze([0]) } }];
  },
  plain({ wx, wh, b }, x, { state } = {}) {
    const zeros = tf.zeros([x.shape[0], wh.shape[0]]);
    let { h, c }: LstmState = state ?? { h: zeros, c: zeros };
    const hidden = x.unstack(1).map((xt) => {
      const [i, f, o, g] = tf.split(xt.matMul(wx).add(h.matMul(wh)).add(b), 4, 1);
      c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
      h = o.sigmoid().mul(c.tanh());
      return h;
    });
    return { outputs: tf.stack(hidden, 1), state: { h, c } };
  },
});

/**
 * The last output alone: where nothing asks for the others, the recurrence has a shorter backward.
 *
 * @param params  wx [F, 4D], wh [D, 4D] and b [4D]
 * @param x       [B, T, F]
 * @returns       h after the last step, [B, D]
 * @throws        as `lstm`
 */
export const lstmLast = (params: LstmParams, x: tf.Tensor, options?: LstmOptions): tf.Tensor => lstm(params, x, options).state.h;

/** What the steps take: the matrices by gate, [4, F + 1, D] with the shift in the last row, and [4, D, D]. */
interface Weights {
  readonly shifted: tf.Tensor;
  readonly recurrent: tf.Tensor;
}

/** What a step's backward needs: ∂cₜ/∂zᵢ, ∂cₜ/∂z_f, ∂hₜ/∂zₒ, ∂cₜ/∂z_g, ∂hₜ/∂cₜ, and f = ∂cₜ/∂cₜ₋₁. */
interface Step {
  readonly cByI: tf.Tensor;
  readonly cByF: tf.Tensor;
  readonly hByO: tf.Tensor;
  readonly cByG: tf.Tensor;
  readonly hByC: tf.Tensor;
  readonly f: tf.Tensor;
}

/** What the steps' backward needs: each h, what each step gave, and h before the first, if any. All [1, B, D]. */
interface Kept {
  readonly hidden: readonly tf.Tensor[];
  readonly steps: readonly Step[];
  readonly first: tf.Tensor | undefined;
}

const steps: Steps<Weights, LstmState, Kept, undefined> = {
  forward({ shifted, recurrent }, rows, T, start) {
    const [B, D] = [rows.shape[1]! / T, recurrent.shape[1]!];
    const inputs = tf.split(rows.matMul(shifted), 4).map((z) => tf.split(z, T, 1)); // 4 × T × [1, B, D]
    const steps: Step[] = [];
    const hidden: tf.Tensor[] = []; // T × [1, B, D]
    let c = start?.c;
    for (let t = 0; t < T; t++) {
      const earlier = t === 0 ? start?.h : hidden[t - 1];
      const past = earlier && tf.split(earlier.matMul(recurrent), 4);
      const z = inputs.map((input, gate) => plus(input[t], past?.[gate]));
      const [i, f, o] = [z[0].sigmoid(), z[1].sigmoid(), z[2].sigmoid()];
      const g = z[3].tanh();
      const before = c ?? tf.zeros([1, B, D]);
      c = c ? f.mul(before).add(i.mul(g)) : i.mul(g);
      const tanhC = c.tanh();
      const h = o.mul(tanhC);
      hidden.push(h);
      const [cByI, cByF, hByO] = [throughSigmoid(g, i), throughSigmoid(before, f), h.mul(tf.sub(1, o))];
      steps.push({ cByI, cByF, hByO, cByG: i.mul(throughTanh(g)), hByC: o.mul(throughTanh(tanhC)), f });
    }
    return { hidden, state: { h: hidden[T - 1], c: c! }, saved: { hidden, steps, first: start?.h } };
  },
  backward({ shifted, recurrent }, rows, { hidden, steps, first }, after) {
    const dz: tf.Tensor[] = [];
    let { h: dh, c: dc }: Partial<LstmState> = after.state;
    for (let t = steps.length - 1; t >= 0; t--) {
      const { cByI, cByF, hByO, cByG, hByC, f } = steps[t];
      dh = dh || after.hidden ? plus(dh, after.hidden?.[t]) : tf.zerosLike(hidden[t]);
      dc = plus(dh.mul(hByC), dc);
      dz[t] = tf.concat([dc.mul(cByI), dc.mul(cByF), dh.mul(hByO), dc.mul(cByG)], 0); // [4, B, D]
      if (t > 0 || first) {
        dh = tf.split(dz[t].matMul(recurrent, false, true), 4).reduce(plus);
        dc = dc.mul(f);
      }
    }
    const dZ = tf.concat(dz, 1); // [4, T·B, D]
    const earlier = tf.concat([first ?? tf.zerosLike(hidden[0]), ...hidden.slice(0, -1)], 1); // hₜ₋₁, [1, T·B, D]
    const weights = { shifted: rows.matMul(dZ, true), recurrent: earlier.matMul(dZ, true) };
    const wx = shifted.slice([0, 0, 0], [4, shifted.shape[1]! - 1, -1]);
    return { weights, rows: dZ.matMul(wx, false, true).sum(0, true), state: { h: dh!, c: dc! } };
  },
};

const throughSigmoid = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor => dy.mul(y).mul(tf.sub(1, y));
const throughTanh = (y: tf.Tensor): tf.Tensor => tf.sub(1, y.square());
