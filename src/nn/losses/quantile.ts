import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { notEmpty } from './residual.js';

/** Which quantiles are forecast. */
export interface QuantileOptions {
  /** q in (0, 1), one for each number of the prediction: `[0.05, 0.5, 0.95]` are 5 %, the median and 95 %. */
  readonly quantiles: readonly number[];
}

/**
 * Quantile or pinball loss of several quantiles at once: the best constant prediction of the q-th is the q-quantile.
 *
 *     L = mean max(q r, (q − 1) r)        r = y − ŷ_q        ∂ŷ_q = ([r < 0] − q) / n · ∂L        ∂y = −Σ ∂ŷ_q
 *
 * @param prediction  ŷ [..., Q], one number for each quantile
 * @param target      y [...]
 * @returns           a scalar
 * @throws            when the shapes do not fit, a q is not in (0, 1), or there is nothing to average
 *
 * Koenker & Bassett 1978. The mean is over quantiles as well.
 */
export const quantileLoss = layer({
  name: 'quantileLoss',
  forward(prediction: tf.Tensor, target: tf.Tensor, options: QuantileOptions) {
    checkOptions('quantileLoss', options, ['quantiles']);
    const { quantiles } = options;
    const Q = quantiles.length;
    if (prediction.shape.at(-1) !== Q || !tf.util.arraysEqual(prediction.shape.slice(0, -1), target.shape))
      throw shapeError(`quantileLoss takes a prediction [..., ${Q}], one for each quantile, and a target [...]`, { prediction, target });
    const outside = quantiles.find((q) => !(q > 0 && q < 1));
    if (outside !== undefined) throw new Error(`quantileLoss: quantiles lie in (0, 1), got ${outside}; write 5 % as 0.05`);
    notEmpty('quantileLoss', { prediction, target });
    const residual = target.expandDims(-1).sub(prediction); // [..., Q]
    const weight = tf.tensor1d([...quantiles]).sub(residual.less(0).cast('float32')); // −∂max/∂ŷ
    return { value: residual.mul(weight).mean(), saved: { weight } };
  },
  backward(dL, { weight }) {
    const dTarget = weight.mul(dL.mul(1 / weight.size));
    return [dTarget.neg(), dTarget.sum(-1)];
  },
  plain(prediction, target, { quantiles }) {
    const q = tf.tensor1d([...quantiles]);
    const residual = target.expandDims(-1).sub(prediction);
    return q.mul(residual).maximum(q.sub(1).mul(residual)).mean();
  },
});
