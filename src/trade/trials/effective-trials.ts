import { mean, variance } from '../../linalg/index.js';
import { type DeflatedSharpe, deflatedSharpe } from '../metrics/probabilistic-sharpe.js';
import type { SharpeMoments } from '../metrics/sharpe.js';
import { type Trial, trialsOf } from './trials.js';

/** How many of the trials of an experiment were different ones. */
export interface EffectiveTrials {
  /** N: clusters of trials whose returns move together. */
  readonly count: number;
  /** The cluster of each trial, 0 … N − 1 in the order of their first [K]. */
  readonly clusters: Int32Array;
}

/** Returns of which one explains a quarter of the other's variance are of one strategy; below that they count as two. */
const CORRELATED = 0.5;

/**
 * How many independent trials a log amounts to, by average linkage on the correlations of their returns.
 *
 *     two clusters are one while the mean correlation between their members is ½ or more
 *
 * K copies of one strategy are 1, K strategies without correlation are K. A trial without returns, or whose returns are of other dates, is like
 * no other, unless its configuration is that of another trial. What is counted too often makes the deflated ratio too low, never too high.
 *
 * @param trials  as `trialsOf` gives them [K]
 *
 * Sokal & Michener 1958 for the linkage. López de Prado & Lewis 2019 choose the number of clusters by its silhouette, which knows neither
 * one cluster nor K of them: here both are common.
 */
export function effectiveTrials(trials: readonly Trial[]): EffectiveTrials {
  const K = trials.length;
  const standardised = trials.map(standardise);
  // Average similarities of clusters, kept in the rows of their first members.
  const similar = Array.from({ length: K }, (_, i) =>
    Float64Array.from({ length: K }, (_, j) => (i === j ? Number.NEGATIVE_INFINITY : likeness(i, j))),
  );
  const size = new Int32Array(K).fill(1);
  const cluster = Int32Array.from({ length: K }, (_, i) => i);
  // A chain of nearest neighbours ends in a pair that are each other's (Murtagh 1983); who has none near enough is done.
  const alive = new Set(cluster);
  const chain: number[] = [];
  while (alive.size > 0) {
    if (chain.length === 0) chain.push(...[...alive].slice(0, 1));
    const [before, top] = [chain.at(-2), chain[chain.length - 1]];
    let [nearest, best] = before === undefined ? [-1, Number.NEGATIVE_INFINITY] : [before, similar[top][before]];
    for (const j of alive) if (j !== top && similar[top][j] > best) [nearest, best] = [j, similar[top][j]];
    if (best < CORRELATED - 1e-12) {
      alive.delete(top);
      chain.pop();
    } else if (nearest !== before) chain.push(nearest);
    else {
      chain.length -= 2;
      join(nearest, top);
    }
  }
  const names = new Map<number, number>();
  for (const one of cluster) if (!names.has(one)) names.set(one, names.size);
  return { count: names.size, clusters: cluster.map((one) => names.get(one) as number) };

  function join(a: number, b: number): void {
    for (const k of alive)
      if (k !== a && k !== b) {
        similar[a][k] = (size[a] * similar[a][k] + size[b] * similar[b][k]) / (size[a] + size[b]);
        similar[k][a] = similar[a][k];
      }
    size[a] += size[b];
    alive.delete(b);
    for (let i = 0; i < K; i++) if (cluster[i] === b) cluster[i] = a;
  }

  function likeness(i: number, j: number): number {
    if (trials[i].id === trials[j].id) return 1;
    const [x, y] = [standardised[i], standardised[j]];
    return x && y && x.length === y.length && sameDates(trials[i], trials[j]) ? x.reduce((total, value, b) => total + value * y[b], 0) : 0;
  }
}

/** A deflated Sharpe ratio whose trials were read from a log. */
export interface LoggedDeflatedSharpe extends DeflatedSharpe {
  /** Trials in the log, of which `trials` were different ones. */
  readonly recorded: number;
}

/**
 * The deflated Sharpe ratio of a chosen strategy, with N and V from the log of its experiment.
 *
 *     N = effectiveTrials        V = variance of the clusters' mean Sharpe ratios + mean of the variances within them, per period
 *
 * So V is half the mean squared difference of two ratios of different clusters, what it is of independent trials, whatever their sizes: that of
 * all ratios is 0.35 of it where 45 copies, correlated by .8, stand beside 5 others, and the benchmark would be 0.6 of what luck shows.
 *
 * @param experiment  whose trials it was chosen from, all of one frequency
 * @param chosen      what `sharpe` says of it
 * @throws            when the log has no trial, or fewer than two different ones with returns that vary where several were tried
 *
 * Bailey & López de Prado 2014: `deflatedSharpe` is the formula alone.
 */
export function deflatedSharpeOf(experiment: string, chosen: SharpeMoments): LoggedDeflatedSharpe {
  const trials = trialsOf(experiment);
  if (trials.length === 0)
    throw new Error(
      `deflatedSharpeOf: there are no trials of '${experiment}'; record each configuration where it is evaluated, the chosen one too`,
    );
  const { count, clusters } = effectiveTrials(trials);
  const ratios = Array.from({ length: count }, (_, n) =>
    trials.flatMap(({ sharpe }, k) => (clusters[k] === n && sharpe ? [sharpe.perPeriod] : [])),
  ).filter((own) => own.length > 0);
  if (count > 1 && ratios.length < 2)
    throw new Error(
      `deflatedSharpeOf: ${ratios.flat().length} of ${trials.length} trials of '${experiment}' have returns that vary, and the variance of their ratios takes two different ones; record returns`,
    );
  return { ...deflatedSharpe(chosen, { trials: count, variance: count > 1 ? betweenClusters(ratios) : 0 }), recorded: trials.length };
}

/** The variance of the ratios of clusters, one of each drawn at random. */
const betweenClusters = (ratios: readonly (readonly number[])[]): number =>
  variance(ratios.map((own) => mean(own))) +
  mean(ratios.map((own) => (own.length > 1 ? (variance(own) * (own.length - 1)) / own.length : 0)));

/** A sketch less its mean, of length 1; undefined of none, or one that does not vary. */
function standardise({ sketch }: Trial): Float64Array | undefined {
  if (!sketch) return undefined;
  const centre = sketch.reduce((a, b) => a + b, 0) / sketch.length;
  const centred = Float64Array.from(sketch, (value) => value - centre);
  const length = Math.sqrt(centred.reduce((total, value) => total + value * value, 0));
  return length > 0 ? centred.map((value) => value / length) : undefined;
}

function sameDates({ selection: a, sharpe: one }: Trial, { selection: b, sharpe: other }: Trial): boolean {
  if (one?.n !== other?.n) return false;
  return a === 'simulated' || b === 'simulated' ? a === b : a.from === b.from && a.to === b.to;
}
