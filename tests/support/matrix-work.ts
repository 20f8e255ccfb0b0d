import type { Graph } from '../../src/tensor/graph/graph.js';

/** Multiplications of the matrix products in a graph: l m k for one of l × m and m × k, times how many there are in a batch. */
export const matrixWork = (graph: Graph): number =>
  graph.nodes
    .filter(({ op }) => op === 'MatMul' || op === 'Gemm')
    .map(({ inputs, outputs, attributes }) => {
      const [rows, columns] = inputs[0]!.shape.slice(-2);
      const inner = (attributes as { transA?: number } | undefined)?.transA ? rows : columns;
      return inner * outputs[0].shape.reduce((size, n) => size * n, 1);
    })
    .reduce((sum, n) => sum + n, 0);
