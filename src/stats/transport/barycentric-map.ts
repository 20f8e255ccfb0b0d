import type { Matrix } from '../../linalg/index.js';
import { checkMatrix, zeroMatrix } from '../../linalg/internal.js';

/**
 * Where a plan sends each point: the mean of the targets that it goes to.
 *
 *     T(xᵢ) = Σⱼ πᵢⱼ yⱼ / Σⱼ πᵢⱼ
 *
 * @param plan     π [n, m], of `sinkhorn` or `optimalTransport`
 * @param targets  y [m, d]
 * @returns        [n, d]; NaN in a row that sends nothing
 * @throws         when the plan does not have a column for each target, or either holds other than rows times columns numbers
 *
 * Ferradans et al. 2014, section 2.3.
 */
export function barycentricMap(plan: Matrix, targets: Matrix): Matrix {
  if (plan.cols !== targets.rows)
    throw new Error(
      `barycentricMap takes a plan [n, m] and targets [m, d]: got plan [${plan.rows},${plan.cols}], targets [${targets.rows},${targets.cols}]`,
    );
  checkMatrix('barycentricMap', 'plan', plan);
  checkMatrix('barycentricMap', 'targets', targets);
  const to = zeroMatrix(plan.rows, targets.cols);
  for (let i = 0; i < plan.rows; i++) {
    let sent = 0;
    for (let j = 0; j < plan.cols; j++) {
      const mass = plan.data[i * plan.cols + j];
      sent += mass;
      for (let d = 0; d < targets.cols; d++) to.data[i * targets.cols + d] += mass * targets.data[j * targets.cols + d];
    }
    for (let d = 0; d < targets.cols; d++) to.data[i * targets.cols + d] /= sent;
  }
  return to;
}

/**
 * Squared Euclidean distances between the rows of two matrices: the usual cost of transport.
 *
 *     cᵢⱼ = Σ (xᵢ − yⱼ)²
 *
 * @param x  [n, d]
 * @param y  [m, d]
 * @returns  [n, m]
 * @throws   when the widths differ, or either holds other than rows times columns numbers
 */
export function squaredDistances(x: Matrix, y: Matrix): Matrix {
  if (x.cols !== y.cols)
    throw new Error(`squaredDistances takes x [n, d] and y [m, d] of one width: got x [${x.rows},${x.cols}], y [${y.rows},${y.cols}]`);
  checkMatrix('squaredDistances', 'x', x);
  checkMatrix('squaredDistances', 'y', y);
  const cost = zeroMatrix(x.rows, y.rows);
  for (let i = 0; i < x.rows; i++)
    for (let j = 0; j < y.rows; j++)
      for (let d = 0; d < x.cols; d++) cost.data[i * y.rows + j] += (x.data[i * x.cols + d] - y.data[j * y.cols + d]) ** 2;
  return cost;
}
