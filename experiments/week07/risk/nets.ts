import * as tf from '@tensorflow/tfjs';
import { gat, initGat, initGcn, initMlp, mlp } from '../../../src/models/index.js';
import { initLinear, linear, relu } from '../../../src/nn/index.js';
import { adam, trainingStep } from '../../../src/optim/index.js';
import { compile, fold, type HostArray, type Key, randint, split } from '../../../src/tensor/index.js';
import { renormalised } from './graphs.js';
import type { Forecasts } from './linear.js';
import { FEATURES, type GraphName, type Month, type RiskTask, testsOf, trainingMonths } from './task.js';

/** A net without a graph, and two that see one. */
export type NetName = 'MLP' | 'GCN' | 'GAT';

const WIDTH = 16;
const BATCH = 12;
/** Where log(h / unit) is kept. */
const [LOW, HIGH] = [-8, 4];

/**
 * A learner of log h = linear(own features) + net(features, graph), so that HAR is within its reach: minimal QLIKE by Adam over batches of a year's
 * worth of months, trained anew each year on the ten before.
 */
export function learner(task: RiskTask, name: NetName, graph: GraphName, { rate }: { readonly rate: number }) {
  const N = task.assets.length;
  const init = (k: Key) => {
    const [forOwn, forNet] = split(k);
    const nets = {
      MLP: () => initMlp(forNet, [FEATURES, WIDTH, 1]),
      GCN: () => initGcn(forNet, [FEATURES, WIDTH, 1]),
      GAT: () => initGat(forNet, { inputs: FEATURES, width: 4, heads: 4, outputs: 1 }),
    };
    return { own: initLinear(forOwn, { inputs: FEATURES, outputs: 1 }), net: nets[name]() };
  };
  const initial = init(fold([0, 0] as never, 0));
  const optimizer = adam(initial as never, { learningRate: rate, clipNorm: 1 });
  const output = (params: never, x: tf.Tensor, seen: tf.Tensor): tf.Tensor => {
    const { own, net } = params as ReturnType<typeof init> as never as { own: never; net: never };
    const from: Record<NetName, () => tf.Tensor> = {
      MLP: () => mlp(net, x),
      // gcn's formula for a batch of small dense graphs, each with an Â of its own
      GCN: () => {
        const [first, second] = (net as { layers: never[] }).layers;
        return linear(second, seen.matMul(relu(linear(first, seen.matMul(x)))));
      },
      GAT: () => gat(net, x, { graph: seen.greater(0).expandDims(1) }),
    };
    return linear(own, x).add(from[name]()).squeeze([-1]).clipByValue(LOW, HIGH);
  };
  const loss = (params: never, x: tf.Tensor, seen: tf.Tensor, y: tf.Tensor) => {
    const f = output(params, x, seen);
    return tf.mean(f.add(y.mul(f.neg().exp())));
  };
  const step = compile(trainingStep(optimizer, loss as never) as never as (state: never, ...batch: tf.Tensor[]) => never, { donate: [0] });
  const predict = compile((state: never, x: tf.Tensor, seen: tf.Tensor) => output(optimizer.params(state) as never, x, seen));
  const host = (data: Float32Array, ...shape: number[]): HostArray<Float32Array> => ({ data, shape });

  const batchOf = (inputs: readonly ReturnType<typeof inputOf>[], k: Key) => {
    const drawn = [...randint(k, [BATCH], 0, inputs.length).data].map((at) => inputs[at]);
    const joined = (part: 'x' | 'seen' | 'y', ...shape: number[]) => {
      const whole = new Float32Array(shape.reduce((a, b) => a * b, BATCH));
      for (const [b, one] of drawn.entries()) whole.set(one[part], b * one[part].length);
      return host(whole, BATCH, ...shape);
    };
    return [joined('x', N, FEATURES), joined('seen', N, N), joined('y', N)] as never[];
  };

  /** Forecasts of all tests after each of these numbers of steps, in ascending order. */
  return async (k: Key, stops: readonly number[]): Promise<readonly Forecasts[]> => {
    const forecasts = stops.map((): Float64Array[] => []);
    const origins = testsOf(task);
    for (let start = 0; start < origins.length; ) {
      const train = trainingMonths(task, origins[start]);
      const served = origins.slice(start).filter((m) => trainingMonths(task, m).at(-1) === train.at(-1));
      const [forWeights, forBatches] = split(fold(k, origins[start]));
      const scale = scaleOf(train);
      const inputs = train.map((month) => inputOf(month, graph, scale, N));
      let state = optimizer.init(init(forWeights) as never) as never;
      for (let s = 0; s < stops.at(-1)!; s++) {
        state = ((await step(state, ...batchOf(inputs, fold(forBatches, s)))) as { state: never }).state;
        const stop = stops.indexOf(s + 1);
        if (stop < 0) continue;
        for (const m of served) {
          const { x, seen } = inputOf(task.months[m], graph, scale, N);
          const f = await (await predict(state, host(x, 1, N, FEATURES) as never, host(seen, 1, N, N) as never)).data();
          forecasts[stop].push(Float64Array.from(f as ArrayLike<number>, (one) => scale.unit * Math.exp(one)));
        }
      }
      start += served.length;
    }
    return forecasts;
  };
}

/** Of the months of a training: means and deviations of the features [F], and the mean target. */
interface Scale {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  readonly unit: number;
}

function scaleOf(months: readonly Month[]): Scale {
  const column = (f: number) => months.flatMap(({ features }) => [...features].filter((_, at) => at % FEATURES === f));
  const columns = Array.from({ length: FEATURES }, (_, f) => column(f));
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const means = columns.map(mean);
  return {
    means,
    deviations: columns.map((values, f) => Math.sqrt(mean(values.map((x) => (x - means[f]) ** 2)))),
    unit: mean(months.flatMap(({ target }) => [...target])),
  };
}

function inputOf({ features, target, graphs }: Month, graph: GraphName, { means, deviations, unit }: Scale, N: number) {
  return {
    x: Float32Array.from(features, (x, at) => (x - means[at % FEATURES]) / deviations[at % FEATURES]),
    seen: Float32Array.from(renormalised(graphs[graph], N)),
    y: Float32Array.from(target, (y) => y / unit),
  };
}
