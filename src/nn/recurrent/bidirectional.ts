import * as tf from '@tensorflow/tfjs';
import { type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { checkValues } from '../losses/labels.js';
import { timeFirst } from './time.js';

/** A recurrence over sequences x [B, T, F]: `rnn`, `gru`, `lstm`, or a function that is called like them. */
export type RecurrentLayer<P, S> = (
  params: P,
  x: tf.Tensor,
  options?: { readonly state?: S },
) => { readonly outputs: tf.Tensor; readonly state: S };

/** One thing for each direction in time: weights, or a state. */
export interface Directions<P> {
  /** From the first step to the last. */
  readonly forward: P;
  /** From the last step to the first. */
  readonly backward: P;
}

/** Weights of two recurrences: `initBidirectional(key, (k) => initLstm(k, { inputs, width }))`. */
export function initBidirectional<P>(key: Key, init: (key: Key) => P): Directions<P> {
  const [forward, backward] = split(key).map(init);
  return { forward, backward };
}

/** Which recurrence runs in both directions, and on what. */
export interface BidirectionalOptions<P, S> {
  /** `rnn`, `gru`, `lstm`, … */
  readonly recurrence: RecurrentLayer<P, S>;
  /** As a call before returned it; zeros when left out. The backward one is of what comes after x. */
  readonly state?: Directions<S>;
  /** [B] int32, 1 … T: how many steps each sequence has before its padding; T when left out. */
  readonly lengths?: tf.Tensor;
}

/** What both directions make of sequences. */
export interface Bidirectional<S> {
  /** Every h, forward then backward, [B, T, 2D]; 0 in the padding. */
  readonly outputs: tf.Tensor;
  /** The last h of each direction, after the last step and after the first, [B, 2D]. */
  readonly last: tf.Tensor;
  /** To go on from. */
  readonly state: Directions<S>;
}

/**
 * A recurrence that reads sequences from both ends: what it says of a step knows the steps before and the steps after.
 *
 *     yₜ = [forward hₜ, backward hₜ]        backward: the recurrence over x_T … x₁
 *
 *     const { outputs } = bidirectional(params, x, { recurrence: lstm });
 *
 * It is no forecaster: an output of step t has seen what comes after t. With `lengths` the backward direction begins at each sequence's
 * own end, not in the padding behind it.
 *
 * @param params  of both directions
 * @param x       [B, T, F]
 * @returns       outputs [B, T, 2D] and last [B, 2D]; the states after T steps, where there are no lengths
 * @throws        when the lengths are not B integers, one whose value is known is none of 1 … T, or a state is given beside them; as the
 *                recurrence does
 *
 * Schuster & Paliwal 1997. As PyTorch's `bidirectional=True`, with `lengths` as on packed sequences.
 */
export function bidirectional<P, S>(
  params: Directions<P>,
  x: tf.Tensor,
  options: BidirectionalOptions<P, S> & { readonly lengths: tf.Tensor },
): Omit<Bidirectional<S>, 'state'>;
export function bidirectional<P, S>(params: Directions<P>, x: tf.Tensor, options: BidirectionalOptions<P, S>): Bidirectional<S>;
export function bidirectional<P, S>(
  { forward, backward }: Directions<P>,
  x: tf.Tensor,
  options: BidirectionalOptions<P, S>,
): Partial<Bidirectional<S>> {
  checkOptions('bidirectional', options, ['recurrence', 'state', 'lengths']);
  const { recurrence, state, lengths } = options;
  if (lengths) check(x, lengths, state);
  const turn = (sequences: tf.Tensor) => (lengths ? turned(sequences, lengths) : sequences.reverse(1));
  const ahead = recurrence(forward, x, state && { state: state.forward });
  const back = recurrence(backward, turn(x), state && { state: state.backward });
  const outputs = tf.concat([ahead.outputs, turn(back.outputs)], 2);
  if (!lengths) {
    const last = tf.concat([lastOf(ahead.outputs), lastOf(back.outputs)], 1);
    return { outputs, last, state: { forward: ahead.state, backward: back.state } };
  }
  const steps = tf.range(0, x.shape[1]!);
  const numbers = lengths.cast('float32').expandDims(1); // [B, 1]
  const last = tf.concat([ahead.outputs, back.outputs], 2);
  return { outputs: where(steps.less(numbers), outputs), last: where(steps.equal(numbers.sub(1)), last).sum(1) };
}

/** h [B, T, D] where the step is chosen [B, T], else 0. */
const where = (chosen: tf.Tensor, h: tf.Tensor): tf.Tensor => tf.where(chosen.expandDims(2), h, tf.zerosLike(h));

function check(x: tf.Tensor, lengths: tf.Tensor, state: unknown): void {
  const [B, T] = x.shape;
  if (lengths.rank !== 1 || lengths.shape[0] !== B || lengths.dtype !== 'int32')
    throw shapeError(`bidirectional takes x [B, T, F] and int32 lengths [B] (these are ${lengths.dtype})`, { x, lengths });
  checkValues('bidirectional', lengths, (length) => length >= 1 && length <= T!, `lengths are 1 … ${T}, the steps of x`);
  if (state)
    throw new Error('bidirectional: a state goes on from sequences of one length, and lengths were given too; leave out one of them');
}

/** The step after the last, [B, D]. */
const lastOf = (outputs: tf.Tensor): tf.Tensor => {
  const [B, T, D] = outputs.shape;
  return outputs.slice([0, T! - 1, 0], [B, 1, D!]).squeeze([1]);
};

/** Each sequence [B, T, D] from its own last step to its first; the padding stays behind. */
function turned(x: tf.Tensor, lengths: tf.Tensor): tf.Tensor {
  const [B, T, D] = x.shape;
  const steps = tf.range(0, T!);
  const before = lengths.cast('float32').expandDims(1).sub(1).sub(steps); // [B, T], below 0 in the padding
  const step = tf.where(before.less(0), steps.add(tf.zeros([B, 1])), before);
  const rows = step.mul(B).add(tf.range(0, B).expandDims(1)).cast('int32').flatten(); // of [T·B, D]
  return timeFirst(x)
    .gather(rows as tf.Tensor1D)
    .reshape([B, T!, D!]);
}
