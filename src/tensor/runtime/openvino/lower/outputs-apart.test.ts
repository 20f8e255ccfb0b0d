import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { fold, key, normal } from '../../../../base/index.js';
import { compile } from '../../../compile.js';

// Without it the second convolution reads other memory: 4e1 off, or 1e24.
it.each<[string, (y: tf.Tensor4D) => tf.Tensor]>([
  ['an output', (y) => y],
  ['what an output is a reshape of', (y) => y.reshape([60, 2])],
])('a convolution reads %s as it is', async (_, view) => {
  const f = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => {
    const y = tf
      .conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
      .add(b)
      .exp() as tf.Tensor4D;
    return [tf.conv2d(y, w as tf.Tensor4D, 1, 'same'), view(y)];
  };
  const inputs = [[5, 4, 3, 2], [3, 3, 2, 2], [2]].map((shape, i) => normal(fold(key(5), i), shape));
  const [actual, expected] = await Promise.all([
    compile(f, { runtime: 'openvino' })(...(inputs as [never, never, never])),
    compile(f, { precision: 'float64' })(...(inputs as [never, never, never])),
  ]);
  for (const [k, y] of actual.entries()) {
    const [got, want] = [y.data(), expected[k].data()];
    const scale = Math.max(...want.map(Math.abs));
    for (let i = 0; i < want.length; i++) expect(Math.abs(got[i] - want[i])).toBeLessThan(1e-5 * scale);
  }
});
