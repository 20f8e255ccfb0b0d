import { checkNumber, checkOptions, checkWhole } from '../../base/browser.js';

/** A block that is to be sold, and what selling it does to the price, as Almgren & Chriss (2000) have it. */
export interface ExecutionProblem {
  /** X, the shares of the block: `1e6`. */
  readonly shares: number;
  /** T, the days that there are for it. */
  readonly days: number;
  /** N, the slices of τ = T/N days, each with one sale. */
  readonly slices: number;
  /** σ of the price in money a share for the root of a day: `0.95` is 1.9 % a day of a price of 50. */
  readonly volatility: number;
  /** ε, half the spread with fees, in money a share. */
  readonly halfSpread: number;
  /** γ, by how much each share that is sold lowers the price for good, in money a share. */
  readonly permanent: number;
  /** η, by how much selling one share a day lowers what is paid while it lasts, in money a share. */
  readonly temporary: number;
}

/** What a schedule will cost. */
export interface CostMoments {
  /** E, the mean of the shortfall, in money. */
  readonly expected: number;
  /** V, its variance, in money squared. */
  readonly variance: number;
}

const NAMES = ['shares', 'days', 'slices', 'volatility', 'halfSpread', 'permanent', 'temporary'] as const;

/**
 * How much faster than evenly a risk-averse seller sells: κ per day. Where there are days enough, holdings fall to 1/e in about 1/κ of them.
 *
 *     sinh(κτ/2) = ½ τ √(λσ²/η̃)        η̃ = η − ½γτ
 *
 * @param riskAversion  λ ≥ 0 per unit of money: `1e-6` pays a dollar of mean for a million squared dollars of variance
 * @throws              when a number is out of range, or η ≤ ½γτ: then more sales would cost less than fewer, and there is no optimum
 *
 * Almgren & Chriss 2000, section 2.2; 1/κ is what their section 2.3 calls the half-life.
 */
export function executionUrgency(problem: ExecutionProblem, riskAversion: number): number {
  checkProblem('executionUrgency', problem);
  checkRiskAversion('executionUrgency', riskAversion);
  const tau = problem.days / problem.slices;
  return (2 / tau) * Math.asinh((tau / 2) * problem.volatility * Math.sqrt(riskAversion / netTemporary(problem)));
}

/**
 * Holdings of the schedule, fixed in advance, of least E + λV.
 *
 *     xₖ = X sinh(κ(T − kτ)) / sinh(κT)        an even pace at λ = 0
 *
 * @param riskAversion  λ ≥ 0 per unit of money, as in `executionUrgency`
 * @returns             x [N + 1] in shares, from X to 0
 * @throws              as `executionUrgency`
 *
 * Almgren & Chriss 2000, equation 17. A schedule that answers to the price does better (Lorenz & Almgren 2011). Theorem: thm:almgren-chriss.
 */
export function optimalHoldings(problem: ExecutionProblem, riskAversion: number): Float64Array {
  const kappa = executionUrgency(problem, riskAversion);
  const { shares, days, slices } = problem;
  return Float64Array.from({ length: slices + 1 }, (_, k) => {
    const left = 1 - k / slices;
    if (kappa === 0 || k === 0 || k === slices) return shares * left;
    // sinh(a) / sinh(b), which neither overflows where κT is large nor cancels where it is small.
    const [a, b] = [kappa * days * left, kappa * days];
    return shares * Math.exp(a - b) * (Math.expm1(-2 * a) / Math.expm1(-2 * b));
  });
}

/**
 * Mean and variance of the shortfall X S₀ − Σ nₖ S̃ₖ of a schedule, nₖ = xₖ₋₁ − xₖ.
 *
 *     E = ½γX² + ε Σ|nₖ| + (η̃/τ) Σ nₖ²        V = σ²τ Σ xₖ²
 *
 * @param holdings  x [N + 1] in shares, from X to 0
 * @throws          when a number of the problem is out of range, or holdings are not N + 1 numbers from X to 0
 *
 * Almgren & Chriss 2000, equations 8 and 5.
 */
export function costMoments(problem: ExecutionProblem, holdings: ArrayLike<number>): CostMoments {
  checkProblem('costMoments', problem);
  checkHoldings('costMoments', problem, holdings);
  const { shares, days, slices, volatility, halfSpread, permanent } = problem;
  const tau = days / slices;
  let [traded, squares, held] = [0, 0, 0];
  for (let k = 1; k <= slices; k++) {
    const n = holdings[k - 1] - holdings[k];
    traded += Math.abs(n);
    squares += n * n;
    held += holdings[k] * holdings[k];
  }
  const expected = 0.5 * permanent * shares ** 2 + halfSpread * traded + (netTemporary(problem) / tau) * squares;
  return { expected, variance: volatility ** 2 * tau * held };
}

/**
 * What a schedule costs beyond what no schedule of sales can save: E + λV − ½γX² − εX, in money.
 *
 * @param holdings  x [N + 1] in shares, from X to 0
 * @throws          as `costMoments`, or when λ is negative
 */
export function executionCost(problem: ExecutionProblem, holdings: ArrayLike<number>, riskAversion: number): number {
  const { expected, variance } = costMoments(problem, holdings);
  checkRiskAversion('executionCost', riskAversion);
  return expected + riskAversion * variance - unavoidableCost(problem);
}

/** ½γX² + εX, the part of the mean shortfall that every schedule of sales has, in money. */
export const unavoidableCost = ({ permanent, halfSpread, shares }: ExecutionProblem): number =>
  0.5 * permanent * shares ** 2 + halfSpread * shares;

/** One point of the efficient frontier of execution. */
export interface ExecutionFrontierPoint {
  /** λ, per unit of money. */
  readonly riskAversion: number;
  /** E, the mean shortfall in money. */
  readonly expected: number;
  /** √V, its standard deviation in money. */
  readonly deviation: number;
}

/**
 * The fixed schedules that no other beats in both mean and variance: as λ rises from 0, where sales are even, E rises and √V falls.
 *
 * @param riskAversions  λ of each point, per unit of money
 * @throws               as `executionUrgency`
 *
 * Almgren & Chriss 2000, figure 1. Theorem: thm:almgren-chriss.
 */
export const executionFrontier = (problem: ExecutionProblem, riskAversions: readonly number[]): readonly ExecutionFrontierPoint[] =>
  riskAversions.map((riskAversion) => {
    const { expected, variance } = costMoments(problem, optimalHoldings(problem, riskAversion));
    return { riskAversion, expected, deviation: Math.sqrt(variance) };
  });

/** η̃ = η − ½γτ: within a slice half of the permanent impact has been paid already. */
export const netTemporary = ({ temporary, permanent, days, slices }: ExecutionProblem): number =>
  temporary - (0.5 * permanent * days) / slices;

/** Throws when a number of the problem is out of range, by name. */
export function checkProblem(who: string, problem: ExecutionProblem): void {
  checkOptions(who, problem, NAMES);
  for (const name of ['shares', 'days', 'volatility', 'temporary'] as const) checkNumber(who, name, problem[name], { above: 0 });
  for (const name of ['halfSpread', 'permanent'] as const) checkNumber(who, name, problem[name], { from: 0 });
  checkWhole(who, 'slices', problem.slices);
  if (!(netTemporary(problem) > 0))
    throw new Error(
      `${who}: temporary must exceed half of what a slice moves the price for good, ½γτ = ${((0.5 * problem.permanent * problem.days) / problem.slices).toPrecision(3)}, got ${problem.temporary}; else one large sale costs less than two: take more slices`,
    );
}

const checkRiskAversion = (who: string, riskAversion: number) =>
  checkNumber(who, 'riskAversion', riskAversion, { from: 0 }, 'a seller who seeks risk has no optimum');

/** Throws when x is no schedule that ends the problem. */
export function checkHoldings(who: string, { shares, slices }: ExecutionProblem, holdings: ArrayLike<number>): void {
  if (holdings.length !== slices + 1)
    throw new Error(
      `${who}: holdings must be ${slices + 1} numbers, before the first of ${slices} slices and after each, got ${holdings.length}`,
    );
  const odd = Array.from(holdings).findIndex((x) => !Number.isFinite(x));
  if (odd >= 0) throw new Error(`${who}: holdings must be numbers, got ${holdings[odd]} after slice ${odd}`);
  const [first, last] = [holdings[0], holdings[slices]];
  if (Math.abs(first - shares) > 1e-9 * shares || Math.abs(last) > 1e-9 * shares)
    throw new Error(`${who}: holdings must go from ${shares} shares to 0, got ${first} to ${last}; sell what is left in the last slice`);
}
