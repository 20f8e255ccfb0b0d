import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import {
  addPositions,
  denormalise,
  type EncoderBlockParams,
  encoderBlock,
  initEncoderBlock,
  initLinear,
  initNorm,
  initPositions,
  type LinearParams,
  layerNorm,
  linear,
  type NormParams,
  normaliseInstance,
} from '../../nn/index.js';
import type { TransformerOptions } from './transformer.js';

/** How a window is cut into patches, and how wide and deep their transformer is. */
export interface PatchTstConfig {
  /** T, steps of a window. */
  readonly lookback: number;
  /** K, steps to forecast. */
  readonly horizons: number;
  /** Steps of a patch: 16 in the paper. */
  readonly patch: number;
  /** Steps from one patch to the next: 8 in the paper. */
  readonly stride: number;
  /** D, a multiple of the heads. */
  readonly width: number;
  /** H */
  readonly heads: number;
  /** Blocks. */
  readonly layers: number;
  /** Width inside the position-wise networks: 2 D, as the paper's, when left out. */
  readonly hidden?: number;
}

/** Weights of a PatchTST with P patches of width D. */
export interface PatchTstParams<T = tf.Tensor> {
  /** A patch's embedding. */
  readonly embed: LinearParams<T>;
  /** [P, D] */
  readonly positions: T;
  /** Of width D, one after the other. */
  readonly blocks: readonly EncoderBlockParams<T>[];
  /** [D], before the head. */
  readonly norm: NormParams<T>;
  /** From all patches side by side, [P D, K]. */
  readonly head: LinearParams<T>;
}

/**
 * The parts' initial weights.
 *
 * @throws  when a window is shorter than a patch, the stride is no positive integer, or the heads do not divide the width
 */
export function initPatchTst(key: Key, config: PatchTstConfig): PatchTstParams<HostArray<Float32Array>> {
  checkOptions('initPatchTst', config, CONFIG);
  const { lookback, horizons, patch, stride, width, heads, layers, hidden = 2 * width } = config;
  if (!(Number.isInteger(stride) && stride > 0) || patch > lookback)
    throw new Error(
      `initPatchTst: a lookback of ${lookback} steps holds no patch of ${patch} at stride ${stride}; lengthen it or shorten the patch`,
    );
  if (width % heads !== 0) throw new Error(`initPatchTst: width ${width} is no multiple of ${heads} heads`);
  const [forEmbed, forPositions, forBlocks, forHead] = split(key, 4);
  const P = patchCount(config);
  return {
    embed: initLinear(forEmbed, { inputs: patch, outputs: width }),
    positions: initPositions(forPositions, { length: P, width }),
    blocks: Array.from({ length: layers }, (_, i) => initEncoderBlock(fold(forBlocks, i), { width, hidden })),
    norm: initNorm({ width }),
    head: initLinear(forHead, { inputs: P * width, outputs: horizons }),
  };
}

const CONFIG = ['lookback', 'horizons', 'patch', 'stride', 'width', 'heads', 'layers', 'hidden'] as const;

type Patching = Pick<PatchTstConfig, 'lookback' | 'patch' | 'stride'>;

/** P: those that fit, and one over the end, where the last value is repeated. */
const patchCount = ({ lookback, patch, stride }: Patching): number => Math.floor((lookback - patch) / stride) + 2;

/** What the weights were made for, and what a call may change. */
export interface PatchTstOptions
  extends Pick<PatchTstConfig, 'lookback' | 'horizons' | 'patch' | 'stride' | 'heads'>,
    Pick<TransformerOptions, 'attend' | 'masks'> {}

/**
 * PatchTST: a transformer over patches of a series, for each series alone with the same weights.
 *
 *     x̂ = x in units of its window        h = patches of x̂ · E + positions        h ← block h, for each layer
 *
 *     y = (norm h, all patches side by side) · head, in the units of x
 *
 * @param params   of `initPatchTst`
 * @param x        [B, T, F], F series
 * @param options  the config of the weights, and what a call changes
 * @returns        [B, K, F]
 * @throws         when x does not have T steps, or is empty
 *
 * Nie et al. 2023, with pre-norm blocks and layer norms where the authors have post-norm blocks, batch norms, and scores that add up over
 * layers.
 */
export function patchTst(params: PatchTstParams, x: tf.Tensor, options: PatchTstOptions): tf.Tensor {
  checkOptions<PatchTstOptions & PatchTstConfig>('patchTst', options as PatchTstOptions & PatchTstConfig, [...CONFIG, 'attend', 'masks']);
  const { lookback: T, horizons: K, heads, attend, masks } = options;
  if (x.rank !== 3 || x.shape[1] !== T || x.size === 0) throw shapeError(`patchTst takes x [B, ${T}, F] that is not empty`, { x });
  const [B, , F] = x.shape;
  const { normalised, instance } = normaliseInstance(x);
  const rows = normalised.transpose([0, 2, 1]).reshape([B * F, T]);
  const start = addPositions(params.positions, linear(params.embed, patches(rows, options)));
  const h = params.blocks.reduce((h, block, l) => encoderBlock(block, h, { heads, attend, masks: masks?.[l] }), start); // [B F, P, D]
  const flat = layerNorm(params.norm, h).reshape([B * F, -1]);
  const y = linear(params.head, flat).reshape([B, F, K]).transpose([0, 2, 1]);
  return denormalise(y, instance);
}

/** [R, T] → [R, P, steps of a patch]. */
function patches(rows: tf.Tensor, config: Patching): tf.Tensor {
  const { lookback, patch, stride } = config;
  const P = patchCount(config);
  const steps = Int32Array.from({ length: P * patch }, (_, i) => Math.min(Math.floor(i / patch) * stride + (i % patch), lookback - 1));
  return rows.gather(tf.tensor1d(steps, 'int32'), 1).reshape([-1, P, patch]);
}
