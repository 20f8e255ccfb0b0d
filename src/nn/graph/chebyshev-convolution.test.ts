import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import { chebyshevConvolution, initChebyshev } from './chebyshev-convolution.js';

const layer = (...[graph, x, w, b]: tf.Tensor[]) => chebyshevConvolution({ w, b }, x, { graph });

describe('chebyshevConvolution', () => {
  // Two nodes with one edge: Δ̄ = [[1,−1],[−1,1]], M = [[0,−1],[−1,0]], T₂(M) = 2M² − I = I. x = (5,6), w = (2, 3, 4), b = 8:
  // y = 2x + 3Mx + 4x + 8 = (10 − 18 + 20 + 8, 12 − 15 + 24 + 8); ∂x of Σy = 2 − 3 + 4; ∂w = (11, −11, 11); ∂b = 2.
  it('has its closed form on two nodes', () => {
    const { y, grads } = inDouble(layer, [
      { data: [1, -1, -1, 1], shape: [2, 2] },
      { data: [5, 6], shape: [2, 1] },
      { data: [2, 3, 4], shape: [3, 1, 1] },
      { data: [8], shape: [1] },
    ]);
    expectClose(y, [20, 29], 10);
    expectClose(grads[1], [3, 3], 10);
    expectClose(grads[2], [11, -11, 11], 10);
    expectClose(grads[3], [2], 10);
  });

  it('of one term is a linear map of each node alone', () => {
    const { y } = inDouble(layer, [
      { data: [1, -1, -1, 1], shape: [2, 2] },
      { data: [5, 6], shape: [2, 1] },
      { data: [2], shape: [1, 1, 1] },
      { data: [8], shape: [1] },
    ]);
    expectClose(y, [18, 20], 10);
  });

  // The same two nodes, x = ((1,2), (3,4)), M x = ((−3,−4), (−1,−2)): y = 1 + 20 − 300 − 4000 and 3 + 40 − 100 − 2000.
  it('has weights for each feature of each term', () => {
    const { y } = inDouble(layer, [
      { data: [1, -1, -1, 1], shape: [2, 2] },
      { data: [1, 2, 3, 4], shape: [2, 2] },
      { data: [1, 10, 100, 1000], shape: [2, 2, 1] },
      { data: [0], shape: [1] },
    ]);
    expectClose(y, [-4279, -2057], 10);
  });

  it('starts from weights that fit', () => {
    const { w, b } = initChebyshev(key(1), { inputs: 3, outputs: 2, terms: 4 });
    expect([w.shape, b.shape]).toEqual([[4, 3, 2], [2]]);
    const limit = Math.sqrt(6 / (4 * 3 + 2));
    expect(Math.max(...w.data.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(Math.max(...w.data.map(Math.abs))).toBeGreaterThan(0.7 * limit);
    expect(() => initChebyshev(key(1), { inputs: 3, outputs: 2, terms: 0 })).toThrow('terms must be a whole number from 1 up, got 0');
  });

  it('names what does not fit', () => {
    const good = [tf.zeros([3, 3]), tf.zeros([3, 4]), tf.zeros([2, 4, 5]), tf.zeros([5])];
    const wrong = [tf.zeros([3, 2]), tf.zeros([4, 4]), tf.zeros([2, 3, 5]), tf.zeros([4])];
    for (const [i, tensor] of [...wrong, tf.zeros([2, 3])].entries())
      expect(() => layer(...good.map((t, j) => (i % 4 === j ? tensor : t)))).toThrow(
        'maps x [N, F] over a Laplacian [N, N] by w [K, F, D]',
      );
    expect(() => layer(good[0], tf.zeros([3, 4, 1]), good[2], good[3])).toThrow('got graph [3,3], x [3,4,1], w [2,4,5], b [5]');
    expect(() => layer(good[0], good[1], tf.zeros([2, 4, 5, 1]), good[3])).toThrow('w [2,4,5,1]');
    const [graph, x, w, b] = good;
    expect(() => chebyshevConvolution({ w, b }, x, { graph, largest: 0 })).toThrow('largest must be a finite number above 0, got 0');
  });
});
