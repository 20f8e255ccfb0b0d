import type * as tf from '@tensorflow/tfjs';

/** An input of a case as PyTorch had it. */
export interface Input {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** Functions by name: those of a notebook's cells, or of `lemmata/hand`. */
// biome-ignore lint/suspicious/noExplicitAny: what cells declare has no type here
export type Functions = Readonly<Record<string, (...args: any[]) => any>>;

/** What is computed by hand: y, and the gradients of Σ dy ⊙ y in the order of the inputs that have one. */
export interface ByHand {
  readonly y: ArrayLike<number>;
  readonly grads: readonly ArrayLike<number>[];
}

/** How one function, or a forward and its backward, is called. Its name is that of PyTorch's values in `dayNN.reference.json`. */
export interface HandCase {
  /** The functions that it exercises. */
  readonly functions: readonly string[];
  readonly hand: (functions: Functions, inputs: readonly Input[], dy: Float64Array) => ByHand;
  /** The library's y, of the inputs as tensors. */
  readonly library: (...inputs: tf.Tensor[]) => tf.Tensor;
}
