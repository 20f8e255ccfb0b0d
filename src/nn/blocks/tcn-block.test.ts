import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { map } from '../../tensor/tree.js';
import { causalConvolution } from '../convolution/causal-convolution.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by reference/recurrent.py with PyTorch 2.13
import { initTcnBlock, receptiveField, type TcnBlockParams, tcnBlock } from './tcn-block.js';

const block = (...inputs: tf.Tensor[]) => {
  const [x, w1, b1, w2, b2, w, b, ...masks] = inputs;
  return tcnBlock({ first: { w: w1, b: b1 }, second: { w: w2, b: b2 }, shortcut: { w, b } }, x, { dilation: 2, masks });
};
const { inputs } = reference.tcnBlock;

describe('tcnBlock', () => {
  it('equals PyTorch with masks and a shortcut, forward and backward', () => expectReference(block, reference.tcnBlock));

  it('backward agrees with differences', () => {
    gradCheck(block, inputs);
  });

  it('is the same compiled, on both runtimes', () => expectCompiled(block, inputs));

  it('is relu(x) while its second convolution is silent', () => {
    const [x] = inputs;
    const zero = (shape: number[]) => tf.zeros(shape);
    const silent = (x: tf.Tensor) =>
      tcnBlock({ first: { w: tf.ones([2, 2, 2]), b: zero([2]) }, second: { w: zero([2, 2, 2]), b: zero([2]) } }, x, { dilation: 1 });
    expect([...inDouble(silent, [x]).y]).toEqual(x.data.map((v) => Math.max(v, 0)));
  });

  it('needs a shortcut where the width changes', () => {
    const { shortcut, ...rest } = map(initTcnBlock(key(1), { inputs: 2, outputs: 3, kernel: 2 }), ({ shape }) =>
      tf.zeros(shape),
    ) as TcnBlockParams;
    expect(shortcut!.w.shape).toEqual([2, 3]);
    expect(() => tcnBlock(rest, tf.zeros([1, 4, 2]), { dilation: 1 })).toThrow(
      'tcnBlock needs a shortcut [F, D] where its convolutions change the width: got x [1,4,2], w [2,3,3]',
    );
  });
});

describe('receptiveField', () => {
  it.each([
    [2, [1], 3],
    [3, [1, 2, 4], 29],
    [3, [1, 2, 4, 8, 16], 125],
  ])('of kernel %i and dilations %j is what a shock reaches', (kernel, dilations, expected) => {
    expect(receptiveField(kernel, dilations)).toBe(expected);
    const ones = { w: tf.ones([kernel, 1, 1]), b: tf.zeros([1]) };
    const stack = (x: tf.Tensor) => dilations.flatMap((d) => [d, d]).reduce((h, d) => causalConvolution(ones, h, { dilation: d }), x);
    const T = expected + 5;
    const x = { data: Array.from({ length: T }, (_, t) => (t === 0 ? 1 : 0)), shape: [1, T, 1] };
    expect(inDouble(stack, [x]).y.findLastIndex((v) => v > 0)).toBe(expected - 1);
  });
});
