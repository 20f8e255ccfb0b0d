import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, expectReference, expectThreeWays, inDouble } from '../../../tests/support/gradients.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by reference/recurrent.py with PyTorch 2.13
import { gru, gruPlain } from './gru.js';

type Args = [x: tf.Tensor, state: tf.Tensor, wx: tf.Tensor, wh: tf.Tensor, b: tf.Tensor, bn: tf.Tensor];
const on =
  (f: typeof gru) =>
  (...inputs: tf.Tensor[]) => {
    const [x, state, wx, wh, b, bn] = inputs as Args;
    return f({ wx, wh, b, bn }, x, state);
  };
const { inputs } = reference.gru;

describe('gru', () => {
  it('equals PyTorch, forward and backward', () => expectReference(on(gru), reference.gru));

  it('is the same compiled, on both runtimes', () => expectCompiled(on(gru), reference.gru.inputs));

  it('backward agrees with differences and autodiff', () => expectThreeWays(on(gru), on(gruPlain), inputs));

  it('keeps its state while z is 1, and forgets it while z is 0', () => {
    const [x, state, wx, wh, , bn] = inputs;
    const pushed = (z: number) => inDouble(on(gru), [x, state, wx, wh, { data: [0, 0, z, z, 0, 0], shape: [6] }, bn]);
    const kept = pushed(50);
    expect(distance(kept.y.slice(0, 2), state.data.slice(0, 2))).toBeLessThan(1e-12); // sequence 0, step 1
    expect(distance(kept.grads[1], [4, 4, 4, 4])).toBeLessThan(1e-12); // Σ of four states that all equal h₀
    const zeros = { data: new Array(12).fill(0), shape: [2, 6] };
    const free = inDouble(on(gru), [x, state, wx, zeros, { data: [0, 0, -50, -50, 0, 0], shape: [6] }, { data: [0, 0], shape: [2] }]);
    expect(distance(free.grads[1], [0, 0, 0, 0])).toBeLessThan(1e-12);
  });

  it('names the shapes that do not fit', () => {
    const params = { wx: tf.zeros([2, 9]), wh: tf.zeros([3, 9]), b: tf.zeros([9]), bn: tf.zeros([9]) };
    expect(() => gru(params, tf.zeros([5, 4, 2]))).toThrow(
      'gru takes x [B, T, F], wx [F, 3D], wh [D, 3D], b [3D], bn [D] and a state [B, D]: got x [5,4,2], wx [2,9], wh [3,9], b [9], bn [9], state [5,3]',
    );
  });
});
