import * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../tensor/grad.js';

/** `f` with gradients of 0: for a choice, such as the largest of some numbers, which does not move with what it looks at. */
export const stopGradient = (f: (...inputs: tf.Tensor[]) => tf.Tensor): ((...inputs: tf.Tensor[]) => tf.Tensor) =>
  firstOrder('stopGradient', (inputs, save) => {
    save(inputs);
    return { value: f(...inputs), backward: (_, inputs) => inputs.map((x) => tf.zerosLike(x)) };
  });
