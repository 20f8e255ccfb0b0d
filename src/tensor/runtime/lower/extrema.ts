import type { Op } from '../../onnx/operators.js';
import type { Rewrite, Rewrites } from './rewrite.js';

/**
 * The largest or smallest element, NaN where one is NaN: ONNX Runtime 1.30 and OpenVINO 2026.4 pass over NaN, [1, NaN] ↦ 1, unless it
 * comes first. A sum of nothing but the NaNs brings it back.
 */
const extremum =
  (op: Op): Rewrite =>
  (g, { inputs: [x, axes], attributes, outputs: [y] }) => {
    if (x.dtype !== 'float32') return undefined;
    const reduced = g.node(op, [x, axes], y, attributes);
    const nans = g.where(g.binary('Equal', x, x, 'bool'), g.scalar(0), x);
    return [g.binary('Add', g.node('ReduceSum', [nans, axes], y, attributes), reduced)];
  };

/** Extrema along axes that NaN goes through. */
export const extrema: Rewrites = { ReduceMax: extremum('ReduceMax'), ReduceMin: extremum('ReduceMin') };
