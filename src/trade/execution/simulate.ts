import { checkNumber } from '../../base/browser.js';
import type { HostArray } from '../../base/index.js';
import { checkProblem, costMoments, type ExecutionProblem, optimalHoldings } from './almgren-chriss.js';

/** What is known before the sale of a slice, on M paths at once. */
export interface ExecutionState {
  /** k, slices that are over, from 0. */
  readonly slice: number;
  /** xₖ [M], shares that are left. */
  readonly holdings: Float64Array;
  /** Cₖ [M], what has been lost so far in money, with the shares that are left at the price of the moment. */
  readonly cost: Float64Array;
}

/** How many shares to sell in a slice, [M]. What it writes beyond the shares that are left, or below 0, is cut; the last slice sells all. */
export type ExecutionRule = (state: ExecutionState) => ArrayLike<number> | Promise<ArrayLike<number>>;

/** What a rule did on M paths. */
export interface Execution {
  /** C [M], the implementation shortfall in money. */
  readonly shortfall: Float64Array;
  /** x [M, N + 1] in shares. */
  readonly holdings: HostArray<Float64Array>;
}

/**
 * Sells a block by a rule, on M paths of the price at once: schedules that see the price too.
 *
 *     Cₖ₊₁ = Cₖ + εn + ηn²/τ + xₖ₊₁ (γn − σ√τ zₖ₊₁)        xₖ₊₁ = xₖ − n
 *
 * @param z  [M, N] standard normal, as `implementationShortfall` takes it
 * @throws   when a number of the problem is out of range, z has another number of slices, or the rule gives no number for a path
 */
export async function simulateExecution(
  problem: ExecutionProblem,
  rule: ExecutionRule,
  z: HostArray<Float32Array | Float64Array>,
): Promise<Execution> {
  checkProblem('simulateExecution', problem);
  const { slices: N, shares } = problem;
  const M = z.shape[0];
  if (z.shape.length !== 2 || z.shape[1] !== N)
    throw new Error(`simulateExecution: z must be [M, ${N}], a number for each slice of each path, got [${z.shape}]`);
  const sell = saleOf(problem);
  const [left, cost] = [new Float64Array(M).fill(shares), new Float64Array(M)];
  const holdings = { data: new Float64Array(M * (N + 1)), shape: [M, N + 1] };
  for (let m = 0; m < M; m++) holdings.data[m * (N + 1)] = shares;
  for (let k = 0; k < N; k++) {
    const wanted = await rule({ slice: k, holdings: left.slice(), cost: cost.slice() });
    for (let m = 0; m < M; m++) {
      if (!(wanted[m] >= -Infinity))
        throw new Error(`simulateExecution: the rule sells ${wanted[m]} shares on path ${m} in slice ${k}; it must be a number`);
      const n = k === N - 1 ? left[m] : Math.min(Math.max(wanted[m], 0), left[m]);
      left[m] -= n;
      cost[m] += sell(n, left[m], z.data[m * N + k]);
      holdings.data[m * (N + 1) + k + 1] = left[m];
    }
  }
  return { shortfall: cost, holdings };
}

/** What Cₖ grows by when n shares are sold, x are left and the price is then moved by z. */
export function saleOf({ days, slices, volatility, halfSpread, permanent, temporary }: ExecutionProblem) {
  const tau = days / slices;
  const shock = volatility * Math.sqrt(tau);
  return (n: number, x: number, z: number) => halfSpread * n + (temporary * n * n) / tau + x * (permanent * n - shock * z);
}

/**
 * A rule of one parameter that spends luck on speed: it sells the optimal schedule's share of what is left, e^(b g) times.
 *
 *     nₖ = xₖ min(1, e^(b gₖ) n*ₖ / x*ₖ)        gₖ = (C*ₖ − Cₖ) / √V*
 *
 * g is how far the price has run ahead of what the optimal fixed schedule x* expects, in deviations of its shortfall; b = 0 is about that schedule.
 *
 * @param riskAversion  λ ≥ 0 per unit of money, of x*
 * @param response      b, the speed that a deviation of luck buys: `0.5` is 65 % more
 * @throws              as `optimalHoldings`, when there is but one slice, or b is not finite
 *
 * In the sense of Lorenz & Almgren 2011, whose optimal adaptive strategies are "aggressive in the money"; its form is ours.
 */
export function fasterWhenAhead(problem: ExecutionProblem, riskAversion: number, response: number): ExecutionRule {
  const holdings = optimalHoldings(problem, riskAversion);
  checkNumber('fasterWhenAhead', 'response', response, {});
  const { variance } = costMoments(problem, holdings);
  if (!(variance > 0))
    throw new Error('fasterWhenAhead: a schedule of 1 slice has no risk and no later sale to hasten; take 2 slices or more');
  const sell = saleOf(problem);
  const expected = new Float64Array(problem.slices + 1);
  for (let k = 1; k <= problem.slices; k++) expected[k] = expected[k - 1] + sell(holdings[k - 1] - holdings[k], holdings[k], 0);
  return ({ slice: k, holdings: left, cost }) => {
    const share = holdings[k] > 0 ? 1 - holdings[k + 1] / holdings[k] : 1; // a hurried schedule's last holdings are too small for a double
    return left.map((x, m) => x * Math.min(1, share * Math.exp((response * (expected[k] - cost[m])) / Math.sqrt(variance))));
  };
}
