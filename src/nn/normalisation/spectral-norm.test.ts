import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import layers from '../layers.reference.json' with { type: 'json' }; // made by reference/layers.py with PyTorch 2.13
import { initSpectralNorm, spectralNorm } from './spectral-norm.js';

beforeAll(() => tf.setBackend('cpu'));

const reference = layers.spectralNorm;
const [w] = reference.inputs;
const u = tf.tensor1d(reference.u.data);

describe('spectralNorm', () => {
  it('has the next state of PyTorch after one power iteration', () => {
    expectClose(inDouble((w) => spectralNorm(w, { u }).u, [w]).y, reference.nextU.data, 7);
  });

  // A diagonal matrix shows its singular values: 2 and 0.5 become 1 and 0.25.
  it('divides by the largest singular value', () => {
    const diagonal = tf.tensor2d([2, 0, 0, 0.5], [2, 2]);
    let state: tf.Tensor = tf.tensor1d([0.6, 0.8]);
    for (let i = 0; i < 20; i++) state = spectralNorm(diagonal, { u: state }).u;
    expectClose(spectralNorm(diagonal, { u: state }).y.dataSync(), [1, 0, 0, 0.25], 6);
  });

  it('starts from a unit vector', () => {
    const { data, shape } = initSpectralNorm(key(3), { outputs: 5 });
    expect(shape).toEqual([5]);
    expect(Math.hypot(...data)).toBeCloseTo(1, 6);
  });

  it('names the shapes that do not fit', () => {
    expect(() => spectralNorm(tf.zeros([4, 3]), { u: tf.zeros([4]) })).toThrow('spectralNorm takes w [F, D] and u [D]: got w [4,3], u [4]');
  });
});
