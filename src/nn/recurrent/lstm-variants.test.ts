import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { key, normal } from '../../base/random.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by reference/recurrent.py with PyTorch 2.13
import { lstm } from './lstm.js';
import type { LstmVariant } from './lstm-recurrence.js';
import { initLstmVariant, lstmVariant } from './lstm-variants.js';

describe('lstmVariant', () => {
  it('is lstm when nothing is set', () => {
    const { inputs } = reference.NP;
    const all = inDouble((x, h, c, wx, wh, b) => lstmVariant({ wx, wh, b }, x, { state: { h, c } }).outputs, inputs);
    const common = inDouble((x, h, c, wx, wh, b) => lstm({ wx, wh, b }, x, { state: { h, c } }).outputs, inputs);
    expect(distance(all.y, common.y)).toBeLessThan(1e-14);
    for (const [i, g] of common.grads.entries()) expect(distance(all.grads[i], g)).toBeLessThan(1e-13);
  });

  // Where gates see the cell and one another, every weight and every part of the state is in use.
  const FGR = { peepholes: true, gateRecurrence: true } as const;
  const whole =
    (layer: typeof lstmVariant.plain) =>
    (...[x, h, c, wx, wh, b, peepholes, gates, before]: tf.Tensor[]) => {
      const { outputs, state } = layer({ wx, wh, b, peepholes, gates }, x, { ...FGR, ...(before && { state: { h, c, gates: before } }) });
      return tf.concat([outputs, ...Object.values<tf.Tensor>({ ...state }).map((part) => part.reshape([2, -1, 2]))], 1);
    };

  it('is its plain form, with the same derivatives', () => {
    const { inputs } = reference.FGR;
    expectSameDerivatives(whole(lstmVariant), whole(lstmVariant.plain), inputs, { data: inputs[7].data.slice(0, 32), shape: [2, 8, 2] });
  });

  // In the variants whose gates do not see one another there is less of a state, and the loss may be of the state alone.
  it.each<[string, LstmVariant]>([
    ['V', { peepholes: true }],
    ['NIG', { peepholes: true, inputGate: false }],
  ])('is its plain form as %s, from the state alone too', (name, variant) => {
    const { inputs } = reference[name as 'V' | 'NIG'];
    const last =
      (layer: typeof lstmVariant.plain) =>
      (...[x, h, c, wx, wh, b, peepholes]: tf.Tensor[]) => {
        const { state } = layer({ wx, wh, b, peepholes }, x, { ...variant, state: { h, c } });
        expect(Object.keys(state)).toEqual(['h', 'c']);
        return state.h.add(state.c.mul(2));
      };
    expectSameDerivatives(last(lstmVariant), last(lstmVariant.plain), inputs);
  });

  it('keeps axes of length 1', () => {
    const ones = [[1, 2, 2], [2, 4], [1, 4], [4], [3, 1], [3, 3]].map((shape, i) => normal(key(i), shape));
    const one =
      (layer: typeof lstmVariant.plain) =>
      (...[x, wx, wh, b, peepholes, gates]: tf.Tensor[]) => {
        const { outputs, state } = layer({ wx, wh, b, peepholes, gates }, x, FGR);
        expect([outputs, state.h, state.c, state.gates!].map((t) => t.shape)).toEqual([
          [1, 2, 1],
          [1, 1],
          [1, 1],
          [1, 3],
        ]);
        return outputs;
      };
    expectSameDerivatives(one(lstmVariant), one(lstmVariant.plain), ones);
  });

  it('begins with zeros', () => {
    const inputs = reference.FGR.inputs.map((point, i) =>
      i === 1 || i === 2 || i === 8 ? { ...point, data: point.data.map(() => 0) } : point,
    );
    const left = inDouble(whole(lstmVariant), inputs.slice(0, 8)).y;
    expect(distance(left, inDouble(whole(lstmVariant.plain), inputs).y)).toBeLessThan(1e-7);
    expect(distance(inDouble(whole(lstmVariant.plain), inputs.slice(0, 8)).y, left)).toBeLessThan(1e-7);
  });

  it('has weights for the gates that it has', () => {
    const shapes = (variant: LstmVariant) =>
      Object.fromEntries(Object.entries(initLstmVariant(key(1), { inputs: 3, width: 2, ...variant })).map(([name, w]) => [name, w.shape]));
    expect(shapes({ peepholes: true, forgetGate: 'coupled' })).toEqual({ wx: [3, 6], wh: [2, 6], b: [6], peepholes: [2, 2] });
    expect(shapes({ peepholes: true, gateRecurrence: true })).toEqual({ wx: [3, 8], wh: [2, 8], b: [8], peepholes: [3, 2], gates: [6, 6] });
  });

  it('names what does not fit the variant', () => {
    const params = { wx: tf.zeros([2, 12]), wh: tf.zeros([3, 12]), b: tf.zeros([12]) };
    const x = tf.zeros([5, 4, 2]);
    expect(() => lstmVariant(params, x, { forgetGate: 'coupled' })).toThrow(
      'lstmVariant: wx must be [2,9] in an LSTM with 2 gates and width 3: got x [5,4,2], wx [2,12], wh [3,12]',
    );
    expect(() => lstmVariant(params, x, { peepholes: true })).toThrow('lstmVariant: peepholes must be [3,3]');
    expect(() => lstmVariant({ ...params, peepholes: x }, x)).toThrow('lstmVariant: the variant has no peepholes: leave it out');
    expect(() => lstmVariant(params, x, { state: { h: tf.zeros([5, 3]), c: tf.zeros([4, 3]) } })).toThrow('state.c must be [5,3]');
    expect(() => lstmVariant(params, tf.zeros([5, 0, 2]))).toThrow('lstmVariant: x must be [5,1,2]');
    expect(() => lstmVariant({ ...params, wh: tf.zeros([3, 11]) }, x)).toThrow('lstmVariant: wh must be [3,12]');
    expect(() => lstmVariant({ ...params, b: tf.zeros([11]) }, x)).toThrow(
      'b must be [12] in an LSTM with 3 gates and width 3: got x [5,4,2], wx [2,12], wh [3,12], b [11]',
    );
    expect(() => lstmVariant(params, x, { state: { h: tf.zeros([5, 4]), c: tf.zeros([5, 3]) } })).toThrow('state.h must be [5,3]');
    expect(() => lstmVariant({ ...params, gates: tf.zeros([9, 9]) }, x)).toThrow('the variant has no gates: leave it out');
    const state = { h: tf.zeros([5, 3]), c: tf.zeros([5, 3]), gates: tf.zeros([5, 9]) };
    expect(() => lstmVariant(params, x, { state })).toThrow('the variant has no state.gates: leave it out');
    const none = { inputGate: false, forgetGate: false, outputGate: false } as const;
    expect(() => lstmVariant({ wx: tf.zeros([2, 3]), wh: tf.zeros([3, 3]), b: tf.zeros([3]) }, x, none)).toThrow(
      'lstmVariant needs a gate',
    );
    expect(() => lstmVariant(params, x, { inputGate: false, forgetGate: 'coupled' })).toThrow('a forget gate coupled to the input gate');
  });
});
