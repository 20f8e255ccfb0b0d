import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkKey, checkOptions } from '../../base/internal.js';
import { gelu, initLinear, initNorm, initPositions, type LinearParams, layerNorm, linear, type NormParams } from '../../nn/index.js';
import { initMarketBlock, type MarketBlockOptions, type MarketBlockParams, marketBlock } from './market-block.js';

/** What a market transformer takes and gives, which parts it has, and how large they are. */
export interface MarketTransformerConfig {
  /** N */
  readonly assets: number;
  /** F, features of an asset's day. */
  readonly inputs: number;
  /** T, days of a window. */
  readonly lookback: number;
  /** K, numbers to forecast of each asset. */
  readonly outputs: number;
  /** Days of a patch. */
  readonly patch: number;
  /** Days from one patch to the next: `patch` when left out. */
  readonly stride?: number;
  /** D, a multiple of the heads. */
  readonly width: number;
  /** H */
  readonly heads: number;
  /** Blocks. */
  readonly layers: number;
  /** Width inside the position-wise networks: 2 D when left out. */
  readonly hidden?: number;
  /** Assets look at each other; true when left out. */
  readonly across?: boolean;
  /** Patches look at those before; true when left out. */
  readonly time?: boolean;
  /** A vector of its own for each asset; true when left out. Without it assets are told apart by what they show alone. */
  readonly named?: boolean;
  /** Columns of the F features whose value on a patch's last day opens the gate; no gate when left out. */
  readonly gate?: readonly number[];
}

/** Weights of a market transformer with P patches of N assets, D wide. */
export interface MarketTransformerParams<T = tf.Tensor> {
  /** Of a day's features, [F, D]. */
  readonly embed: LinearParams<T>;
  /** Of the days of a patch side by side, [patch D, D]. */
  readonly patch: LinearParams<T>;
  /** [P, D] */
  readonly positions: T;
  /** [N, D]; absent where assets have no vector. */
  readonly names?: T;
  /** One after the other. */
  readonly blocks: readonly MarketBlockParams<T>[];
  /** [D], before the head. */
  readonly norm: NormParams<T>;
  /** [D, K]. */
  readonly head: LinearParams<T>;
}

const CONFIG = [
  'assets',
  'inputs',
  'lookback',
  'outputs',
  'patch',
  'stride',
  'width',
  'heads',
  'layers',
  'hidden',
  'across',
  'time',
  'named',
  'gate',
] as const;

/**
 * The parts' initial weights.
 *
 * @throws  when the key is none, patches do not end with the window, the heads do not divide the width, or the gate names a feature that is not there
 */
export function initMarketTransformer(key: Key, config: MarketTransformerConfig): MarketTransformerParams<HostArray<Float32Array>> {
  checkKey('initMarketTransformer', key);
  checkOptions('initMarketTransformer', config, CONFIG);
  const { assets, inputs, outputs, patch, width, heads, layers, hidden = 2 * width, across, time, named = true, gate = [] } = config;
  const P = patchCount(config);
  if (width % heads !== 0) throw new Error(`initMarketTransformer: width ${width} is no multiple of ${heads} heads`);
  const unknown = gate.find((column) => !(Number.isInteger(column) && column >= 0 && column < inputs));
  if (unknown !== undefined)
    throw new Error(`initMarketTransformer: gate names feature ${unknown}; there are ${inputs}, counted from 0 to ${inputs - 1}`);
  const [forEmbed, forPatch, forPositions, forNames, forBlocks, forHead] = split(key, 6);
  return {
    embed: initLinear(forEmbed, { inputs, outputs: width }),
    patch: initLinear(forPatch, { inputs: patch * width, outputs: width }),
    positions: initPositions(forPositions, { length: P, width }),
    ...(named && { names: initPositions(forNames, { length: assets, width }) }),
    blocks: Array.from({ length: layers }, (_, l) =>
      initMarketBlock(fold(forBlocks, l), { width, hidden, across, time, state: gate.length }),
    ),
    norm: initNorm({ width }),
    head: initLinear(forHead, { inputs: width, outputs }),
  };
}

/** P: the last one ends with the window. */
function patchCount({ lookback, patch, stride = patch }: Pick<MarketTransformerConfig, 'lookback' | 'patch' | 'stride'>): number {
  const P = (lookback - patch) / stride + 1;
  if (!Number.isInteger(P) || P < 1 || !(stride > 0))
    throw new Error(
      `initMarketTransformer: patches of ${patch} days, one every ${stride}, do not end with a window of ${lookback}; ` +
        'take a lookback of the patch and a whole number of strides, as 64 is 8 + 7 · 8',
    );
  return P;
}

/** What the weights were made for, and what a call may change. */
export interface MarketTransformerOptions
  extends Pick<MarketTransformerConfig, 'assets' | 'inputs' | 'lookback' | 'patch' | 'stride' | 'heads' | 'gate'>,
    Pick<MarketBlockOptions, 'attendAcross' | 'attendTime'> {}

/**
 * A transformer over the patches of several assets at once, that forecasts each of them.
 *
 *     e = gelu(x E)        h = (days of a patch side by side) · W + positions + names        h ← block h, for each layer
 *
 *     y = head(norm h), read at the last patch
 *
 * @param params   of `initMarketTransformer`
 * @param x        [B, T, N, F], in units that a network can take: standardised by what was known before
 * @param options  the config of the weights, and what a call changes
 * @returns        [B, N, K]
 * @throws         when x is not T days of N assets with F features, or is empty, and when the weights have another gate than the config
 *
 * Patches are those of Nie et al. 2023 (PatchTST), but for one over the end; attention between assets and along time take turns (see
 * `marketBlock`). Without names a permutation of assets permutes the forecasts (thm:permutation-equivariance).
 */
export function marketTransformer(params: MarketTransformerParams, x: tf.Tensor, options: MarketTransformerOptions): tf.Tensor {
  const all = marketTransformerSequence(params, x, options); // [B, P, N, K]
  return all.slice([0, all.shape[1]! - 1], [-1, 1]).squeeze([1]);
}

/**
 * The forecasts after each patch, from the days up to its end alone: a window gives P samples to train on.
 *
 * @param params   of `initMarketTransformer`
 * @param x        [B, T, N, F]; for fewer days than the weights were made for, by whole strides, give their number as `lookback`
 * @param options  as of `marketTransformer`
 * @returns        [B, P, N, K]
 * @throws         as `marketTransformer`
 */
export function marketTransformerSequence(params: MarketTransformerParams, x: tf.Tensor, options: MarketTransformerOptions): tf.Tensor {
  checkOptions<MarketTransformerOptions & MarketTransformerConfig>(
    'marketTransformer',
    options as MarketTransformerOptions & MarketTransformerConfig,
    [...CONFIG, 'attendAcross', 'attendTime'],
  );
  const { assets: N, inputs: F, lookback: T, patch, stride = patch, heads, gate = [], attendAcross, attendTime } = options;
  if (x.rank !== 4 || x.shape[1] !== T || x.shape[2] !== N || x.shape[3] !== F || x.size === 0)
    throw shapeError(
      `marketTransformer takes x [B, ${T}, ${N}, ${F}] (days, assets, features) that is not empty${(x as { dtype?: string }).dtype ? '' : '; this is a host array, of which toTf(fromTf(…)) makes a tensor'}`,
      { x },
    );
  const gates = params.blocks[0]?.gate?.w.shape[0] ?? 0;
  if (gates !== gate.length)
    throw new Error(
      `marketTransformer: the weights have a gate of ${gates} features, and the options one of ${gate.length}; give the config of the weights`,
    );
  const P = patchCount({ lookback: T, patch, stride });
  const days = gelu(linear(params.embed, x)); // [B, T, N, D]
  const D = days.shape[3]!;
  const steps = Int32Array.from({ length: P * patch }, (_, i) => Math.floor(i / patch) * stride + (i % patch));
  const cut = days.gather(tf.tensor1d(steps, 'int32'), 1).reshape([-1, P, patch, N, D]).transpose([0, 1, 3, 2, 4]);
  const tokens = linear(params.patch, cut.reshape([-1, P, N, patch * D]));
  const placed = tokens.add(params.positions.slice([0, 0], [P, D]).expandDims(1));
  const start = params.names ? placed.add(params.names) : placed; // [B, P, N, D]
  const state =
    gate.length > 0
      ? stateOf(
          x,
          gate,
          steps.filter((_, i) => i % patch === patch - 1),
        )
      : undefined;
  const h = params.blocks.reduce((h, block) => marketBlock(block, h, { heads, state, attendAcross, attendTime }), start);
  return linear(params.head, layerNorm(params.norm, h));
}

/** The gate's features on the patches' last days, [B, P, N, S]. */
const stateOf = (x: tf.Tensor, columns: readonly number[], lastDays: Int32Array): tf.Tensor =>
  x.gather(tf.tensor1d(lastDays, 'int32'), 1).gather(tf.tensor1d(Int32Array.from(columns), 'int32'), 3);
