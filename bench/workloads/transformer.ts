import * as tf from '@tensorflow/tfjs';
import { fold, type Key, split } from '../../src/base/random.js';
import {
  gelu,
  initLinear,
  initMultiHead,
  type LinearParams,
  layerNorm,
  linear,
  type MultiHeadParams,
  meanSquaredError,
  multiHeadAttention,
  sinusoidalPositions,
} from '../../src/nn/index.js';
import { constant, gaussian, type Numbers, type Tensors, type Workload } from './workload.js';

interface Size {
  readonly B: number;
  readonly T: number;
  readonly F: number;
  readonly D: number;
  readonly layers: number;
  readonly heads: number;
  readonly hidden: number;
}

interface Block<T> {
  readonly norm1: { readonly gamma: T; readonly beta: T };
  readonly attention: MultiHeadParams<T>;
  readonly norm2: { readonly gamma: T; readonly beta: T };
  readonly expand: LinearParams<T>;
  readonly contract: LinearParams<T>;
}

interface Params {
  readonly embed: LinearParams<Numbers>;
  readonly blocks: readonly Block<Numbers>[];
  readonly out: LinearParams<Numbers>;
}

function initBlock(key: Key, { D, hidden }: Size): Block<Numbers> {
  const [forAttention, forExpand, forContract] = split(key, 3);
  const identity = { gamma: constant(1, [D]), beta: constant(0, [D]) };
  return {
    norm1: identity,
    attention: initMultiHead(forAttention, { width: D }),
    norm2: identity,
    expand: initLinear(forExpand, { inputs: D, outputs: hidden }),
    contract: initLinear(forContract, { inputs: hidden, outputs: D }),
  };
}

/** A pre-norm encoder block (Xiong et al. 2020): h + attention(norm h), then h + MLP(norm h). */
function block({ norm1, attention, norm2, expand, contract }: Block<tf.Tensor>, h: tf.Tensor, heads: number): tf.Tensor {
  const attended = h.add(multiHeadAttention(attention, layerNorm(norm1, h), { heads }));
  return attended.add(linear(contract, gelu(linear(expand, layerNorm(norm2, attended)))));
}

function forward(size: Size, { embed, blocks, out }: Tensors<Params>, x: tf.Tensor): tf.Tensor {
  const positions = sinusoidalPositions(size.T, size.D);
  const start = linear(embed, x).add(tf.tensor(positions.data, positions.shape));
  const h = blocks.reduce((h: tf.Tensor, weights) => block(weights as Block<tf.Tensor>, h, size.heads), start);
  return linear(out, h.mean(1));
}

const transformer = (id: string, title: string, steps: number, size: Size): Workload<Params, { x: Numbers; y: Numbers }> => ({
  id,
  title,
  steps,
  make(key) {
    const { B, T, F, D, layers } = size;
    const [forEmbed, forBlocks, forOut, x, y] = split(key, 5);
    return {
      params: {
        embed: initLinear(forEmbed, { inputs: F, outputs: D }),
        blocks: Array.from({ length: layers }, (_, i) => initBlock(fold(forBlocks, i), size)),
        out: initLinear(forOut, { inputs: D, outputs: 1 }),
      },
      batch: { x: gaussian(x, B, T, F), y: gaussian(y, B, 1) },
    };
  },
  loss: (params, { x, y }) => meanSquaredError(forward(size, params, x), y),
  predict: (params, x) => forward(size, params, x),
});

export const W3 = transformer('W3', 'Transformer D 64, 2 layers, x [32,64,16]', 50, {
  B: 32,
  T: 64,
  F: 16,
  D: 64,
  layers: 2,
  heads: 4,
  hidden: 256,
});

/** W3 with many layers, for the time to compile them. */
export const W3x12 = transformer('W3x12', 'Transformer D 64, 12 layers, x [32,64,16]', 10, {
  B: 32,
  T: 64,
  F: 16,
  D: 64,
  layers: 12,
  heads: 4,
  hidden: 256,
});

/** 25 million parameters, for GPUs. */
export const W7 = transformer('W7', 'Transformer D 512, 8 layers, x [32,128,32]', 3, {
  B: 32,
  T: 128,
  F: 32,
  D: 512,
  layers: 8,
  heads: 8,
  hidden: 2048,
});

export const W6 = transformer('W6', 'Transformer D 256, 4 layers, x [32,128,32]', 3, {
  B: 32,
  T: 128,
  F: 32,
  D: 256,
  layers: 4,
  heads: 8,
  hidden: 1024,
});
