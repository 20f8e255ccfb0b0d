import type * as tf from '@tensorflow/tfjs';
import { fold, type Key, key, split } from '../../base/index.js';
import {
  initMarketTransformer,
  type MarketTransformerConfig,
  type MarketTransformerParams,
  marketTransformer,
} from '../../models/index.js';
import { meanSquaredError } from '../../nn/index.js';
import { adam } from '../../optim/index.js';
import { compile, flatten, type Tree, valueAndGrad } from '../../tensor/index.js';
import { type Run, run } from '../../train/index.js';
import type { MarketRunConfig } from './config.js';
import type { MarketWindows } from './market-windows.js';

/** A compiled market transformer: what trains it, and what it makes of windows. */
export interface MarketNet {
  /** Before its first step. */
  fresh(about: { readonly name: string; readonly config: Readonly<Record<string, unknown>>; readonly data: string }): Run<unknown>;
  /** One step of training on windows x [B, T, N, F] and answers y [B, N]. */
  readonly step: (state: never, batch: never) => Promise<{ state: never; loss: never }>;
  /** Forecasts [W N] of windows, in standard units. */
  forecast(state: unknown, x: MarketWindows['x']): Promise<Float64Array>;
  /** The weights by name. */
  weights(state: unknown): Promise<{ path: string; data: Float32Array; shape: readonly number[] }[]>;
  readonly batchKey: Key;
}

/** Windows that are forecast at a time. */
const CHUNK = 32;

/** What the model is, of the file and of the data. */
export function modelOf({ data, model, gate }: MarketRunConfig, assets: number): MarketTransformerConfig {
  const { names, ...sizes } = model;
  return {
    ...sizes,
    assets,
    inputs: data.features.length,
    outputs: 1,
    named: names,
    ...(gate && { gate: gate.features.map((name) => data.features.indexOf(name)) }),
  };
}

/**
 * The market transformer of a configuration. The same seed gives the same weights and batches.
 *
 * @throws when the model does not fit, as `initMarketTransformer`
 */
export function marketNet(config: MarketRunConfig, assets: number): MarketNet {
  const model = modelOf(config, assets);
  const [forWeights, batchKey] = split(fold(key(config.seed), 0));
  const start = initMarketTransformer(forWeights, model);
  const optimizer = adam(start, { learningRate: config.train.rate, clipNorm: 1 });
  const ofState = (state: never) => optimizer.params(state) as unknown as MarketTransformerParams;
  const step = compile(
    (state: never, { x, y }: { x: tf.Tensor; y: tf.Tensor }) => {
      const lossOf = (params: MarketTransformerParams) => meanSquaredError(marketTransformer(params, x, model).squeeze([2]), y);
      const { value, grads } = valueAndGrad(lossOf)(ofState(state));
      return { state: optimizer.update(state, grads as never), loss: value };
    },
    { donate: [0] },
  );
  const ahead = compile((state: never, x: tf.Tensor) => marketTransformer(ofState(state), x, model));
  const inside = compile((state: never) => ofState(state));
  return {
    fresh: (about) => run(optimizer.init(start), { ...about, seed: config.seed }) as Run<unknown>,
    step: step as never,
    batchKey,
    async forecast(state, { data, shape }) {
      const [count, each] = [shape[0], data.length / shape[0]];
      const found = new Float64Array(count * assets);
      for (let from = 0; from < count; from += CHUNK) {
        // The last chunk is filled up with its last window: one shape is one program.
        const rows = Float32Array.from(
          { length: CHUNK * each },
          (_, i) => data[Math.min(from + Math.floor(i / each), count - 1) * each + (i % each)],
        );
        const made = (await ahead(state as never, { data: rows, shape: [CHUNK, ...shape.slice(1)] } as never)).data();
        found.set(Float64Array.from(made).subarray(0, Math.min(CHUNK, count - from) * assets), from * assets);
      }
      return found;
    },
    async weights(state) {
      const { leaves, paths } = flatten((await inside(state as never)) as Tree<{ data(): ArrayLike<number>; shape: readonly number[] }>);
      return leaves.map((leaf, i) => ({ path: paths[i], data: Float32Array.from(leaf.data()), shape: leaf.shape }));
    },
  };
}
