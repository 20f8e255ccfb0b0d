import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { factorReturns } from '../../tests/support/simulated.js';
import { column, fromColumns } from '../linalg/matrix.js';
import { gradientDescent } from '../stats/descent/gradient-descent.js';
import { leastSquares, logisticLoss } from '../stats/descent/objective.js';
import { drawRows, stochasticGradientDescent } from '../stats/descent/stochastic-gradient-descent.js';
import { compile, fromArray, key } from '../tensor/index.js';
import { gradientStep, logLoss, type Rows, squaredError, type Weights } from './gradient-step.js';

beforeAll(() => tf.setBackend('cpu'));

const SAMPLE = factorReturns(128, 12);
const X = fromColumns([1, 2, 3].map((j) => column(SAMPLE.x, j).map((value) => 100 * value))); // in percent
const Y = SAMPLE.y.map((value) => 100 * value);
const UP = Y.map((value) => (value > 0 ? 1 : 0));
const STEP = 0.2;

const rowsOf = (labels: Float64Array, indices: ArrayLike<number> = labels.map((_, i) => i)) => ({
  x: fromArray(
    Float32Array.from({ length: indices.length * 3 }, (_, at) => X.data[indices[Math.floor(at / 3)] * 3 + (at % 3)]),
    [indices.length, 3],
  ),
  y: fromArray(
    Float32Array.from(indices, (i) => labels[i]),
    [indices.length, 1],
  ),
});
const start = () => ({ w: fromArray(new Float32Array(3), [3, 1]) });

describe.each(['openvino', 'onnxruntime'] as const)('gradientStep compiled on %s', (runtime) => {
  it.each([
    ['squaredError', squaredError, leastSquares(X, Y), Y],
    ['logLoss', logLoss, logisticLoss(X, UP), UP],
  ] as const)('follows gradient descent in double for 100 steps of %s', async (_, loss, objective, labels) => {
    const descent = gradientDescent(objective, { iterations: 100, step: STEP });
    const step = compile(gradientStep(loss, STEP), { runtime, donate: [0] });
    const rows = rowsOf(labels);
    let params = start();
    for (let k = 0; k < 100; k++) {
      const next = await step(params, rows);
      expect(next.loss.item()).toBeCloseTo(descent.values[k], 5);
      params = next.params;
    }
    expectClose(params.w.data(), descent.w, 5);
    step.release();
  });

  it('follows stochastic gradient descent when it is given the same rows', async () => {
    const options = { key: key(4), batch: 16, step: 0.05, iterations: 200 };
    const descent = stochasticGradientDescent(leastSquares(X, Y), options);
    const step = compile(gradientStep(squaredError, options.step), { runtime, donate: [0] });
    let params = start();
    for (let k = 0; k < options.iterations; k++)
      ({ params } = await step(params, rowsOf(Y, drawRows(options.key, k, options.batch, Y.length))));
    expectClose(params.w.data(), descent.w, 5);
    step.release();
  });
});

describe('gradientStep', () => {
  it('is the same step eagerly', () => {
    const rows: Rows = { x: tf.tensor2d(Float32Array.from(X.data), [128, 3]), y: tf.tensor2d(Float32Array.from(Y), [128, 1]) };
    const first: Weights = { w: tf.zeros([3, 1]) };
    const { params, loss } = gradientStep(squaredError, STEP)(first, rows);
    const descent = gradientDescent(leastSquares(X, Y), { iterations: 1, step: STEP });
    expectClose(params.w.dataSync(), descent.w, 6);
    expect(loss.dataSync()[0]).toBeCloseTo(descent.values[0], 6);
  });

  it('leaves nothing behind but its results', () => {
    const rows: Rows = { x: tf.ones([4, 3]), y: tf.ones([4, 1]) };
    const first: Weights = { w: tf.zeros([3, 1]) };
    const before = tf.memory().numTensors;
    const { params, loss } = gradientStep(squaredError, STEP)(first, rows);
    expect(tf.memory().numTensors - before).toBe(2);
    tf.dispose([params.w, loss]);
  });
});
