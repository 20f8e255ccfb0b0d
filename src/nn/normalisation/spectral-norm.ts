import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, normal, shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer, stopGradient } from '../../tensor/index.js';

/** The state u [D] of the power iteration for a matrix w [F, D]: a random unit vector. */
export function initSpectralNorm(key: Key, { outputs }: { readonly outputs: number }): HostArray<Float32Array> {
  const { data, shape } = normal(key, [outputs]);
  const length = Math.hypot(...data);
  return { data: data.map((z) => z / length), shape };
}

/** The power iteration before this step. */
export interface SpectralNormOptions {
  /** u [D], the state: `initSpectralNorm`'s at first, then the u of the step before. */
  readonly u: tf.Tensor;
}

/**
 * A matrix divided by its largest singular value, so that the layer stretches nothing by more than 1: for critics of a GAN.
 *
 *     v ← w u / ‖w u‖        u ← wᵀv / ‖wᵀv‖        σ = vᵀ w u        y = w / σ
 *
 *     ∂w = (∂y − Σ(∂y ⊙ y) v uᵀ) / σ
 *
 * @param w  [F, D]; a kernel [..., F, D] reshaped to it
 * @returns  y [F, D] and the next u; one power iteration a step suffices, because w moves slowly
 * @throws   when u does not have the length of w's last axis
 *
 * Miyato et al. 2018, algorithm 1 and section 2.3; the gradient holds u and v constant, as theirs and PyTorch's. After training keep u
 * where it is: the layer is then a function of w alone.
 */
export const spectralNorm = layer({
  name: 'spectralNorm',
  forward(w: tf.Tensor, options: SpectralNormOptions) {
    checkOptions('spectralNorm', options, ['u']);
    const { u: before } = options;
    const { u, v } = iterate(w, before);
    const inverse = sigma(w, { u, v }).reciprocal();
    const y = w.mul(inverse);
    return { value: { y, u }, saved: { y, inverse, u, v } };
  },
  backward({ y: dy }, { y, inverse, u, v }) {
    if (!dy) return [null, null];
    const slope = v.expandDims(1).mul(u); // ∂σ/∂w = v uᵀ
    return [dy.sub(slope.mul(dy.mul(y).sum())).mul(inverse), { u: null }];
  },
  plain(w, { u: before }) {
    const { u, v } = iterate(w, before);
    return { y: w.div(sigma(w, { u, v })), u };
  },
});

/** One power iteration, constant for every gradient. */
function iterate(weights: tf.Tensor, u: tf.Tensor): { u: tf.Tensor; v: tf.Tensor } {
  if (weights.rank !== 2 || u.rank !== 1 || u.shape[0] !== weights.shape[1])
    throw shapeError('spectralNorm takes w [F, D] and u [D]', { w: weights, u });
  const w = stopGradient(weights);
  const v = unit(w.dot(stopGradient(u)));
  return { v, u: unit(v.dot(w)) };
}

const sigma = (w: tf.Tensor, { u, v }: { u: tf.Tensor; v: tf.Tensor }) => v.dot(w).dot(u);

const unit = (t: tf.Tensor) => t.div(t.norm());
