import { fold, type HostArray, key, normal } from '../../../src/base/index.js';
import { confidenceInterval } from '../../../src/stats/index.js';
import {
  type ExecutionProblem,
  executionCost,
  immediate,
  implementationShortfall,
  optimalHoldings,
  twap,
  vwap,
} from '../../../src/trade/index.js';

/** Table 1 of Almgren & Chriss 2000: a million shares of a price of 50 in five days. */
export const problemOf = (slices: number): ExecutionProblem => ({
  shares: 1e6,
  days: 5,
  slices,
  volatility: 0.95,
  halfSpread: 0.0625,
  permanent: 2.5e-7,
  temporary: 2.5e-6,
});

/** Basis points of the block's value of 50 million. */
export const basisPoints = (money: number): number => (1e4 * money) / 50e6;

/** A block, how it is cut, and what risk costs. */
export interface Setting {
  readonly slices: number;
  /** λ, per unit of money. */
  readonly riskAversion: number;
}

/** Paths [M, N] on which agents are chosen, and those that judge them. */
export function pathsOf(slices: number, quick: boolean): { choice: HostArray<Float64Array>; test: HostArray<Float64Array> } {
  const M = quick ? 200 : 10_000;
  const drawn = (part: number) => normal(fold(key(600 + slices), part), [M, slices], 'float64');
  return { choice: drawn(0), test: drawn(1) };
}

/**
 * C + λ (C − mean C)² of each path: its mean is E + λV, and its variance over M that of the estimate, to first order.
 */
export function riskyCost(shortfall: Float64Array, riskAversion: number): Float64Array {
  const mean = shortfall.reduce((sum, c) => sum + c, 0) / shortfall.length;
  return shortfall.map((c) => c + riskAversion * (c - mean) ** 2);
}

/** The mean of values with its standard error. */
export function meanOf(values: ArrayLike<number>): { mean: number; error: number } {
  const n = values.length;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) sum += values[i];
  for (let i = 0; i < n; i++) squares += (values[i] - sum / n) ** 2;
  return { mean: sum / n, error: Math.sqrt(squares / (n - 1) / n) };
}

/**
 * Where a shortfall lies between the best fixed schedule, 0, and even sales, 1, path by path: J less that of the optimum on the same path, in
 * parts of the gap of the closed forms. At λ = 0, where the two are one, in parts of what even sales cost on average.
 */
export function gapOn({ slices, riskAversion }: Setting, shortfall: Float64Array, z: HostArray<Float64Array>): Float64Array {
  const problem = problemOf(slices);
  const best = optimalHoldings(problem, riskAversion);
  const even = twap(problem);
  const whole =
    riskAversion > 0
      ? executionCost(problem, even, riskAversion) - executionCost(problem, best, riskAversion)
      : meanOf(implementationShortfall(problem, even, { ...z, data: new Float64Array(z.data.length) })).mean;
  const optimum = riskyCost(implementationShortfall(problem, best, z), riskAversion);
  return riskyCost(shortfall, riskAversion).map((j, m) => (j - optimum[m]) / whole);
}

/** Volume that is high at both ends of the block's time, as a day's is: 1.6 times the middle's. */
const smile = (slices: number) => Float64Array.from({ length: slices }, (_, k) => 1 + 0.6 * ((2 * (k + 0.5)) / slices - 1) ** 2);

/** What everyone does who needs no training. */
export const schedulesOf = ({ slices, riskAversion }: Setting): Record<string, Float64Array> => {
  const problem = problemOf(slices);
  return {
    optimum: optimalHoldings(problem, riskAversion),
    TWAP: twap(problem),
    VWAP: vwap(problem, smile(slices)),
    immediate: immediate(problem),
  };
};

/** One row of the table of rivals, from what was lost on the test paths. */
export function rowOf(name: string, setting: Setting, shortfall: Float64Array, z: HostArray<Float64Array>) {
  const cost = meanOf(shortfall);
  const gap = meanOf(gapOn(setting, shortfall, z));
  const J = meanOf(riskyCost(shortfall, setting.riskAversion));
  return {
    ...setting,
    seller: name,
    mean: basisPoints(cost.mean),
    meanError: basisPoints(cost.error),
    deviation: basisPoints(cost.error * Math.sqrt(shortfall.length)),
    riskCost: basisPoints(J.mean),
    riskCostError: basisPoints(J.error),
    gap: gap.mean,
    gapError: gap.error,
  };
}

/** A mean over seeds with its interval of 95 %: Student's t, with the error of the paths, which all seeds share, added to that of the seeds. */
export function overSeeds(values: readonly number[], pathError: number): [number, number] {
  const { mean, error } = meanOf(values);
  const { low, high } = confidenceInterval(mean, Math.hypot(error, pathError), { df: values.length - 1 });
  return [low, high];
}
