import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { fold, key, normal } from '../../base/random.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { trace } from '../../tensor/trace/trace.js';
import reference from '../pytorch.reference.json' with { type: 'json' }; // made by reference/pytorch.py with PyTorch 2.13
import { initLstm, lstm, lstmLast } from './lstm.js';

const last = (...[x, wx, wh, b]: tf.Tensor[]) => lstmLast({ wx, wh, b }, x);

describe('lstm', () => {
  it.each<[what: string, wrong: Partial<Record<'x' | 'wx' | 'wh' | 'b', number[]>>]>([
    ['an input without steps', { x: [5, 0, 2] }],
    ['an input of rank 2', { x: [5, 4] }],
    ['an input of rank 4', { x: [5, 4, 2, 1] }],
    ['wx for other inputs', { wx: [4, 12] }],
    ['wx of another width', { wx: [2, 3] }],
    ['wh of another width', { wh: [3, 3] }],
    ['a shift of another width', { b: [9] }],
  ])('names %s', (_, wrong) => {
    const shapes = { x: [5, 4, 2], wx: [2, 12], wh: [3, 12], b: [12], ...wrong };
    const [x, wx, wh, b] = (['x', 'wx', 'wh', 'b'] as const).map((name) => tf.zeros(shapes[name]));
    expect(() => lstm({ wx, wh, b }, x)).toThrow(
      `lstm takes x [B, T, F] of one step or more, wx [F, 4D], wh [D, 4D] and b [4D]: got x [${shapes.x}], wx [${shapes.wx}], wh [${shapes.wh}], b [${shapes.b}]`,
    );
  });

  it.each([
    ['of another batch', [4, 3], [5, 3]],
    ['of another width', [5, 3], [5, 4]],
  ])('names a state %s', (_, h, c) => {
    const params = { wx: tf.zeros([2, 12]), wh: tf.zeros([3, 12]), b: tf.zeros([12]) };
    const state = { h: tf.zeros(h), c: tf.zeros(c) };
    expect(() => lstm(params, tf.zeros([5, 4, 2]), { state })).toThrow(`lstm goes on from h and c [5, 3]: got h [${h}], c [${c}]`);
    expect(() => lstm(params, tf.zeros([5, 4, 2]), { states: state } as object)).toThrow("lstm: there is no option 'states'");
  });

  it('gives its last output, and nothing for the others to backpropagate', () => {
    const { inputs } = reference.lstm;
    const end = (...[x, wx, wh, b]: tf.Tensor[]) => lstm({ wx, wh, b }, x).outputs.slice([0, 3, 0], [3, 1, 3]).reshape([3, 3]);
    expectSameDerivatives(last, end, inputs);
    const size = (f: (...inputs: tf.Tensor[]) => tf.Tensor) =>
      trace(
        (...inputs) => valueAndGrad((inputs: tf.Tensor[]) => f(...inputs).sum())(inputs).grads as tf.Tensor[],
        inputs.map(({ shape }) => ({ shape, dtype: 'float32' as const })),
      ).nodes.length;
    expect(size(last)).toBeLessThan(size(end));
  });

  it('begins at zero where it is given no state, over whole blocks of steps too', () => {
    const inputs = [[1, 80, 1], [1, 4], [1, 4], [4], [1, 1]].map((shape, i) => normal(fold(key(6), i), shape));
    const none = (...[x, wx, wh, b]: tf.Tensor[]) => lstm({ wx, wh, b }, x).outputs;
    const zero = (...[x, wx, wh, b, h]: tf.Tensor[]) => lstm({ wx, wh, b }, x, { state: { h: h.mul(0), c: h.mul(0) } }).outputs;
    expect(distance(inDouble(none, inputs.slice(0, 4)).y, inDouble(zero, inputs).y)).toBeLessThan(1e-12);
  });

  // One step, one unit, all weights 0 and shift b = (i, f, o, g): h = σ(o) tanh(σ(i) tanh(g)); f acts on a zero cell, so ∂f = 0.
  it('has its closed form for one step', () => {
    const b = [0.3, -0.2, 0.5, 0.8] as const;
    const point = (shape: number[], data: readonly number[] = [0, 0, 0, 0].slice(0, shape[0] * shape.at(-1)!)) => ({ data, shape });
    const { y, grads } = inDouble(last, [point([1, 1, 1], [1]), point([1, 4]), point([1, 4]), point([4], b)]);
    const σ = (z: number) => 1 / (1 + Math.exp(-z));
    const c = σ(b[0]) * Math.tanh(b[3]);
    expect(y[0]).toBeCloseTo(σ(b[2]) * Math.tanh(c), 12);
    const dc = σ(b[2]) * (1 - Math.tanh(c) ** 2);
    const db = [dc * c * (1 - σ(b[0])), 0, σ(b[2]) * (1 - σ(b[2])) * Math.tanh(c), dc * σ(b[0]) * (1 - Math.tanh(b[3]) ** 2)];
    expect(distance(grads[3], db)).toBeLessThan(1e-7); // b is rounded to float32 nowhere: inputs stay double
  });

  it.each([3, 67])('is its plain form over %i steps, from a state and from none, by its outputs and by its last state', (T) => {
    const [B, F, D] = [2, 2, 2];
    const inputs = [[B, T, F], [F, 4 * D], [D, 4 * D], [4 * D], [B, D], [B, D]].map((shape, i) => normal(fold(key(5), i), shape));
    type Found = { outputs: tf.Tensor; state: { h: tf.Tensor; c: tf.Tensor } };
    const every = ({ outputs, state: { h, c } }: Found) => tf.concat([outputs, h.expandDims(1), c.expandDims(1)], 1);
    const read: ((found: Found) => tf.Tensor)[] = [every, ({ state }) => state.h, ({ state }) => state.c];
    for (const withState of [true, false])
      for (const pick of T > 64 ? read.slice(0, 1) : read) {
        const of = (h: tf.Tensor, c: tf.Tensor) => (withState ? { state: { h, c } } : undefined);
        expectSameDerivatives(
          (...[x, wx, wh, b, h, c]) => pick(lstm({ wx, wh, b }, x, of(h, c))),
          (...[x, wx, wh, b, h, c]) => pick(lstm.plain({ wx, wh, b }, x, of(h, c))),
          withState ? inputs : inputs.slice(0, 4),
        );
      }
  });
});

describe('initLstm', () => {
  it('adds forgetBias to the shift of the forget gate, and to nothing else', () => {
    const [plain, biased] = [0, 1].map((forgetBias) => initLstm(key(5), { inputs: 3, width: 4, forgetBias }));
    expect(Array.from(biased.b.data, (value, i) => Number((value - plain.b.data[i]).toFixed(6)))).toEqual([
      ...[0, 0, 0, 0],
      ...[1, 1, 1, 1],
      ...new Array(8).fill(0),
    ]);
    expect([biased.wx, biased.wh]).toEqual([plain.wx, plain.wh]);
    for (const [{ data, shape }, want] of [
      [plain.wx, [3, 16]],
      [plain.wh, [4, 16]],
      [plain.b, [16]],
    ] as const) {
      expect(shape).toEqual(want);
      const greatest = Math.max(...data.map(Math.abs));
      expect(greatest > 0.35 && greatest <= 0.5, `${greatest}`).toBe(true); // uniform on ±1/√4
    }
    expect(plain).toEqual(initLstm(key(5), { inputs: 3, width: 4 }));
    expect(() => initLstm(key(5), { inputs: 3, width: 4, forgetBias: Number.NaN })).toThrow(
      'initLstm: forgetBias must be a finite number, got NaN',
    );
  });
});
