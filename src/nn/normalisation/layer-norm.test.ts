import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { theorem } from '../../../tests/support/theorem.js';
import { grad } from '../../tensor/grad.js';
import { gradCheck } from '../../tensor/grad-check.js';
import reference from '../pytorch.reference.json' with { type: 'json' }; // made by reference/pytorch.py with PyTorch 2.13
import * as norm from './layer-norm.js';

const layerNorm = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => norm.layerNorm({ gamma, beta }, x);
const { inputs } = reference.layerNorm;

describe('layerNorm', () => {
  // x = (−a, a): μ = 0, σ = a, so y = (−1, 1)·a/√(a² + ε) and ∂y₂/∂a = ε/(a² + ε)^(3/2), which is Σⱼ ∂y₂/∂xⱼ · (−1, 1)ⱼ.
  it('has the closed form of two opposite numbers', () => {
    const [a, epsilon] = [0.5, 1e-5];
    const seconds = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => layerNorm(x, gamma, beta).slice([1], [1]);
    const points = [
      [-a, a],
      [1, 1],
      [0, 0],
    ].map((data) => ({ data, shape: [2] }));
    const { y, grads } = inDouble(seconds, points);
    expect(y[0]).toBeCloseTo(a / Math.sqrt(a * a + epsilon), 7);
    expect(grads[0][1] - grads[0][0]).toBeCloseTo(epsilon / (a * a + epsilon) ** 1.5, 9);
  });

  it('does not change when x is shifted or scaled', () => {
    const [x, gamma, beta] = inputs.map(({ data, shape }) => ({ data: data as number[], shape }));
    const moved = { shape: x.shape, data: x.data.map((v) => 7 * v + 3) };
    // ε breaks the invariance only in the 5th digit.
    expect(distance(inDouble(layerNorm, [moved, gamma, beta]).y, inDouble(layerNorm, [x, gamma, beta]).y)).toBeLessThan(1e-4);
  });

  it('names both shapes when the gain does not fit', () => {
    expect(() => layerNorm(tf.zeros([2, 5]), tf.ones([4]), tf.zeros([5]))).toThrow(
      'layerNorm normalises the last axis of x [2,5], so gamma and beta must be [5]: got gamma [4], beta [5]',
    );
  });

  it('refuses a second derivative', () => {
    const slope = (x: tf.Tensor) =>
      grad((z: tf.Tensor) =>
        layerNorm(z, tf.ones([2]), tf.zeros([2]))
          .square()
          .sum(),
      )(x).sum();
    expect(() => grad(slope)(tf.tensor2d([[1, 2]]))).toThrow('layerNorm has a hand-derived first derivative only');
  });
});

// A backward that is wrong in one term, around the same forward.
type Backward = (dxHat: tf.Tensor, xHat: tf.Tensor, scale: tf.Tensor) => tf.Tensor;
const withBackward = (dx: Backward) => (x: tf.Tensor) =>
  tf.customGrad((x, save) => {
    const centred = (x as tf.Tensor).sub((x as tf.Tensor).mean(-1, true));
    const scale = centred.square().mean(-1, true).add(1e-5).rsqrt();
    (save as tf.GradSaveFunc)([centred.mul(scale), scale]);
    return { value: centred.mul(scale), gradFunc: (dy: tf.Tensor, [xHat, scale]: tf.Tensor[]) => dx(dy, xHat, scale) };
  })(x);
const mean = (t: tf.Tensor) => t.mean(-1, true);

theorem('thm:layer-norm-backward', {
  real: (x: tf.Tensor) => layerNorm(x, tf.ones([6]), tf.zeros([6])),
  check: (norm) => expect(gradCheck(norm, [inputs[0]], { tolerance: Infinity })).toBeLessThan(1e-7),
  mutants: {
    'drops the mean term': withBackward((dxHat, xHat, scale) => dxHat.sub(xHat.mul(mean(dxHat.mul(xHat)))).mul(scale)),
    'drops the variance term': withBackward((dxHat, _, scale) => dxHat.sub(mean(dxHat)).mul(scale)),
  },
});
