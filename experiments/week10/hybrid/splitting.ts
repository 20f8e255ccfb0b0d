import { type Matrix, matVec } from '../../../src/linalg/index.js';
import { optimalWeights } from '../../../src/trade/index.js';

/** A program of `rebalance`, or of least variance where there is neither a mean nor a cost. */
export interface Splitting {
  readonly mean: ArrayLike<number>;
  readonly from: ArrayLike<number>;
  readonly riskAversion: number;
  readonly cost: number;
  /** The most of an asset. */
  readonly most: number;
}

const ROUNDS = 20_000;
const TOLERANCE = 1e-9;

/**
 * max μᵀw − ½δwᵀΣw − cost Σ|wₙ − fromₙ| over Σw = 1 and 0 ≤ wₙ ≤ most, by alternating directions (Boyd et al. 2011): a step
 * that knows the quadratic and the budget, one that knows the bounds, and one that knows costs, until all agree.
 */
export function bySplitting(covariance: Matrix, { mean, from, riskAversion, cost, most }: Splitting): Float64Array {
  const N = covariance.rows;
  let size = 0;
  for (let n = 0; n < N; n++) size += (riskAversion * covariance.data[n * N + n]) / N;
  const rho = size; // of the penalty for what does not agree
  const raised = { ...covariance, data: covariance.data.map((v, at) => riskAversion * v + (at % (N + 1) === 0 ? 2 * rho : 0)) };
  const solve = (b: ArrayLike<number>) => optimalWeights(b, raised, { riskAversion: 1 });
  // The inverse [N, N], row by row, and what the budget takes.
  const inverse: Matrix = {
    rows: N,
    cols: N,
    data: Float64Array.from(
      Array.from({ length: N }, (_, n) => Array.from(solve(Array.from({ length: N }, (_, j) => Number(j === n))))).flat(),
    ),
  };
  const ones = matVec(inverse, new Float64Array(N).fill(1));
  const total = ones.reduce((a, b) => a + b, 0);
  let bounded: Float64Array = Float64Array.from(from);
  let traded: Float64Array = new Float64Array(N);
  const [u, v] = [new Float64Array(N), new Float64Array(N)];
  for (let round = 0; round < ROUNDS; round++) {
    const free = matVec(
      inverse,
      Float64Array.from({ length: N }, (_, n) => mean[n] + rho * (bounded[n] - u[n]) + rho * (from[n] + traded[n] - v[n])),
    );
    const excess = (free.reduce((a, b) => a + b, 0) - 1) / total;
    const w = free.map((value, n) => value - excess * ones[n]);
    const next = w.map((value, n) => Math.min(most, Math.max(0, value + u[n])));
    const bought = w.map((value, n) => towardsZero(value - from[n] + v[n], cost / rho));
    let apart = 0;
    for (let n = 0; n < N; n++) {
      u[n] += w[n] - next[n];
      v[n] += w[n] - from[n] - bought[n];
      apart = Math.max(
        apart,
        Math.abs(w[n] - next[n]),
        Math.abs(w[n] - from[n] - bought[n]),
        Math.abs(next[n] - bounded[n]),
        Math.abs(bought[n] - traded[n]),
      );
    }
    [bounded, traded] = [next, bought];
    if (apart < TOLERANCE) break;
  }
  return bounded;
}

const towardsZero = (value: number, by: number) => Math.sign(value) * Math.max(0, Math.abs(value) - by);
