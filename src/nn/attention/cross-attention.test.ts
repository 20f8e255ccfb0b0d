import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, inDouble } from '../../../tests/support/gradients.js';
import { gradCheck } from '../../tensor/grad-check.js';
import reference from '../attention.reference.json' with { type: 'json' }; // made by reference/attention.py with PyTorch 2.13
import { multiHeadAttention } from './attention.js';
import { crossAttention } from './cross-attention.js';

type Args = [x: tf.Tensor, context: tf.Tensor, qkv: tf.Tensor, shiftQ: tf.Tensor, shiftV: tf.Tensor, w: tf.Tensor, b: tf.Tensor];
const layer = (...inputs: tf.Tensor[]) => {
  const [x, context, qkv, shiftQ, shiftV, w, b] = inputs as Args;
  return crossAttention({ qkv, shiftQ, shiftV, out: { w, b } }, x, { context, heads: 2 });
};
const { inputs } = reference.cross;

describe('crossAttention', () => {
  it('equals PyTorch, forward and backward', () => expectReference(layer, reference.cross));

  it('backward agrees with differences', () => {
    expect(gradCheck(layer, inputs)).toBeLessThan(1e-7);
  });

  it('is the same compiled, on both runtimes', () => expectCompiled(layer, inputs));

  it('of a sequence to itself is self-attention', () => {
    const own = (...inputs: tf.Tensor[]) => {
      const [x, , qkv, shiftQ, shiftV, w, b] = inputs as Args;
      return multiHeadAttention({ qkv, shiftQ, shiftV, out: { w, b } }, x, { heads: 2 });
    };
    const [x, , ...weights] = inputs;
    expect([...inDouble(layer, [x, x, ...weights]).y]).toEqual([...inDouble(own, [x, x, ...weights]).y]);
  });

  it('names the shapes that do not fit', () => {
    expect(() => crossAttention({} as never, tf.zeros([2, 3, 4]), { context: tf.zeros([1, 5, 4]), heads: 2 })).toThrow(
      'crossAttention takes x [B, T, D] and context [B, S, D] with D a multiple of 2 heads: got x [2,3,4], context [1,5,4]',
    );
  });
});
