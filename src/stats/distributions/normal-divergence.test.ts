import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import reference from '../bayes.reference.json' with { type: 'json' }; // made by reference/bayes.py
import { normalDivergence } from './normal-divergence.js';

const law = (mean: number[], covariance: number[]) => ({
  mean,
  covariance: { rows: mean.length, cols: mean.length, data: Float64Array.from(covariance) },
});

describe('normalDivergence', () => {
  it.each(reference.divergences)('equals quadrature: from $p to $q', ({ p, q, kl }) => {
    expect(normalDivergence(law([p[0]], [p[1] ** 2]), law([q[0]], [q[1] ** 2]))).toBeCloseTo(kl, 10);
  });

  it('adds over independent coordinates, and does not change when both laws are turned', () => {
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    const turned = (mean: number[], a: number, b: number) =>
      law(
        [c * mean[0] - s * mean[1], s * mean[0] + c * mean[1]],
        [c * c * a + s * s * b, c * s * (a - b), c * s * (a - b), s * s * a + c * c * b],
      );
    const each = [normalDivergence(law([0], [1]), law([0.5], [4])), normalDivergence(law([-1], [0.09]), law([1], [0.49]))];
    const both = normalDivergence(turned([0, -1], 1, 0.09), turned([0.5, 1], 4, 0.49));
    expectClose([both], [each[0] + each[1]], 10);
    expect(normalDivergence(turned([0, -1], 1, 0.09), turned([0, -1], 1, 0.09))).toBeCloseTo(0, 12);
  });

  it('tells laws apart that are all but singular', () => {
    const near = (r: number) => law([0, 0], [1, r, r, 1]);
    const [a, b] = [1 - 1e-13, 1 - 4e-13]; // along (1, −1) variances of 1e-13 and 4e-13: ½ (log 4 + ¼ − 1)
    expect(normalDivergence(near(a), near(b))).toBeCloseTo(0.5 * (Math.log(4) + 0.25 - 1), 2);
  });

  it('names what is wrong', () => {
    expect(() => normalDivergence(law([0, 0], [1, 0, 0, 1]), law([0], [1]))).toThrow(
      'normalDivergence: laws of 2 coordinates have means [2] and covariances [2,2]: got q with mean [1] and covariance [1,1]',
    );
    expect(() => normalDivergence(law([], []), law([], []))).toThrow('laws of 0 coordinates');
    const one = law([0], [1]);
    for (const covariance of [
      { ...one.covariance, rows: 2 },
      { ...one.covariance, cols: 2 },
    ])
      expect(() => normalDivergence({ mean: [0], covariance }, one)).toThrow('got p with mean [1]');
    expect(() => normalDivergence(law([0, 0], [1, 0, 0, 1]), { mean: [0], covariance: law([0, 0], [1, 0, 0, 1]).covariance })).toThrow(
      'got q with mean [1] and covariance [2,2]',
    );
    expect(() => normalDivergence(one, law([0], [-1]))).toThrow('the covariance of q is singular or not positive definite');
    expect(() => normalDivergence(law([0, 0], [1, 1, 1, 1]), law([0, 0], [1, 0, 0, 1]))).toThrow(
      'normalDivergence: the covariance of p is singular or not positive definite',
    );
  });
});
