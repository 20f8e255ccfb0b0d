import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { fold, key, normal } from '../../base/random.js';
import { gradCheck } from '../../tensor/grad-check.js';
import reference from '../linear-cost-attention.reference.json' with { type: 'json' }; // made by reference/linear-cost-attention.py with PyTorch 2.13
import { attention } from './attention.js';
import { causalPerformerAttention, orthogonalFeatures, performerAttention, positiveFeatures } from './performer-attention.js';

type Args = [q: tf.Tensor, k: tf.Tensor, v: tf.Tensor];
const { omega } = reference.performer;
const asTensor = ({ data, shape }: { data: ArrayLike<number>; shape: number[] }) => tf.tensor(Float32Array.from(data), shape);

describe('performerAttention', () => {
  it('is its plain form', () => {
    const { inputs, dy } = reference.performer;
    const of =
      (attend: typeof performerAttention.plain) =>
      (...args: tf.Tensor[]) =>
        attend(...(args as Args), { omega: asTensor(omega) });
    expectSameDerivatives(of(performerAttention), of(performerAttention.plain), inputs, dy);
  });

  // The mean of M independent blocks has a variance of order 1/M: 16 times the features, a quarter of the root mean square error.
  it('tends to attention like 1/√M', () => {
    const [q, k, v] = [1, 2, 3].map((seed) => {
      const { data, shape } = normal(key(seed), [2, 8, 4]);
      return { data: data.map((z) => z / 2), shape };
    });
    const exact = inDouble(attention as never, [q, k, v]).y;
    const error = (features: number) => {
      const squares = Array.from({ length: 20 }, (_, i) => {
        const omega = orthogonalFeatures(fold(key(4), i), { features, width: 4 });
        const approximate = inDouble(
          (...args: tf.Tensor[]) => performerAttention(...(args as Args), { omega: asTensor(omega) }),
          [q, k, v],
        ).y;
        return Array.from(exact, (y, j) => (approximate[j] - y) ** 2).reduce((sum, e) => sum + e) / exact.length;
      });
      return Math.sqrt(squares.reduce((sum, e) => sum + e, 0) / squares.length);
    };
    const [few, many] = [error(64), error(1024)];
    expect(many).toBeLessThan(0.02);
    expect(few / many).toBeGreaterThan(3);
    expect(few / many).toBeLessThan(5.3);
  });

  it('does not overflow where the softmax does not', () => {
    const [q, k] = [tf.fill([2, 3], 30), tf.fill([4, 3], 30)];
    expect([...performerAttention(q, k, tf.fill([4, 1], 5), { omega: asTensor(omega) }).dataSync()]).toEqual([5, 5]);
  });

  // The far key has the exponent −1,000 or so: taken for the one to subtract, e^1,000 would be the near key's feature.
  it('does not overflow where one key lies far from the others', () => {
    const k = tf.tensor2d([0, 0, 0, 0, 0, 60], [2, 3]);
    expect([...performerAttention(tf.zeros([1, 3]), k, tf.tensor2d([5, 7], [2, 1]), { omega: asTensor(omega) }).dataSync()]).toEqual([5]);
  });

  it('holds its directions constant', () => {
    const inputs = reference.performer.inputs.map(asTensor) as Args;
    const ofOmega = tf.grad((omega) => performerAttention(...inputs, { omega }).sum());
    expect([...ofOmega(asTensor(omega)).dataSync()]).toEqual(new Array(omega.data.length).fill(0));
  });

  // Of equal keys every query takes their one value, but what the two ask for of the features lies e^−100 apart.
  it('does not underflow where queries and keys look in opposite directions', () => {
    const [q, k] = [tf.tensor2d([0, 0, 60], [1, 3]), tf.tensor2d([0, 0, -60, 0, 0, -60], [2, 3])];
    expect([...performerAttention(q, k, tf.fill([2, 1], 5), { omega: asTensor(omega) }).dataSync()]).toEqual([5]);
    const both = causalPerformerAttention(q.tile([2, 1]), k, tf.fill([2, 1], 5), { omega: asTensor(omega) });
    expect([...both.dataSync()]).toEqual([5, 5]);
  });

  it('names the shapes that do not fit', () => {
    const [q, k, v] = [tf.zeros([4, 2]), tf.zeros([5, 2]), tf.zeros([5, 1])];
    expect(() => performerAttention(q, k, v, { omega: asTensor(omega) })).toThrow(
      'performerAttention takes omega [M, D] for q [..., T, D]: got omega [7,3], q [4,2]',
    );
    expect(() => performerAttention(q, k, v, { omega: tf.zeros([7, 2, 2]) })).toThrow('takes omega [M, D]');
    expect(() => performerAttention(q, k, tf.zeros([4, 1]), { omega: tf.zeros([7, 2]) })).toThrow(
      'performerAttention compares q [..., T, D]',
    );
    expect(() => positiveFeatures(q, asTensor(omega))).toThrow(
      'positiveFeatures takes omega [M, D] for x [..., T, D]: got omega [7,3], x [4,2]',
    );
    expect(() => positiveFeatures(q, tf.zeros([7, 2, 2]))).toThrow('got omega [7,2,2]');
  });
});

describe('causalPerformerAttention', () => {
  const causal = (...args: tf.Tensor[]) => causalPerformerAttention(...(args as Args), { omega: asTensor(omega), chunk: 3 }); // two chunks of two steps

  it("equals the authors' formula with its weights masked, forward and backward", () => expectReference(causal, reference.performerCausal));

  it('backward agrees with differences', () => void gradCheck(causal, reference.performerCausal.inputs));

  it('compiles on both runtimes', () => expectCompiled(causal, reference.performerCausal.inputs));

  it('needs as many queries as keys', () => {
    const x = (T: number) => tf.zeros([T, 3]);
    expect(() => causalPerformerAttention(x(4), x(5), x(5), { omega: asTensor(omega) })).toThrow(
      'as many queries as keys: got q [4,3], k [5,3]',
    );
  });
});

describe('orthogonalFeatures', () => {
  const [M, D] = [10, 4];
  const { data } = orthogonalFeatures(key(1), { features: M, width: D });
  const row = (i: number) => [...data.subarray(i * D, (i + 1) * D)];
  const dot = (a: number[], b: number[]) => a.reduce((sum, v, j) => sum + v * b[j], 0);

  it('are orthogonal within a block', () => {
    for (const [i, j] of [
      [0, 1],
      [1, 3],
      [5, 6],
      [8, 9],
    ])
      expect(dot(row(i), row(j))).toBeCloseTo(0, 5);
  });

  // E‖ω‖² = D for a standard normal vector.
  it('are as long as normal vectors on average', () => {
    const { data } = orthogonalFeatures(key(2), { features: 4000, width: D });
    const mean = data.reduce((sum, v) => sum + v * v, 0) / 4000;
    expect(Math.abs(mean - D)).toBeLessThan(0.2); // four standard errors: 4 √(2D / 4000) = 0.18
  });
});
