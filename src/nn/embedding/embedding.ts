import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, normal, shapeError } from '../../base/index.js';
import { layer } from '../../tensor/index.js';
import { asRows } from '../axes.js';
import { nanOutside } from '../losses/labels.js';

/** The shape of a table [V, D]. */
export interface EmbeddingConfig {
  /** Labels 0 … count − 1: assets, sectors, symbols. */
  readonly count: number;
  /** D */
  readonly width: number;
}

/** A table [V, D] of standard normals, PyTorch's default. */
export const initEmbedding = (key: Key, { count, width }: EmbeddingConfig): HostArray<Float32Array> => normal(key, [count, width]);

/**
 * A vector for each label, from a table that is learned.
 *
 *     y[i] = table[labels[i]]        ∂table[v] = Σ ∂y[i] over all i with labels[i] = v
 *
 * @param table   [V, D]
 * @param labels  [...] int32, 0 … V − 1
 * @returns       [..., D]
 * @throws        when the labels are not int32, or one is outside the table; where that shows only when a compiled function is called,
 *                its vector is NaN
 */
export const embedding = layer({
  name: 'embedding',
  forward(table: tf.Tensor, labels: tf.Tensor) {
    if (table.rank !== 2 || labels.dtype !== 'int32')
      throw shapeError(`embedding takes a table [V, D] and int32 labels (these are ${labels.dtype})`, { table, labels });
    const outside = nanOutside('embedding', labels, table.shape[0]);
    // A runtime that is asked for a row outside the table fails, or reads what lies beside it.
    const safe = outside ? labels.clipByValue(0, table.shape[0] - 1) : labels;
    const rows = safe.flatten();
    const y = table.gather(rows).reshape([...labels.shape, table.shape[1]!]);
    return { value: outside ? y.add(outside.expandDims(-1)) : y, saved: { rows, shape: table.shape } };
  },
  backward: (dy, { rows, shape }) => [tf.scatterND(rows.expandDims(1), asRows(dy), shape)],
  plain: (table, labels) => table.gather(labels as tf.Tensor1D),
});
