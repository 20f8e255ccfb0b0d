import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { RUNTIMES } from '../../../tests/support/compiled.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { key, normal } from '../../base/random.js';
import { compile } from '../../tensor/compile.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { crossEntropy } from './cross-entropy.js';
import { gaussianKl } from './gaussian-kl.js';
import { gaussianNll } from './gaussian-nll.js';
import { hinge } from './hinge.js';
import { huber } from './huber.js';
import { icLoss } from './information-coefficient.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanSquaredError } from './mean-squared-error.js';
import { quantileLoss } from './quantile.js';
import { criticLoss } from './wasserstein.js';

describe('losses', () => {
  // Residuals 0.5 and −3: mse = (0.25 + 9)/2; huber with δ = 1: (½·0.25 + 1·(3 − ½))/2, pulls 0.5/2 and −1/2.
  it('have their closed forms on two points', () => {
    const points = [
      { data: [1, 1], shape: [2] },
      { data: [0.5, 4], shape: [2] },
    ];
    const mse = inDouble(meanSquaredError, points);
    expect([mse.y, ...mse.grads].map((t) => [...t])).toEqual([[4.625], [0.5, -3], [-0.5, 3]]);
    const robust = inDouble((p, t) => huber(p, t), points);
    expect([robust.y, ...robust.grads].map((t) => [...t])).toEqual([[1.3125], [0.25, -0.5], [-0.25, 0.5]]);
  });

  // Equal logits over C classes: log C, and the gradient 1/C − 1 on the label, 1/C elsewhere.
  it('crossEntropy of an undecided model is log C', () => {
    const { y, grads } = inDouble((x) => crossEntropy(x, tf.tensor1d([1], 'int32')), [{ data: [2, 2, 2, 2], shape: [1, 4] }]);
    expect(y[0]).toBeCloseTo(Math.log(4), 12);
    expectClose(grads[0], [0.25, -0.75, 0.25, 0.25], 12);
  });

  it('name the shapes that do not fit', () => {
    expect(() => meanSquaredError(tf.zeros([3]), tf.zeros([3, 1]))).toThrow(
      'meanSquaredError: prediction and target must have one shape: got prediction [3], target [3,1]',
    );
    expect(() => huber(tf.zeros([3]), tf.zeros([4]))).toThrow('huber: prediction and target must have one shape');
    expect(() => crossEntropy(tf.zeros([3, 2]), tf.zeros([3]))).toThrow(
      'crossEntropy takes logits [..., C] and int32 labels [...] (these are float32): got logits [3,2], labels [3]',
    );
  });
});

describe('crossEntropy with weights', () => {
  it('does not see a row of weight 0', () => {
    const some = crossEntropy(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor1d([0, 1], 'int32'));
    const padded = tf.tensor2d([1, 2, 3, 4, 50, -50], [3, 2]);
    const whole = crossEntropy(padded, tf.tensor1d([0, 1, 1], 'int32'), { weights: tf.tensor1d([3, 3, 0]) });
    expect(whole.dataSync()[0]).toBeCloseTo(some.dataSync()[0], 6);
  });

  it.each(RUNTIMES)('takes a mask for weights, on %s', async (runtime) => {
    const loss = compile((x: tf.Tensor, y: tf.Tensor, mask: tf.Tensor) => crossEntropy(x, y, { weights: mask }), { runtime });
    const [x, y] = [{ data: Float32Array.of(1, 2, 3, 4, 50, -50), shape: [3, 2] }, Int32Array.of(0, 1, 1)];
    const value = (await loss(x, y, Float32Array.of(1, 1, 0))).item();
    expect(value).toBeCloseTo(0.5 * (Math.log1p(Math.E) + Math.log1p(1 / Math.E)), 6);
    for (const mask of [Int32Array.of(1, 1, 0), { data: Uint8Array.of(1, 1, 0), shape: [3] }])
      expect((await loss(x, y, mask)).item()).toBe(value);
  });

  it('says what is wrong with weights', () => {
    const [x, y] = [tf.zeros([2, 3]), tf.tensor1d([0, 1], 'int32')];
    expect(() => crossEntropy(x, y, { weights: tf.ones([3]) })).toThrow(
      'crossEntropy takes one weight for each label; for weights of classes give classWeights.gather(labels): got labels [2], weights [3]',
    );
    expect(() => crossEntropy(x, y, { weights: tf.tensor1d([1, -1]) })).toThrow('crossEntropy: weights are 0 or more; got -1 at index 1');
    expect(() => crossEntropy(x, y, { weights: tf.zeros([2]) })).toThrow(
      'crossEntropy: all weights are 0, and the mean over nothing is not a number',
    );
  });
});

// https://github.com/huggingface/trl/issues/7263 and https://github.com/NovaSky-AI/SkyRL/issues/2259: a class that cannot be has −∞. Of logits
// 0 and 1 the loss of the second is log(1 + e⁻¹), and the gradient ± 1/(1 + e).
describe('crossEntropy where a logit is −∞', () => {
  const logits = { data: Float32Array.of(0, -Infinity, 1), shape: [1, 3] };
  const lossOf = (x: tf.Tensor, y: tf.Tensor) => valueAndGrad((x: tf.Tensor) => crossEntropy(x, y))(x);

  it.each(RUNTIMES)('is that of the other classes, on %s', async (runtime) => {
    const { value, grads } = await compile(lossOf, { runtime })(logits, Int32Array.of(2));
    expect(value.item()).toBeCloseTo(Math.log1p(1 / Math.E), 6);
    expectClose(grads.data(), [1 / (1 + Math.E), 0, -1 / (1 + Math.E)], 6);
  });

  it('is that of the other classes eagerly, and ∞ for the class itself', () => {
    const x = tf.tensor2d(logits.data, [1, 3]);
    const { value, grads } = lossOf(x, tf.tensor1d([2], 'int32'));
    expect(value.dataSync()[0]).toBeCloseTo(Math.log1p(1 / Math.E), 6);
    expectClose(grads.dataSync(), [1 / (1 + Math.E), 0, -1 / (1 + Math.E)], 6);
    expect(crossEntropy(x, tf.tensor1d([1], 'int32')).dataSync()[0]).toBe(Infinity);
  });
});

describe('crossEntropy of rows that do not count', () => {
  const half = { data: Float32Array.of(1, 2, 3, 4, Number.NaN, Infinity), shape: [3, 2] };
  const right = (Math.log1p(Math.E) + Math.log1p(1 / Math.E)) / 2;

  it.each(RUNTIMES)('takes any label and any logit, on %s', async (runtime) => {
    const weighted = compile((x: tf.Tensor, y: tf.Tensor, weights: tf.Tensor) => crossEntropy(x, y, { weights }), { runtime });
    expect((await weighted(half, Int32Array.of(0, 1, -100), Float32Array.of(1, 1, 0))).item()).toBeCloseTo(right, 6);
    expect((await weighted(half, Int32Array.of(0, -100, 1), Float32Array.of(1, 1, 0))).item()).toBeNaN();
    const ignoring = compile((x: tf.Tensor, y: tf.Tensor) => valueAndGrad((x: tf.Tensor) => crossEntropy(x, y, { ignoreIndex: -100 }))(x), {
      runtime,
    });
    const { value, grads } = await ignoring(half, Int32Array.of(0, 1, -100));
    expect(value.item()).toBeCloseTo(right, 6);
    expectClose(Array.from(grads.data()).slice(4), [0, 0], 6);
    expect((await ignoring(half, Int32Array.of(0, 2, -100))).value.item()).toBeNaN();
  });

  it('says so where none counts, eagerly', () => {
    const [x, y] = [tf.zeros([2, 3]), tf.tensor1d([-100, -100], 'int32')];
    expect(crossEntropy(x, tf.tensor1d([-100, 1], 'int32'), { ignoreIndex: -100 }).dataSync()[0]).toBeCloseTo(Math.log(3), 6);
    expect(() => crossEntropy(x, y, { ignoreIndex: -100 })).toThrow(
      'crossEntropy: every label that has a weight is ignoreIndex, -100, and the mean over nothing is not a number',
    );
    expect(() => crossEntropy(x, y)).toThrow('labels are 0 … 2, one for each of 3 classes; got -100 at index 0');
    expect(() => crossEntropy(x, y, { labelSmoothing: 1 })).toThrow('labelSmoothing must be a finite number from 0 up, below 1, got 1');
  });

  // Σ over sequences of any length is Σ over their rows: what is padded behind them does not move the mean.
  it('is the mean over what is left, whatever the padding', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }), fc.nat(), (lengths, seed) => {
        const [B, T] = [lengths.length, 4];
        const { data } = normal(key(seed), [B, T, 3]);
        const isReal = (i: number) => i % T < lengths[Math.floor(i / T)];
        const labels = Int32Array.from({ length: B * T }, (_, i) => (isReal(i) ? i % 3 : -100));
        const rows = Array.from({ length: B * T }, (_, i) => i).filter(isReal);
        const whole = crossEntropy(tf.tensor(data, [B, T, 3]), tf.tensor(labels, [B, T], 'int32'), { ignoreIndex: -100 });
        const left = tf.tensor2d(Float32Array.from(rows.flatMap((i) => [...data.slice(3 * i, 3 * i + 3)])), [rows.length, 3]);
        const alone = crossEntropy(
          left,
          tf.tensor1d(
            rows.map((i) => labels[i]),
            'int32',
          ),
        );
        expect(whole.dataSync()[0]).toBeCloseTo(alone.dataSync()[0], 5);
      }),
      { numRuns: 30 },
    );
  });
});

const point = (...data: number[]) => ({ data, shape: [data.length] });

it.each(RUNTIMES)('binaryCrossEntropy takes booleans and integers for targets, on %s', async (runtime) => {
  const loss = compile(binaryCrossEntropy, { runtime });
  const [x, value] = [Float32Array.of(0, 1), (Math.log(2) + Math.log1p(Math.E)) / 2];
  for (const target of [Float32Array.of(1, 0), Int32Array.of(1, 0), { data: Uint8Array.of(1, 0), shape: [2] }])
    expect((await loss(x, target)).item()).toBeCloseTo(value, 6);
});

// Residuals 0.5 and −3: mean 1.75, pulls sign/2.
it('meanAbsoluteError has its closed form on two points, and no pull where it has no derivative', () => {
  const { y, grads } = inDouble(meanAbsoluteError, [point(1, 1), point(0.5, 4)]);
  expect([y, ...grads].map((t) => [...t])).toEqual([[1.75], [0.5, -0.5], [-0.5, 0.5]]);
  expect([...inDouble(meanAbsoluteError, [point(2), point(2)]).grads[0]]).toEqual([0]);
});

// At x = 0: log 2, whatever the target, and the pull ½ − y. Far out a sure right answer is free and a sure wrong one costs |x|.
it('binaryCrossEntropy has its value at 0 and its limits', () => {
  const at = (x: number, y: number) => inDouble(binaryCrossEntropy, [point(x), point(y)]);
  expect(at(0, 0.3).y[0]).toBeCloseTo(Math.LN2, 14);
  expect(at(0, 0.3).grads[0][0]).toBeCloseTo(0.2, 14);
  expect([at(1000, 1).y[0], at(1000, 0).y[0], at(-1000, 1).y[0]]).toEqual([0, 1000, 1000]);
  expect(at(-1000, 1).grads[0][0]).toBe(-1);
});

// log(1 + e^−20) and −1/(1 + e^20): softplus(x) − x in float32 is 0, and so is σ(x) − 1. A right logit of −∞ is free.
it.each(RUNTIMES)('binaryCrossEntropy keeps the digits of a sure and right answer, on %s', async (runtime) => {
  const compiled = compile((x: tf.Tensor, y: tf.Tensor) => valueAndGrad((x: tf.Tensor) => binaryCrossEntropy(x, y))(x), { runtime });
  for (const [x, y] of [
    [20, 1],
    [-20, 0],
  ]) {
    const { value, grads } = await compiled(Float32Array.of(x), Float32Array.of(y));
    expect(value.item() / Math.log1p(Math.exp(-20))).toBeCloseTo(1, 5);
    expect((grads.item() * (1 + Math.exp(20))) / -Math.sign(x)).toBeCloseTo(1, 5);
  }
  const free = await compiled(Float32Array.of(-Infinity), Float32Array.of(0));
  expect([free.value.item(), free.grads.item()]).toEqual([0, 0]);
});

// Margins y s of 2, 0.25 and −1: losses 0, 0.75 and 2.
it('hinge has its closed form on three points', () => {
  const { y, grads } = inDouble((s) => hinge(s, tf.tensor1d([1, -1, 1])), [point(2, -0.25, -1)]);
  expectClose(y, [2.75 / 3], 7);
  expectClose(grads[0], [0, 1 / 3, -1 / 3], 7);
});

describe('bad input', () => {
  it.each([
    ['meanAbsoluteError', meanAbsoluteError],
    ['binaryCrossEntropy', binaryCrossEntropy],
    ['hinge', hinge],
    ['meanSquaredError', meanSquaredError],
    ['huber', huber],
  ])('%s names both shapes, and an empty batch', (name, loss) => {
    expect(() => loss(tf.zeros([3]), tf.zeros([3, 1]))).toThrow(/must have one shape: got \w+ \[3\], \w+ \[3,1\]/);
    expect(() => loss(tf.zeros([0, 2]), tf.zeros([0, 2]))).toThrow(`${name}: the batch is empty`);
  });

  it('of three and four tensors is named as well', () => {
    const x = tf.zeros([2, 3]);
    expect(() => gaussianNll({ mean: x, variance: tf.zeros([3]) }, x)).toThrow(
      'gaussianNll: mean, variance and target must have one shape: got mean [2,3], variance [3], target [2,3]',
    );
    expect(() => gaussianKl({ mean: x, logVariance: x }, { mean: x, logVariance: tf.zeros([3]) })).toThrow('q.logVariance [3]');
    expect(() => icLoss(tf.zeros([0, 3]), tf.zeros([0, 3]))).toThrow('icLoss: the batch is empty');
    expect(() => quantileLoss(tf.zeros([0, 1]), tf.zeros([0]), { quantiles: [0.5] })).toThrow('quantileLoss: the batch is empty');
    expect(() => criticLoss(tf.zeros([0]), tf.zeros([2]))).toThrow('criticLoss: the batch is empty');
    expect(() => crossEntropy(tf.zeros([0, 3]), tf.tensor1d([], 'int32'))).toThrow('crossEntropy: the batch is empty');
  });

  it.each(RUNTIMES)('a label that is none, when it only shows in a call, makes the loss NaN on %s', async (runtime) => {
    const loss = compile(crossEntropy, { runtime });
    const logits = { data: new Float32Array(6), shape: [2, 3] };
    expect((await loss(logits, Int32Array.of(0, 3))).item()).toBeNaN();
    expect((await loss(logits, Int32Array.of(-1, 2))).item()).toBeNaN();
    expect((await loss(logits, Int32Array.of(0, 2))).item()).toBeCloseTo(Math.log(3), 6);
  });

  it.each(RUNTIMES)('a sign or a probability that is none, when it only shows in a call, makes the loss NaN on %s', async (runtime) => {
    const scores = Float32Array.of(0, 0);
    for (const [loss, right, wrong] of [
      [hinge, [1, -1], [1, 0]],
      [binaryCrossEntropy, [1, 0], [1, -1]],
    ] as const) {
      const compiled = compile(loss, { runtime });
      expect((await compiled(scores, Float32Array.from(right))).item()).toBeCloseTo(loss === hinge ? 1 : Math.LN2, 6);
      for (const targets of [wrong, [Number.NaN, 1]]) expect((await compiled(scores, Float32Array.from(targets))).item()).toBeNaN();
    }
  });

  it('labels that are none', () => {
    expect(() => crossEntropy(tf.zeros([2, 3]), tf.tensor1d([0, 3], 'int32'))).toThrow(
      'crossEntropy: labels are 0 … 2, one for each of 3 classes; got 3 at index 1',
    );
    expect(() => hinge(tf.zeros([2]), tf.tensor1d([1, 0]))).toThrow('hinge: labels are -1 and 1; got 0 at index 1');
    expect(() => binaryCrossEntropy(tf.zeros([2]), tf.tensor1d([1, -1]))).toThrow(
      'binaryCrossEntropy: targets are probabilities, from 0 to 1; got -1 at index 1',
    );
    expect(() => binaryCrossEntropy(tf.zeros([2]), tf.tensor1d([1, Number.NaN]))).toThrow('got NaN at index 1');
  });
});
