import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../../tests/support/compiled.js';
import { distance } from '../../tests/support/gradients.js';
import { fold, type HostArray, key, normal, uniform } from '../base/index.js';
import { sgd } from '../optim/sgd.js';
import { compile } from '../tensor/compile.js';
import { interpret } from '../tensor/interpret/interpret.js';
import { trace } from '../tensor/trace/trace.js';
import { adversarialStep } from './adversarial-step.js';
import reference from './attacks.reference.json' with { type: 'json' }; // made by reference/attacks.py with PyTorch 2.13
import { type Norm, project, randomStart } from './ball.js';
import { fgsm, type Raised } from './fgsm.js';
import { pgd } from './pgd.js';

const NORMS = ['linf', 'l2'] as const;
const PIXEL = [0, 1] as const;
const tensor = ({ data, shape }: { data: ArrayLike<number>; shape: number[] }) => tf.tensor(Float32Array.from(data), shape);

/** Losses [B] of the reference's perceptron, from its own weights. */
const losses =
  ([w1, b1, w2, b2]: tf.Tensor[]): Raised =>
  (x) => {
    const logits = tf.add(tf.tanh(tf.matMul(x, w1 as tf.Tensor2D).add(b1)).matMul(w2), b2);
    const chosen = tf.oneHot(tf.tensor1d(reference.labels, 'int32'), 3).cast('float32');
    return logits.logSumExp(-1).sub(logits.mul(chosen).sum(-1));
  };

/** In double precision. */
function attacked(attack: (loss: Raised, x: tf.Tensor, start: tf.Tensor) => tf.Tensor, start = reference.start.linf): ArrayLike<number> {
  const points = [...reference.model, reference.x, start];
  const graph = trace(
    (...args) => [attack(losses(args.slice(0, 4)), args[4], args[5])],
    points.map(({ shape }) => ({ shape, dtype: 'float32' as const })),
  );
  return interpret(
    graph,
    points.map(({ data }) => Float64Array.from(data)),
  )[0];
}

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

  it('leaks no tensor', () => {
    const x = tensor(uniform(key(3), [4, 5]));
    const start = tensor(randomStart(key(4), 'linf', [4, 5], 3));
    const before = tf.memory().numTensors;
    pgd((x) => x.square().sum(1), x, { epsilon: 0.1, steps: 3, start }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

// https://github.com/Harry24k/adversarial-attacks-pytorch/issues/83: the square of a gradient of 10⁻²⁰ is 0 in float32, and a step that is
// shorter for it calls a model robust that is not.
it.each(RUNTIMES)('a step is as long as it should be for gradients of any size, on %s', async (runtime) => {
  const step = compile(
    (x: tf.Tensor, size: tf.Tensor) =>
      fgsm((x) => x.sum(1).mul(size), x, { norm: 'l2', epsilon: 0.3 })
        .sub(x)
        .norm(2, 1),
    { runtime },
  );
  const x = tensor(uniform(key(10), [2, 3]));
  for (const size of [1e30, 1, 1e-15, 1e-20, 1e-30]) expect(distance((await step(x, size)).data(), [0.3, 0.3])).toBeLessThan(1e-6);
  expect([...(await step(x, 0)).data()]).toEqual([0, 0]);
  const far = tf.tensor2d([[3e25, 4e25]]);
  expect(distance(project(far, { norm: 'l2', epsilon: 1 }).dataSync(), [0.6, 0.8])).toBeLessThan(1e-6);
});

describe('project', () => {
  it('shortens what is too long to ε, and leaves the rest', () => {
    const delta = tf.tensor2d([
      [3, 4],
      [0.3, 0.4],
      [0, 0],
    ]);
    expect(distance(project(delta, { norm: 'l2', epsilon: 1 }).dataSync(), [0.6, 0.8, 0.3, 0.4, 0, 0])).toBeLessThan(1e-6);
    expect(distance(project(delta, { epsilon: 0.35 }).dataSync(), [0.35, 0.35, 0.3, 0.35, 0, 0])).toBeLessThan(1e-6);
  });
});

describe('randomStart', () => {
  // Uniform in the unit ball of n dimensions: E‖u‖ = n / (n + 1) in L2, E|uᵢ| = ½ in L∞; in both no point is outside.
  it('is uniform in the unit ball', () => {
    const rows = ({ data }: HostArray<Float32Array>) => Array.from({ length: 4000 }, (_, i) => data.slice(3 * i, 3 * i + 3));
    const lengths = rows(randomStart(key(5), 'l2', [4000, 3])).map((row) => Math.hypot(...row));
    expect(Math.abs(lengths.reduce((sum, r) => sum + r, 0) / 4000 - 3 / 4)).toBeLessThan(0.01); // three standard errors
    expect(Math.abs(lengths.filter((r) => r < 0.5).length / 4000 - 1 / 8)).toBeLessThan(0.016);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1);
    const restarted = randomStart(key(5), 'l2', [2000, 3], 2); // the same stream
    expect(restarted).toEqual({ data: randomStart(key(5), 'l2', [4000, 3]).data, shape: [2, 2000, 3] });
    const { data } = randomStart(key(6), 'linf', [4000, 3]);
    expect(Math.abs(data.reduce((sum, u) => sum + Math.abs(u), 0) / 12_000 - 0.5)).toBeLessThan(0.008);
    expect(data.every((u) => Math.abs(u) <= 1)).toBe(true);
  });

  it('needs samples and their axes', () => {
    expect(() => randomStart(key(1), 'l2', [5])).toThrow('randomStart: the shape must be [B, ...], samples first and then the axes of one');
  });
});

describe('adversarialStep', () => {
  const initial = { w: { data: Float32Array.of(0.5, -1, 2), shape: [3, 1] } };
  const optimizer = sgd(initial, { learningRate: 0.1 });
  const [x, y] = [normal(key(7), [8, 3]), { data: normal(key(8), [8, 1]).data.map(Math.sign), shape: [8, 1] }];
  const lossOf = ({ w }: { w: tf.Tensor }, x: tf.Tensor, y: tf.Tensor) => y.mul(x.matMul(w)).neg().softplus();
  const attack = (loss: Raised, x: tf.Tensor, start: tf.Tensor) => pgd(loss, x, { epsilon: 0.1, steps: 4, start });
  const start = randomStart(key(9), 'linf', [8, 3]);

  // Against a linear model the inner maximum is known, so the step is one of gradient descent on softplus(ε ‖w‖₁ − y x w).
  it.each(['openvino', 'onnxruntime'] as const)('on %s is the step on the closed-form worst case, in one graph', async (runtime) => {
    const step = compile(adversarialStep(optimizer, lossOf, attack), { runtime });
    const { state, loss } = await step(optimizer.init(initial), { x, y, start });
    const worst = (w: tf.Tensor) =>
      w
        .abs()
        .sum()
        .mul(0.1)
        .sub(tensor(y).mul(tensor(x).matMul(w)))
        .softplus()
        .mean();
    const w = tensor(initial.w);
    expect(loss.item()).toBeCloseTo(worst(w).dataSync()[0], 5);
    expect(distance(state.parameters.data() as Float32Array, w.sub(tf.grad(worst)(w).mul(0.1)).dataSync())).toBeLessThan(1e-5);
    expect(step.programs).toHaveLength(1);
  });
});

describe('an attack', () => {
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

  it.each([
    [{ epsilon: 0.1, steps: 0 }, 'pgd: steps must be a whole number from 1 up, got 0'],
    [{ epsilon: 0.1, steps: 2, stepSize: -1 }, 'pgd: stepSize must be a finite number above 0, got -1'],
    [{ epsilon: 0.1, steps: 2, start: tf.zeros([2, 4]) }, 'or [R, B, ...] with restarts: got x [2,3], start [2,4]'],
  ])('of several steps refuses %j', (options, message) => {
    expect(() => pgd(loss, x, options)).toThrow(message);
  });

  it('with restarts asks for a loss of each sample', () => {
    expect(() => pgd((x) => x.sum(), x, { epsilon: 0.1, steps: 1, start: tf.zeros([2, 2, 3]) })).toThrow(
      'pgd chooses between restarts sample by sample, so its loss must be [B]: got x [2,3], loss []',
    );
  });
});
