import { sizeOf } from '../../../base/index.js';
import { producerOf } from '../../graph/builder.js';
import type { Rewrite, Rewrites } from './rewrite.js';

/**
 * A row times matrices that were cut out of a wider one, as blocks of its columns, is the product with the wider one. So an LSTM's gates at
 * batch 1 multiply the matrix that a runtime has packed when it loaded the graph.
 */
const rowTimesBlocks: Rewrite = (g, { inputs: [x, y], outputs: [product] }) => {
  const [blocks, inner, columns] = y.shape;
  if (x.dtype !== 'float32' || y.shape.length !== 3 || x.shape.length > 3 || sizeOf(x.shape) !== inner) return undefined;
  const together = g.transpose(y, [1, 0, 2]);
  if (producerOf(together)?.op === 'Transpose') return undefined; // they stand alone
  return [g.reshape(g.gemm(g.reshape(x, [1, inner]), g.reshape(together, [inner, blocks * columns])), product.shape)];
};

/** The forms of products that both runtimes are fastest at. */
export const products: Rewrites = { MatMul: rowTimesBlocks };
