import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/close.js';
import { RUNTIMES } from '../../../tests/compiled.js';
import { expectReference, expectThreeWays, inDouble, type Reference } from '../../../tests/gradients.js';
import { compile } from '../../tensor/compile.js';
import { linear } from '../linear.js';
import losses from '../losses.reference.json' with { type: 'json' }; // made by ../reference/losses.py with PyTorch 2.13
import reference from '../pytorch.reference.json' with { type: 'json' }; // made by ../reference/pytorch.py with PyTorch 2.13
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { crossEntropy, crossEntropyPlain } from './cross-entropy.js';
import { gaussianKl } from './gaussian-kl.js';
import { gaussianNll, gaussianNllFromLog } from './gaussian-nll.js';
import { hinge } from './hinge.js';
import { huber, huberPlain } from './huber.js';
import { icLoss } from './information-coefficient.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanSquaredError, meanSquaredErrorPlain } from './mean-squared-error.js';
import { quantileLoss } from './quantile.js';
import { criticLoss, generatorLoss, gradientPenalty } from './wasserstein.js';

const huber07 = (p: tf.Tensor, t: tf.Tensor) => huber(p, t, 0.7);
const labels = tf.tensor1d(reference.crossEntropy.inputs[1].data, 'int32');
const [logits] = reference.crossEntropy.inputs;

describe('losses', () => {
  it('equal PyTorch, forward and backward', () => {
    expectReference(meanSquaredError, reference.meanSquaredError);
    expectReference(huber07, reference.huber);
    expectReference((x) => crossEntropy(x, labels), { ...reference.crossEntropy, inputs: [logits] } as Reference);
  });

  it('backwards agree with differences and autodiff', () => {
    expectThreeWays(meanSquaredError, meanSquaredErrorPlain, reference.meanSquaredError.inputs);
    expectThreeWays(huber07, (p, t) => huberPlain(p, t, 0.7), reference.huber.inputs);
    expectThreeWays(
      (x) => crossEntropy(x, labels),
      (x) => crossEntropyPlain(x, labels),
      [logits],
    );
  });

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
      'crossEntropy takes logits [N, C] and int32 labels [N] (these are float32): got logits [3,2], labels [3]',
    );
  });
});

const point = (...data: number[]) => ({ data, shape: [data.length] });
const row = (...data: number[]) => ({ data, shape: [1, data.length] });

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

describe('gaussianNll', () => {
  // With σ² = (y − μ)² the loss is ½ (log σ² + 1), its minimum over σ².
  it('is least where the variance is the squared residual', () => {
    const { y, grads } = inDouble((v) => gaussianNll(tf.tensor1d([1]), v, tf.tensor1d([3])), [point(4)]);
    expect(y[0]).toBeCloseTo(0.5 * (Math.log(4) + 1), 14);
    expect(grads[0][0]).toBe(0);
  });

  it('is half the mean squared error at variance 1', () => {
    const [mean, target] = [point(1, -2, 0.5), point(0, 2, 0.25)];
    const mse = inDouble(meanSquaredError, [mean, target]);
    expect(inDouble((m, y) => gaussianNll(m, tf.onesLike(m), y), [mean, target]).y[0]).toBeCloseTo(mse.y[0] / 2, 14);
  });

  it('has the gradients of PyTorch below its floor', () =>
    expectReference((m, v, y) => gaussianNll(m, v, y, 0.1), losses.gaussianNllFloor));

  it('of a log-variance is the same loss, and ∂s = σ² ∂σ²', () => {
    const [mean, variance, target] = [point(1, 2), point(0.5, 3), point(1.5, -1)];
    const ofVariance = inDouble((v) => gaussianNll(tf.tensor(mean.data), v, tf.tensor(target.data)), [variance]);
    const log = point(...variance.data.map(Math.log));
    const ofLog = inDouble((s) => gaussianNllFromLog(tf.tensor(mean.data), s, tf.tensor(target.data)), [log]);
    expectClose(ofLog.y, ofVariance.y, 14);
    expectClose(
      ofLog.grads[0],
      variance.data.map((v, i) => v * ofVariance.grads[0][i]),
      14,
    );
  });

  it('of a log-variance far below the floor is finite', () => {
    const { y, grads } = inDouble((s) => gaussianNllFromLog(tf.tensor1d([0]), s, tf.tensor1d([1])), [point(-1000)]);
    expect(y[0] / (0.5 * (Math.log(1e-6) + 1e6))).toBeCloseTo(1, 6);
    expect(grads[0][0] / (0.5 * (1 - 1e6))).toBeCloseTo(1, 6);
  });
});

describe('quantileLoss', () => {
  // At q = ½ it is half the absolute error.
  it('is half the mean absolute error at the median', () => {
    const [p, y] = [point(1, 1), point(0.5, 4)];
    expect(inDouble((p, y) => quantileLoss(p.expandDims(1), y, [0.5]), [p, y]).y[0]).toBe(inDouble(meanAbsoluteError, [p, y]).y[0] / 2);
  });

  // Of 1 … 100 the 0.9-quantile lies between 90 and 91: 90 points pull a prediction there down by 0.1, ten up by 0.9.
  it('is least at the quantile', () => {
    const y = tf.range(1, 101);
    const pull = (at: number) => inDouble((p) => quantileLoss(tf.fill([100, 1], 1).mul(p), y, [0.9]), [point(at)]).grads[0][0];
    expect(pull(90.5)).toBeCloseTo(0, 7); // 0.9 is a float32 constant
    expect(pull(80.5)).toBeCloseTo(-0.1, 7);
    expect(pull(95.5)).toBeCloseTo(0.05, 7);
  });

  it('names shapes and quantiles that do not fit', () => {
    expect(() => quantileLoss(tf.zeros([3, 2]), tf.zeros([3]), [0.1, 0.5, 0.9])).toThrow(
      'quantileLoss takes a prediction [..., 3], one for each quantile, and a target [...]: got prediction [3,2], target [3]',
    );
    expect(() => quantileLoss(tf.zeros([3, 1]), tf.zeros([3]), [5])).toThrow('quantileLoss: quantiles lie in (0, 1), got 5');
  });
});

// Margins y s of 2, 0.25 and −1: losses 0, 0.75 and 2.
it('hinge has its closed form on three points', () => {
  const { y, grads } = inDouble((s) => hinge(s, tf.tensor1d([1, -1, 1])), [point(2, -0.25, -1)]);
  expectClose(y, [2.75 / 3], 7);
  expectClose(grads[0], [0, 1 / 3, -1 / 3], 7);
});

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
});

describe('icLoss', () => {
  const forecast = row(3, 1, 2, 5);
  const icOf = (p: { data: number[]; shape: number[] }, y = forecast) => -inDouble(icLoss, [p, y]).y[0];

  it('is −1 for a forecast that is right up to scale and mean, 1 for its opposite', () => {
    expect(icOf(row(...forecast.data.map((v) => 0.01 * v - 7)))).toBeCloseTo(1, 6);
    expect(icOf(row(...forecast.data.map((v) => -v)))).toBeCloseTo(-1, 10);
  });

  it('averages dates, however different their scale', () => {
    const p = { data: [1, 2, 3, 1, 2, 3], shape: [2, 3] };
    const y = { data: [1, 2, 3, 300, 200, 100], shape: [2, 3] };
    expect(icOf(p, y)).toBeCloseTo(0, 10);
  });

  it('of a date without spread is 0, with a gradient that is a number', () => {
    const { y, grads } = inDouble(icLoss, [row(2, 2, 2, 2), forecast]);
    expect(y[0]).toBeCloseTo(0, 14);
    expect(grads[0].every(Number.isFinite)).toBe(true);
  });

  it('does not look at what the mask leaves out, not even at NaN', () => {
    const mask = tf.tensor2d([1, 1, 0, 1], [1, 4]);
    const masked = (third: number) => inDouble((p) => icLoss(p, tf.tensor2d(forecast.data, [1, 4]), mask), [row(2, 1, third, 9)]);
    expect([...masked(Number.NaN).y]).toEqual([...masked(100).y]);
    expect(masked(Number.NaN).grads[0][2]).toBe(0);
    expect(masked(0).y[0]).toBeCloseTo(inDouble(icLoss, [row(2, 1, 9), row(3, 1, 5)]).y[0], 14);
  });

  it('names a mask that leaves nothing, and shapes that do not fit', () => {
    const x = tf.zeros([2, 2]);
    expect(() => icLoss(x, x, tf.tensor2d([1, 1, 0, 0], [2, 2]))).toThrow('icLoss: the mask leaves no asset in row 1');
    expect(() => icLoss(x, tf.zeros([2, 3]))).toThrow(
      'icLoss correlates rows of prediction [T, N] and target [T, N]: got prediction [2,2], target [2,3]',
    );
    expect(() => icLoss(x, x, tf.ones([2, 1]))).toThrow('where mask [T, N] is 1: got prediction [2,2], target [2,2], mask [2,1]');
  });
});

describe('the Wasserstein losses', () => {
  it('of scores 1, 2 of data and 4 of a sample: the critic 2.5, the generator −4', () => {
    const scores = [point(1, 2), point(4)];
    expect(inDouble(criticLoss, scores).y[0]).toBe(2.5);
    expect(inDouble(generatorLoss, [scores[1]]).y[0]).toBe(-4);
  });

  // The slope of x·w is w everywhere: the penalty is (‖w‖ − 1)², and its gradient 2 (‖w‖ − 1) w/‖w‖.
  it('penalise a linear critic by its norm', () => {
    const penalty = (w: tf.Tensor) => gradientPenalty((x) => x.matMul(w), tf.ones([3, 2]), tf.zeros([3, 2]), tf.tensor1d([0, 0.5, 1]));
    const { y, grads } = inDouble(penalty, [{ data: [3, 4], shape: [2, 1] }]);
    expect(y[0]).toBeCloseTo(16, 10);
    expectClose(grads[0], [(8 * 3) / 5, (8 * 4) / 5], 10);
  });

  it('a critic with a hand-derived backward is refused by name', () => {
    const penalty = (w: tf.Tensor) =>
      gradientPenalty((x) => linear({ w, b: tf.zeros([1]) }, x), tf.ones([3, 2]), tf.zeros([3, 2]), tf.ones([3]));
    expect(() => inDouble(penalty, [{ data: [3, 4], shape: [2, 1] }])).toThrow('linear has a hand-derived first derivative only');
  });

  it('name the shapes that do not fit', () => {
    expect(() => gradientPenalty((x) => x, tf.ones([3, 2]), tf.ones([4, 2]), tf.ones([3]))).toThrow(
      'gradientPenalty mixes real [B, ...] with fake [B, ...] by mix [B]: got real [3,2], fake [4,2], mix [3]',
    );
  });
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
    expect(() => gaussianNll(x, tf.zeros([3]), x)).toThrow(
      'gaussianNll: mean, variance and target must have one shape: got mean [2,3], variance [3], target [2,3]',
    );
    expect(() => gaussianKl({ mean: x, logVariance: x }, { mean: x, logVariance: tf.zeros([3]) })).toThrow('q.logVariance [3]');
    expect(() => icLoss(tf.zeros([0, 3]), tf.zeros([0, 3]))).toThrow('icLoss: the batch is empty');
    expect(() => quantileLoss(tf.zeros([0, 1]), tf.zeros([0]), [0.5])).toThrow('quantileLoss: the batch is empty');
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
