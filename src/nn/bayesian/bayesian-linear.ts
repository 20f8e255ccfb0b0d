import type * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import { asRows } from '../axes.js';
import type { LinearParams } from '../linear.js';

/**
 * A linear layer whose weights are independent Gaussians, sampled by local reparameterisation: not the weights are drawn but what
 * they make of x, which is Gaussian too, independently for each row.
 *
 *     y = m + s ⊙ ε        m = x μ_w + μ_b        s² = x² σ_w² + σ_b²
 *
 *     r = ∂y ⊙ ε / s        ∂x = ∂y μ_wᵀ + x ⊙ (r (σ_w²)ᵀ)        ∂μ_w = xᵀ ∂y        ∂μ_b = Σ ∂y
 *     ∂ε = ∂y ⊙ s           ∂σ_w = σ_w ⊙ ((x²)ᵀ r)                                       ∂σ_b = σ_b ⊙ Σ r
 *
 * @param mean       μ of the weights, w [F, D] and b [D]
 * @param deviation  σ > 0 of the weights, the same shapes
 * @param x          [..., F]
 * @param noise      ε [..., D], standard normal
 * @returns          [..., D]
 * @throws           when the shapes do not fit
 *
 * Kingma, Salimans & Welling 2015, eq. 6. A gradient has less variance than with one draw of the weights for the whole batch, since
 * rows do not share noise; for the same reason the rows of y are no values of one function: draw the weights where that matters.
 */
export function bayesianLinear(mean: LinearParams, deviation: LinearParams, x: tf.Tensor, noise: tf.Tensor): tf.Tensor {
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
  return gaussianOutputs(asRows(x), mean.w, mean.b, deviation.w, deviation.b, asRows(noise)).reshape(outputs);
}

const gaussianOutputs = firstOrder('bayesianLinear', ([x, mw, mb, sw, sb, noise], save) => {
  const [xSquared, variance] = [x.square(), sw.square()];
  const s = xSquared.matMul(variance).add(sb.square()).sqrt(); // [B, D]
  save([x, mw, sw, sb, noise, xSquared, variance, s]);
  return {
    value: x.matMul(mw).add(mb).add(s.mul(noise)),
    backward: (dy, [x, mw, sw, sb, noise, xSquared, variance, s]) => {
      const r = dy.mul(noise).div(s);
      const dx = dy.matMul(mw, false, true).add(x.mul(r.matMul(variance, false, true)));
      return [dx, x.matMul(dy, true), dy.sum(0), sw.mul(xSquared.matMul(r, true)), sb.mul(r.sum(0)), dy.mul(s)];
    },
  };
});

/** `bayesianLinear` in operators that tfjs can differentiate any number of times. */
export function bayesianLinearPlain(mean: LinearParams, deviation: LinearParams, x: tf.Tensor, noise: tf.Tensor): tf.Tensor {
  const m = asRows(x).matMul(mean.w).add(mean.b);
  const s = asRows(x).square().matMul(deviation.w.square()).add(deviation.b.square()).sqrt();
  return m.add(s.mul(asRows(noise))).reshape(noise.shape);
}
