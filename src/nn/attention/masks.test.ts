import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { key, normal, split } from '../../base/random.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { initLstm, lstm, lstmLast } from '../recurrent/lstm.js';
import { lastSteps } from './masks.js';

it('lastSteps reads a recurrence where each sequence ends, forward and backward', () => {
  const [forParams, forX] = split(key(1));
  const params = Object.fromEntries(
    Object.entries(initLstm(forParams, { inputs: 2, width: 3 })).map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]),
  ) as { wx: tf.Tensor; wh: tf.Tensor; b: tf.Tensor };
  const { data } = normal(forX, [3, 5, 2]);
  const lengths = [5, 1, 3];
  const ends = lastSteps(lengths, 5);
  const padded = valueAndGrad((p: typeof params) =>
    lstm(p, tf.tensor3d(data, [3, 5, 2]))
      .outputs.mul(tf.tensor(ends.data, ends.shape))
      .sum(1)
      .square()
      .sum(),
  )(params);
  const alone = lengths.map((T, i) => {
    const x = tf.tensor3d(data.slice(10 * i, 10 * i + 2 * T), [1, T, 2]);
    return valueAndGrad((p: typeof params) => lstmLast(p, x).square().sum())(params);
  });
  const sumOf = (pick: (one: typeof padded) => tf.Tensor) => tf.addN(alone.map(pick)).dataSync();
  expectClose(
    padded.value.dataSync(),
    sumOf(({ value }) => value),
    6,
  );
  for (const name of ['wx', 'wh', 'b'] as const)
    expectClose(
      padded.grads[name].dataSync(),
      sumOf(({ grads }) => grads[name]),
      6,
    );
  expect(() => lastSteps([1, 6], 5)).toThrow('lastSteps: a length must be an integer from 1 to 5, got 6 for sequence 1; leave out');
});
