import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import { layer, stopGradient } from '../../tensor/index.js';
import { checkAttention } from './check-attention.js';
import { oneHotLargest } from './largest.js';

/** How many delays are mixed. */
export interface AutoCorrelationOptions {
  /** How many delays: c ln T with c from 1 to 3 in the paper. */
  readonly delays: number;
}

/**
 * Auto-correlation: each step mixes values at the few delays at which the series repeats itself, the same for all steps.
 *
 *     R(τ) = Σₜ q[t + τ]·k[t] / D        w = softmax of the largest R, 0 elsewhere        y[t] = Σ w(τ) v[t + τ]        indices mod T
 *
 *     With W[t, s] = w(s − t), a circulant, and diag its adjoint, the sums along its diagonals:
 *     R = diag(k qᵀ) / D    y = W v    ∂v = Wᵀ ∂y    ∂w = diag(∂y vᵀ)    ∂R = w ⊙ (∂w − Σ w ⊙ ∂w)
 *     ∂k = circulant(∂R) q / D    ∂q = circulant(∂R)ᵀ k / D
 *
 * @param q  [..., T, D] queries
 * @param k  [..., T, D] keys
 * @param v  [..., T, D'] values
 * @returns  [..., T, D']
 * @throws   when shapes do not fit, or the delays are not from 1 to T
 *
 * Wu et al. 2021, eq. 6. Directly, in O(T²); the paper uses a Fourier transform. Delays are of each sequence and head, as the authors
 * choose them when forecasting; in training they take those of the batch's mean, and R is a mean over heads as well.
 */
export const autoCorrelation = layer({
  name: 'autoCorrelation',
  forward(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: AutoCorrelationOptions) {
    checkOptions('autoCorrelation', options, ['delays']);
    const { delays } = options;
    const T = q.shape.at(-2)!;
    checkAttention('autoCorrelation', q, k, v);
    if (k.shape.at(-2) !== T) throw shapeError('autoCorrelation takes as many queries as keys', { q, k });
    checkWhole('autoCorrelation', 'delays', delays, { from: 1, to: T }, 'the window has no more steps');
    const w = delayWeights(q, k, delays);
    return { value: circulant(w).matMul(v), saved: { q, k, v, w } };
  },
  backward(dy, { q, k, v, w }) {
    const dw = diagonals(dy.matMul(v, false, true));
    const dR = w.mul(dw.sub(w.mul(dw).sum(-1, true)));
    const dProducts = circulant(dR.div(q.shape.at(-1)!));
    return [dProducts.matMul(k, true), dProducts.matMul(q), circulant(w).matMul(dy, true)];
  },
  plain: (q, k, v, { delays }) => circulant(delayWeights(q, k, delays)).matMul(v),
});

/** w [..., T]: 0 but for the largest correlations. */
function delayWeights(q: tf.Tensor, k: tf.Tensor, delays: number): tf.Tensor {
  const R = diagonals(k.matMul(q, false, true)).div(q.shape.at(-1)!);
  const chosen = stopGradient(() => oneHotLargest(R, delays).sum(-2));
  return R.add(chosen.sub(1).mul(1e9)).softmax();
}

/** Sums along the diagonals that wrap around: [..., T, T] → [..., T], Σₜ M[t, t + τ]. */
function diagonals(M: tf.Tensor): tf.Tensor {
  const T = M.shape.at(-1)!;
  const places = indices(T, (delay, t) => t * T + ((t + delay) % T));
  const leading = M.shape.slice(0, -2);
  return M.reshape([...leading, T * T])
    .gather(places, leading.length)
    .reshape([...leading, T, T])
    .sum(-1);
}

/** [..., T] → [..., T, T], w(s − t) at [t, s]. */
function circulant(w: tf.Tensor): tf.Tensor {
  const T = w.shape.at(-1)!;
  return w
    .gather(
      indices(T, (t, s) => (s - t + T) % T),
      w.rank - 1,
    )
    .reshape([...w.shape.slice(0, -1), T, T]);
}

const indices = (T: number, f: (row: number, column: number) => number) =>
  tf.tensor1d(
    Int32Array.from({ length: T * T }, (_, i) => f(Math.floor(i / T), i % T)),
    'int32',
  );
