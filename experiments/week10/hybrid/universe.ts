import { mean } from '../../../src/linalg/index.js';
import { type Json, record } from '../../../src/trade/index.js';
import { NETS, type NetName, type Said, SEEDS, SETTINGS, trainers } from './nets.js';
import { committee, gammaChange, type LinearName, linearOpinion, type Opinion, type SaidByFold, variancesOf } from './opinions.js';
import { covariancesOf, fused, type Held, type Outcome, outcomeOf, type Recipe, RULES, rivals } from './portfolios.js';
import { F, G, type Task } from './task.js';

/*
 * A universe from its prices to what every portfolio earned.
 */

/** What a run is told, beside the universe. */
export interface UniverseOptions {
  readonly folder: string;
  readonly quick: boolean;
  readonly onStep: (done: number, total: number, note?: string) => void;
  /** The log of trials; none where nothing is chosen any more. */
  readonly log?: string;
}

/** Everything that was found, as JSON: a part hands it to `collect`. */
export interface UniverseFound {
  readonly months: readonly string[];
  /** Net and gross returns of each portfolio, and what it traded as a share of equity, [months]. */
  readonly portfolios: Readonly<Record<string, { net: number[]; gross: number[]; turnover: number[] }>>;
  /** Of single seeds, net. */
  readonly seeds: readonly number[][];
  /** How much the views count, by recipe and month. */
  readonly trust: Readonly<Record<string, number[]>>;
  /** Rank correlation with what came, by forecast and month, but for the last. */
  readonly ranks: Readonly<Record<string, number[]>>;
  /** QLIKE less that of the quarter's variance, by forecast and month, but for the last. */
  readonly qlike: Readonly<Record<string, number[]>>;
  /** Losses of the last step, by net: smooth, for the slice. */
  readonly losses: Readonly<Record<string, number>>;
  /** The month of each program that the solver had no answer to, and that was solved by splitting. */
  readonly unanswered: readonly string[];
  readonly trials: number;
}

/** Every configuration by name; the first is the one that all others are taken from. */
export function recipesOf(opinions: Record<string, Opinion>, variances: Record<'GCN' | 'gamma', Float64Array>): Record<string, Recipe> {
  const views = [opinions['Bayesian net'], opinions.transformer];
  const hybrid: Recipe = { views, variances: variances.GCN };
  return {
    hybrid,
    'closed forms': { views: [opinions['linear regression'], opinions['regression on windows']], variances: variances.gamma },
    'momentum alone': { views: [opinions.momentum] },
    'without the Bayesian net': { ...hybrid, views: [views[1]] },
    'without the transformer': { ...hybrid, views: [views[0]] },
    'without the graph': { views },
    'without the models’ doubt': { ...hybrid, withoutDoubt: true },
    'without the prior': { ...hybrid, withoutPrior: true },
    'without costs in mind': { ...hybrid, withoutCosts: true },
    'without views': { ...hybrid, views: [] },
  };
}

/** Trains, forecasts, chooses and trades. */
export async function run(task: Task, { folder, quick, onStep, log }: UniverseOptions): Promise<UniverseFound> {
  const folds = quick ? task.folds.slice(0, 1) : task.folds;
  const own = { ...task, folds };
  const seeds = quick ? SEEDS.slice(0, 2) : SEEDS;
  const train = trainers(own, folder, quick);
  const total = folds.length * seeds.length * NETS.length;
  let done = 0;
  const all: Record<NetName, Said[][]> = { 'Bayesian net': [], transformer: [], GCN: [] };
  for (const name of NETS)
    for (const fold of folds) {
      const bySeed: Said[] = [];
      for (const seed of seeds) {
        bySeed.push(await train(name, fold, seed));
        onStep(++done, total, `${name}, ${fold.year}, seed ${seed}`);
      }
      all[name].push(bySeed);
    }
  const graphs = (seed?: number) => committee(own, all.GCN, seed).mean;
  const linear: LinearName[] = ['momentum', 'linear regression', 'regression on windows'];
  const opinions: Record<string, Opinion> = {
    'Bayesian net': committee(own, all['Bayesian net']),
    transformer: committee(own, all.transformer),
    ...Object.fromEntries(linear.map((name) => [name, linearOpinion(own, name)])),
  };
  const changes: Record<string, Float64Array> = {
    'GCN, seeds together': graphs(),
    'gamma regression with the graph': gammaChange(own, true),
    'gamma regression without it': gammaChange(own, false),
  };
  const variances = { GCN: variancesOf(own, graphs()), gamma: variancesOf(own, changes['gamma regression with the graph']) };
  const covariances = covariancesOf(own);
  const recipes = recipesOf(opinions, variances);
  const [outcomes, trust]: [Record<string, Outcome>, Record<string, number[]>] = [{}, {}];
  const unanswered: string[] = [];
  const came = (held: Held): Outcome => {
    unanswered.push(...held.unanswered);
    return outcomeOf(own, held.weights);
  };
  for (const [name, make] of Object.entries(rivals(own, covariances))) outcomes[name] = came(await make());
  for (const [name, recipe] of Object.entries(recipes)) {
    const made = await fused(own, covariances, recipe);
    outcomes[name] = came(made);
    trust[name] = made.trust;
  }
  const single: number[][] = [];
  for (const s of seeds.keys()) {
    const views = [committee(own, all['Bayesian net'], s), committee(own, all.transformer, s)];
    single.push(Array.from(came(await fused(own, covariances, { views, variances: variancesOf(own, graphs(s)) })).net));
  }
  if (log) await recordAll(log, outcomes, single);
  const months = folds.flatMap(({ test }) => test).filter((m) => !Number.isNaN(own.y[m * own.assets.length]));
  const lossOf = (by: SaidByFold) => mean(by.flat().map(({ loss }) => loss));
  return {
    months: outcomes.hybrid.months,
    portfolios: Object.fromEntries(
      Object.entries(outcomes).map(([name, { net, gross, turnover }]) => [
        name,
        { net: Array.from(net), gross: Array.from(gross), turnover: Array.from(turnover) },
      ]),
    ),
    seeds: single,
    trust,
    ranks: Object.fromEntries(Object.entries(opinions).map(([name, opinion]) => [name, months.map((m) => rankOf(own, opinion, m))])),
    qlike: Object.fromEntries(Object.entries(changes).map(([name, change]) => [name, months.map((m) => qlikeOf(own, change, m))])),
    losses: Object.fromEntries(NETS.map((name) => [name, lossOf(all[name])])),
    unanswered,
    trials: Object.keys(outcomes).length - 1 + single.length,
  };
}

/** What was found of the months from one on. */
export function since(found: UniverseFound, month: string): UniverseFound {
  const begin = found.months.findIndex((one) => one >= month);
  const after = <T>(values: readonly T[]) => values.slice(begin);
  const each = (by: Readonly<Record<string, readonly number[]>>) =>
    Object.fromEntries(Object.entries(by).map(([name, values]) => [name, after(values)]));
  return {
    ...found,
    months: after(found.months),
    portfolios: Object.fromEntries(
      Object.entries(found.portfolios).map(([name, { net, gross, turnover }]) => [
        name,
        { net: after(net), gross: after(gross), turnover: after(turnover) },
      ]),
    ),
    seeds: found.seeds.map(after),
    trust: each(found.trust),
    ranks: each(found.ranks),
    qlike: each(found.qlike),
    unanswered: found.unanswered.filter((one) => one >= month),
  };
}

/** Each portfolio but the reference is a trial, by what it earned above the reference. */
async function recordAll(log: string, outcomes: Record<string, Outcome>, single: readonly number[][]): Promise<void> {
  const reference = outcomes['1/N'];
  const dates = reference.months.map((month) => `${month}-28`);
  const above = (net: ArrayLike<number>) => Float64Array.from(net, (r, t) => r - reference.net[t]);
  const settings: Json = { rules: RULES, nets: SETTINGS, features: F, nodes: G };
  for (const [portfolio, { net }] of Object.entries(outcomes))
    if (portfolio !== '1/N') await record(log, { portfolio, ...settings }, { returns: { dates, returns: above(net) } });
  for (const [s, net] of single.entries())
    await record(log, { portfolio: 'hybrid', seed: SEEDS[s], ...settings }, { returns: { dates, returns: above(net) } });
}

/** Spearman's correlation of a forecast with what came, over the assets of a month. */
function rankOf({ y, assets: { length: N } }: Task, { mean: said }: Opinion, m: number): number {
  const [a, b] = [said, y].map((values) => ranks(values.subarray(m * N, (m + 1) * N)));
  const middle = (N - 1) / 2;
  const scale = a.reduce((sum, r) => sum + (r - middle) ** 2, 0);
  return scale > 0 ? a.reduce((sum, r, n) => sum + (r - middle) * (b[n] - middle), 0) / scale : 0;
}

function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values, (_, n) => n).sort((i, j) => values[i] - values[j]);
  const out = new Float64Array(values.length);
  for (const [rank, n] of order.entries()) out[n] = rank;
  return out;
}

/** log(h/h₀) + (RV/h₀)(h₀/h − 1) over the assets of a month, h₀ being the quarter's variance: its QLIKE less that of h₀. */
function qlikeOf({ ratio, assets: { length: N } }: Task, change: Float64Array, m: number): number {
  let sum = 0;
  for (let at = m * N; at < (m + 1) * N; at++) sum += change[at] + ratio[at] * Math.expm1(-change[at]);
  return sum / N;
}
