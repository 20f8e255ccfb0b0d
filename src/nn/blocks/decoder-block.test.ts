import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference } from '../../../tests/support/gradients.js';
import { gradCheck } from '../../tensor/grad-check.js';
import reference from '../attention.reference.json' with { type: 'json' }; // made by reference/attention.py with PyTorch 2.13
import { decoderBlock } from './decoder-block.js';
import type { NormPlace } from './residual.js';

/** The block on its inputs and weights as the reference lists them. */
const block =
  (norm: NormPlace) =>
  (...inputs: tf.Tensor[]) => {
    const [x, context, ...w] = inputs;
    const attention = (at: number) => ({ qkv: w[at], shiftQ: w[at + 1], shiftV: w[at + 2], out: { w: w[at + 3], b: w[at + 4] } });
    const params = {
      norm1: { gamma: w[0], beta: w[1] },
      self: attention(2),
      norm2: { gamma: w[7], beta: w[8] },
      cross: attention(9),
      norm3: { gamma: w[14], beta: w[15] },
      feedForward: { expand: { w: w[16], b: w[17] }, contract: { w: w[18], b: w[19] } },
    };
    return decoderBlock(params, x, { context, heads: 2, norm });
  };

describe('decoderBlock', () => {
  it.each([
    ['pre', reference.decoderPre],
    ['post', reference.decoderPost],
  ] as const)('with its norms in %s equals PyTorch, forward and backward', (norm, expected) => {
    expectReference(block(norm), expected);
    expect(gradCheck(block(norm), expected.inputs, { h: 3e-6 })).toBeLessThan(1e-7);
  });

  it('compiles on both runtimes', () => expectCompiled(block('pre'), reference.decoderPre.inputs));
});
