import { type Matrix, matVec } from '../../linalg/index.js';
import type { Constraint } from './constraints.js';
import { inverseOf } from './covariance.js';

/** Weights within bounds of their own and a budget: no rule joins two of them but Σw. */
export interface BoundedProgram {
  /** μ [N]; none of least variance. */
  readonly mean?: ArrayLike<number>;
  readonly riskAversion: number;
  /** Where trading begins, and what it costs [N]; none where it is free. */
  readonly trading?: { readonly from: ArrayLike<number>; readonly cost: ArrayLike<number> };
  /** Of each weight [N]. */
  readonly bounds: readonly { readonly low: number; readonly high: number }[];
  readonly constraints: readonly Constraint[];
  /** Σw. */
  readonly budget: number | 'free';
}

/** Weights, and who found them where it was not HiGHS. */
export interface Solved {
  readonly weights: Float64Array;
  readonly solver?: 'splitting';
}

const ROUNDS = 20_000;
const TOLERANCE = 1e-9;
/** How far the conditions of an optimum may be from holding, as a share of the mean of δσ². */
const ACCEPTED = 1e-6;

let told = false;

/**
 * What HiGHS says; where it has no answer, which is of one program in some hundred with costs and of none in 1,800 without, what splitting
 * does, and a line that says so the first time. `solver` says it of each answer.
 *
 *     const { weights } = await answered(() => byHighs(), covariance, program);
 *
 * @throws what HiGHS does, also where splitting does not know the rules, finds no answer either, or has one that is no optimum
 */
export async function answered(byHighs: () => Promise<Solved>, covariance: Matrix, program: BoundedProgram): Promise<Solved> {
  try {
    return await byHighs();
  } catch (error) {
    const { message } = error as Error;
    const weights = / found no answer/.test(message) ? bySplitting(covariance, program) : undefined;
    if (!weights) throw error;
    const off = beyondOptimum(covariance, program, weights);
    if (!(off < ACCEPTED)) throw error;
    if (!told)
      console.warn(
        `${message.split(';')[0]}; splitting found one, at which the conditions of an optimum hold to ${off.toExponential(0)}. Later ones are not told: 'solver' of each portfolio says who found it.`,
      );
    told = true;
    return { weights, solver: 'splitting' };
  }
}

/**
 * max μᵀw − ½δwᵀΣw − Σ costₙ|wₙ − fromₙ| over Σw = budget and bounds, by alternating directions: a step that knows the quadratic and the
 * budget, one that knows the bounds, and one that knows costs, until all agree to 1e-9. Nothing where they do not, or where a rule is none of these.
 *
 * @throws when the bounds leave no room for the budget
 *
 * Boyd, Parikh, Chu, Peleato & Eckstein 2011, section 3.1.1, with two copies of w.
 */
export function bySplitting(covariance: Matrix, program: BoundedProgram): Float64Array | undefined {
  const { mean, riskAversion, trading, bounds, constraints, budget } = program;
  const N = covariance.rows;
  if (budget === 'free' || constraints.some(({ kind }) => kind !== 'box')) return undefined;
  checkRoom(bounds, budget);
  const from = trading?.from ?? new Float64Array(N).fill(budget / N);
  let size = 0;
  for (let n = 0; n < N; n++) size += (riskAversion * covariance.data[n * N + n]) / N;
  const rho = size; // of the penalty for what does not agree
  const raised = { ...covariance, data: covariance.data.map((v, at) => riskAversion * v + (at % (N + 1) === 0 ? 2 * rho : 0)) };
  const solve = inverseOf('bySplitting', raised);
  // The inverse [N, N], row by row, and what the budget takes.
  const rows = Array.from({ length: N }, (_, n) => Array.from(solve(Array.from({ length: N }, (_, j) => Number(j === n)))));
  const inverse: Matrix = { rows: N, cols: N, data: Float64Array.from(rows.flat()) };
  const ones = matVec(inverse, new Float64Array(N).fill(1));
  const total = ones.reduce((a, b) => a + b, 0);
  let bounded: Float64Array = Float64Array.from(from);
  let traded: Float64Array = new Float64Array(N);
  const [u, v] = [new Float64Array(N), new Float64Array(N)];
  for (let round = 0; round < ROUNDS; round++) {
    const pull = bounded.map((value, n) => (mean?.[n] ?? 0) + rho * (value - u[n]) + rho * (from[n] + traded[n] - v[n]));
    const free = matVec(inverse, pull);
    const excess = (free.reduce((a, b) => a + b, 0) - budget) / total;
    const w = free.map((value, n) => value - excess * ones[n]);
    const next = w.map((value, n) => Math.min(bounds[n].high, Math.max(bounds[n].low, value + u[n])));
    const bought = w.map((value, n) => towardsZero(value - from[n] + v[n], (trading?.cost[n] ?? 0) / rho));
    let apart = 0;
    for (let n = 0; n < N; n++) {
      const [beyond, untraded] = [w[n] - next[n], w[n] - from[n] - bought[n]];
      u[n] += beyond;
      v[n] += untraded;
      apart = Math.max(apart, ...[beyond, untraded, next[n] - bounded[n], bought[n] - traded[n]].map(Math.abs));
    }
    [bounded, traded] = [next, bought];
    if (apart < TOLERANCE) return bounded;
  }
  return undefined;
}

/**
 * How far weights are from the conditions of Karush, Kuhn and Tucker, as a share of the mean of δσ²; 0 at the optimum. A little more of an asset
 * gains ν, less where its upper bound holds it, more where its lower one does, and within its cost of ν where it is not traded.
 */
export function beyondOptimum(covariance: Matrix, program: BoundedProgram, weights: Float64Array): number {
  const { mean, riskAversion, trading, bounds, budget } = program;
  const N = weights.length;
  const near = 100 * TOLERANCE;
  const marginal = matVec(covariance, weights);
  const free = budget === 'free'; // then ν is 0, else it lies from least to most
  let [size, least, most] = free ? [0, 0, 0] : [0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [n, w] of weights.entries()) {
    size += (riskAversion * covariance.data[n * N + n]) / N;
    const gain = (mean?.[n] ?? 0) - riskAversion * marginal[n];
    const [cost, traded] = [trading?.cost[n] ?? 0, w - (trading?.from[n] ?? w)];
    if (w < bounds[n].high - near) least = Math.max(least, gain - (traded < -near ? -cost : cost));
    if (w > bounds[n].low + near) most = Math.min(most, gain - (traded > near ? cost : -cost));
  }
  const unspent = free ? 0 : Math.abs(weights.reduce((a, b) => a + b, 0) - budget);
  return Math.max(unspent, (least - most) / 2 / size, 0);
}

function checkRoom(bounds: BoundedProgram['bounds'], budget: number): void {
  const [low, high] = [bounds.reduce((sum, one) => sum + one.low, 0), bounds.reduce((sum, one) => sum + one.high, 0)];
  if (low > budget + TOLERANCE || high < budget - TOLERANCE)
    throw new Error(
      `bySplitting: weights within these bounds sum to ${low} at least and ${high} at most, and the budget is ${budget}; widen the bounds`,
    );
}

const towardsZero = (value: number, by: number) => Math.sign(value) * Math.max(0, Math.abs(value) - by);
