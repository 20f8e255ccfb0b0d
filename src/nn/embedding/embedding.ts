import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, normal, shapeError } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import { layer, stopGradient } from '../../tensor/index.js';
import { asRows } from '../axes.js';
import { nanOutside } from '../losses/labels.js';

/** The shape of a table [V, D]. */
export interface EmbeddingConfig {
  /** Labels 0 … count − 1: assets, sectors, symbols. */
  readonly count: number;
  /** D */
  readonly width: number;
  /** The label of padding, whose vector is 0; none when left out. */
  readonly paddingIndex?: number;
}

/** A table [V, D] of standard normals, PyTorch's default; zeros for the label of padding. */
export function initEmbedding(key: Key, config: EmbeddingConfig): HostArray<Float32Array> {
  checkOptions('initEmbedding', config, ['count', 'width', 'paddingIndex']);
  const { count, width, paddingIndex } = config;
  const table = normal(key, [count, width]);
  if (paddingIndex === undefined) return table;
  checkPadding('initEmbedding', paddingIndex, count);
  table.data.fill(0, paddingIndex * width, (paddingIndex + 1) * width);
  return table;
}

/** Which label stands for no thing. */
export interface EmbeddingOptions {
  /** The label of padding, whose vector no gradient moves: 0 with the same one in `initEmbedding`. None when left out. */
  readonly paddingIndex?: number;
}

const checkPadding = (who: string, index: number, count: number): void =>
  checkWhole(who, 'paddingIndex', index, { from: 0, to: count - 1 }, 'it is the label of a row of the table');

/**
 * A vector for each label, from a table that is learned.
 *
 *     y[i] = table[labels[i]]        ∂table[v] = Σ ∂y[i] over all i with labels[i] = v, and 0 for the label of padding
 *
 * @param table   [V, D]
 * @param labels  [...] int32, 0 … V − 1
 * @returns       [..., D]
 * @throws        when the labels are not int32, or one is outside the table; where that shows only when a compiled function is called,
 *                its vector is NaN
 */
export const embedding = layer({
  name: 'embedding',
  forward(table: tf.Tensor, labels: tf.Tensor, options?: EmbeddingOptions) {
    checkOptions('embedding', options, ['paddingIndex']);
    if (table.rank !== 2 || labels.dtype !== 'int32')
      throw shapeError(`embedding takes a table [V, D] and int32 labels (these are ${labels.dtype})`, { table, labels });
    const paddingIndex = options?.paddingIndex;
    if (paddingIndex !== undefined) checkPadding('embedding', paddingIndex, table.shape[0]);
    const outside = nanOutside('embedding', labels, table.shape[0]);
    // A runtime that is asked for a row outside the table fails, or reads what lies beside it.
    const safe = outside ? labels.clipByValue(0, table.shape[0] - 1) : labels;
    const rows = safe.flatten();
    const y = table.gather(rows).reshape([...labels.shape, table.shape[1]!]);
    return { value: outside ? y.add(outside.expandDims(-1)) : y, saved: { rows, shape: table.shape, paddingIndex } };
  },
  backward(dy, { rows, shape, paddingIndex }) {
    const d = asRows(dy);
    const moving = paddingIndex === undefined ? d : tf.where(rows.notEqual(paddingIndex).expandDims(1), d, tf.zerosLike(d));
    return [tf.scatterND(rows.expandDims(1), moving, shape)];
  },
  plain(table, labels, { paddingIndex } = {}) {
    const y = table.gather(labels as tf.Tensor1D);
    return paddingIndex === undefined ? y : tf.where(labels.notEqual(paddingIndex).expandDims(-1), y, stopGradient(y));
  },
});
