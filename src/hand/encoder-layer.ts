import { geluForward } from './activations.js';
import { type GainShift, layerNormForward } from './layer-norm.js';
import { type Affine, linearForward } from './linear.js';
import { type Heads, multiHeadForward } from './multi-head.js';

/** Weights of an encoder layer by hand, D wide outside and M inside its network. */
export interface EncoderLayer {
  /** Of what attends, [D]. */
  readonly norm1: GainShift;
  /** Of the steps to each other, [D, D] each. */
  readonly heads: Heads;
  /** Of what the network takes, [D]. */
  readonly norm2: GainShift;
  /** [D, M]. */
  readonly expand: Affine;
  /** [M, D]. */
  readonly contract: Affine;
}

/** The axes of a batch that its length does not tell. */
export interface EncoderSize {
  /** T, of each sequence. */
  readonly steps: number;
  /** H, a divisor of D. */
  readonly heads: number;
}

/**
 * A pre-norm encoder layer, by hand.
 *
 *     a = x + heads(norm₁ x)        y = a + gelu(norm₂ a · w₁ + b₁) w₂ + b₂
 *
 * @param params  D wide
 * @param x       [B, T, D], row by row; sequences do not see each other
 * @param size    T and H
 * @returns       [B, T, D]
 * @throws        when T D does not divide x
 *
 * Vaswani et al. 2017, section 3.1, with the norms where Xiong et al. 2020 put them.
 */
export function encoderLayerForward(params: EncoderLayer, x: Float64Array, { steps, heads }: EncoderSize): Float64Array {
  const each = steps * params.norm1.gamma.length;
  if (x.length % each !== 0)
    throw new Error(`encoderLayerForward: x has ${x.length} numbers, and a sequence of ${steps} steps ${each}; x is [B, T, D]`);
  const normed = layerNormForward(params.norm1, x);
  const attended = x.slice();
  for (let start = 0; start < x.length; start += each) {
    const { y } = multiHeadForward(params.heads, normed.subarray(start, start + each), heads);
    y.forEach((value, i) => {
      attended[start + i] += value;
    });
  }
  const inside = geluForward(linearForward(params.expand, layerNormForward(params.norm2, attended)));
  return linearForward(params.contract, inside).map((value, i) => attended[i] + value);
}
