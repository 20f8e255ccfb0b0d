import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { grad } from './grad.js';
import { gradCheck } from './grad-check.js';

const X = tf.tensor2d([
  [0.3, -1.2, 0.4],
  [2.1, 0.7, -0.6],
]);
const POSITIVE = tf.tensor2d([
  [0.3, 1.2, 0.4],
  [2.1, 0.7, 0.6],
]);
// Unequal weights, since a softmax sums to 1 and its plain sum has no derivative.
const weightsFor = (y: tf.Tensor) => tf.linspace(-1, 2, y.size).reshape(y.shape);

describe('a condition on the input', () => {
  it.each([
    ['greater', (x: tf.Tensor) => x.greater(0)],
    ['lessEqual', (x: tf.Tensor) => x.lessEqual(0)],
    ['notEqual and not', (x: tf.Tensor) => x.notEqual(0).logicalNot()],
    ['less or equal', (x: tf.Tensor) => x.less(0).logicalOr(x.equal(3))],
    ['and', (x: tf.Tensor) => x.less(1).logicalAnd(x.greater(-1))],
  ])('%s passes the gradient of the branch it takes', (_, condition) => {
    gradCheck((x) => tf.where(condition(x), x.square(), x.mul(3)), [X]);
  });
});

describe('a split', () => {
  it.each([1, 2])('into %i passes the gradients of its parts', (parts) => {
    gradCheck((x) => tf.concat([...tf.split(x, parts)].reverse(), 1).square(), [X]);
  });
});

describe('second derivatives through operators that save their output', () => {
  it.each<[string, (x: tf.Tensor) => tf.Tensor, tf.Tensor]>([
    ['exp', (x) => x.exp(), X],
    ['tanh', (x) => x.tanh(), X],
    ['sigmoid', (x) => x.sigmoid(), X],
    ['softmax', (x) => x.softmax(), X],
    ['logSumExp', (x) => x.logSumExp(-1), X],
    ['pow', (x) => x.pow(2.5), POSITIVE],
    ['pow by the exponent', (x) => tf.pow(1.5, x), X],
  ])('%s', (_, f, point) => {
    const slope = (x: tf.Tensor) =>
      grad((z: tf.Tensor) =>
        f(z)
          .mul(weightsFor(f(z)))
          .sum(),
      )(x);
    gradCheck(slope, [point]);
  });

  it('are right eagerly too: tanh″ = −2 tanh (1 − tanh²)', () => {
    const second = grad((x: tf.Tensor) => grad((z: tf.Tensor) => z.tanh().sum())(x).sum())(tf.scalar(0.5)).dataSync()[0];
    expect(second).toBeCloseTo(-2 * Math.tanh(0.5) * (1 - Math.tanh(0.5) ** 2), 6);
  });
});
