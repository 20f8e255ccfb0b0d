import { sizeOf } from '../../../../base/index.js';
import type { Rewrite, Rewrites } from '../../lower/rewrite.js';

const LARGEST = 3.4028234663852886e38;

/** The k largest with NaN above all numbers, of equal ones the first: where ONNX Runtime 1.30 compares with NaN, it loses the order of the others too. */
const topK: Rewrite = (g, { inputs: [x, count], attributes, outputs: [values, indices] }) => {
  const last = x.shape.length - 1;
  if (x.dtype !== 'float32' || attributes.axis !== last) return undefined;
  const finite = g.binary('Min', g.scalar(LARGEST), x); // ∞ stays above all but the largest number, and is below what NaN is now
  const key = g.where(g.binary('Equal', x, x, 'bool'), finite, g.scalar(Number.POSITIVE_INFINITY));
  const [, places] = g.add('TopK', [key, count], [values, indices], attributes);
  const [rows, n] = [sizeOf(x.shape.slice(0, -1)), x.shape[last]];
  const starts = Int32Array.from({ length: rows }, (_, row) => row * n);
  const flat = g.binary('Add', g.cast(places, 'int32'), g.constant(starts, [...x.shape.slice(0, -1), 1], 'int32'));
  return [g.gather(g.reshape(x, [rows * n]), flat, 0), places];
};

/** What is found by its order. */
export const order: Rewrites = { TopK: topK };
