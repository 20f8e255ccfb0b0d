import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { attacked } from '../../tests/support/attacked.js';
import { distance } from '../../tests/support/gradients.js';
import { key, normal } from '../base/index.js';
import reference from './attacks.reference.json' with { type: 'json' }; // made by reference/attacks.py with PyTorch 2.13
import type { Norm } from './ball.js';
import { fgsm } from './fgsm.js';

const NORMS = ['linf', 'l2'] as const;
const PIXEL = [0, 1] as const;
const tensor = ({ data, shape }: { data: ArrayLike<number>; shape: number[] }) => tf.tensor(Float32Array.from(data), shape);

describe('fgsm', () => {
  it.each(NORMS)('equals PyTorch: %s', (norm) => {
    const { epsilon } = reference.fgsm;
    expect(
      distance(
        attacked((loss, x) => fgsm(loss, x, { norm, epsilon, box: PIXEL })),
        reference.fgsm[norm].data,
      ),
    ).toBeLessThan(1e-9);
  });

  // A linear model's worst case: the margin y (x w) falls by ε ‖w‖₁ (Goodfellow et al. 2015, section 5), in L2 by ε ‖w‖₂.
  it.each(NORMS)('is the closed-form worst case of logistic regression: %s', (norm) => {
    const [x, w] = [tensor(normal(key(1), [20, 6])), tensor(normal(key(2), [6, 1]))];
    const y = tensor({ data: Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? -1 : 1)), shape: [20, 1] });
    const margin = (x: tf.Tensor) => y.mul(x.matMul(w));
    const loss = (x: tf.Tensor) => margin(x).neg().softplus();
    const worst = fgsm(loss, x, { norm, epsilon: 0.3 });
    const fall = norm === 'linf' ? w.abs().sum() : w.norm();
    expect(distance(loss(worst).dataSync(), margin(x).sub(fall.mul(0.3)).neg().softplus().dataSync())).toBeLessThan(1e-5);
  });
});

describe('one step', () => {
  const x = tf.zeros([2, 3]);
  const loss = (x: tf.Tensor) => x.sum(1);
  it.each([
    [{ epsilon: -0.1 }, 'fgsm: epsilon must be a finite number from 0 up, got -0.1; it is in units of x'],
    [{ epsilon: Number.NaN }, 'fgsm: epsilon must be a finite number from 0 up, got NaN'],
    [{ epsilon: 0.1, box: [1, 0] as const }, 'fgsm: the box must be [least, largest], got [1,0]'],
    [{ epsilon: 0.1, box: [Number.NaN, 1] as const }, 'fgsm: the box must be [least, largest], got [NaN,1]'],
    [{ epsilon: 0.1, norm: 'l3' as Norm }, 'fgsm: norm must be'],
  ])('refuses %j', (ball, message) => {
    expect(() => fgsm(loss, x, ball)).toThrow(message);
  });
});
