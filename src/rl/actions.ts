import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../base/index.js';
import { checkClassLabels } from '../nn/index.js';

/**
 * The number of each row that its action chooses.
 *
 * @param values  [B, A], one for each action
 * @param action  [B] int32, 0 … A − 1
 * @returns       [B]
 * @throws        when there is not one integer action for each row, or one is seen that does not exist; in a compiled call, where actions
 *                have no values while it is recorded, such a one has value 0
 */
export const chosen = (values: tf.Tensor, action: tf.Tensor): tf.Tensor => takenOf(values, takenActions('chosen', values, action));

/** The values [B, A] of what was taken [B, A]: [B]. Those of other actions may be ∞ or NaN, as of actions that are not allowed. */
export const takenOf = (values: tf.Tensor, taken: tf.Tensor): tf.Tensor => tf.where(taken, values, tf.zerosLike(values)).sum(-1);

/** Whether an action was the one of [B]: bool [B, A], to go with values [B, A]. */
export function takenActions(who: string, values: tf.Tensor, action: tf.Tensor): tf.Tensor {
  if (values.rank !== 2 || action.rank !== 1 || action.shape[0] !== values.shape[0] || action.dtype !== 'int32')
    throw shapeError(`${who} takes one number for each action [B, A] and int32 actions [B] (these are ${action.dtype})`, {
      values,
      action,
    });
  const A = values.shape[1]!;
  checkClassLabels(who, action, A);
  return action.expandDims(1).equal(tf.range(0, A, 1, 'int32'));
}
