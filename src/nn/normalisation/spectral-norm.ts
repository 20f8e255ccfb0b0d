import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, normal, shapeError } from '../../base/index.js';
import { firstOrder, stopGradient } from '../../tensor/index.js';

/** The state u [D] of the power iteration for a matrix w [F, D]: a random unit vector. */
export function initSpectralNorm(key: Key, { outputs }: { readonly outputs: number }): HostArray<Float32Array> {
  const { data, shape } = normal(key, [outputs]);
  const length = Math.hypot(...data);
  return { data: data.map((z) => z / length), shape };
}

/**
 * A matrix divided by its largest singular value, so that the layer stretches nothing by more than 1: for critics of a GAN.
 *
 *     v ← w u / ‖w u‖        u ← wᵀv / ‖wᵀv‖        σ = vᵀ w u        y = w / σ
 *
 *     ∂w = (∂y − Σ(∂y ⊙ y) v uᵀ) / σ
 *
 * @param w  [F, D]; a kernel [..., F, D] reshaped to it
 * @param u  [D], the state: `initSpectralNorm`'s at first, then the u of the step before
 * @returns  y [F, D] and the next u; one power iteration a step suffices, because w moves slowly
 * @throws   when u does not have the length of w's last axis
 *
 * Miyato et al. 2018, algorithm 1 and section 2.3; the gradient holds u and v constant, as theirs and PyTorch's. After training keep u
 * where it is: the layer is then a function of w alone.
 */
export function spectralNorm(w: tf.Tensor, u: tf.Tensor): { y: tf.Tensor; u: tf.Tensor } {
  const vectors = iterate(w, u);
  return { y: divide(vectors)(w), u: vectors.u };
}

interface Vectors {
  readonly u: tf.Tensor;
  readonly v: tf.Tensor;
}

const divide = ({ u, v }: Vectors) =>
  firstOrder('spectralNorm', ([w], save) => {
    const inverse = sigma(w, { u, v }).reciprocal();
    const y = w.mul(inverse);
    save([y, inverse, u, v]);
    return {
      value: y,
      backward: (dy, [y, inverse, u, v]) => {
        const slope = v.expandDims(1).mul(u); // ∂σ/∂w = v uᵀ
        return [dy.sub(slope.mul(dy.mul(y).sum())).mul(inverse)];
      },
    };
  });

/** `spectralNorm` in operators that tfjs can differentiate any number of times: what a gradient penalty needs. */
export function spectralNormPlain(w: tf.Tensor, u: tf.Tensor): { y: tf.Tensor; u: tf.Tensor } {
  const vectors = iterate(w, u);
  return { y: w.div(sigma(w, vectors)), u: vectors.u };
}

/** One power iteration, constant for every gradient. */
function iterate(weights: tf.Tensor, u: tf.Tensor): Vectors {
  if (weights.rank !== 2 || u.rank !== 1 || u.shape[0] !== weights.shape[1])
    throw shapeError('spectralNorm takes w [F, D] and u [D]', { w: weights, u });
  const w = stopGradient(weights);
  const v = unit(w.dot(stopGradient(u)));
  return { v, u: unit(v.dot(w)) };
}

const sigma = (w: tf.Tensor, { u, v }: Vectors) => v.dot(w).dot(u);

const unit = (t: tf.Tensor) => t.div(t.norm());
