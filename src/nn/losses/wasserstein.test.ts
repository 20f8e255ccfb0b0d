import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { linear } from '../linear.js';
import { criticLoss, generatorLoss, gradientPenalty } from './wasserstein.js';

const point = (...data: number[]) => ({ data, shape: [data.length] });

describe('the Wasserstein losses', () => {
  it('of scores 1, 2 of data and 4 of a sample: the critic 2.5, the generator −4', () => {
    const scores = [point(1, 2), point(4)];
    expect(inDouble(criticLoss, scores).y[0]).toBe(2.5);
    expect(inDouble(generatorLoss, [scores[1]]).y[0]).toBe(-4);
  });

  // The slope of x·w is w everywhere: the penalty is (‖w‖ − 1)², and its gradient 2 (‖w‖ − 1) w/‖w‖.
  it('penalise a linear critic by its norm', () => {
    const penalty = (w: tf.Tensor) =>
      gradientPenalty((x) => x.matMul(w), tf.ones([3, 2]), tf.zeros([3, 2]), { mix: tf.tensor1d([0, 0.5, 1]) });
    const { y, grads } = inDouble(penalty, [{ data: [3, 4], shape: [2, 1] }]);
    expect(y[0]).toBeCloseTo(16, 10);
    expectClose(grads[0], [(8 * 3) / 5, (8 * 4) / 5], 10);
  });

  it('take the layers of a critic in their plain form', () => {
    const penalty = (w: tf.Tensor) =>
      gradientPenalty((x) => linear({ w, b: tf.zeros([1]) }, x), tf.ones([3, 2]), tf.zeros([3, 2]), { mix: tf.ones([3]) });
    const { y, grads } = inDouble(penalty, [{ data: [3, 4], shape: [2, 1] }]);
    expect(y[0]).toBeCloseTo(16, 10);
    expectClose(grads[0], [(8 * 3) / 5, (8 * 4) / 5], 10);
  });

  it('name the shapes that do not fit', () => {
    expect(() => gradientPenalty((x) => x, tf.ones([3, 2]), tf.ones([4, 2]), { mix: tf.ones([3]) })).toThrow(
      'gradientPenalty mixes real [B, ...] with fake [B, ...] by mix [B]: got real [3,2], fake [4,2], mix [3]',
    );
  });
});
