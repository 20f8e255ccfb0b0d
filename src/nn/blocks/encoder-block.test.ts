import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, inDouble } from '../../../tests/support/gradients.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { causalAttention } from '../attention/masked-attention.js';
import reference from '../attention.reference.json' with { type: 'json' }; // made by reference/attention.py with PyTorch 2.13
import { type EncoderBlockOptions, type EncoderBlockParams, encoderBlock } from './encoder-block.js';

/** The weights as the reference lists them. */
function unflatten([gamma1, beta1, qkv, shiftQ, shiftV, w, b, gamma2, beta2, w1, b1, w2, b2]: tf.Tensor[]): EncoderBlockParams {
  return {
    norm1: { gamma: gamma1, beta: beta1 },
    attention: { qkv, shiftQ, shiftV, out: { w, b } },
    norm2: { gamma: gamma2, beta: beta2 },
    feedForward: { expand: { w: w1, b: b1 }, contract: { w: w2, b: b2 } },
  };
}
const block =
  (config: Omit<EncoderBlockOptions, 'heads'>) =>
  (...[x, ...weights]: tf.Tensor[]) =>
    encoderBlock(unflatten(weights), x, { heads: 2, ...config });

describe('encoderBlock', () => {
  it.each([
    ['pre', reference.encoderPre],
    ['post', reference.encoderPost],
  ] as const)('with its norms in %s equals PyTorch, forward and backward', (norm, expected) => {
    expectReference(block({ norm }), expected);
    expect(gradCheck(block({ norm }), expected.inputs, { h: 3e-6 })).toBeLessThan(1e-7);
  });

  it('compiles on both runtimes', () => expectCompiled(block({ attend: causalAttention }), reference.encoderPre.inputs));

  it('is causal when its attention is: the last step does not reach the ones before', () => {
    const first = (...inputs: tf.Tensor[]) => block({ attend: causalAttention })(...inputs).slice([0, 0], [-1, 2]);
    const { grads } = inDouble(first, reference.encoderPre.inputs);
    const [D, T] = [4, 3];
    for (const b of [0, 1]) expect([...grads[0].subarray((b * T + 2) * D, (b * T + 3) * D)]).toEqual([0, 0, 0, 0]);
  });

  it('with both branches dropped is x', () => {
    const none = tf.zeros([1, 1, 1]);
    const { y } = inDouble(block({ masks: [none, none] }), reference.encoderPre.inputs);
    expect([...y]).toEqual(reference.encoderPre.inputs[0].data);
  });
});
