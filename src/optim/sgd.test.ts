import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { RUNTIMES } from '../../tests/support/compiled.js';
import { factorReturns } from '../../tests/support/simulated.js';
import { column, fromColumns } from '../linalg/matrix.js';
import { gradientDescent } from '../stats/descent/gradient-descent.js';
import { leastSquares, logisticLoss } from '../stats/descent/objective.js';
import { drawRows, stochasticGradientDescent } from '../stats/descent/stochastic-gradient-descent.js';
import { compile, key } from '../tensor/index.js';
import { sgd, trainingStep } from './index.js';

const SAMPLE = factorReturns(128, 12);
const X = fromColumns([1, 2, 3].map((j) => column(SAMPLE.x, j).map((value) => 100 * value))); // in percent
const Y = SAMPLE.y.map((value) => 100 * value);
const UP = Y.map((value) => (value > 0 ? 1 : 0));
const STEP = 0.2;

/** These rows of the sample: x [B, 3], y [B, 1]. */
const rowsOf = (labels: Float64Array, indices: ArrayLike<number> = labels.map((_, i) => i)) => {
  const x = Float32Array.from({ length: indices.length * 3 }, (_, at) => X.data[indices[Math.floor(at / 3)] * 3 + (at % 3)]);
  const y = Float32Array.from(indices, (i) => labels[i]);
  return { x: { data: x, shape: [indices.length, 3] }, y: { data: y, shape: [indices.length, 1] } };
};

type Weights = { w: tf.Tensor };
type Sample = { x: tf.Tensor; y: tf.Tensor };
/** `leastSquares` without penalty: ½ mean (Xw − y)². */
const squaredError = ({ w }: Weights, { x, y }: Sample) => x.matMul(w).sub(y).square().mean().mul(0.5);
/** `logisticLoss` without penalty: mean log(1 + exp(−(2y − 1)Xw)). */
const logLoss = ({ w }: Weights, { x, y }: Sample) =>
  x
    .matMul(w)
    .mul(tf.sub(1, y.mul(2)))
    .softplus()
    .mean();

const START = { w: { data: new Float32Array(3), shape: [3, 1] } };
const descending = (learningRate: number) => sgd(START, { learningRate });

// Descent in plain double precision, which shares nothing with the engine, is the reference.
describe.each(RUNTIMES)('a step of sgd compiled on %s', (runtime) => {
  it.each([
    ['squared error', squaredError, leastSquares(X, Y), Y],
    ['log loss', logLoss, logisticLoss(X, UP), UP],
  ] as const)('follows gradient descent in double for 100 steps of %s', async (_, lossOf, objective, labels) => {
    const descent = gradientDescent(objective, { iterations: 100, step: STEP });
    const optimizer = descending(STEP);
    const step = compile(trainingStep(optimizer, lossOf), { runtime, donate: [0] });
    const rows = rowsOf(labels);
    let { state, loss } = await step(optimizer.init(START), rows);
    for (let k = 0; k < 99; k++) {
      expect(loss.item()).toBeCloseTo(descent.values[k], 5);
      ({ state, loss } = await step(state, rows));
    }
    expectClose(state.parameters.data(), descent.w, 5);
    step.release();
  });

  it('follows stochastic gradient descent when it is given the same rows', async () => {
    const options = { key: key(4), batch: 16, step: 0.05, iterations: 200 };
    const descent = stochasticGradientDescent(leastSquares(X, Y), options);
    const optimizer = descending(options.step);
    const step = compile(trainingStep(optimizer, squaredError), { runtime, donate: [0] });
    const rowsAt = (k: number) => rowsOf(Y, drawRows(options.key, k, options.batch, Y.length));
    let { state } = await step(optimizer.init(START), rowsAt(0));
    for (let k = 1; k < options.iterations; k++) ({ state } = await step(state, rowsAt(k)));
    expectClose(state.parameters.data(), descent.w, 5);
    step.release();
  });
});

it('refuses a momentum outside of [0, 1), and to look ahead along none', () => {
  expect(() => sgd(START, { learningRate: 1, momentum: 1 })).toThrow('sgd: momentum must be a finite number from 0 up, below 1, got 1');
  expect(() => sgd(START, { learningRate: 1, momentum: -0.1 })).toThrow('got -0.1');
  expect(() => sgd(START, { learningRate: 1, nesterov: true })).toThrow('sgd: nesterov looks ahead along the velocity');
  expect(sgd(START, { learningRate: 1 }).init(START).velocity.shape).toEqual([0]);
  expect(sgd(START, { learningRate: 1, momentum: 0.5 }).init(START).velocity.shape).toEqual([3]);
});

describe('a step of sgd called eagerly', () => {
  it('is the same step', () => {
    const rows = { x: tf.tensor2d(Float32Array.from(X.data), [128, 3]), y: tf.tensor2d(Float32Array.from(Y), [128, 1]) };
    const optimizer = descending(STEP);
    const { state, loss } = trainingStep(optimizer, squaredError)({ parameters: tf.zeros([3]), velocity: tf.zeros([0]) }, rows);
    const descent = gradientDescent(leastSquares(X, Y), { iterations: 1, step: STEP });
    expectClose(optimizer.params(state).w.dataSync(), descent.w, 6);
    expect(loss.dataSync()[0]).toBeCloseTo(descent.values[0], 6);
  });

  it('leaves nothing behind but its results', () => {
    const rows = { x: tf.ones([4, 3]), y: tf.ones([4, 1]) };
    const start = { parameters: tf.zeros([3]), velocity: tf.zeros([0]) };
    const step = trainingStep(descending(STEP), squaredError);
    const before = tf.memory().numTensors;
    const { state, loss } = step(start, rows);
    expect(tf.memory().numTensors - before).toBe(2);
    tf.dispose([state.parameters, loss]);
  });
});
