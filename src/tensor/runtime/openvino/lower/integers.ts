import type { Rewrites } from '../../lower/rewrite.js';

/** OpenVINO 2026.4 chooses between integers through float32, which is exact below 2²⁴ only: y + (x − y)·condition is exact, with wrap-around. */
export const integers: Rewrites = {
  Where: (g, { inputs: [condition, x, y] }) =>
    x.dtype === 'int32' ? [g.binary('Add', y, g.binary('Mul', g.binary('Sub', x, y), g.cast(condition, 'int32')))] : undefined,
};
