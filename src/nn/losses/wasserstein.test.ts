import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { RUNTIMES } from '../../../tests/support/compiled.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { compile } from '../../tensor/compile.js';
import { valueAndGrad } from '../../tensor/grad.js';
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

  // https://github.com/eriklindernoren/PyTorch-GAN/issues/20 and https://github.com/caogang/wgan-gp/issues/27: the norm is over all axes of a sample, with
  // one ε for each; a critic that is 0 everywhere has the penalty 1, and a finite gradient.
  it.each(RUNTIMES)('take the slope of a sample as one vector, also where it is 0, on %s', async (runtime) => {
    const penalty = (w: tf.Tensor) =>
      gradientPenalty((x) => x.mul(w).sum([1, 2]), tf.ones([3, 2, 2]), tf.zeros([3, 2, 2]), { mix: tf.tensor1d([0, 0.5, 1]) });
    const step = compile((w: tf.Tensor) => valueAndGrad(penalty)(w), { runtime });
    const twos = await step({ data: Float32Array.of(2, 2, 2, 2), shape: [2, 2] });
    expect(twos.value.item()).toBeCloseTo(9, 5); // ‖w‖ = 4
    expectClose(twos.grads.data(), [3, 3, 3, 3], 5);
    const zero = await step({ data: new Float32Array(4), shape: [2, 2] });
    expect(zero.value.item()).toBeCloseTo(1, 5);
    expect(Array.from(zero.grads.data(), Math.abs)).toEqual([0, 0, 0, 0]);
    // The square has its slope at x̂ = ε real + (1 − ε) fake of that sample: 2ε in each of four numbers, of norm 4ε.
    const mixed = gradientPenalty((x) => x.square().sum([1, 2]), tf.ones([3, 2, 2]), tf.zeros([3, 2, 2]), {
      mix: tf.tensor1d([0, 0.5, 1]),
    });
    expect(mixed.dataSync()[0]).toBeCloseTo((1 + 1 + 9) / 3, 5);
  });

  it('name the shapes that do not fit', () => {
    for (const mix of [tf.ones([2]), tf.ones([1, 3]), tf.ones([3, 2])])
      expect(() => gradientPenalty((x) => x, tf.ones([3, 2]), tf.ones([3, 2]), { mix })).toThrow(
        `real [B, ...] with fake [B, ...] by mix [B]: got real [3,2], fake [3,2], mix [${mix.shape}]`,
      );
    expect(() => gradientPenalty((x) => x, tf.ones([0, 2]), tf.ones([0, 2]), { mix: tf.ones([0]) })).toThrow(/gradientPenalty.*real/);
    expect(() => gradientPenalty((x) => x, tf.ones([3, 2]), tf.ones([4, 2]), { mix: tf.ones([3]) })).toThrow(
      'gradientPenalty mixes real [B, ...] with fake [B, ...] by mix [B]: got real [3,2], fake [4,2], mix [3]',
    );
  });
});
