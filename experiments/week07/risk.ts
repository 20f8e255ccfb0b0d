import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mean, standardDeviation } from '../../src/linalg/index.js';
import { fold, key } from '../../src/tensor/index.js';
import { record } from '../../src/trade/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { SOURCE } from '../volatility.js';
import { COVARIANCES, type Judged, judge, withVariances } from './risk/covariance.js';
import { closedForms, type Forecasts } from './risk/linear.js';
import { learner, type NetName } from './risk/nets.js';
import { before2000, GRAPHS, type GraphName, type RiskTask, riskTask, testsOf, type Universe } from './risk/task.js';
import { type Left, told } from './risk/told.js';

/*
 * Next month's variances and covariances, month by month: graph networks over assets beside closed forms that see the same neighbours.
 */

const UNIVERSES: readonly Universe[] = ['stocks', 'funds'];
/** A net and the graph that it sees; an MLP sees none. */
const NETS: readonly (readonly [NetName, GraphName])[] = [
  ['MLP', 'tree'],
  ...GRAPHS.map((graph) => ['GCN', graph] as const),
  ['GAT', 'correlation'],
  ['GAT', 'tree'],
];
const SEEDS = [1, 2, 3, 4, 5];
/** Of Adam: on the stocks of 1998 and 1999, before any test, the fewest steps that come within `NEAR` nats of the best, as the part `choice` finds. */
const TRAINING = { steps: 1000, rate: 0.003 };
const NEAR = 0.0025;
const TRIED = {
  steps: [20, 50, 150, 400, 1000, 2500],
  rate: [0.001, 0.003, 0.01, 0.03, 0.1],
  nets: [
    ['MLP', 'tree'],
    ['GCN', 'correlation'],
    ['GAT', 'correlation'],
  ] as const,
};
const CHOICES = TRIED.steps.length * TRIED.rate.length * TRIED.nets.length;

const experiment: Experiment = {
  name: 'week07/risk',
  about:
    "Next month's volatility and covariance of stocks and funds: GCN and GAT over graphs of assets beside HAR with the same neighbours, GARCH and Ledoit–Wolf.",
  seed: 7,
  data: [SOURCE],
  parts: ['choice', ...UNIVERSES.flatMap((universe) => [`${universe} closed`, `${universe} nets`])],
  sanity: { 'stocks.qlike.HAR': { atLeast: -8.5, atMost: -6.5 }, 'stocks.months': { atLeast: 200 } },
  async run(options) {
    const begun = process.cpuUsage();
    const found = await (options.part === 'choice' ? choice(options) : onTests(options));
    const { user, system } = process.cpuUsage(begun);
    return { numbers: {}, ...found, minutes: { [options.part]: (user + system) / 6e7 } };
  },
  collect,
};
export default experiment;

/** The loss of each way to train on two years before the tests, mean over seeds that no test has. */
async function choice({ quick, folder, onStep }: RunOptions): Promise<Pick<Found, 'tables' | 'trials' | 'pinned'>> {
  const whole = await riskTask('stocks', quick);
  const task = quick ? whole : before2000(whole);
  const origins = testsOf(task);
  const stops = quick ? [3] : TRIED.steps;
  const rows: { steps: number; rate: number; net: string; QLIKE: number }[] = [];
  for (const rate of quick ? [0.01] : TRIED.rate)
    for (const [net, graph] of TRIED.nets) {
      const losses = await kept(folder, `choice ${net} ${rate}`, async () => {
        const train = learner(task, net, graph, { rate });
        const found: number[][] = [];
        for (const seed of quick ? [1] : SEEDS)
          found.push((await train(fold(key(1), seed), stops)).map((h) => mean(qlikeBy(task, origins, h))));
        return stops.map((_, s) => mean(found.map((one) => one[s])));
      });
      rows.push(...stops.map((steps, s) => ({ steps, rate, net, QLIKE: losses[s] })));
      onStep(rows.length, CHOICES, `${net} at ${rate}: ${losses.map((loss) => loss.toFixed(4))}`);
    }
  return { tables: { choice: rows }, trials: CHOICES, pinned: { choice: mean(rows.map((row) => row.QLIKE)) } };
}

async function onTests(options: RunOptions): Promise<Pick<Found, 'tables' | 'trials' | 'pinned'>> {
  const [universe, kind] = options.part.split(' ') as [Universe, 'closed' | 'nets'];
  const task = await riskTask(universe, options.quick);
  const left = await (kind === 'closed' ? closed(universe, task, options) : nets(universe, task, options));
  if (!options.quick)
    for (const { model, seed, qlike } of left.columns)
      await record(
        `week07-risk-${universe}`,
        { model, seed },
        { selection: { from: `${left.dates[0]}-01`, to: '2016-12-31' }, scores: { qlike: mean(qlike) } },
      );
  const pinned = Object.fromEntries([
    ...left.columns.map(({ model, seed, qlike }) => [`${options.part}.${model}.${seed}`, mean(qlike)] as const),
    ...left.portfolios.map(({ model, minimum }) => [`${options.part}.${model}`, standardDeviation(minimum)] as const),
  ]);
  return { tables: { left: [{ json: JSON.stringify(left) }] }, trials: left.columns.length + left.portfolios.length, pinned };
}

const qlikeBy = ({ months }: RiskTask, origins: readonly number[], forecasts: Forecasts): number[] =>
  origins.map((m, k) => mean(months[m].target.map((y, i) => Math.log(forecasts[k][i]) + y / forecasts[k][i])));

function started(universe: Universe, task: RiskTask): Omit<Left, 'columns' | 'portfolios'> {
  const N = task.assets.length;
  const tests = testsOf(task);
  const degree = (graph: GraphName) => mean(tests.map((m) => task.months[m].graphs[graph].reduce((sum, x) => sum + x, 0) / N));
  return {
    universe,
    dates: tests.map((m) => task.months[m].name),
    days: tests.map((m) => task.months[m].next - task.months[m].now),
    assets: N,
    links: Object.fromEntries(GRAPHS.map((graph) => [graph, degree(graph)])),
  };
}

async function closed(universe: Universe, task: RiskTask, { onStep }: RunOptions): Promise<Left> {
  const tests = testsOf(task);
  const forecasts = closedForms(task, onStep);
  const portfolios: (Judged & { readonly model: string })[] = Object.entries(COVARIANCES).map(([model, of]) => ({
    model,
    ...judge(task, of),
  }));
  for (const model of ['GARCH', 'HAR', 'HAR and all', ...GRAPHS.map((graph) => `HAR and ${graph}`)])
    portfolios.push({ model: `${model}, Ledoit–Wolf correlations`, ...judge(task, withVariances['Ledoit–Wolf'], forecasts[model]) });
  portfolios.push({ model: 'HAR, tree correlations', ...judge(task, withVariances.tree, forecasts.HAR) });
  const columns = Object.entries(forecasts).map(([model, h]) => ({ model, seed: 0, qlike: qlikeBy(task, tests, h) }));
  return { ...started(universe, task), columns, portfolios };
}

async function nets(universe: Universe, task: RiskTask, { quick, folder, onStep }: RunOptions): Promise<Left> {
  const tests = testsOf(task);
  const left: Left = { ...started(universe, task), columns: [], portfolios: [] };
  for (const [n, [name, graph]] of NETS.entries()) {
    const model = name === 'MLP' ? name : `${name} over ${graph}`;
    const train = learner(task, name, graph, TRAINING);
    const stops = [quick ? 3 : TRAINING.steps];
    const all: Forecasts[] = [];
    for (const seed of quick ? SEEDS.slice(0, 2) : SEEDS) {
      const found = await kept(folder, `${model} ${seed}`, async () =>
        (await train(fold(key(7000 + seed), n), stops))[0].map((h) => [...h]),
      );
      const forecasts = found.map((h) => Float64Array.from(h));
      all.push(forecasts);
      left.columns.push({ model, seed, qlike: qlikeBy(task, tests, forecasts) });
      onStep(n * SEEDS.length + seed, NETS.length * SEEDS.length, `${model} ${mean(left.columns.at(-1)!.qlike).toFixed(4)}`);
    }
    const together = tests.map((_, k) => Float64Array.from(task.assets, (_, i) => Math.exp(mean(all.map((h) => Math.log(h[k][i]))))));
    left.portfolios.push({ model: `${model}, Ledoit–Wolf correlations`, ...judge(task, withVariances['Ledoit–Wolf'], together) });
  }
  return left;
}

/** What was found before a run was killed, or finds it. */
async function kept<T>(folder: string, name: string, find: () => Promise<T>): Promise<T> {
  const file = join(folder, `${name}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  const found = await find();
  writeFileSync(file, JSON.stringify(found));
  return found;
}

function collect(parts: Readonly<Record<string, Found>>): Found {
  const { choice, ...tests } = parts;
  const rows = (choice?.tables?.choice ?? []) as readonly { steps: number; rate: number; net: string; QLIKE: number }[];
  const lossOf = (steps: number, rate: number) =>
    mean(rows.filter((row) => row.steps === steps && row.rate === rate).map((row) => row.QLIKE));
  const ways = [...new Map(rows.map(({ steps, rate }) => [`${steps} ${rate}`, { steps, rate, QLIKE: lossOf(steps, rate) }])).values()];
  const near = ways.filter((way) => way.QLIKE <= Math.min(...ways.map(({ QLIKE }) => QLIKE)) + NEAR);
  const best = near.reduce((a, b) => (b.steps < a.steps || (b.steps === a.steps && b.QLIKE < a.QLIKE) ? b : a));
  if (ways.length > 1 && (best.steps !== TRAINING.steps || best.rate !== TRAINING.rate))
    throw new Error(`risk: nets train by ${JSON.stringify(TRAINING)}, and the choice before the tests is ${JSON.stringify(best)}; set it`);
  const all = Object.values(tests).map(({ tables }) => JSON.parse(String(tables!.left[0].json)) as Left);
  const { numbers, tables } = told(all, CHOICES);
  const trials = Object.values(parts).reduce((sum, one) => sum + one.trials!, 0);
  const pinned = Object.assign({}, ...Object.values(parts).map((part) => part.pinned));
  const minutes = Object.assign({}, ...Object.values(parts).map((part) => part.minutes));
  return { numbers, tables: { choice: rows, ...tables }, trials, pinned, minutes };
}
