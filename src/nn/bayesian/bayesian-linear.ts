import type * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { asRows } from '../axes.js';
import type { LinearParams } from '../linear.js';

/** Independent Gaussian weights of a linear layer: μ and σ > 0, each w [F, D] and b [D]. */
export interface BayesianLinearParams<T = tf.Tensor> {
  /** μ. */
  readonly mean: LinearParams<T>;
  /** σ. */
  readonly deviation: LinearParams<T>;
}

/** The draw of a pass. */
export interface NoiseOptions {
  /** ε [..., D], standard normal. */
  readonly noise: tf.Tensor;
}

/**
 * A linear layer whose weights are independent Gaussians, sampled by local reparameterisation: not the weights are drawn but what
 * they make of x, which is Gaussian too, independently for each row.
 *
 *     y = m + s ⊙ ε        m = x μ_w + μ_b        s² = x² σ_w² + σ_b²
 *
 *     r = ∂y ⊙ ε / s        ∂x = ∂y μ_wᵀ + x ⊙ (r (σ_w²)ᵀ)        ∂μ_w = xᵀ ∂y        ∂μ_b = Σ ∂y
 *     ∂ε = ∂y ⊙ s           ∂σ_w = σ_w ⊙ ((x²)ᵀ r)                                       ∂σ_b = σ_b ⊙ Σ r
 *
 * @param params  μ and σ, see `BayesianLinearParams`
 * @param x       [..., F]
 * @returns       [..., D]
 * @throws        when the shapes do not fit
 *
 * Kingma, Salimans & Welling 2015, eq. 6. A gradient has less variance than with one draw of the weights for the whole batch, since
 * rows do not share noise; for the same reason the rows of y are no values of one function: draw the weights where that matters.
 * thm:local-reparameterisation.
 */
export const bayesianLinear = layer({
  name: 'bayesianLinear',
  forward({ mean, deviation }: BayesianLinearParams, x: tf.Tensor, options: NoiseOptions) {
    checkOptions('bayesianLinear', options, ['noise']);
    const { noise } = options;
    const [F, D] = mean.w.shape;
    const outputs = [...x.shape.slice(0, -1), D];
    const fits = `${mean.b.shape}` === `${D}` && `${deviation.w.shape}` === `${mean.w.shape}` && `${deviation.b.shape}` === `${D}`;
    if (!fits || mean.w.rank !== 2 || x.shape.at(-1) !== F || `${noise.shape}` !== `${outputs}`)
      throw shapeError('bayesianLinear maps x [..., F] by μ and σ of w [F, D] and b [D], with noise [..., D]', {
        x,
        noise,
        'μ.w': mean.w,
        'μ.b': mean.b,
        'σ.w': deviation.w,
        'σ.b': deviation.b,
      });
    const [rows, epsilon] = [asRows(x), asRows(noise)];
    const [squares, variance] = [rows.square(), deviation.w.square()];
    const s = squares.matMul(variance).add(deviation.b.square()).sqrt(); // [B, D]
    const value = rows.matMul(mean.w).add(mean.b).add(s.mul(epsilon)).reshape(outputs);
    return { value, saved: { rows, epsilon, squares, variance, s, mean: mean.w, deviation, shape: x.shape } };
  },
  backward(dy, { rows, epsilon, squares, variance, s, mean, deviation, shape }) {
    const d = asRows(dy);
    const r = d.mul(epsilon).div(s);
    const dx = d.matMul(mean, false, true).add(rows.mul(r.matMul(variance, false, true)));
    return [
      {
        mean: { w: rows.matMul(d, true), b: d.sum(0) },
        deviation: { w: deviation.w.mul(squares.matMul(r, true)), b: deviation.b.mul(r.sum(0)) },
      },
      dx.reshape(shape),
      { noise: d.mul(s).reshape(dy.shape) },
    ];
  },
  plain({ mean, deviation }, x, { noise }) {
    const m = asRows(x).matMul(mean.w).add(mean.b);
    const s = asRows(x).square().matMul(deviation.w.square()).add(deviation.b.square()).sqrt();
    return m.add(s.mul(asRows(noise))).reshape(noise.shape);
  },
});
