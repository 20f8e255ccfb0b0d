import type * as tf from '@tensorflow/tfjs';

/** An input of a case as PyTorch had it. */
export interface Input {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** Functions by name: those of a notebook's cells, or of `lemmata/hand`. */
// biome-ignore lint/suspicious/noExplicitAny: what cells declare has no type here
export type Functions = Readonly<Record<string, (...args: any[]) => any>>;

/** What is computed by hand: y, and the gradients of Σ dy ⊙ y of the first inputs, in order; without them where there is no backward. */
export interface ByHand {
  readonly y: ArrayLike<number>;
  readonly grads?: readonly ArrayLike<number>[];
}

/** How one function, or a forward and its backward, is called. Its name is that of PyTorch's values in `dayNN.reference.json`. */
export interface HandCase {
  /** The functions that it exercises. */
  readonly functions: readonly string[];
  readonly hand: (functions: Functions, inputs: readonly Input[], dy: Float64Array) => ByHand;
  /**
   * The library's y, of the inputs as tensors. A number in its code is a float32, in double precision too: sizes whose 1/n and 1/√D are
   * powers of 2 keep all digits.
   */
  readonly library?: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** The library's y where it computes on plain arrays, as `lemmata/stats` does: instead of `library`. */
  readonly plain?: (...inputs: Input[]) => ArrayLike<number>;
  /** How near the library comes where it has another such number, as the 1/√2 of a GELU; 1e-10. */
  readonly libraryWithin?: number;
}
