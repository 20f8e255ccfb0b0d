import * as tf from '@tensorflow/tfjs';
import { zeros } from '../base/index.js';
import { checkWhole } from '../base/internal.js';
import { zip } from '../tensor/index.js';
import { layoutOf, type Tensors } from './flat.js';
import type { InitialState, Optimizer, State } from './optimizer.js';

/** What accumulation adds to a state: the gradients that wait for a step. */
export interface Accumulation {
  /** [n], the mean of the gradients seen since the last step, as far as it is known. */
  readonly gradient: tf.Tensor;
  /** How many those are, a scalar. */
  readonly seen: tf.Tensor;
}

/**
 * The same optimiser, moving once every `batches` updates along the mean of their gradients: a batch as large as memory does not hold.
 *
 *     g ← g + ∇L / k;   every k-th time: θ, … ← update(θ, …, g),  g ← 0
 *
 * A mean of means: where batches count different numbers of rows, as under a mask, let the loss be `batches` times the batch's sum over the
 * rows that all of them count.
 *
 * @throws when `batches` is not an integer above 0
 */
export function accumulated<P, S extends State, O extends Optimizer<P, S>>(
  params: P,
  optimizer: O & Optimizer<P, S>,
  batches: number,
): Omit<O, keyof Optimizer<P, S>> & Optimizer<P, S & Accumulation> {
  checkWhole('accumulated', 'batches', batches);
  const layout = layoutOf(params);
  return {
    ...optimizer, // `average` of an averaged one
    init: (params: P) =>
      ({ ...optimizer.init(params), gradient: zeros([layout.n]), seen: zeros([]) }) as unknown as InitialState<S & Accumulation>,
    update({ gradient, seen, ...rest }: S & Accumulation, grads: Tensors<P> | tf.Tensor) {
      const state = rest as unknown as S;
      const sum = gradient.add(layout.pack(grads).div(batches));
      const due = seen.equal(batches - 1);
      const choose = (then: tf.Tensor, otherwise: tf.Tensor) => (then === otherwise ? then : tf.where(due, then, otherwise));
      const next = zip(optimizer.update(state, sum), state, choose) as S;
      return { ...next, gradient: choose(tf.zerosLike(sum), sum), seen: choose(tf.scalar(0), seen.add(1)) };
    },
  };
}
