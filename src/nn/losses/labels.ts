import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../../tensor/index.js';
import { valuesNow } from '../../tensor/internal.js';

/**
 * Throws at the first label that is not one of 0 … classes − 1.
 *
 * Layers and losses check the labels that they can see. The arguments of a compiled function have no values while it is recorded: where
 * one of them is no class the result is NaN, so check labels where the data enter.
 *
 * @param who      what the message begins with
 * @param labels   an array or a tensor of any shape
 * @param classes  how many there are
 * @throws         naming the label and where it is
 */
export function checkClassLabels(who: string, labels: ArrayLike<number> | tf.Tensor, classes: number): void {
  const allowed = (label: number) => Number.isInteger(label) && label >= 0 && label < classes;
  checkValues(who, labels, allowed, `labels are 0 … ${classes - 1}, one for each of ${classes} classes`);
}

/** Throws at the first value that is not allowed, where values exist already. */
export function checkValues(who: string, values: ArrayLike<number> | tf.Tensor, allowed: (value: number) => boolean, rule: string): void {
  const seen = (values instanceof tf.Tensor ? valuesNow(values) : values) ?? [];
  for (let i = 0; i < seen.length; i++) if (!allowed(seen[i])) throw new Error(`${who}: ${rule}; got ${seen[i]} at index ${i}`);
}

/** Throws as `checkValues` does; what to add to a loss whose values will only exist in a call: 0, or NaN when one is then not allowed. */
export function nanUnless(
  who: string,
  values: tf.Tensor,
  allowed: (value: number) => boolean,
  rule: string,
  inside: (values: tf.Tensor) => tf.Tensor,
): tf.Tensor | number {
  checkValues(who, values, allowed, rule);
  return valuesNow(values) ? 0 : stopGradient(() => tf.where(inside(values).all(), tf.scalar(0), tf.scalar(Number.NaN)));
}

/**
 * What to add where a label is used: nothing where labels were checked, and for those whose values do not exist yet 0 for a class, NaN
 * for any other number, [labels' shape]. A label whose weight is 0 may be any.
 */
export function nanOutside(who: string, labels: tf.Tensor, classes: number, weights?: tf.Tensor): tf.Tensor | undefined {
  const [known, counts] = [valuesNow(labels), weights && valuesNow(weights)];
  if (known && (!weights || counts)) {
    checkClassLabels(who, counts ? known.map((label, n) => (counts[n] === 0 ? 0 : label)) : known, classes);
    return undefined;
  }
  const inside = labels.greaterEqual(0).logicalAnd(labels.less(classes));
  const right = weights ? inside.logicalOr(weights.equal(0)) : inside;
  return tf.where(right, tf.zeros(labels.shape), tf.fill(labels.shape, Number.NaN));
}
