import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { scaleMixtureLogDensity } from './scale-mixture.js';

describe('scaleMixtureLogDensity', () => {
  // Components of nearly one width: log N(w; 0, σ²) = −w²/(2σ²) − log σ − ½ log 2π, and −w/σ².
  it('is one Gaussian when the components are alike', () => {
    const alike = { share: 0.5, wide: 0.7 + 1e-9, narrow: 0.7 };
    const { y, grads } = inDouble((w) => scaleMixtureLogDensity(w, alike), [{ data: [1.3], shape: [1] }]);
    expect(y[0]).toBeCloseTo(-(1.3 ** 2) / (2 * 0.49) - Math.log(0.7) - 0.5 * Math.log(2 * Math.PI), 7);
    expect(grads[0][0]).toBeCloseTo(-1.3 / 0.49, 7);
  });

  // At w = 1 and σ₂ = e⁻⁷ the narrow density is e^(−600,000): only log(¼ N(1; 0, 1)) is left, in float32 as in double.
  it('keeps its digits where one component is below the smallest float', () => {
    const far = scaleMixtureLogDensity(tf.scalar(1), { share: 0.25, wide: 1, narrow: Math.exp(-7) }).dataSync()[0];
    expect(far).toBeCloseTo(Math.log(0.25) - 0.5 - 0.5 * Math.log(2 * Math.PI), 6);
  });

  it('refuses what is no mixture', () => {
    expect(() => scaleMixtureLogDensity(tf.scalar(0), { share: 1, wide: 1, narrow: 0.1 })).toThrow(
      'needs 0 < share < 1 and 0 < narrow < wide, got share 1, wide 1, narrow 0.1; one Gaussian has a closed form',
    );
    expect(() => scaleMixtureLogDensity(tf.scalar(0), { share: 0.5, wide: 0.1, narrow: 1 })).toThrow('got share 0.5, wide 0.1, narrow 1');
  });
});
