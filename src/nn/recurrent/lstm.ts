import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';

/** Weights of an LSTM: wx [F, 4D] for the input, wh [D, 4D] for the state, b [4D]; columns are the gates i, f, o and the candidate g. */
export interface LstmParams<T = tf.Tensor> {
  readonly wx: T;
  readonly wh: T;
  readonly b: T;
}

export interface LstmConfig {
  readonly inputs: number;
  readonly width: number;
}

/** All weights uniform on ±1/√D, PyTorch's default. */
export function initLstm(key: Key, { inputs, width }: LstmConfig): LstmParams<HostArray<Float32Array>> {
  const [forX, forH, forB] = split(key, 3);
  const weights = (k: Key, shape: number[]) => uniformWithin(1 / Math.sqrt(width), k, shape);
  return { wx: weights(forX, [inputs, 4 * width]), wh: weights(forH, [width, 4 * width]), b: weights(forB, [4 * width]) };
}

/**
 * A long short-term memory over a whole sequence, from the zero state.
 *
 *     i, f, o = σ(xₜ wx + hₜ₋₁ wh + b)      g = tanh(…)      cₜ = f ⊙ cₜ₋₁ + i ⊙ g      hₜ = o ⊙ tanh cₜ
 *
 * @param x  [B, T, F]
 * @returns  [B, T, D], every hₜ
 * @throws   when the weights do not fit x or each other, or there is no step
 *
 * Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000. The gate order is i, f, o, g, so that one σ covers three
 * neighbours (PyTorch: i, f, g, o), and there is one shift b where PyTorch adds two.
 *
 * Backward: backpropagation through time collects the gates' ∂z of all steps; each weight's gradient is then one product over
 * B·T rows instead of a sum of T products.
 */
export function lstm(params: LstmParams, x: tf.Tensor): tf.Tensor {
  return run('sequence', params, x);
}

/** The last hₜ alone, [B, D]: the same recurrence with a shorter backward. */
export function lstmLast(params: LstmParams, x: tf.Tensor): tf.Tensor {
  return run('last', params, x);
}

function run(output: 'sequence' | 'last', { wx, wh, b }: LstmParams, x: tf.Tensor): tf.Tensor {
  const D = wh.shape[0];
  if (x.rank !== 3 || x.shape[1] === 0 || x.shape[2] !== wx.shape[0] || [wx.shape[1], wh.shape[1], b.shape[0]].some((n) => n !== 4 * D))
    throw shapeError('lstm takes x [B, T, F] of one step or more, wx [F, 4D], wh [D, 4D] and b [4D]', { x, wx, wh, b });
  return recurrence(output)(x.toFloat(), wx, wh, b);
}

const recurrence = (output: 'sequence' | 'last') =>
  firstOrder('lstm', ([x, wx, wh, b], save) => {
    const [B, T, F] = x.shape;
    const D = wh.shape[0];
    // Each gate's block of the weights' columns becomes a matrix of its own: the gates of a step are then [4, B, D], which splits
    // and joins without moving a number.
    const byGate = (w: tf.Tensor) => w.reshape([w.shape[0], 4, D]).transpose([1, 0, 2]); // [4, rows, D]
    const byColumn = (w: tf.Tensor) => w.transpose([1, 0, 2]).reshape([w.shape[1]!, 4 * D]);
    // Time first, so that a step is a block of B rows, and a column of ones, whose weight is the shift.
    const rows = tf.concat([x.transpose([1, 0, 2]).reshape([1, T * B, F]), tf.ones([1, T * B, 1])], 2);
    const recurrent = byGate(wh);
    const shifted = byGate(tf.concat([wx, b.reshape([1, 4 * D])], 0));
    const inputs = tf.split(rows.matMul(shifted), 4).map((z) => tf.split(z, T, 1)); // 4 × T × [1, B, D]
    const steps: Step[] = [];
    const hidden: tf.Tensor[] = []; // T × [1, B, D]
    let c: tf.Tensor | undefined;
    for (let t = 0; t < T; t++) {
      const past = t === 0 ? undefined : tf.split(hidden[t - 1].matMul(recurrent), 4);
      const z = inputs.map((input, gate) => sum(input[t], past?.[gate]));
      const [i, f, o] = [z[0].sigmoid(), z[1].sigmoid(), z[2].sigmoid()];
      const g = z[3].tanh();
      const before = c ?? tf.zeros([1, B, D]);
      c = t === 0 ? i.mul(g) : f.mul(before).add(i.mul(g));
      const tanhC = c.tanh();
      const h = o.mul(tanhC);
      hidden.push(h);
      const [cByI, cByF, hByO] = [throughSigmoid(g, i), throughSigmoid(before, f), h.mul(tf.sub(1, o))];
      steps.push([cByI, cByF, hByO, i.mul(throughTanh(g)), o.mul(throughTanh(tanhC)), f]);
    }
    save([rows, wx, recurrent, ...hidden, ...steps.flat()]);
    return {
      value: output === 'last' ? hidden[T - 1].reshape([B, D]) : tf.concat(hidden, 0).transpose([1, 0, 2]),
      backward: (dy, [rows, wx, recurrent, ...saved]) => {
        const hidden = saved.slice(0, T);
        const dHidden = output === 'last' ? undefined : tf.split(dy.transpose([1, 0, 2]), T);
        const dz: tf.Tensor[] = [];
        let dh: tf.Tensor | undefined = output === 'last' ? dy.reshape([1, B, D]) : undefined;
        let dc: tf.Tensor | undefined;
        for (let t = T - 1; t >= 0; t--) {
          const [cByI, cByF, hByO, cByG, hByC, f] = saved.slice(T + 6 * t, T + 6 * t + 6) as Step;
          dh = sum(dh, dHidden?.[t]);
          dc = sum(dh.mul(hByC), dc);
          dz[t] = tf.concat([dc.mul(cByI), dc.mul(cByF), dh.mul(hByO), dc.mul(cByG)], 0); // [4, B, D]
          if (t > 0) {
            dh = tf.split(dz[t].matMul(recurrent, false, true), 4).reduce(sum);
            dc = dc.mul(f);
          }
        }
        const dZ = tf.concat(dz, 1); // [4, T·B, D]
        const earlier = tf.concat([tf.zerosLike(hidden[0]), ...hidden.slice(0, -1)], 1); // hₜ₋₁, [1, T·B, D]
        const dInput = byColumn(rows.matMul(dZ, true)); // [F + 1, 4D]
        const dx = dZ.matMul(byGate(wx), false, true).sum(0).reshape([T, B, F]).transpose([1, 0, 2]);
        return [dx, dInput.slice(0, F), byColumn(earlier.matMul(dZ, true)), dInput.slice(F).reshape([4 * D])];
      },
    };
  });

/** What a step's backward needs: ∂cₜ/∂zᵢ, ∂cₜ/∂z_f, ∂hₜ/∂zₒ, ∂cₜ/∂z_g, ∂hₜ/∂cₜ, and f = ∂cₜ/∂cₜ₋₁. */
type Step = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

const throughSigmoid = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor => dy.mul(y).mul(tf.sub(1, y));
const throughTanh = (y: tf.Tensor): tf.Tensor => tf.sub(1, y.square());

const sum = (a: tf.Tensor | undefined, b: tf.Tensor | undefined): tf.Tensor => (a && b ? a.add(b) : (a ?? b)!);

/** `lstm` in operators that tfjs can differentiate any number of times. */
export function lstmPlain({ wx, wh, b }: LstmParams, x: tf.Tensor): tf.Tensor {
  const D = wh.shape[0];
  let h: tf.Tensor = tf.zeros([x.shape[0], D]);
  let c = h;
  const hidden = x.unstack(1).map((xt) => {
    const [i, f, o, g] = tf.split(xt.matMul(wx).add(h.matMul(wh)).add(b), 4, 1);
    c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
    h = o.sigmoid().mul(c.tanh());
    return h;
  });
  return tf.stack(hidden, 1);
}
