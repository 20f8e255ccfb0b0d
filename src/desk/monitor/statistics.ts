import { mean, standardDeviation } from '../../linalg/index.js';

/** What a feature was: its values in order, and where its equally full bins end. */
export interface Baseline {
  /** [n] ascending */
  readonly sorted: Float64Array;
  /** [bins − 1] ascending and different; the bins are (−∞, e₁], (e₁, e₂] … */
  readonly edges: Float64Array;
  /** [bins] shares of the n values */
  readonly shares: Float64Array;
}

const BINS = 10;

/** The baseline of some values: ten bins, or fewer where values are equal. */
export function baselineOf(values: ArrayLike<number>): Baseline {
  const sorted = Float64Array.from(values).sort();
  const cuts = Array.from({ length: BINS - 1 }, (_, b) => sorted[Math.ceil(((b + 1) * sorted.length) / BINS) - 1]);
  const edges = Float64Array.from(new Set(cuts.filter((cut) => cut < sorted[sorted.length - 1])));
  return { sorted, edges, shares: sharesIn(edges, sorted) };
}

/** How many of the ascending `sorted` are below x, or with `orEqual` not above it. */
function countBelow(sorted: Float64Array, x: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x || (orEqual && sorted[middle] === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sharesIn(edges: Float64Array, values: Float64Array): Float64Array {
  const shares = new Float64Array(edges.length + 1);
  for (const x of values) shares[countBelow(edges, x, false)] += 1 / values.length;
  return shares;
}

/**
 * Population stability index of a window against a baseline: Σ_b (q_b − p_b) ln(q_b / p_b) over bins, where a bin without a value counts half a value.
 *
 * Where nothing has changed and values are independent, it is about (1/n + 1/m) χ² with bins − 1 degrees of freedom: Yurdakul & Naranjo 2020.
 */
export function stabilityIndex({ edges, shares, sorted }: Baseline, window: Float64Array): number {
  const now = sharesIn(edges, window);
  return shares.reduce((sum, share, b) => {
    const [p, q] = [Math.max(share, 0.5 / sorted.length), Math.max(now[b], 0.5 / window.length)];
    return sum + (q - p) * Math.log(q / p);
  }, 0);
}

/** The two-sample statistic of Kolmogorov and Smirnov: the greatest distance between the two distribution functions. */
export function greatestDistance({ sorted }: Baseline, window: Float64Array): number {
  const own = window.slice().sort();
  let most = 0;
  for (let i = 0; i < own.length; i++) {
    if (own[i + 1] === own[i]) continue;
    const here = (i + 1) / own.length;
    const before = countBelow(own, own[i], false) / own.length;
    const [upTo, below] = [true, false].map((orEqual) => countBelow(sorted, own[i], orEqual) / sorted.length);
    most = Math.max(most, Math.abs(here - upTo), Math.abs(before - below));
  }
  return most;
}

/** Slack of the sum below: it is quickest for a fall of twice that, one standard deviation. */
const SLACK = 0.5;

/**
 * Page's cumulative sum of how far a score has fallen: S₀ = 0, S_t = max(0, S_{t−1} − z_t − ½) with z the score in standard deviations of the reference (n − 1) from its mean.
 *
 * @returns [T]
 */
export function cumulativeFall(reference: ArrayLike<number>, scores: ArrayLike<number>): Float64Array {
  const known = Float64Array.from(reference);
  const [centre, spread] = [mean(known), standardDeviation(known)];
  const sums = new Float64Array(scores.length);
  for (let t = 0; t < sums.length; t++) sums[t] = Math.max(0, (sums[t - 1] ?? 0) - (scores[t] - centre) / spread - SLACK);
  return sums;
}
