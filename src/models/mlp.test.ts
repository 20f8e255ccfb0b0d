import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectReference, expectSameDerivatives } from '../../tests/support/gradients.js';
import { key } from '../base/random.js';
import { silu } from '../nn/activations/silu.js';
import { gradCheck, plainly } from '../tensor/index.js';
import reference from './cnn.reference.json' with { type: 'json' }; // made by reference/cnn.py with PyTorch 2.13
import { initMlp, mlp } from './mlp.js';

const withSilu =
  (model: typeof mlp) =>
  (x: tf.Tensor, ...weights: tf.Tensor[]) =>
    model({ layers: [0, 2, 4].map((i) => ({ w: weights[i], b: weights[i + 1] })) }, x, { activation: silu });

describe('mlp', () => {
  it('equals PyTorch, forward and backward', () => expectReference(withSilu(mlp), reference.mlp));

  it('has the derivatives of its plain form, and of differences', () => {
    expectSameDerivatives(withSilu(mlp), withSilu(plainly(mlp)), reference.mlp.inputs);
    gradCheck(withSilu(mlp), reference.mlp.inputs);
  });

  it('tells the activation which hidden layer it is at', () => {
    const layer = { w: tf.eye(2), b: tf.zeros([2]) };
    const seen: number[] = [];
    const y = mlp({ layers: [layer, layer, layer] }, tf.tensor2d([[1, -2]]), {
      activation(h, l) {
        seen.push(l);
        return h.mul(10);
      },
    });
    expect([seen, y.arraySync()]).toEqual([[0, 1], [[100, -200]]]);
  });

  it('starts with layers of the widths, each from its own key', () => {
    const { layers } = initMlp(key(1), [3, 5, 5, 2]);
    expect(layers.map(({ w }) => w.shape)).toEqual([
      [3, 5],
      [5, 5],
      [5, 2],
    ]);
    expect(layers[1].b.data).not.toEqual(layers[0].b.data);
  });

  it.each([[[4]], [[4, 0, 1]], [[4, 2.5]]])('refuses the widths %j', (widths) => {
    expect(() => initMlp(key(1), widths)).toThrow(`at least these two, all positive integers: got [${widths}]`);
  });
});
