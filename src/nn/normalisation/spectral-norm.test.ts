import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, expectThreeWays, inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import layers from '../layers.reference.json' with { type: 'json' }; // made by reference/layers.py with PyTorch 2.13
import { initSpectralNorm, spectralNorm, spectralNormPlain } from './spectral-norm.js';

beforeAll(() => tf.setBackend('cpu'));

const reference = layers.spectralNorm;
const [w] = reference.inputs;
const u = tf.tensor1d(reference.u.data);

/** The state after many steps with the same weights: the leading right singular vector. */
function converged(w: tf.Tensor): tf.Tensor {
  let state = u as tf.Tensor;
  for (let i = 0; i < 200; i++) state = spectralNorm(w, state).u;
  return state;
}

describe('spectralNorm', () => {
  it('equals PyTorch after one power iteration: matrix, gradient and next state', () => {
    expectReference((w) => spectralNorm(w, u).y, reference);
    expectClose(inDouble((w) => spectralNorm(w, u).u, [w]).y, reference.nextU.data, 7);
  });

  it('backward agrees with autodiff of the plain form, whose u and v are constant as well', () => {
    const [hand, plain] = [spectralNorm, spectralNormPlain].map((layer) => inDouble((w) => layer(w, u).y, [w], reference.dy));
    expectClose(hand.grads[0], plain.grads[0], 12);
  });

  // σ is stationary in u and v at the singular vectors, so there holding them constant loses nothing.
  it('backward agrees with differences once u has converged', () => {
    const state = converged(tf.tensor(w.data, [4, 3]));
    expectThreeWays(
      (w) => spectralNorm(w, state).y,
      (w) => spectralNormPlain(w, state).y,
      [w],
    );
  });

  // A diagonal matrix shows its singular values: 2 and 0.5 become 1 and 0.25.
  it('divides by the largest singular value', () => {
    const diagonal = tf.tensor2d([2, 0, 0, 0.5], [2, 2]);
    let state: tf.Tensor = tf.tensor1d([0.6, 0.8]);
    for (let i = 0; i < 20; i++) state = spectralNorm(diagonal, state).u;
    expectClose(spectralNorm(diagonal, state).y.dataSync(), [1, 0, 0, 0.25], 6);
  });

  it('starts from a unit vector', () => {
    const { data, shape } = initSpectralNorm(key(3), { outputs: 5 });
    expect(shape).toEqual([5]);
    expect(Math.hypot(...data)).toBeCloseTo(1, 6);
  });

  it('is the same compiled, on both runtimes', () => expectCompiled((w) => spectralNorm(w, u).y, [w]));

  it('names the shapes that do not fit', () => {
    expect(() => spectralNorm(tf.zeros([4, 3]), tf.zeros([4]))).toThrow('spectralNorm takes w [F, D] and u [D]: got w [4,3], u [4]');
  });
});
