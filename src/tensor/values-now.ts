import * as tf from '@tensorflow/tfjs';
import { TraceBackend } from './trace/backend.js';

/** The values of a tensor, where they exist already: outside `compile` always, inside it those of constants. For checks of input. */
export function valuesNow(t: tf.Tensor): Float32Array | Int32Array | Uint8Array | undefined {
  const backend = tf.backend();
  return backend instanceof TraceBackend ? backend.known(t) : t.dataSync();
}
