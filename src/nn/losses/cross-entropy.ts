import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { valuesNow } from '../../tensor/internal.js';
import { checkValues, nanOutside } from './labels.js';
import { notEmpty } from './residual.js';

/** What each row counts, and how sure its label is. */
export interface CrossEntropyOptions {
  /** [...], 0 or more, what each row counts, a mask too; all the same when left out. */
  readonly weights?: tf.Tensor;
  /** The label of rows that do not count: −100 where padding has that. No label when left out. */
  readonly ignoreIndex?: number;
  /** ε from 0 up, below 1: how much of each label is spread evenly over all classes; 0 when left out. */
  readonly labelSmoothing?: number;
}

/**
 * Cross-entropy of class labels under a softmax.
 *
 *     L = −Σ shareₙ Σ qₙ ⊙ log pₙ        p = softmax(logits)        q = (1 − ε) onehot(label) + ε / C        shareₙ = 1/N, or wₙ / Σ w
 *
 *     ∂logits = share ⊙ (p − q) · ∂L        ∂wₙ = −(Σ qₙ ⊙ log pₙ + L) / Σ w · ∂L
 *
 * Rare classes and padding: weights of `classWeights.gather(labels)`, or 0 where a row is padding, of any label and any logits. A class that
 * cannot be has the logit −∞: it takes no part, and its ∂logit is 0.
 *
 * @param logits  [..., C]: a row of classes for each label, as in [B, T, C] for sequences
 * @param labels  [...] int32 classes 0 … C − 1
 * @returns       a scalar
 * @throws        when there is not one integer label for each row, no row, a label that counts is no class, a weight is negative or nothing
 *                counts; where that shows only when a compiled function is called, the loss is NaN for such a label and where nothing counts
 *
 * With `classWeights.gather(labels)` it is PyTorch's `cross_entropy(…, weight=class_weights)`, which divides by Σ w too, but has the classes
 * in axis 1 and, with smoothing, gives each class of q its own weight. Smoothing: Szegedy et al. 2016, section 7.
 */
export const crossEntropy = layer({
  name: 'crossEntropy',
  forward(logits: tf.Tensor, labels: tf.Tensor, options: CrossEntropyOptions = {}) {
    checkOptions('crossEntropy', options, ['weights', 'ignoreIndex', 'labelSmoothing']);
    const { weights, ignoreIndex, labelSmoothing = 0 } = options;
    check(logits, labels, { ignoreIndex, labelSmoothing });
    const { rows, hot, share, total } = prepared(logits, labels, { weights, ignoreIndex });
    const outside = nanOutside('crossEntropy', labels.flatten(), logits.shape.at(-1)!, counted(labels, { weights, ignoreIndex }));
    const wrong = outside ? outside.expandDims(1) : tf.scalar(0); // [N, 1]
    const logP = rows.logSoftmax();
    const q = smoothed(hot, labelSmoothing);
    // A product would make NaN of 0 · −∞.
    const agreed = labelSmoothing > 0 ? q.mul(logP).add(wrong) : tf.where(hot, logP, wrong); // [N, C]
    const losses = total && agreed.sum(1, true).neg(); // [N, 1]
    const value = losses ? losses.mul(share).sum() : agreed.sum().mul(share).neg();
    const target = outside ? q.add(wrong) : q;
    const shapes = { logits: logits.shape, weights: weights?.shape };
    return { value, saved: { logP, target, share, shapes, ...(losses && { total, losses, value }) } };
  },
  backward(dL, { logP, target, share, shapes, total, losses, value }) {
    const dLogits = logP.exp().sub(target).mul(share.mul(dL)).reshape(shapes.logits);
    if (!shapes.weights) return [dLogits];
    return [dLogits, undefined, { weights: losses!.sub(value!).div(total!).mul(dL).reshape(shapes.weights) }];
  },
  // Its own `logSoftmax` is not differentiable twice.
  plain(logits, labels, { weights, ignoreIndex, labelSmoothing = 0 } = {}) {
    const { rows, hot, share } = prepared(logits, labels, { weights, ignoreIndex });
    const chosen = tf.where(hot, rows, tf.zerosLike(rows)).sum(-1, true);
    const agreed = labelSmoothing > 0 ? chosen.mul(1 - labelSmoothing).add(rows.mean(-1, true).mul(labelSmoothing)) : chosen;
    return rows.logSumExp(-1, true).sub(agreed).mul(share).sum();
  },
});

function check(logits: tf.Tensor, labels: tf.Tensor, { ignoreIndex, labelSmoothing }: CrossEntropyOptions): void {
  if (logits.rank < 2 || `${labels.shape}` !== `${logits.shape.slice(0, -1)}` || labels.dtype !== 'int32')
    throw shapeError(`crossEntropy takes logits [..., C] and int32 labels [...] (these are ${labels.dtype})`, { logits, labels });
  notEmpty('crossEntropy', { logits, labels });
  checkNumber('crossEntropy', 'labelSmoothing', labelSmoothing!, { from: 0, below: 1 });
  if (ignoreIndex !== undefined) checkWhole('crossEntropy', 'ignoreIndex', ignoreIndex, {});
}

type Counting = Pick<CrossEntropyOptions, 'weights' | 'ignoreIndex'>;

/** What each row counts, [N]; nothing where all count the same. */
function counted(labels: tf.Tensor, { weights, ignoreIndex }: Counting): tf.Tensor | undefined {
  const given = weights?.flatten().cast('float32'); // integers and booleans would divide to 0
  if (ignoreIndex === undefined) return given;
  const kept = labels.flatten().notEqual(ignoreIndex).cast('float32');
  return given ? given.mul(kept) : kept;
}

/** Logits as rows [N, C], their labels as truth values [N, C], what each row has of the mean, [N, 1] or a number, and the sum of the weights. */
function prepared(logits: tf.Tensor, labels: tf.Tensor, counting: Counting) {
  const C = logits.shape.at(-1)!;
  const rows = logits.reshape([-1, C]);
  const hot = labels.reshape([-1, 1]).equal(tf.range(0, C, 1, 'int32')); // [N, C]
  checkWeights(labels, counting);
  const counts = counted(labels, counting);
  if (!counts) return { rows, hot, share: tf.scalar(1 / rows.shape[0]) };
  const total = counts.sum();
  const share = counts.div(total).expandDims(1);
  // What does not count may be anything, NaN included.
  return { rows: tf.where(counts.notEqual(0).expandDims(1), rows, tf.zerosLike(rows)), hot, share, total };
}

function checkWeights(labels: tf.Tensor, { weights, ignoreIndex }: Counting): void {
  if (weights && `${weights.shape}` !== `${labels.shape}`)
    throw shapeError('crossEntropy takes one weight for each label; for weights of classes give classWeights.gather(labels)', {
      labels,
      weights,
    });
  const known = weights && valuesNow(weights);
  if (weights) checkValues('crossEntropy', weights, (weight) => weight >= 0, 'weights are 0 or more');
  const nothing = 'and the mean over nothing is not a number; leave out batches of padding alone';
  if (known?.every((weight) => weight === 0)) throw new Error(`crossEntropy: all weights are 0, ${nothing}`);
  if (ignoreIndex === undefined) return;
  if (valuesNow(labels)?.every((label, n) => label === ignoreIndex || known?.[n] === 0))
    throw new Error(`crossEntropy: every label that has a weight is ignoreIndex, ${ignoreIndex}, ${nothing}`);
}

/** q: the truth values [N, C] as a distribution, ε of it spread evenly. */
function smoothed(hot: tf.Tensor, epsilon: number): tf.Tensor {
  const q = hot.cast('float32');
  return epsilon > 0 ? q.mul(1 - epsilon).add(epsilon / q.shape[1]!) : q;
}
