import { type Policy, riskyCost, type Sold, sellOn } from './sellers.js';

/** Who sells. */
export const NAMES = ['agent', 'twap', 'optimum'] as const;
export type Name = (typeof NAMES)[number];

/** What was measured and its standard error, in money. */
export interface Measured {
  readonly mean: number;
  readonly error: number;
}

/**
 * Costs of all sellers on all paths so far. A run takes its seed when it is asked for, so that no two draw the same paths, also where one is
 * asked for before another has ended.
 *
 * @param sell  sells on so many paths of a seed
 */
export function tallyOf(policy: Policy, sell: (seed: number, count: number, policy: Policy) => Promise<Sold> = sellOn) {
  const costs: Record<Name, number[]> = { agent: [], twap: [], optimum: [] };
  let next = 10_000;
  const run = async (count: number): Promise<void> => {
    const seed = next++;
    const sold = await sell(seed, count, policy);
    for (const name of NAMES) costs[name].push(...sold[name]);
  };
  return { costs, run };
}

/** A mean with its standard error. */
export function meanOf(all: readonly number[]): Measured {
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const squares = all.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (all.length - 1) / all.length) };
}

/**
 * What two sellers' costs differ by on the same paths. The luck that both met falls out, so the error is smaller than of either.
 *
 * @returns  one less the other, of the mean and with risk
 */
export function paired(one: readonly number[], other: readonly number[]): { readonly mean: Measured; readonly risky: Measured } {
  const less = (a: readonly number[], b: readonly number[]) => meanOf(a.map((cost, i) => cost - b[i]));
  return { mean: less(one, other), risky: less(riskyCost(one).each, riskyCost(other).each) };
}
