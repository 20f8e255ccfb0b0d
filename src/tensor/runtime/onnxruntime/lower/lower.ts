import type { Graph } from '../../../graph/graph.js';
import { everywhere } from '../../lower/everywhere.js';
import { extrema } from '../../lower/extrema.js';
import { withFusedSums } from '../../lower/gemm-add.js';
import { inJoinOrder } from '../../lower/join-order.js';
import { products } from '../../lower/products.js';
import { rewrite } from '../../lower/rewrite.js';
import { sums } from '../../lower/sums.js';
import { withNarrowSplits } from './narrow-splits.js';
import { order } from './top-k.js';

/**
 * The graph that ONNX Runtime is given. Inputs and outputs keep their names and order.
 *
 * @param provider  ONNX Runtime's name of what runs it
 */
export function lower(graph: Graph, provider = 'CPU'): Graph {
  const lowered = everywhere((g) => withFusedSums(inJoinOrder(g)))(rewrite(graph, [extrema, order, sums, products]));
  return provider === 'WebGPU' ? everywhere(withNarrowSplits)(lowered) : lowered;
}
