import { column, type Matrix, mean } from '../../linalg/index.js';
import { checkDesign } from '../../linalg/internal.js';
import type { Interval } from '../distributions/distributions.js';
import { autocorrelation } from '../inference/autocorrelation.js';
import type { BootstrapOptions } from '../inference/bootstrap.js';
import { jointBootstrap } from '../inference/joint-bootstrap.js';

/** What is known of daily returns of all markets, as numbers of a sample; means over its assets, or over its pairs of assets. */
export interface StylisedFacts {
  /** Standard deviation of a day, in the units of the returns: `0.015` is 1.5 %. */
  readonly volatility: number;
  /** Third standardised moment. */
  readonly skewness: number;
  /** Fourth standardised moment, 3 of a normal law: tails. */
  readonly kurtosis: number;
  /** The same of sums over 20 days: tails grow thinner as returns add up. */
  readonly kurtosisOfMonths: number;
  /** Share of days beyond 3 standard deviations, 0.0027 of a normal law. */
  readonly beyondThree: number;
  /** Autocorrelation of r a day apart. */
  readonly memory: number;
  /** Autocorrelation of |r| a day apart: clusters of volatility. */
  readonly clustering1: number;
  /** The same 5 days apart. */
  readonly clustering5: number;
  /** The same 20 days apart. */
  readonly clustering20: number;
  /** Mean correlation of r with |r| of the 5 days after it: below 0 where losses raise volatility. */
  readonly leverage: number;
  /** Mean correlation of pairs. */
  readonly correlation: number;
  /** Mean correlation of |r| of pairs: turbulence is shared. */
  readonly correlationOfSizes: number;
}

/**
 * The stylised facts of a sample of returns.
 *
 * @param returns  [T, N] of consecutive days
 * @throws         when there are fewer than 60 days, a value is not finite, or a column does not vary
 *
 * Cont 2001, sections 4 and 5. Moments divide by T; sums of 20 days do not overlap.
 */
export function stylisedFacts(returns: Matrix): StylisedFacts {
  checkDesign('stylisedFacts', returns);
  const { rows: T, cols: N } = returns;
  if (T < 60) throw new Error(`stylisedFacts: ${T} days are too few for memory over 20 days and for months; give 60 or more`);
  const assets = Array.from({ length: N }, (_, n) => column(returns, n));
  const sizes = assets.map((r) => r.map(Math.abs));
  const standardised = assets.map(standard);
  const months = assets.map((r) => standard(Float64Array.from({ length: Math.floor(T / 20) }, (_, m) => total(r, 20 * m))));
  const moment = (of: readonly Float64Array[], power: number) => average(of.map((z) => mean(z.map((value) => value ** power))));
  const memories = sizes.map((r) => autocorrelation(r, 20));
  const bySize = sizes.map(standard);
  return {
    volatility: average(assets.map((r) => deviation(r, mean(r)))),
    skewness: moment(standardised, 3),
    kurtosis: moment(standardised, 4),
    kurtosisOfMonths: moment(months, 4),
    beyondThree: average(standardised.map((z) => mean(z.map((value) => Number(Math.abs(value) > 3))))),
    memory: average(assets.map((r) => autocorrelation(r, 1)[0])),
    clustering1: average(memories.map((rho) => rho[0])),
    clustering5: average(memories.map((rho) => rho[4])),
    clustering20: average(memories.map((rho) => rho[19])),
    leverage: average(standardised.flatMap((z, n) => [1, 2, 3, 4, 5].map((lag) => lagged(z, bySize[n], lag)))),
    correlation: pairs(standardised),
    correlationOfSizes: pairs(bySize),
  };
}

/**
 * The stylised facts of a sample, each with its standard error and interval, by blocks of days that keep all assets together.
 *
 *     stylisedFactBands(returns, { key: key(1), block: blockLength(sizes).stationary })
 *
 * Memory is broken where blocks meet, and memory over 20 days most; the basic interval turns the errors round the estimate, which takes that bias out.
 *
 * @throws as `stylisedFacts` and `jointBootstrap`
 */
export function stylisedFactBands(
  returns: Matrix,
  options: BootstrapOptions,
): Record<keyof StylisedFacts, Interval & { readonly estimate: number; readonly standardError: number }> {
  const { rows: T, cols: N, data } = returns;
  const names = Object.keys(stylisedFacts(returns)) as (keyof StylisedFacts)[];
  const { estimates, standardErrors, intervals } = jointBootstrap(
    (rows) => {
      const sample = new Float64Array(T * N);
      for (let t = 0; t < T; t++) for (let n = 0; n < N; n++) sample[t * N + n] = data[rows[t] * N + n];
      const facts = stylisedFacts({ rows: T, cols: N, data: sample });
      return names.map((name) => facts[name]);
    },
    T,
    options,
  );
  return Object.fromEntries(
    names.map((name, k) => [name, { estimate: estimates[k], standardError: standardErrors[k], ...intervals[k] }]),
  ) as Record<keyof StylisedFacts, Interval & { estimate: number; standardError: number }>;
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const deviation = (r: Float64Array, centre: number): number => Math.sqrt(mean(r.map((value) => (value - centre) ** 2)));

function standard(r: Float64Array): Float64Array {
  const centre = mean(r);
  const scale = deviation(r, centre);
  if (!(scale > 0)) throw new Error('stylisedFacts: an asset does not move, so its shape is not there; leave it out');
  return r.map((value) => (value - centre) / scale);
}

function total(r: Float64Array, from: number): number {
  let sum = 0;
  for (let t = from; t < from + 20; t++) sum += r[t];
  return sum;
}

/** The correlation of a day with another series some days later, both standardised. */
function lagged(before: Float64Array, after: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < after.length; t++) sum += before[t - lag] * after[t];
  return sum / after.length;
}

/** Mean correlation of pairs of standardised series; 1 of a single one. */
function pairs(z: readonly Float64Array[]): number {
  if (z.length === 1) return 1;
  const all = z.flatMap((one, i) => z.slice(i + 1).map((other) => lagged(one, other, 0)));
  return average(all);
}
