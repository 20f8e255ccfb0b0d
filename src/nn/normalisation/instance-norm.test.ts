import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { key, normal } from '../../base/random.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { denormalise, normaliseInstance } from './instance-norm.js';

const x = normal(key(1), [2, 5, 3]);

it('each window has mean 0 and variance 1 − ε/(σ² + ε), and gets its own units back', () => {
  const series = { data: [1, 3, 1, 3], shape: [1, 4, 1] }; // μ = 2, σ² = 1
  const { y } = inDouble((x) => normaliseInstance(x).normalised, [series]);
  for (const [t, value] of y.entries()) expect(value).toBeCloseTo((2 * (t % 2) - 1) / Math.sqrt(1 + 1e-5), 7);
  const back = inDouble(
    (x) => {
      const { normalised, instance } = normaliseInstance(x);
      return denormalise(normalised, instance);
    },
    [x],
  ).y;
  for (const [i, value] of x.data.entries()) expect(back[i]).toBeCloseTo(value, 12);
});

it('has the derivative that differences find', () => {
  const forecast = (x: tf.Tensor) => {
    const { normalised, instance } = normaliseInstance(x);
    return denormalise(tf.tanh(normalised), instance);
  };
  expect(gradCheck(forecast, [x])).toBeLessThan(1e-7);
});
