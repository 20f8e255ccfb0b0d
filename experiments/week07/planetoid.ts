import type { CitationGraph } from '../../src/datasets/index.js';
import { mean, standardDeviation } from '../../src/linalg/index.js';
import { labelPropagation, sgcFeatures } from '../../src/models/index.js';
import { crossEntropy, linear, normaliseEdges } from '../../src/nn/index.js';
import { adam, trainingStep } from '../../src/optim/index.js';
import type { Finding } from '../../src/report/index.js';
import { compile, fold, type HostArray, key, permutation } from '../../src/tensor/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { share } from '../share.js';
import { accuracy, citations, learner, type NetName } from './citations/nets.js';

/*
 * What the neighbours of a paper tell about its subject: graph networks beside the linear filter, the labels alone and the words alone.
 */

const GRAPHS = ['cora', 'citeseer', 'pubmed'] as const;
type GraphName = (typeof GRAPHS)[number];
const EPOCHS = 200;
/** Seeds of a net on the split of its graph. */
const SEEDS: Readonly<Record<NetName, Readonly<Record<GraphName, number>>>> = {
  GCN: { cora: 50, citeseer: 10, pubmed: 10 },
  GAT: { cora: 10, citeseer: 10, pubmed: 3 },
  MLP: { cora: 10, citeseer: 10, pubmed: 10 },
};
const SPLITS = 20;
const DEPTHS = [1, 2, 3, 4, 6, 8, 16];
const HOPS = [1, 2, 4, 8, 16, 32, 64, 128];
/** Chosen by the validation papers: the penalty of the logistic regression, and the share of neighbours in label propagation. */
const PENALTIES = [1e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3];
const SHARES = [0.5, 0.8, 0.9, 0.95, 0.99];

const experiment: Experiment = {
  name: 'week07/planetoid',
  about:
    'The subjects of papers from their words and citations: GCN and GAT beside a linear filter, label propagation and a net without the graph.',
  seed: 7,
  parts: [...GRAPHS, 'splits', 'depth'],
  sanity: { 'cora.GCN': { atLeast: 0.75, atMost: 0.9 }, 'cora.SGC': { atLeast: 0.7 } },
  async run(options) {
    const begun = process.cpuUsage();
    const found = await (options.part === 'splits' ? splits(options) : options.part === 'depth' ? depths(options) : onItsSplit(options));
    const { user, system } = process.cpuUsage(begun);
    return { ...found, minutes: { [options.part]: (user + system) / 6e7 } };
  },
};
export default experiment;

/** One graph on the split that it comes with. */
async function onItsSplit({ part, quick, onStep }: RunOptions): Promise<Found> {
  const graph = await citations(part as GraphName);
  const numbers: Record<string, Finding> = {};
  const pinned: Record<string, number> = {};
  const rows: { model: string; 'accuracy (%)': number; 'standard error (points)': number; 'over seeds (points)': number; seeds: number }[] =
    [];
  let trials = 0;
  for (const [model, guesses] of Object.entries(await closedForms(graph, graph.train, quick))) {
    const right = accuracy(graph, guesses.guesses, graph.test);
    numbers[`${part}.${model}`] = share(right, graph.test.length, `${model}: share of the test papers of ${part}`);
    pinned[`${part}.${model}`] = guesses.pin;
    trials += guesses.trials;
    rows.push({ model, 'accuracy (%)': 100 * right, 'standard error (points)': 0, 'over seeds (points)': 0, seeds: 1 });
  }
  for (const net of ['GCN', 'GAT', 'MLP'] as const) {
    const seeds = quick ? 1 : SEEDS[net][part as GraphName];
    const train = learner(graph, net, { train: graph.train, epochs: quick ? 2 : EPOCHS });
    const found: number[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const { guesses, loss } = await train(fold(key(700 + seed), 0));
      found.push(accuracy(graph, guesses, graph.test));
      if (seed === 1) pinned[`${part}.${net}.loss`] = loss;
      onStep(seed, seeds, `${net} ${found.at(-1)!.toFixed(3)}`);
    }
    trials++;
    numbers[`${part}.${net}`] = overSeeds(found, `${net}: share of the test papers of ${part}, mean over seeds`);
    rows.push(rowOf(net, found));
  }
  return { numbers, pinned, trials, tables: { [part]: rows } };
}

/** Cora over splits drawn at random, 20 papers of each subject to train on, 500 to choose by and 1,000 to test on. */
async function splits({ quick, onStep }: RunOptions): Promise<Found> {
  const graph = await citations('cora');
  const found: Record<string, number[]> = {};
  const add = (model: string, guesses: ArrayLike<number>, test: Int32Array) => {
    found[model] ??= [];
    found[model].push(accuracy(graph, guesses, test));
  };
  const pinned: Record<string, number> = {};
  const count = quick ? 1 : SPLITS;
  for (let s = 0; s < count; s++) {
    const split = drawn(graph, s);
    for (const [model, { guesses, pin }] of Object.entries(await closedForms({ ...graph, ...split }, split.train, quick))) {
      add(model, guesses, split.test);
      pinned[`splits.${model}`] = pin;
    }
    for (const net of ['GCN', 'MLP'] as const) {
      const { guesses, loss } = await learner(graph, net, { train: split.train, epochs: quick ? 2 : EPOCHS })(fold(key(800 + s), 0));
      add(net, guesses, split.test);
      pinned[`splits.${net}`] = loss;
    }
    onStep(s + 1, count, `GCN ${found.GCN.at(-1)!.toFixed(3)}`);
  }
  const numbers = Object.fromEntries(
    Object.entries(found).map(([model, values]) => [
      `splits.${model}`,
      overSeeds(values, `${model}: share of Cora's test papers, mean over splits`),
    ]),
  );
  for (const model of ['SGC', 'MLP'])
    numbers[`splits.GCN-less-${model}`] = overSeeds(
      found.GCN.map((right, s) => right - found[model][s]),
      `share of Cora's test papers that a GCN has beyond ${model}, mean over the same splits`,
    );
  return {
    numbers,
    pinned,
    trials: 2 + PENALTIES.length + SHARES.length,
    tables: { splits: Object.entries(found).map(([model, values]) => rowOf(model, values)) },
  };
}

/** What depth does: to a network that is trained at each, and to the linear filter, whose features lose what tells papers apart. */
async function depths({ quick, onStep }: RunOptions): Promise<Found> {
  const graph = await citations('cora');
  const rows: { layers: number; model: string; 'accuracy (%)': number; 'standard error (points)': number }[] = [];
  const numbers: Record<string, Finding> = {};
  const pinned: Record<string, number> = {};
  const tried = quick ? [2] : DEPTHS;
  for (const [d, depth] of tried.entries()) {
    const train = learner(graph, 'GCN', { train: graph.train, epochs: quick ? 2 : EPOCHS, depth });
    const found: number[] = [];
    for (let seed = 1; seed <= (quick ? 1 : 5); seed++) {
      const { guesses, loss } = await train(fold(key(900 + seed), depth));
      found.push(accuracy(graph, guesses, graph.test));
      pinned.depth = loss;
    }
    onStep(d + 1, tried.length, `${depth} layers ${mean(found).toFixed(3)}`);
    numbers[`depth.${depth}`] = overSeeds(found, `a GCN of ${depth} layers: share of Cora's test papers, mean over seeds`);
    rows.push({ layers: depth, model: 'GCN', 'accuracy (%)': 100 * mean(found), 'standard error (points)': 100 * standardErrorOf(found) });
  }
  for (const hops of quick ? [2] : HOPS) {
    const { guesses, pin, spread } = await sgc(graph, graph.train, hops, quick);
    const right = accuracy(graph, guesses, graph.test);
    numbers[`hops.${hops}`] = share(right, graph.test.length, `the linear filter of ${hops} hops: share of Cora's test papers`);
    numbers[`spread.${hops}`] = {
      value: spread,
      unit: '1',
      description: `squared size of the features after ${hops} hops that is not along the square roots of the degrees, as a share of that at first`,
      uncertainty: 'exact: computed from the graph and its words',
      tolerance: 1e-3,
    };
    pinned.hops = pin;
    rows.push({
      layers: hops,
      model: 'SGC',
      'accuracy (%)': 100 * right,
      'standard error (points)': 100 * Math.sqrt((right * (1 - right)) / 1000),
    });
  }
  return { numbers, pinned, trials: DEPTHS.length + HOPS.length * PENALTIES.length, tables: { depth: rows } };
}

interface Guesses {
  readonly guesses: ArrayLike<number>;
  /** A smooth quantity behind them. */
  readonly pin: number;
  readonly trials: number;
}

/** The linear filter and label propagation, each at its best on the papers to choose by. */
async function closedForms(graph: CitationGraph, train: Int32Array, quick: boolean): Promise<Record<'SGC' | 'label propagation', Guesses>> {
  const edges = normaliseEdges(graph.labels.length, graph.edges);
  const spread = SHARES.map((from) => {
    const labels = new Map(Array.from(train, (node) => [node, graph.labels[node]]));
    return labelPropagation(labels, {
      graph: edges,
      nodes: graph.labels.length,
      classes: graph.classes,
      share: from,
      rounds: quick ? 5 : 200,
    });
  }).map(({ data }) => ({ guesses: largest(data, graph.classes), pin: data.reduce((sum, x) => sum + x, 0) }));
  const best = spread.reduce((best, one) =>
    accuracy(graph, one.guesses, graph.validation) > accuracy(graph, best.guesses, graph.validation) ? one : best,
  );
  return { SGC: await sgc(graph, train, 2, quick), 'label propagation': { ...best, trials: SHARES.length } };
}

/** A logistic regression on Âᴷ X, its penalty chosen by the validation papers. */
async function sgc(graph: CitationGraph, train: Int32Array, hops: number, quick: boolean): Promise<Guesses & { readonly spread: number }> {
  const edges = normaliseEdges(graph.labels.length, graph.edges);
  const { data, shape } = sgcFeatures(graph.features, { graph: edges, hops });
  const F = shape[1];
  const rows = (nodes: Int32Array): HostArray<Float32Array> => {
    const x = new Float32Array(nodes.length * F);
    for (const [i, node] of nodes.entries()) x.set(data.subarray(node * F, (node + 1) * F), i * F);
    return { data: x, shape: [nodes.length, F] };
  };
  const x = rows(train);
  const y = Int32Array.from(train, (node) => graph.labels[node]);
  const initial = {
    w: { data: new Float32Array(F * graph.classes), shape: [F, graph.classes] },
    b: { data: new Float32Array(graph.classes), shape: [graph.classes] },
  };
  const judged = [];
  for (const weightDecay of quick ? PENALTIES.slice(0, 1) : PENALTIES) {
    const optimizer = adam(initial, { learningRate: 0.2, weightDecay });
    const step = compile(
      trainingStep(optimizer, (params, x: Tensor, y: Tensor) => crossEntropy(linear(params, x), y)),
      { donate: [0] },
    );
    let state = optimizer.init(initial) as never;
    let last = Number.NaN;
    const epochs = quick ? 2 : 100;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const next = await step(state, x, y);
      state = next.state as never;
      if (epoch === epochs - 1) last = next.loss.item();
    }
    const guess = compile((state: never, x: Tensor) => linear(optimizer.params(state), x).argMax(-1));
    const guesses = Int32Array.from((await (await guess(state, { data, shape } as never)).data()) as ArrayLike<number>);
    judged.push({ guesses, pin: last, right: accuracy(graph, guesses, graph.validation) });
  }
  const best = judged.reduce((best, one) => (one.right > best.right ? one : best));
  return { ...best, trials: judged.length, spread: beyondDegrees(graph, data) / beyondDegrees(graph, graph.features.data) };
}
type Tensor = Parameters<typeof linear>[1];

/** ‖X‖² beyond what lies along the roots of the degrees, on the largest piece of the graph's nodes: what infinitely many hops leave nothing of. */
function beyondDegrees(graph: CitationGraph, data: Float32Array): number {
  const N = graph.labels.length;
  const F = data.length / N;
  const { piece, roots } = largestPiece(graph);
  const length = Math.sqrt(piece.reduce((sum, i) => sum + roots[i] ** 2, 0));
  let beyond = 0;
  for (let f = 0; f < F; f++) {
    let [along, all] = [0, 0];
    for (const i of piece) {
      along += (data[i * F + f] * roots[i]) / length;
      all += data[i * F + f] ** 2;
    }
    beyond += all - along ** 2;
  }
  return beyond;
}

function largestPiece({ labels, edges }: CitationGraph): { readonly piece: readonly number[]; readonly roots: Float64Array } {
  const beside = Array.from(labels, (): number[] => []);
  for (const [i, j] of edges) {
    beside[i].push(j);
    beside[j].push(i);
  }
  const seen = new Set<number>();
  let piece: number[] = [];
  for (let start = 0; start < labels.length; start++) {
    if (seen.has(start)) continue;
    const reached = [start];
    seen.add(start);
    for (const i of reached)
      for (const j of beside[i])
        if (!seen.has(j)) {
          seen.add(j);
          reached.push(j);
        }
    if (reached.length > piece.length) piece = reached;
  }
  return { piece, roots: Float64Array.from(beside, (others) => Math.sqrt(others.length + 1)) };
}

/** 20 papers of each subject, 500 and 1,000 others. */
function drawn({ labels, classes }: CitationGraph, s: number): Pick<CitationGraph, 'train' | 'validation' | 'test'> {
  const order = [...permutation(fold(key(77), s), labels.length).data];
  const told = new Array<number>(classes).fill(0);
  const isTrained = (node: number) => labels[node] >= 0 && told[labels[node]]++ < 20;
  const train = order.filter(isTrained);
  const taken = new Set(train);
  const rest = order.filter((node) => !taken.has(node));
  return { train: Int32Array.from(train), validation: Int32Array.from(rest.slice(0, 500)), test: Int32Array.from(rest.slice(500, 1500)) };
}

const largest = (scores: ArrayLike<number>, K: number): Int32Array =>
  Int32Array.from({ length: scores.length / K }, (_, i) => {
    let best = 0;
    for (let k = 1; k < K; k++) if (scores[i * K + k] > scores[i * K + best]) best = k;
    return best;
  });

const standardErrorOf = (values: readonly number[]): number =>
  values.length > 1 ? standardDeviation(values) / Math.sqrt(values.length) : 0;

const overSeeds = (values: readonly number[], description: string): Finding => ({
  value: mean(values),
  uncertainty: standardErrorOf(values),
  unit: '1',
  description,
  tolerance: 0.02,
});

const rowOf = (model: string, values: readonly number[]) => ({
  model,
  'accuracy (%)': 100 * mean(values),
  'standard error (points)': 100 * standardErrorOf(values),
  'over seeds (points)': values.length > 1 ? 100 * standardDeviation(values) : 0,
  seeds: values.length,
});
