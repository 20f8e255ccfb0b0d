import type * as tf from '@tensorflow/tfjs';
import type { Functions, HandCase, Input } from './case.js';

const FUNCTIONS = ['readFrom', 'stretchForward', 'stretchBackward'];

/** Both stretched to one shape, and the gradients of what was made of them taken back to their own. */
const stretched = ({ stretchForward, stretchBackward }: Functions, [a, b]: readonly Input[], to: readonly number[]) => ({
  wide: [stretchForward(a, to), stretchForward(b, to)] as [Float64Array, Float64Array],
  back: (da: Float64Array, db: Float64Array) => [stretchBackward(da, a, to), stretchBackward(db, b, to)],
});

const product = (to: readonly number[]): HandCase => ({
  functions: FUNCTIONS,
  hand(functions, inputs, dy) {
    const { wide, back } = stretched(functions, inputs, to);
    const [a, b] = wide;
    const grads = back(
      dy.map((d, i) => d * b[i]),
      dy.map((d, i) => d * a[i]),
    );
    return { y: a.map((v, i) => v * b[i]), grads };
  },
  library: (a: tf.Tensor, b: tf.Tensor) => a.mul(b),
});

export const cases: Readonly<Record<string, HandCase>> = {
  gainOfFeatures: product([6, 4]),
  weightOfDays: product([6, 4]),
  middleAxis: product([5, 4, 3]),
  allPairs: {
    functions: FUNCTIONS,
    hand(functions, inputs, dy) {
      const { wide, back } = stretched(functions, inputs, [6, 4]);
      const [a, b] = wide;
      const grads = back(
        dy,
        dy.map((d) => -d),
      );
      return { y: a.map((v, i) => v - b[i]), grads };
    },
    library: (a, b) => a.sub(b),
  },
};
