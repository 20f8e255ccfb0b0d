import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { grad } from './grad.js';
import { stopGradient } from './stop-gradient.js';
import { trace } from './trace/trace.js';
import { valuesNow } from './values-now.js';

// f = x · stop(x²): f = x³, f′ = stop(x²) = x², f″ = 0.
it('stopGradient keeps the number and drops its derivatives', () => {
  const f = (x: tf.Tensor) => x.mul(stopGradient(x.square())).sum();
  const x = tf.tensor1d([3]);
  expect(f(x).dataSync()[0]).toBe(27);
  expect(grad(f)(x).dataSync()[0]).toBe(9);
  expect(grad((x: tf.Tensor) => grad(f)(x).sum())(x).dataSync()[0]).toBe(0);
});

it('stopGradient takes a function of operators that have none, such as topk', () => {
  const largest = (x: tf.Tensor) => tf.topk(x, 1).values;
  expect([...grad((x: tf.Tensor) => x.mul(stopGradient(() => largest(x))).sum())(tf.tensor1d([2, 3])).dataSync()]).toEqual([3, 3]);
  expect(() => grad((x: tf.Tensor) => x.mul(largest(x)).sum())(tf.tensor1d([2, 3]))).toThrow('TopK');
});

it('valuesNow sees eager tensors and constants of a trace, not its arguments', () => {
  const constant = tf.tensor1d([1, 2], 'int32');
  expect(Array.from(valuesNow(constant)!)).toEqual([1, 2]);
  trace(
    (x) => {
      expect(Array.from(valuesNow(constant)!)).toEqual([1, 2]);
      expect(valuesNow(x)).toBeUndefined();
      return [x];
    },
    [{ shape: [2], dtype: 'int32' }],
  );
});
