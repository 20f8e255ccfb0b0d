import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { gaussianKl } from './gaussian-kl.js';

const row = (...data: number[]) => ({ data, shape: [1, data.length] });

describe('gaussianKl', () => {
  const kl = (...[mean, logVariance, ...q]: tf.Tensor[]) => gaussianKl({ mean, logVariance }, { mean: q[0], logVariance: q[1] });

  it('of a distribution from itself is 0, and so is its gradient', () => {
    const p = [row(1, -2), row(0.5, -1)];
    const { y, grads } = inDouble(kl, [...p, ...p]);
    expect([...y, ...grads.flatMap((g) => [...g])].every((v) => Math.abs(v) < 1e-15)).toBe(true);
  });

  // From N(0, 1): ½ (μ² + σ² − 1 − log σ²), the penalty of a variational autoencoder (Kingma & Welling 2014, appendix B).
  it('from the standard normal has its closed form, a number for each row', () => {
    const { y } = inDouble(kl, [
      { data: [1, 0, 2, 3], shape: [2, 2] },
      { data: [0, Math.log(4), 0, 0], shape: [2, 2] },
      { data: [0, 0, 0, 0], shape: [2, 2] },
      { data: [0, 0, 0, 0], shape: [2, 2] },
    ]);
    expectClose(y, [0.5 + 0.5 * (4 - 1 - Math.log(4)), 0.5 * (4 + 9)], 14);
  });

  it('has a plain form with the same values and gradients, for every input', () => {
    const plain: typeof kl = (...[mean, logVariance, ...q]) => gaussianKl.plain({ mean, logVariance }, { mean: q[0], logVariance: q[1] });
    expectSameDerivatives(kl, plain, [row(1, -2), row(0.5, -1), row(0.3, 0.4), row(-0.2, 0.7)], { data: [1.7], shape: [1] });
    const flat = [1, -2, 0.5, -1].map((value) => ({ data: [value, 0.4, 1 - value], shape: [3] })); // of one law, without a batch
    expectSameDerivatives(kl, plain, flat, { data: [1.7], shape: [] });
    expect(inDouble(kl, flat).y).toHaveLength(1);
  });

  it('names the shapes that differ', () => {
    const [two, three] = [tf.zeros([1, 2]), tf.zeros([1, 3])];
    expect(() => gaussianKl({ mean: two, logVariance: two }, { mean: two, logVariance: three })).toThrow('gaussianKl');
  });
});
