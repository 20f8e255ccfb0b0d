import type { Matrix } from '../../../src/linalg/index.js';
import { type Panel, selectFrame } from '../../../src/market/index.js';
import { ledoitWolf } from '../../../src/stats/index.js';
import {
  type Backtest,
  backtest,
  blackLitterman,
  box,
  driftedWeights,
  impliedReturns,
  longOnly,
  minimumVariance,
  proportional,
  rebalance,
  riskParity,
  type View,
} from '../../../src/trade/index.js';
import { answered, type Solved } from '../../../src/trade/portfolio/splitting.js';
import type { Opinion } from './opinions.js';
import { MONTH, type Task, tradedIn, YEAR } from './task.js';

/** What was chosen before anything was looked at, of the hybrid and of its rivals. */
export const RULES = {
  /** δ, He and Litterman's; the same of months as of years. */
  riskAversion: 2.5,
  /** τ, He and Litterman's. */
  tau: 0.05,
  /** The most of an asset. */
  most: 0.15,
  /** Of every trade, in proportion to its value. */
  cost: 0.001,
  /** Days of a covariance. */
  days: 2 * YEAR,
};

/** A portfolio of every decision: views, or none; a risk model, or Ledoit and Wolf's; and what is left out of it. */
export interface Recipe {
  readonly views: readonly Opinion[];
  /** Monthly variances [M, N]. */
  readonly variances?: Float64Array;
  /** Views with He and Litterman's ω instead of their own. */
  readonly withoutDoubt?: boolean;
  /** A prior of 0 instead of the reference portfolio's. */
  readonly withoutPrior?: boolean;
  /** Weights are chosen as if trading were free; what it costs is paid all the same. */
  readonly withoutCosts?: boolean;
}

/** Ledoit and Wolf's covariance of each decision, of months. */
export function covariancesOf({ returns, rows, assets, folds }: Task): Map<number, Matrix> {
  const N = assets.length;
  return new Map(
    folds.flatMap(({ test }) =>
      test.map((m): [number, Matrix] => {
        const end = rows[m] + 1;
        const sample = { rows: RULES.days, cols: N, data: returns.slice((end - RULES.days) * N, end * N), names: assets };
        const { covariance } = ledoitWolf(sample);
        return [m, { ...covariance, names: assets, data: covariance.data.map((value) => MONTH * value) }];
      }),
    ),
  );
}

/** The same correlations with other variances. */
function withVariances(covariance: Matrix, variances: Float64Array): Matrix {
  const N = covariance.rows;
  const scale = Float64Array.from(variances, (variance, n) => Math.sqrt(variance / covariance.data[n * N + n]));
  return { ...covariance, data: covariance.data.map((value, at) => value * scale[Math.floor(at / N)] * scale[at % N]) };
}

/** What is held after every decision. */
export interface Held {
  readonly weights: Panel;
  /** Months whose program HiGHS had no answer to: it was solved by splitting. */
  readonly unanswered: readonly string[];
}

/** Weights of every decision; the first is made from equal parts. */
async function chain(task: Task, next: (m: number, held: Float64Array) => Promise<Solved> | Solved): Promise<Held> {
  const { rows, returns, assets, folds, frame } = task;
  const N = assets.length;
  const months = folds.flatMap(({ test }) => test);
  const values = new Float64Array(months.length * N);
  const unanswered: string[] = [];
  let held = new Float64Array(N).fill(1 / N);
  for (const [i, m] of months.entries()) {
    if (i > 0) {
      // What was decided a month ago was traded at the close after.
      const since = Float64Array.from({ length: N }, (_, n) => {
        let grown = 1;
        for (let t = rows[m - 1] + 2; t <= rows[m]; t++) grown *= 1 + returns[t * N + n];
        return grown - 1;
      });
      held = Float64Array.from(driftedWeights(held, since));
    }
    const { weights, solver } = await next(m, held);
    if (solver) unanswered.push(tradedIn(task, m));
    const chosen = weights.map((weight) => Math.max(0, weight));
    const sum = chosen.reduce((a, b) => a + b, 0);
    held = chosen.map((weight) => weight / sum);
    values.set(held, i * N);
  }
  return { weights: { dates: months.map((m) => frame.dates[rows[m]]), assets, values, field: 'weight', source: frame.source }, unanswered };
}

/** The bounds of every program but those of risk parity and of equal parts. */
const boundedBy = (N: number) => ({
  constraints: [longOnly(), box(0, RULES.most)],
  bounds: new Array<{ low: number; high: number }>(N).fill({ low: 0, high: RULES.most }),
  budget: 1,
});

/** Equal parts, least variance and equal parts of the risk. */
export function rivals(task: Task, covariances: Map<number, Matrix>): Record<string, () => Promise<Held>> {
  const N = task.assets.length;
  const bounded = boundedBy(N);
  const { constraints } = bounded;
  return {
    '1/N': () => chain(task, () => ({ weights: new Float64Array(N).fill(1 / N) })),
    'minimum variance': () =>
      chain(task, (m) => {
        const covariance = covariances.get(m)!;
        return answered(() => minimumVariance(covariance, { constraints }), covariance, { ...bounded, riskAversion: 1 });
      }),
    'risk parity': () => chain(task, (m) => riskParity(covariances.get(m)!)),
  };
}

/** What a recipe holds, and how much its views count in each month: the mean of τpᵀΣp / (τpᵀΣp + ω), 1 of a certain view. */
export async function fused(task: Task, covariances: Map<number, Matrix>, recipe: Recipe): Promise<Held & { readonly trust: number[] }> {
  const { assets, unit } = task;
  const N = assets.length;
  const { riskAversion, tau, cost } = RULES;
  const bounded = boundedBy(N);
  const equal = new Float64Array(N).fill(1 / N);
  const picks = assets.map((one) => Object.fromEntries(assets.map((other) => [other, Number(other === one) - 1 / N])));
  const trust: number[] = [];
  const held = await chain(task, (m, from) => {
    const own = covariances.get(m)!;
    const covariance = recipe.variances ? withVariances(own, recipe.variances.subarray(m * N, (m + 1) * N)) : own;
    const prior = recipe.withoutPrior ? new Float64Array(N) : impliedReturns(equal, covariance, { riskAversion });
    const middle = prior.reduce((a, b) => a + b, 0) / N;
    // A model that has learnt nothing says 0: that the prior is right, not that all assets earn the same.
    const views = recipe.views.flatMap(({ mean, variance }) =>
      picks.map((pick, n): View => {
        const at = m * N + n;
        const view = { weights: pick, mean: prior[n] - middle + mean[at] * unit[at] };
        return recipe.withoutDoubt ? view : { ...view, variance: variance[at] * unit[at] ** 2 };
      }),
    );
    const belief = blackLitterman(covariance, views, { prior, tau });
    const shares = views.map(({ weights: pick }, k) => {
      const p = assets.map((one) => pick[one]);
      const said = tau * p.reduce((sum, a, i) => sum + p.reduce((inner, b, j) => inner + a * b * covariance.data[i * N + j], 0), 0);
      return said / (said + belief.omega.data[k * views.length + k]);
    });
    trust.push(shares.length > 0 ? shares.reduce((a, b) => a + b, 0) / shares.length : 0);
    const charge = recipe.withoutCosts ? 0 : cost;
    const { mean, returnsCovariance } = belief;
    const trading = { from, cost: new Float64Array(N).fill(charge) };
    return answered(
      () => rebalance(mean, returnsCovariance, { from, cost: charge, riskAversion, constraints: bounded.constraints }),
      returnsCovariance,
      { ...bounded, mean, riskAversion, trading },
    );
  });
  return { ...held, trust };
}

/** What became of weights, month by month. */
export interface Outcome {
  /** `1995-01` … [months] */
  readonly months: readonly string[];
  /** Simple returns of months, after costs and before. */
  readonly net: Float64Array;
  readonly gross: Float64Array;
  /** Bought and sold in a month, as a share of equity, without the first purchase. */
  readonly turnover: Float64Array;
}

/** Trades weights at the close after each decision, at the costs of the rules. */
export function outcomeOf({ frame, rows, folds }: Task, weights: Panel): Outcome {
  const last = folds[folds.length - 1].test.at(-1)!;
  const year = frame.dates[rows[last] + 1].slice(0, 7);
  const run = backtest({
    weights,
    prices: selectFrame(frame, { to: frame.dates.findLast((date) => date.slice(0, 7) === year)! }),
    execution: 'nextClose',
    costs: proportional(RULES.cost),
  });
  const grow = (grown: number, r: number) => grown * (1 + r);
  const [net, gross] = [run.returns, run.gross].map((returns) => monthly(run, returns, 1, grow));
  const traded = monthly(run, run.turnover.with(0, 0), 0, (sum, traded) => sum + traded);
  const valuesOf = (by: Map<string, number>, less: number) => Float64Array.from(by.values(), (value) => value - less);
  return { months: [...net.keys()], net: valuesOf(net, 1), gross: valuesOf(gross, 1), turnover: valuesOf(traded, 0) };
}

function monthly(
  { dates }: Backtest,
  values: Float64Array,
  first: number,
  next: (all: number, value: number) => number,
): Map<string, number> {
  const by = new Map<string, number>();
  for (const [t, date] of dates.entries()) by.set(date.slice(0, 7), next(by.get(date.slice(0, 7)) ?? first, values[t]));
  return by;
}
