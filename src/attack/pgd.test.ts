import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attacked } from '../../tests/support/attacked.js';
import { distance } from '../../tests/support/gradients.js';
import { fold, key, normal, uniform } from '../base/index.js';
import reference from './attacks.reference.json' with { type: 'json' }; // made by reference/attacks.py with PyTorch 2.13
import { randomStart } from './ball.js';
import { pgd } from './pgd.js';

const NORMS = ['linf', 'l2'] as const;
const PIXEL = [0, 1] as const;
const tensor = ({ data, shape }: { data: ArrayLike<number>; shape: number[] }) => tf.tensor(Float32Array.from(data), shape);

describe('pgd', () => {
  it.each(NORMS)('equals PyTorch at each step: %s', (norm) => {
    const { epsilon, stepSize, path } = reference[norm];
    path.forEach((expected, k) => {
      const at = attacked(
        (loss, x, start) => pgd(loss, x, { norm, epsilon, box: PIXEL, stepSize, steps: k + 1, start }),
        reference.start[norm],
      );
      expect(distance(at, expected.data), `step ${k + 1}`).toBeLessThan(1e-7);
    });
  });

  it('moves tensors, and says how to make one', () => {
    const start = randomStart(key(1), 'linf', [2, 3]);
    const loss = (x: tf.Tensor) => x.sum();
    expect(() => pgd(loss, tf.zeros([2, 3]), { epsilon: 1, steps: 1, start: start as never })).toThrow(
      'pgd: start must be a tf.Tensor, got object; of an array { data, shape }: toTf(fromTf(start))',
    );
    expect(() => pgd(loss, start as never, { epsilon: 1, steps: 1 })).toThrow('pgd: x must be a tf.Tensor');
  });

  it.each(NORMS)('stays in the ball and in the box, wherever it starts and however far it steps: %s', (norm) => {
    const cases = fc.record({ seed: fc.nat(), epsilon: fc.double({ min: 0, max: 2, noNaN: true }), steps: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(cases, ({ seed, epsilon, steps }) =>
        tf.tidy(() => {
          const x = tensor(uniform(key(seed), [4, 5]));
          const start = tensor(randomStart(fold(key(seed), 1), norm, [4, 5]));
          const w = tensor(normal(fold(key(seed), 2), [5, 3]));
          const at = pgd((x) => x.matMul(w).sin().sum(1), x, { norm, epsilon, box: PIXEL, stepSize: 0.1 + epsilon, steps, start });
          const delta = at.sub(x);
          const sizes = norm === 'linf' ? delta.abs().max(1) : delta.square().sum(1).sqrt();
          expect(Math.max(...(sizes.dataSync() as Float32Array))).toBeLessThanOrEqual(epsilon + 1e-6);
          expect(at.min().dataSync()[0]).toBeGreaterThanOrEqual(0);
          expect(at.max().dataSync()[0]).toBeLessThanOrEqual(1);
        }),
      ),
      { numRuns: 40 },
    );
  });

  it('keeps the worst restart of each sample', () => {
    const x = tf.zeros([2, 1]);
    const start = tf.tensor3d([-1, 0.5, 1, -1], [2, 2, 1]); // two restarts of two samples
    // sin 3x has two local maxima in [−1, 1]: at −1, and the larger at π/6.
    const loss = (x: tf.Tensor) => x.mul(3).sin().sum(1);
    const end = pgd(loss, x, { epsilon: 1, box: [-1, 1], stepSize: 0.01, steps: 100, start });
    const alone = [0, 1].map((r) => pgd(loss, x, { epsilon: 1, box: [-1, 1], stepSize: 0.01, steps: 100, start: start.gather(r) }));
    const best = alone.map((at) => loss(at).dataSync());
    expect([...loss(end).dataSync()]).toEqual([Math.max(best[0][0], best[1][0]), Math.max(best[0][1], best[1][1])]);
    expect(best[0][0]).toBeLessThan(best[1][0]);
    expect(best[0][1]).toBeGreaterThan(best[1][1]);
  });

  // −Σ|z − t| in L∞ with t less than a step from x: each step α goes past t, and the next comes back, so that an odd number ends at α.
  it('takes steps of 2.5 ε / steps where it is not told how far', () => {
    const end = pgd((z) => z.sub(0.1).abs().sum(1).neg(), tf.zeros([1, 1]), { epsilon: 2, steps: 25 });
    expect(end.dataSync()[0]).toBeCloseTo((2.5 * 2) / 25, 6);
  });

  it('stays where it is in a ball of no size', () => {
    const x = tf.tensor2d([[0.5, -1]]);
    expect([...pgd((z) => z.sum(1), x, { epsilon: 0, steps: 3 }).dataSync()]).toEqual([0.5, -1]);
  });

  it('leaks no tensor', () => {
    const x = tensor(uniform(key(3), [4, 5]));
    const start = tensor(randomStart(key(4), 'linf', [4, 5], 3));
    const before = tf.memory().numTensors;
    pgd((x) => x.square().sum(1), x, { epsilon: 0.1, steps: 3, start }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an attack', () => {
  const x = tf.zeros([2, 3]);
  const loss = (x: tf.Tensor) => x.sum(1);
  it.each([
    [{ epsilon: -0.1, steps: 1 }, 'pgd: epsilon must be a finite number from 0 up, got -0.1'],
    [{ epsilon: 0.1, steps: 0 }, 'pgd: steps must be a whole number from 1 up, got 0'],
    [{ epsilon: 0.1, steps: 2, stepSize: -1 }, 'pgd: stepSize must be a finite number above 0, got -1'],
    [{ epsilon: 0.1, steps: 2, start: tf.zeros([2, 4]) }, 'or [R, B, ...] with restarts: got x [2,3], start [2,4]'],
  ])('of several steps refuses %j', (options, message) => {
    expect(() => pgd(loss, x, options)).toThrow(message);
  });

  it.each([
    ['one number', (z: tf.Tensor) => z.sum(), '[]'],
    ['a column', (z: tf.Tensor) => z.sum(1, true), '[2,1]'],
    ['one sample', (z: tf.Tensor) => z.sum().reshape([1]), '[1]'],
  ])('with restarts asks for a loss of each sample, not %s', (_, wrong, shape) => {
    expect(() => pgd(wrong, x, { epsilon: 0.1, steps: 1, start: tf.zeros([2, 2, 3]) })).toThrow(
      `pgd chooses between restarts sample by sample, so its loss must be [B]: got x [2,3], loss ${shape}`,
    );
  });
});
