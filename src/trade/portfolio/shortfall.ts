import { checkNumber, checkOptions } from '../../base/internal.js';
import { dot, type Matrix, matVec } from '../../linalg/index.js';
import { columnName } from '../../linalg/internal.js';
import { weightProgram } from './constraints.js';
import { checkMatrix } from './covariance.js';
import type { WeightOptions } from './mean-variance.js';
import { quadraticProgram, type Row, type Variable } from './quadratic-program.js';

/** Weights of the least expected shortfall, and what they were chosen by. */
export interface ShortfallPortfolio {
  /** By name [N]. */
  readonly assets: readonly string[];
  /** Shares of equity [N]. */
  readonly weights: Float64Array;
  /** The mean of the worst returns, the last in part, as `expectedShortfall` has it: `-0.03` loses 3 %. */
  readonly expectedShortfall: number;
  /** The mean return over the rows. */
  readonly mean: number;
}

/** Which tail, and which mean at least. */
export interface ShortfallOptions extends WeightOptions {
  /** α, the share of the worst returns: 0.05. */
  readonly tail?: number;
  /** The mean return to be had at least. */
  readonly leastMean?: number;
}

/**
 * The least expected shortfall (CVaR) over historical returns, as a linear program.
 *
 *     min  z + Σₜ uₜ/(αT)        over  uₜ ≥ −rₜᵀw − z,  uₜ ≥ 0,  Σw = 1 and the constraints
 *
 *     await minimumShortfall(matrixOf(simpleReturns(prices)), { constraints: [longOnly()] })
 *
 * At the least, z is the value at risk and the objective the expected shortfall, both as losses.
 *
 * @param returns  [T, N] simple returns, row by row; `names` are the assets
 * @throws         when constraints conflict (which), a return is missing, αT is below 1, or the shortfall has no bound
 *
 * thm:cvar-program; Rockafellar & Uryasev 2000.
 */
export async function minimumShortfall(returns: Matrix, options: ShortfallOptions = {}): Promise<ShortfallPortfolio> {
  checkOptions('minimumShortfall', options, ['tail', 'leastMean', 'constraints', 'budget']);
  const { tail = 0.05, leastMean, constraints = [], budget = 1 } = options;
  checkMatrix('minimumShortfall', 'returns', returns);
  const { rows: T, cols: N, data } = returns;
  checkNumber('minimumShortfall', 'tail', tail, { above: 0, below: 1 }, '0.05 is the worst 5 %');
  const missing = data.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0)
    throw new Error(
      `minimumShortfall: the return of ${columnName(returns, missing % N)} is ${data[missing]} at row ${Math.floor(missing / N)}; drop or fill the row`,
    );
  if (tail * T < 1 - 1e-9)
    throw new Error(`minimumShortfall: the worst ${100 * tail} % of ${T} rows are less than one; load more history, or widen the tail`);
  const assets = Array.from({ length: N }, (_, n) => returns.names?.[n] ?? `asset ${n}`);
  const { variables, rows } = weightProgram('minimumShortfall', assets, constraints, budget === 'free' ? {} : { budget });
  const z = variables.length;
  variables.push({ cost: 1, low: -Infinity, high: Infinity });
  const excess: Variable = { cost: 1 / (tail * T), low: 0, high: Infinity };
  for (let t = 0; t < T; t++) variables.push(excess);
  const lossOf = (t: number): Row => ({
    terms: [...assets.map((_, n) => [n, data[t * N + n]] as const), [z, 1], [z + 1 + t, 1]],
    low: 0,
    high: Infinity,
  });
  for (let t = 0; t < T; t++) rows.push(lossOf(t));
  const means = assets.map((_, n) => {
    let sum = 0;
    for (let t = 0; t < T; t++) sum += data[t * N + n];
    return sum / T;
  });
  if (leastMean !== undefined) {
    checkNumber('minimumShortfall', 'leastMean', leastMean, {});
    rows.push({ name: `the mean, at least ${leastMean}`, terms: means.map((mean, n) => [n, mean]), low: leastMean, high: Infinity });
  }
  const weights = (await quadraticProgram('minimumShortfall', { variables, rows })).slice(0, N);
  return { assets, weights, expectedShortfall: shortfallOf(matVec(returns, weights), tail), mean: dot(means, weights) };
}

/** The mean of the worst αT of returns [T], the last of them in part. */
function shortfallOf(returns: Float64Array, tail: number): number {
  const sorted = returns.slice().sort();
  const count = tail * sorted.length;
  const whole = Math.floor(count + 1e-9);
  let sum = 0;
  for (let t = 0; t < whole; t++) sum += sorted[t];
  const rest = Math.max(0, count - whole);
  return (sum + (rest > 0 ? rest * sorted[whole] : 0)) / count;
}
