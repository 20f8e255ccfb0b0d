import type * as tf from '@tensorflow/tfjs';
import type { Mapped } from '../tensor/tree.js';
import type { Numbers, Tensors } from './flat.js';

/**
 * An optimiser of parameters `P` with state `S`, as pure functions: keep the state, not the parameters.
 *
 *     const optimizer = adam(params, { learningRate: 1e-3 });
 *     const step = compile((state, batch) => {
 *       const { value: loss, grads } = valueAndGrad(lossOf)(optimizer.params(state), batch);
 *       return { state: optimizer.update(state, grads), loss };
 *     }, { donate: [0] });
 */
export interface Optimizer<P, S> {
  /** The state before the first step: typed arrays, for a compiled step or, through `tf.tensor`, an eager one. */
  init(params: P): Mapped<S, tf.Tensor, Numbers>;
  /** The state after a step along these gradients. */
  update(state: S, grads: Tensors<P>): S;
  /** The parameters in the state. */
  params(state: S): Tensors<P>;
}

/** A vector of zeros, or a scalar 0 for the shape []. */
export const zeros = (shape: number[]): Numbers => ({ data: new Float32Array(shape[0] ?? 1), shape });

export function positive(optimizer: string, name: string, value: number): void {
  if (!(value > 0)) throw new Error(`${optimizer}: ${name} must be above 0, got ${value}`);
}

export function fraction(optimizer: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1))
    throw new Error(`${optimizer}: ${name} must be at least 0 and below 1, got ${value}; it is the share of the past that is kept`);
}

export function notNegative(optimizer: string, name: string, value: number): void {
  if (!(value >= 0)) throw new Error(`${optimizer}: ${name} must be at least 0, got ${value}`);
}
