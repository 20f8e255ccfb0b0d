import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, normal, shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';

/**
 * Sinusoidal positions, added to a sequence so that attention can tell its places apart.
 *
 *     P[t, 2i] = sin(t / 10000^(2i/D))        P[t, 2i+1] = cos(t / 10000^(2i/D))
 *
 * @param T  steps
 * @param D  width; of an odd one the last column is a sine
 * @returns  [T, D]
 *
 * Vaswani et al. 2017, section 3.5. thm:sinusoidal-shift.
 */
export function sinusoidalPositions(T: number, D: number): HostArray<Float32Array> {
  const data = new Float32Array(T * D);
  for (let t = 0; t < T; t++)
    for (let j = 0; j < D; j++) {
      const angle = t / 10_000 ** ((j - (j % 2)) / D);
      data[t * D + j] = j % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  return { data, shape: [T, D] };
}

/** The shape of a table of positions. */
export interface PositionsConfig {
  /** The longest sequence. */
  readonly length: number;
  /** D */
  readonly width: number;
}

/** A table [length, D] of normals with deviation 0.02, as BERT's. */
export function initPositions(key: Key, config: PositionsConfig): HostArray<Float32Array> {
  checkOptions('initPositions', config, ['length', 'width']);
  const { length, width } = config;
  const { data, shape } = normal(key, [length, width]);
  return { data: data.map((z) => 0.02 * z), shape };
}

/**
 * Learned positions, added to a sequence.
 *
 *     y[b, t] = x[b, t] + table[t]        ∂x = ∂y        ∂table[t] = Σ ∂y[b, t] over b, 0 for t ≥ T
 *
 * @param table  [T′, D], T′ ≥ T
 * @param x      [B, T, D]
 * @returns      [B, T, D]; a sum and a slice, differentiable any number of times
 * @throws       when the table is shorter than the sequence or of another width
 *
 * Gehring et al. 2017, section 3.1.
 */
export function addPositions(table: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const [, T, D] = x.shape;
  if (x.rank !== 3 || table.rank !== 2 || table.shape[0] < T || table.shape[1] !== D)
    throw shapeError("addPositions takes a table [T', D] with a row for each of the T times of x [B, T, D]", { table, x });
  return x.add(tf.slice(table, 0, T));
}
