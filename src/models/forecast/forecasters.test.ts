import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, inDouble, type Reference } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { flatten, map, type Tree } from '../../tensor/tree.js';
import reference from '../forecasters.reference.json' with { type: 'json' }; // made by reference/forecasters.py with PyTorch 2.13
import { dLinear, initDLinear } from './dlinear.js';
import { initLstmAttention, lstmAttention, lstmAttentionWeights } from './lstm-attention.js';
import { initNLinear, nLinear } from './nlinear.js';
import { initTcn, tcn } from './tcn.js';

/** A model of x and of its weights in the order of their names. */
function model<P>(params: P, forecast: (params: never, x: tf.Tensor) => tf.Tensor) {
  const { unflatten } = flatten(params as Tree<unknown>);
  return (x: tf.Tensor, ...weights: tf.Tensor[]) => forecast(unflatten(weights) as never, x);
}

const tcnConfig = { inputs: 2, width: 3, kernel: 2, dilations: [1, 2], outputs: 2 };
const attentionParams = initLstmAttention(key(1), { inputs: 2, width: 3, horizons: 2 });
const window = { lookback: 6, horizons: 2 };

describe.each<[string, (...inputs: tf.Tensor[]) => tf.Tensor, Reference]>([
  ['lstmAttention', model(attentionParams, lstmAttention) as never, reference.lstmAttention],
  ['tcn', model(initTcn(key(2), tcnConfig), (params, x) => tcn(params, x, tcnConfig)) as never, reference.tcn],
  ['nLinear', model(initNLinear(key(3), window), nLinear) as never, reference.nLinear],
  ['dLinear', model(initDLinear(key(4), window), (params, x) => dLinear(params, x, { kernel: 5 })) as never, reference.dLinear],
])('%s', (_, forecast, reference) => {
  it('equals PyTorch from the same weights, forward and backward', () => expectReference(forecast, reference));

  it('backward agrees with differences', () => void gradCheck(forecast, reference.inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(forecast, reference.inputs));
});

const zeros = (params: unknown) => map(params, ({ shape }) => tf.zeros([...shape])) as never;

describe('lstmAttention', () => {
  it('looks somewhere: the weights of each horizon sum to 1', () => {
    const [x, ...weights] = reference.lstmAttention.inputs;
    const look = model(attentionParams, lstmAttentionWeights) as (...inputs: tf.Tensor[]) => tf.Tensor;
    const { y } = inDouble((...inputs) => look(...inputs).sum(-1), [x, ...weights]);
    for (const sum of y) expect(sum).toBeCloseTo(1, 14);
  });

  it('names the features that it takes', () => {
    expect(() => lstmAttention(zeros(attentionParams), tf.zeros([4, 7, 3]))).toThrow('lstmAttention takes x [B, T, 2]: got x [4,7,3]');
  });
});

describe('tcn', () => {
  it('sees its receptive field and nothing before', () => {
    // 1 + 2 (2 − 1) (1 + 2) = 7 steps: of 9, the first two change nothing.
    const x = { data: Array.from({ length: 18 }, (_, i) => Math.sin(i)), shape: [1, 9, 2] };
    const ones = reference.tcn.inputs.slice(1).map(({ data, shape }) => ({ data: data.map(Math.abs), shape }));
    const forecast = model(initTcn(key(2), tcnConfig), (params, x) => tcn(params, x.abs(), tcnConfig)) as never;
    const { grads } = inDouble(forecast, [x, ...ones]);
    expect([...grads[0]].map((g) => g !== 0)).toEqual(x.data.map((_, i) => i >= 4));
  });

  it('names what does not fit its config', () => {
    const params = zeros(initTcn(key(2), tcnConfig));
    expect(() => tcn(params, tf.zeros([4, 7, 3]), tcnConfig)).toThrow('tcn takes x [B, T, 2]: got x [4,7,3]');
    expect(() => tcn(params, tf.zeros([4, 7, 2]), { ...tcnConfig, dilations: [1, 2, 4] })).toThrow('tcn: 2 blocks but 3 dilations');
    expect(() => initTcn(key(1), { ...tcnConfig, dilations: [] })).toThrow('initTcn: dilations are one for each block, at least one');
  });
});
