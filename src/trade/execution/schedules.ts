import { checkProblem, type ExecutionProblem } from './almgren-chriss.js';

/**
 * Evenly spread sales, as time passes: xₖ = X (1 − k/N). Of all schedules it costs the least on average, whatever the risk.
 *
 * @returns  x [N + 1] in shares, from X to 0
 * @throws   when a number of the problem is out of range
 */
export function twap(problem: ExecutionProblem): Float64Array {
  checkProblem('twap', problem);
  return Float64Array.from({ length: problem.slices + 1 }, (_, k) => problem.shares * (1 - k / problem.slices));
}

/**
 * Sales in proportion to what the market is expected to trade in each slice: nₖ = X vₖ / Σ v.
 *
 * @param volume  v [N] in any unit, as forecast before the first sale
 * @returns       x [N + 1] in shares, from X to 0
 * @throws        when a number of the problem is out of range, or volume is not N numbers from 0 up, one of them above
 */
export function vwap(problem: ExecutionProblem, volume: ArrayLike<number>): Float64Array {
  checkProblem('vwap', problem);
  const v = Array.from(volume);
  const total = v.reduce((sum, one) => sum + one, 0);
  if (v.length !== problem.slices || !v.every((one) => one >= 0) || !(total > 0 && Number.isFinite(total)))
    throw new Error(
      `vwap: volume must be ${problem.slices} numbers from 0 up, one for each slice and not all 0, got [${v.slice(0, 8)}${v.length > 8 ? ', …' : ''}]`,
    );
  const holdings = new Float64Array(problem.slices + 1);
  for (let k = problem.slices - 1; k >= 0; k--) holdings[k] = holdings[k + 1] + (problem.shares * v[k]) / total;
  return holdings;
}

/**
 * Everything in the first slice: the least risk, and the highest impact.
 *
 * @returns  x [N + 1] in shares, X and then 0
 * @throws   when a number of the problem is out of range
 */
export function immediate(problem: ExecutionProblem): Float64Array {
  checkProblem('immediate', problem);
  return Float64Array.from({ length: problem.slices + 1 }, (_, k) => (k === 0 ? problem.shares : 0));
}
