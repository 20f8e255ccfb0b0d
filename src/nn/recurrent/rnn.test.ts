import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, expectReference, expectThreeWays, inDouble } from '../../../tests/support/gradients.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by reference/recurrent.py with PyTorch 2.13
import { rnn, rnnPlain } from './rnn.js';

type Args = [x: tf.Tensor, state: tf.Tensor, wx: tf.Tensor, wh: tf.Tensor, b: tf.Tensor];
const on =
  (f: typeof rnn) =>
  (...inputs: tf.Tensor[]) => {
    const [x, state, wx, wh, b] = inputs as Args;
    return f({ wx, wh, b }, x, state);
  };
const { inputs } = reference.rnn;

describe('rnn', () => {
  it('equals PyTorch, forward and backward', () => expectReference(on(rnn), reference.rnn));

  it('is the same compiled, on both runtimes', () => expectCompiled(on(rnn), reference.rnn.inputs));

  it('backward agrees with differences and autodiff', () => expectThreeWays(on(rnn), on(rnnPlain), inputs));

  // x = 0, wh = w, one unit: hₜ = tanh(w hₜ₋₁), so ∂h₂/∂h₀ = w² (1 − h₁²)(1 − h₂²).
  it('has its closed form for one unit and no input', () => {
    const [w, h0] = [1.3, 0.4];
    const last = (...tensors: tf.Tensor[]) => on(rnn)(...tensors).slice([0, 1, 0], [1, 1, 1]);
    const point = (data: number[], shape: number[]) => ({ data, shape });
    const at = [point([0, 0], [1, 2, 1]), point([h0], [1, 1]), point([0], [1, 1]), point([w], [1, 1]), point([0], [1])];
    const { y, grads } = inDouble(last, at);
    const h1 = Math.tanh(w * h0);
    const h2 = Math.tanh(w * h1);
    expect(y[0]).toBeCloseTo(h2, 14);
    expect(grads[1][0]).toBeCloseTo(w ** 2 * (1 - h1 ** 2) * (1 - h2 ** 2), 14);
  });

  it('goes on from the state where it left off', () => {
    const halves = (...inputs: tf.Tensor[]) => {
      const [x, state, ...weights] = inputs;
      const first = on(rnn)(x.slice([0, 0, 0], [2, 1, 3]), state, ...weights);
      return tf.concat([first, on(rnn)(x.slice([0, 1, 0], [2, 3, 3]), first.reshape([2, 3]), ...weights)], 1);
    };
    const [whole, parts] = [inDouble(on(rnn), inputs), inDouble(halves, inputs)];
    expect(distance(parts.y, whole.y)).toBeLessThan(1e-14);
    for (const [i, g] of parts.grads.entries()) expect(distance(g, whole.grads[i])).toBeLessThan(1e-14);
  });

  it('names the shapes that do not fit', () => {
    expect(() => rnn({ wx: tf.zeros([2, 3]), wh: tf.zeros([3, 3]), b: tf.zeros([3]) }, tf.zeros([5, 4, 2]), tf.zeros([4, 3]))).toThrow(
      'rnn takes x [B, T, F], wx [F, D], wh [D, D], b [D] and a state [B, D]: got x [5,4,2], wx [2,3], wh [3,3], b [3], state [4,3]',
    );
    expect(() => rnn({ wx: tf.zeros([2, 3]), wh: tf.zeros([3, 3]), b: tf.zeros([3]) }, tf.zeros([5, 0, 2]))).toThrow('got x [5,0,2]');
  });
});
