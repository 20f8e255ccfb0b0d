import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, expectReference, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { key, normal } from '../../base/random.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { plainly } from '../../tensor/layer.js';
import reference from '../linear-cost-attention.reference.json' with { type: 'json' }; // made by reference/linear-cost-attention.py with PyTorch 2.13
import { attention } from './attention.js';
import { nystromAttention } from './nystrom-attention.js';

type Args = [q: tf.Tensor, k: tf.Tensor, v: tf.Tensor];
const layer = (...args: tf.Tensor[]) => nystromAttention(...(args as Args), { landmarks: 3 });

describe('nystromAttention', () => {
  it("equals the authors' formula, forward and backward", () => expectReference(layer, reference.nystrom));

  it('has the derivatives of its plain form, and of differences', () => {
    expectSameDerivatives(layer, plainly(layer), reference.nystrom.inputs);
    gradCheck(layer, reference.nystrom.inputs);
  });

  it('compiles on both runtimes', () => expectCompiled(layer, reference.nystrom.inputs));

  // Then all three matrices are the softmax P, and P P⁺ P = P; each iteration cubes what is left of I − A Z.
  it('with each step a landmark is attention', () => {
    const points = [1, 2, 3].map((seed) => normal(key(seed), [2, 6, 4]));
    const all = (...args: tf.Tensor[]) => nystromAttention(...(args as Args), { landmarks: 6, iterations: 30 });
    const exact = inDouble((...args: tf.Tensor[]) => attention(...(args as Args)), points).y;
    expect(distance(inDouble(all, points).y, exact)).toBeLessThan(1e-7);
  });

  it('needs landmarks that divide the lengths', () => {
    expect(() => nystromAttention(tf.zeros([8, 2]), tf.zeros([9, 2]), tf.zeros([9, 1]), { landmarks: 3 })).toThrow(
      'T and S multiples of 3 landmarks: got q [8,2], k [9,2]',
    );
  });
});
