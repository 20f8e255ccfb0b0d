import * as tf from '@tensorflow/tfjs';
import reference from '../../src/attack/attacks.reference.json' with { type: 'json' }; // made by src/attack/reference/attacks.py with PyTorch 2.13
import type { Raised } from '../../src/attack/fgsm.js';
import { valueInDouble } from './in-double.js';

/** Losses [B] of the reference's perceptron, from its own weights. */
const losses =
  ([w1, b1, w2, b2]: tf.Tensor[]): Raised =>
  (x) => {
    const logits = tf.add(tf.tanh(tf.matMul(x, w1 as tf.Tensor2D).add(b1)).matMul(w2), b2);
    const chosen = tf.oneHot(tf.tensor1d(reference.labels, 'int32'), 3).cast('float32');
    return logits.logSumExp(-1).sub(logits.mul(chosen).sum(-1));
  };

/** Where an attack on the reference's samples ends, in double precision. */
export const attacked = (attack: (loss: Raised, x: tf.Tensor, start: tf.Tensor) => tf.Tensor, start = reference.start.linf): number[] =>
  valueInDouble((...args) => attack(losses(args.slice(0, 4)), args[4], args[5]), [...reference.model, reference.x, start]);
