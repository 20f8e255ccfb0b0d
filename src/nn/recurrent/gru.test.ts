import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by reference/recurrent.py with PyTorch 2.13
import { gru } from './gru.js';

const layer = (...[x, h, wx, wh, b, bn]: tf.Tensor[]) => gru({ wx, wh, b, bn }, x, { state: { h } }).outputs;
const { inputs } = reference.gru;

describe('gru', () => {
  it('keeps its state while z is 1, and forgets it while z is 0', () => {
    const [x, state, wx, wh, , bn] = inputs;
    const pushed = (z: number) => inDouble(layer, [x, state, wx, wh, { data: [0, 0, z, z, 0, 0], shape: [6] }, bn]);
    const kept = pushed(50);
    expect(distance(kept.y.slice(0, 2), state.data.slice(0, 2))).toBeLessThan(1e-12); // sequence 0, step 1
    expect(distance(kept.grads[1], [4, 4, 4, 4])).toBeLessThan(1e-12); // Σ of four states that all equal h₀
    const zeros = { data: new Array(12).fill(0), shape: [2, 6] };
    const free = inDouble(layer, [x, state, wx, zeros, { data: [0, 0, -50, -50, 0, 0], shape: [6] }, { data: [0, 0], shape: [2] }]);
    expect(distance(free.grads[1], [0, 0, 0, 0])).toBeLessThan(1e-12);
  });

  it('names the shapes that do not fit', () => {
    const params = { wx: tf.zeros([2, 9]), wh: tf.zeros([3, 9]), b: tf.zeros([9]), bn: tf.zeros([9]) };
    expect(() => gru(params, tf.zeros([5, 4, 2]))).toThrow(
      'gru takes x [B, T, F], wx [F, 3D], wh [D, 3D], b [3D], bn [D] and a state h [B, D]: got x [5,4,2], wx [2,9], wh [3,9], b [9], bn [9], h [5,3]',
    );
  });
});
