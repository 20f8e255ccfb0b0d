import { fold, key, normal } from '../../../src/base/browser.js';
import { agentRule, implementationShortfall, optimalHoldings, simulateExecution, twap } from '../../../src/trade/browser.js';
import { PROBLEM, RISK_AVERSION, WORLD } from './problem.js';

/** Actions [M] where x [M, 3] is seen. */
export type Policy = (seen: Float32Array, count: number) => Promise<ArrayLike<number>>;

/** What each seller lost on each path [M], in money. */
export interface Sold {
  readonly agent: Float64Array;
  readonly twap: Float64Array;
  readonly optimum: Float64Array;
  /** The agent's shares before each day and after the last, on the first path. */
  readonly holdings: Float64Array;
}

/** Shares before each day and after the last, of who does not look at the price. */
export const SCHEDULES = { twap: twap(PROBLEM), optimum: optimalHoldings(PROBLEM, RISK_AVERSION) };

/** Normal numbers of the paths from a seed: [count, 5]. */
export const pathsOf = (seed: number, count: number) => normal(fold(key(seed), 0), [count, PROBLEM.slices], 'float64');

/** Sells on the same paths by the agent, by even sales and by the closed form. */
export async function sellOn(seed: number, count: number, policy: Policy): Promise<Sold> {
  const z = pathsOf(seed, count);
  const { shortfall, holdings } = await simulateExecution(
    PROBLEM,
    agentRule(WORLD, (seen) => policy(seen.data, seen.shape[0])),
    z,
  );
  return {
    agent: shortfall,
    twap: implementationShortfall(PROBLEM, SCHEDULES.twap, z),
    optimum: implementationShortfall(PROBLEM, SCHEDULES.optimum, z),
    holdings: holdings.data.slice(0, PROBLEM.slices + 1),
  };
}

/** What costs with risk come to, C + λ (C − mean C)² n / (n − 1), on each path and on average with its standard error, in money. */
export function riskyCost(shortfall: ArrayLike<number>): {
  readonly mean: number;
  readonly error: number;
  readonly each: readonly number[];
} {
  const all = Array.from(shortfall);
  const mean = average(all);
  const free = all.length / Math.max(1, all.length - 1); // the mean is of the same paths, and lies too near to them
  const risky = all.map((cost) => cost + RISK_AVERSION * free * (cost - mean) ** 2);
  const centre = average(risky);
  return { mean: centre, error: Math.sqrt(average(risky.map((cost) => (cost - centre) ** 2)) / (all.length - 1)), each: risky };
}

const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
