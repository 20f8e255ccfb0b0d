import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, expectReference, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { key, randint } from '../../base/random.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { plainly } from '../../tensor/layer.js';
import reference from '../linear-cost-attention.reference.json' with { type: 'json' }; // made by reference/linear-cost-attention.py with PyTorch 2.13
import { attention } from './attention.js';
import { probSparseAttention, sampleKeys } from './prob-sparse-attention.js';

type Args = [q: tf.Tensor, k: tf.Tensor, v: tf.Tensor];
const { sample, ...expected } = reference.probSparse;
const keys = () => tf.tensor(sample.data, sample.shape, 'int32');
const layer =
  (u: number) =>
  (...args: tf.Tensor[]) =>
    probSparseAttention(...(args as Args), { sample: keys(), u });

describe('probSparseAttention', () => {
  it("equals the authors' code, forward and backward", () => expectReference(layer(2), expected));

  it('has the derivatives of its plain form, and of differences', () => {
    expectSameDerivatives(layer(2), plainly(layer(2)), expected.inputs);
    gradCheck(layer(2), expected.inputs);
  });

  it('compiles on both runtimes', () => expectCompiled(layer(2), expected.inputs));

  it('with every query chosen is attention', () => {
    const exact = inDouble((...args: tf.Tensor[]) => attention(...(args as Args)), expected.inputs);
    const all = inDouble(layer(5), expected.inputs);
    expect(distance(all.y, exact.y)).toBeLessThan(1e-12);
    for (const [i, g] of all.grads.entries()) expect(distance(g, exact.grads[i])).toBeLessThan(1e-12);
  });

  it('names what does not fit', () => {
    const [q, k] = [tf.zeros([5, 3]), tf.zeros([6, 3])];
    expect(() => probSparseAttention(k, k, k, { sample: keys(), u: 2 })).toThrow(
      'an int32 sample [T, U] (this is int32) for q [..., T, D]: got sample [5,3], q [6,3]',
    );
    expect(() => probSparseAttention(q, k, k, { sample: keys(), u: 6 })).toThrow(
      'probSparseAttention: u must be a whole number from 1 to 5, got 6',
    );
  });

  it('samples keys of each query', () => {
    expect(sampleKeys(key(1), { queries: 4, keys: 9, samples: 2 })).toEqual(randint(key(1), [4, 2], 0, 9));
  });
});
