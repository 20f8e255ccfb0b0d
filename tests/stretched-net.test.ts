import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { type Form, initNet, netOf, stretched } from '../experiments/week08/intervals/net.js';
import { randomStart } from '../src/attack/index.js';
import { key, map, uniform } from '../src/tensor/index.js';

const FORM: Form = { stretch: true, filters: [{ count: 3, size: 8, stride: 4 }], hidden: 6 };

test('grey values: black and white keep within 0.02 ε while they move by ε = 0.3, and the slope between is 1 / 0.4 and 0.02', () => {
  const at = Array.from(stretched(tf.tensor1d([0, 0.3, 0.5, 0.7, 1])).dataSync());
  for (const [i, value] of [0, 0.006, 0.51, 1.014, 1.02].entries()) expect(at[i]).toBeCloseTo(value, 6);
});

test('no point of the ball has a margin above the worst, and at a radius of nothing the worst is the margin itself', () => {
  const params = map(initNet(key(3), FORM), (one) =>
    tf.tensor((one as { data: Float32Array }).data, (one as { shape: number[] }).shape),
  ) as never;
  const net = netOf(FORM);
  const y = tf.tensor1d([4, 7], 'int32');
  const shape = [2, 28, 28, 1];
  const x = tf.tensor(uniform(key(1), shape).data, shape);
  const marginsOf = (z: tf.Tensor) => z.sub(z.mul(tf.oneHot(y, 10)).sum(1, true));
  const none = net.worst(params, x, y, 0).sub(marginsOf(net.logits(params, x)));
  expect(Math.max(...none.abs().dataSync())).toBeLessThan(1e-5);
  const worst = net.worst(params, x, y, 0.3);
  let nearest = Infinity;
  for (let k = 0; k < 20; k++) {
    const to = tf
      .tensor(randomStart(key(k), 'linf', shape).data, shape)
      .sign()
      .mul(0.3);
    const slack = worst.sub(marginsOf(net.logits(params, x.add(to).clipByValue(0, 1))));
    nearest = Math.min(nearest, ...slack.dataSync());
  }
  expect(nearest).toBeGreaterThan(-1e-5); // the label's own margin is 0 on both sides
});
