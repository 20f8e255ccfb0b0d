import { eigenSymmetric, type Matrix } from '../../linalg/index.js';
import { degreesOf } from './adjacency.js';
import { connectedComponents } from './components.js';
import { normalisedLaplacian } from './laplacian.js';

/**
 * What a step with Â leaves at most of the difference between nodes, the second largest size of its eigenvalues.
 *
 *     α = max |1 − ν|, over the eigenvalues ν > 0 of I − Â        Â = (D + I)^(−½) (A + I) (D + I)^(−½)
 *
 * @param adjacency  A [N, N], weights of the edges
 * @returns          in [0, 1); 0.9: ten steps leave at most 0.9¹⁰ = 35 %
 * @throws           when A is not symmetric, or a weight is negative or not finite
 *
 * Oono & Suzuki 2020: thm:over-smoothing.
 */
export function smoothingRate(adjacency: Matrix): number {
  const count = new Set(connectedComponents(adjacency)).size;
  const { values } = eigenSymmetric(normalisedLaplacian(withLoops(adjacency)));
  return values.subarray(count).reduce((largest, value) => Math.max(largest, Math.abs(1 - value)), 0);
}

/**
 * How far features are from those that a graph convolution cannot change: in each component the same row times √(dᵢ + 1).
 *
 *     ‖X − PX‖_F        P projects columns on the span of the components' vectors, √(dᵢ + 1) in the component and 0 outside
 *
 * @param adjacency  A [N, N], weights of the edges
 * @param x          [N, F]
 * @throws           when A is not symmetric, a weight is negative or not finite, or x has another number of rows
 *
 * Oono & Suzuki 2020, their d_M: thm:over-smoothing.
 */
export function distanceFromSmooth(adjacency: Matrix, x: Matrix): number {
  const degrees = degreesOf('distanceFromSmooth', adjacency);
  const N = degrees.length;
  if (x.rows !== N) throw new Error(`distanceFromSmooth: a graph of ${N} nodes has features [${N},F], got [${x.rows},${x.cols}]`);
  const component = connectedComponents(adjacency);
  const squares = new Float64Array(N);
  const products = new Float64Array(N * x.cols);
  const eachElement = (visit: (at: number, column: number, root: number) => void) => {
    for (let i = 0, at = 0; i < N; i++)
      for (let j = 0; j < x.cols; j++, at++) visit(at, component[i] * x.cols + j, Math.sqrt(degrees[i] + 1));
  };
  for (let i = 0; i < N; i++) squares[component[i]] += degrees[i] + 1;
  eachElement((at, column, root) => {
    products[column] += root * x.data[at];
  });
  let sum = 0;
  eachElement((at, column, root) => {
    sum += (x.data[at] - (root * products[column]) / squares[Math.floor(column / x.cols)]) ** 2;
  });
  return Math.sqrt(sum);
}

/** A + I. */
const withLoops = ({ rows, cols, data }: Matrix): Matrix => ({
  rows,
  cols,
  data: data.map((weight, at) => (at % (rows + 1) === 0 ? weight + 1 : weight)),
});
