import { randint, split } from '../../src/base/random.js';
import { crossEntropy, graphConvolution, initLinear, type LinearParams, normaliseAdjacency, relu } from '../../src/nn/index.js';
import { gaussian, type Numbers, type Workload } from './workload.js';

interface Params {
  readonly first: LinearParams<Numbers>;
  readonly second: LinearParams<Numbers>;
}

const [N, EDGES, CLASSES] = [500, 1500, 8];

export const W4: Workload<Params, { A: Numbers; x: Numbers; y: Numbers }> = {
  id: 'W4',
  title: 'GCN 32→64→8, dense A [500,500]',
  steps: 50,
  make(key) {
    const [forFirst, forSecond, forEdges, x, y] = split(key, 5);
    const ends = randint(forEdges, [EDGES, 2], 0, N).data;
    const edges = Array.from({ length: EDGES }, (_, i) => [ends[2 * i], ends[2 * i + 1]] as const);
    return {
      params: { first: initLinear(forFirst, { inputs: 32, outputs: 64 }), second: initLinear(forSecond, { inputs: 64, outputs: CLASSES }) },
      batch: { A: normaliseAdjacency(N, edges), x: gaussian(x, N, 32), y: randint(y, [N], 0, CLASSES) },
    };
  },
  loss({ first, second }, { A, x, y }) {
    const hidden = relu(graphConvolution(first, x, { graph: A }));
    return crossEntropy(graphConvolution(second, hidden, { graph: A }), y);
  },
};
