import * as tf from '@tensorflow/tfjs';
import { checkWhole } from '../base/internal.js';
import { type Mapped, zip } from '../tensor/index.js';
import { layoutOf, type Numbers } from './flat.js';
import { type Optimizer, type State, zeros } from './optimizer.js';

export interface Accumulation {
  /** The mean of the gradients seen since the last step, as far as it is known. */
  readonly gradient: tf.Tensor;
  /** How many those are. */
  readonly seen: tf.Tensor;
}

/**
 * The same optimiser, moving once every `batches` updates along the mean of their gradients: a batch as large as memory does not hold.
 *
 *     g ← g + ∇L / k;   every k-th time: θ, … ← update(θ, …, g),  g ← 0
 *
 * @throws when `batches` is not an integer above 0
 */
export function accumulated<P, S extends State>(params: P, optimizer: Optimizer<P, S>, batches: number): Optimizer<P, S & Accumulation> {
  checkWhole('accumulated', 'batches', batches);
  const layout = layoutOf(params);
  return {
    init: (params) =>
      ({ ...optimizer.init(params), gradient: zeros([layout.n]), seen: zeros([]) }) as unknown as Mapped<
        S & Accumulation,
        tf.Tensor,
        Numbers
      >,
    update({ gradient, seen, ...rest }, grads) {
      const state = rest as unknown as S;
      const sum = gradient.add(layout.pack(grads).div(batches));
      const due = seen.equal(batches - 1);
      const choose = (then: tf.Tensor, otherwise: tf.Tensor) => (then === otherwise ? then : tf.where(due, then, otherwise));
      const next = zip(optimizer.update(state, sum), state, choose) as S;
      return { ...next, gradient: choose(tf.zerosLike(sum), sum), seen: choose(tf.scalar(0), seen.add(1)) };
    },
    params: optimizer.params,
  };
}
