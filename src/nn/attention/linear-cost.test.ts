import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { key } from '../../base/random.js';
import { sizeOf } from '../../base/shape.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { trace } from '../../tensor/trace/trace.js';
import { type Attend, attention } from './attention.js';
import { nystromAttention } from './nystrom-attention.js';
import { causalPerformerAttention, orthogonalFeatures, performerAttention } from './performer-attention.js';
import { probSparseAttention, sampleKeys } from './prob-sparse-attention.js';

const D = 4;
const features = () => {
  const { data, shape } = orthogonalFeatures(key(1), { features: 8, width: D });
  return tf.tensor(data, shape);
};
const sample = (T: number) => {
  const { data, shape } = sampleKeys(key(2), { queries: T, keys: T, samples: 5 });
  return tf.tensor(data, shape, 'int32');
};

/** The numbers that a gradient step through attention over T steps computes. */
function numbersComputed(attend: Attend, T: number): number {
  const shape = [2, T, D];
  const step = (...qkv: tf.Tensor[]) => valueAndGrad(([q, k, v]: tf.Tensor[]) => attend(q, k, v).square().sum())(qkv).grads as tf.Tensor[];
  const { nodes } = trace(step, Array(3).fill({ shape, dtype: 'float32' }));
  return nodes.flatMap(({ outputs }) => outputs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
const growth = (attend: Attend) => numbersComputed(attend, 2048) / numbersComputed(attend, 1024);

describe('a sequence of twice the length', () => {
  it.each<[string, Attend]>([
    ['performerAttention', (q, k, v) => performerAttention(q, k, v, { omega: features() })],
    ['causalPerformerAttention', (q, k, v) => causalPerformerAttention(q, k, v, { omega: features() })],
    ['nystromAttention', (q, k, v) => nystromAttention(q, k, v, { landmarks: 8 })],
    ['probSparseAttention', (q, k, v) => probSparseAttention(q, k, v, { sample: sample(q.shape[1]!), u: 5 })],
  ])('is at most twice the work of %s', (_, attend) => {
    expect(growth(attend)).toBeLessThan(2.05);
  });

  it('is four times the work of attention', () => {
    expect(growth(attention)).toBeCloseTo(4, 1);
  });
});
