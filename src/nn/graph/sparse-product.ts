import * as tf from '@tensorflow/tfjs';
import { type HostArray, shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import type { LinearParams } from '../linear.js';
import { checkValues } from '../losses/labels.js';
import type { Edges } from './sparse-graph-convolution.js';

/** How many rows a sparse matrix has: its entries tell only which are not empty. */
export interface RowsOptions {
  /** N. */
  readonly rows: number;
}

/** Features of N nodes of which most are 0, by their entries: `sparseRows` gives them. */
export interface SparseFeatures<I = tf.Tensor, W = tf.Tensor> extends Edges<I, W> {
  /** N. */
  readonly rows: number;
}

/**
 * A sparse matrix times a dense one: its cost grows with the entries that are not 0.
 *
 *     y[i] = Σ weight[e] m[from[e]], over the entries e of row i
 *
 *     ∂m[j] = Σ weight[e] ∂y[to[e]], over the entries of column j    ∂weight[e] = m[from[e]]·∂y[to[e]]
 *
 * @param matrix  S [N, F] by its E entries: weight[e] is that of row to[e] and column from[e]; those of one place add up
 * @param m       [F, D]
 * @returns       [N, D]
 * @throws        when the shapes do not fit, or a row or column that is known is outside
 */
export const sparseProduct = layer({
  name: 'sparseProduct',
  forward(matrix: Edges, m: tf.Tensor, options: RowsOptions) {
    const { from, to, scale } = checked(matrix, m, options);
    return { value: tf.unsortedSegmentSum(m.gather(from).mul(scale), to, options.rows), saved: { from, to, scale, m } };
  },
  backward(dy, { from, to, scale, m }) {
    const taken = dy.gather(to); // [E, D]
    return [{ weight: taken.mul(m.gather(from)).sum(1) }, tf.unsortedSegmentSum(taken.mul(scale), from, m.shape[0])];
  },
  plain(matrix, m, options) {
    const { from, to, scale } = checked(matrix, m, options);
    return tf.unsortedSegmentSum(m.gather(from).mul(scale), to, options.rows);
  },
});

function checked({ from, to, weight }: Edges, m: tf.Tensor, options: RowsOptions) {
  checkOptions('sparseProduct', options, ['rows']);
  if ([from, to].some(({ dtype }) => dtype !== 'int32') || [from, to, weight].some(({ rank, size }) => rank !== 1 || size !== from.size))
    throw shapeError('sparseProduct takes int32 from and to [E] and weight [E]', { from, to, weight });
  if (m.rank !== 2) throw shapeError('sparseProduct takes m [F, D]', { m });
  const inside = (ends: tf.Tensor, what: string, count: number) =>
    checkValues('sparseProduct', ends, (end) => end >= 0 && end < count, `${what} are 0 to ${count - 1}`);
  inside(from, 'columns', m.shape[0]!);
  inside(to, 'rows', options.rows);
  return { from: from as tf.Tensor1D, to: to as tf.Tensor1D, scale: weight.expandDims(1) };
}

/**
 * `linear` of rows of which most numbers are 0, as the words of a text.
 *
 *     y = x w + b
 *
 * @param params  w [F, D] and b [D]
 * @param x       [N, F] by its E entries, of `sparseRows`
 * @returns       [N, D]
 * @throws        as `sparseProduct`
 *
 * Dropout of x is `dropout` of its weights, with a mask [E]: what is 0 needs no number to be dropped by.
 */
export const sparseLinear = ({ w, b }: LinearParams, x: Edges, options: RowsOptions): tf.Tensor => sparseProduct(x, w, options).add(b);

/**
 * The numbers of a matrix that are not 0, row by row.
 *
 * @param x  [N, F]
 * @returns  E entries: their columns `from`, rows `to` and values `weight`
 */
export function sparseRows({ data, shape: [N, F] }: HostArray<Float32Array>): Edges<HostArray<Int32Array>, HostArray<Float32Array>> {
  const places: number[] = [];
  for (let k = 0; k < N * F; k++) if (data[k] !== 0) places.push(k);
  const column = <D>(of: D) => ({ data: of, shape: [places.length] });
  return {
    from: column(Int32Array.from(places, (k) => k % F)),
    to: column(Int32Array.from(places, (k) => Math.floor(k / F))),
    weight: column(Float32Array.from(places, (k) => data[k])),
  };
}
