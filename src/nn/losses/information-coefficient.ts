import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { valuesNow } from '../../tensor/internal.js';
import { notEmpty } from './residual.js';

/** Added to a row's sum of squares: a row without any spread has an IC of 0 instead of 0/0. */
const FLOOR = 1e-12;

/** Which assets count. */
export interface IcOptions {
  /** [T, N], 1 where an asset is traded on a date and 0 where it is not; all are when it is left out. */
  readonly mask?: tf.Tensor;
}

/**
 * Loss of an alpha: minus the information coefficient, the correlation across assets of forecast and outcome, averaged over dates.
 *
 *     a = (ŷ − mean ŷ) / ‖ŷ − mean ŷ‖    b = (y − mean y) / ‖y − mean y‖    IC = Σ a b    L = −mean IC
 *
 *     ∂ŷ = (IC a − b) / (T ‖ŷ − mean ŷ‖) · ∂L        ∂y = (IC b − a) / (T ‖y − mean y‖) · ∂L
 *
 * @param prediction  ŷ [T, N], a row for each date
 * @param target      y [T, N], the returns that followed
 * @returns           a scalar, −1 (a perfect ranking up to scale) … 1
 * @throws            when the shapes differ, there is no row or one asset alone, or the mask leaves a date without assets; where that shows
 *                    only when a compiled function is called, the loss is NaN
 *
 * Pearson's correlation, date by date; Σ and means run over the assets that are traded. The loss is blind to a row's mean and scale: it
 * trains a ranking to be traded long and short, not a forecast of returns.
 */
export const icLoss = layer({
  name: 'icLoss',
  forward(prediction: tf.Tensor, target: tf.Tensor, options: IcOptions = {}) {
    checkOptions('icLoss', options, ['mask']);
    const { mask } = options;
    const got: Record<string, tf.Tensor> = mask ? { prediction, target, mask } : { prediction, target };
    if (prediction.rank !== 2 || Object.values(got).some(({ shape }) => !tf.util.arraysEqual(shape, prediction.shape)))
      throw shapeError(`icLoss correlates rows of prediction [T, N] and target [T, N]${mask ? ' where mask [T, N] is 1' : ''}`, got);
    notEmpty('icLoss', got);
    if (prediction.shape[1]! < 2) throw shapeError('icLoss correlates across assets, so N must be 2 or more; rows are dates', got);
    if (mask) checkMask(mask);
    const [a, scaleA] = standardise(prediction, mask);
    const [b, scaleB] = standardise(target, mask);
    const ic = a.mul(b).sum(1, true); // [T, 1]
    return { value: ic.mean().neg(), saved: { a, scaleA, b, scaleB, ic } };
  },
  backward(dL, { a, scaleA, b, scaleB, ic }) {
    const pull = dL.mul(1 / ic.size);
    return [a.mul(ic).sub(b).mul(scaleA.mul(pull)), b.mul(ic).sub(a).mul(scaleB.mul(pull)), null];
  },
  plain: (prediction, target, { mask } = {}) => standardise(prediction, mask)[0].mul(standardise(target, mask)[0]).sum(1).mean().neg(),
});

/** Rows minus their mean and divided by their length, and one over the length [T, 1]. */
function standardise(x: tf.Tensor, mask: tf.Tensor | undefined): [tf.Tensor, tf.Tensor] {
  const centred = mask ? centreWhere(mask, x) : x.sub(x.mean(1, true));
  const scale = centred.square().sum(1, true).add(FLOOR).rsqrt();
  return [centred.mul(scale), scale];
}

/** What the mask leaves out may be anything, NaN included. */
function centreWhere(mask: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const traded = (t: tf.Tensor) => tf.where(mask.cast('bool'), t, tf.zerosLike(t));
  const mean = traded(x).sum(1, true).div(mask.cast('float32').sum(1, true));
  return traded(x.sub(mean));
}

function checkMask(mask: tf.Tensor): void {
  const known = valuesNow(mask) ?? [];
  const N = mask.shape[1]!;
  for (let start = 0; start < known.length; start += N)
    if (!known.slice(start, start + N).some(Boolean))
      throw new Error(`icLoss: the mask leaves no asset in row ${start / N}; leave out dates without a traded asset`);
}
