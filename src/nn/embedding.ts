import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../tensor/errors.js';
import { firstOrder } from '../tensor/grad.js';
import { type Key, normal, type RandomArray } from '../tensor/random.js';
import { checkLabels } from './labels.js';

export interface EmbeddingConfig {
  /** Labels 0 … count − 1: assets, sectors, symbols. */
  readonly count: number;
  readonly width: number;
}

/** A table [V, D] of standard normals, PyTorch's default. */
export const initEmbedding = (key: Key, { count, width }: EmbeddingConfig): RandomArray<Float32Array> => normal(key, [count, width]);

/**
 * A vector for each label, from a table that is learned.
 *
 *     y[i] = table[labels[i]]        ∂table[v] = Σ ∂y[i] over all i with labels[i] = v
 *
 * @param table   [V, D]
 * @param labels  [...] int32, 0 … V − 1
 * @returns       [..., D]
 * @throws        when the labels are not int32, or one that is known is outside the table
 */
export function embedding(table: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  if (table.rank !== 2 || labels.dtype !== 'int32')
    throw shapeError(`embedding takes a table [V, D] and int32 labels (these are ${labels.dtype})`, { table, labels });
  checkLabels('embedding', labels, table.shape[0]);
  return rowsOf(labels.flatten())(table).reshape([...labels.shape, table.shape[1]!]);
}

const rowsOf = (labels: tf.Tensor1D) =>
  firstOrder('embedding', ([table], save) => {
    save([labels]);
    return {
      value: table.gather(labels),
      backward: (dy, [labels]) => [tf.scatterND(labels.expandDims(1), dy, table.shape)],
    };
  });

/** `embedding` in operators that tfjs can differentiate any number of times. */
export const embeddingPlain = (table: tf.Tensor, labels: tf.Tensor): tf.Tensor => table.gather(labels as tf.Tensor1D);
