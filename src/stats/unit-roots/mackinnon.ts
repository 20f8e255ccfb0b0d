import { standardNormal } from '../distributions/distributions.js';

/** What a series may have beside a unit root: nothing, a mean, or a mean and a linear trend. */
export type Deterministic = 'none' | 'constant' | 'trend';

/** Values below which the hypothesis is rejected at 1, 5 and 10 %. */
export interface CriticalValues {
  /** At 1 %. */
  readonly one: number;
  /** At 5 %. */
  readonly five: number;
  /** At 10 %. */
  readonly ten: number;
}

/** Φ⁻¹ of the p-value as a polynomial in τ, lowest power first: up to `until` by `left`, above it by `right`, 0 and 1 beyond the ends. */
const SURFACES: Readonly<Record<Deterministic, { least: number; until: number; most: number; left: number[]; right: number[] }>> = {
  none: { least: -19.04, until: -1.04, most: Infinity, left: [0.6344, 1.2378, 0.032496], right: [0.4797, 0.93557, -0.06999, 0.033066] },
  constant: { least: -18.83, until: -1.61, most: 2.74, left: [2.1659, 1.4412, 0.038269], right: [1.7339, 0.93202, -0.12745, -0.010368] },
  trend: { least: -16.18, until: -2.89, most: 0.7, left: [3.2512, 1.6047, 0.049588], right: [2.5261, 0.61654, -0.37956, -0.060285] },
};

/** Critical values as polynomials in 1/n, lowest power first. */
const CRITICAL: Readonly<Record<Deterministic, Readonly<Record<keyof CriticalValues, number[]>>>> = {
  none: { one: [-2.56574, -2.2358, -3.627], five: [-1.941, -0.2686, -3.365, 31.223], ten: [-1.61682, 0.2656, -2.714, 25.364] },
  constant: {
    one: [-3.43035, -6.5393, -16.786, -79.433],
    five: [-2.86154, -2.8903, -4.234, -40.04],
    ten: [-2.56677, -1.5384, -2.809],
  },
  trend: {
    one: [-3.95877, -9.0531, -28.428, -134.155],
    five: [-3.41049, -4.3904, -9.036, -45.374],
    ten: [-3.12705, -2.5856, -3.925, -22.38],
  },
};

/** The p-value of a Dickey–Fuller τ in a large sample. MacKinnon 1994, tables 3 and 4, for one series. */
export function mackinnonPValue(tau: number, deterministic: Deterministic): number {
  const { least, until, most, left, right } = SURFACES[deterministic];
  if (tau > most) return 1;
  if (tau < least) return 0;
  return standardNormal.cdf(polynomial(tau <= until ? left : right, tau));
}

/** Critical values of a Dickey–Fuller τ from n rows. MacKinnon 2010, table 2, for one series. */
export function mackinnonCriticalValues(n: number, deterministic: Deterministic): CriticalValues {
  const { one, five, ten } = CRITICAL[deterministic];
  return { one: polynomial(one, 1 / n), five: polynomial(five, 1 / n), ten: polynomial(ten, 1 / n) };
}

const polynomial = (coefficients: readonly number[], x: number): number => coefficients.reduceRight((value, c) => value * x + c, 0);
