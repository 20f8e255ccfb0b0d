import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { fold, key, normal } from '../../base/random.js';
import { rnn } from './rnn.js';

const layer = (...[x, h, wx, wh, b]: tf.Tensor[]) => rnn({ wx, wh, b }, x, { state: { h } }).outputs;

describe('rnn', () => {
  it.each<[what: string, wrong: Partial<Record<'x' | 'wx' | 'wh' | 'b' | 'h', number[]>>]>([
    ['an input without steps', { x: [5, 0, 2] }],
    ['an input of rank 2', { x: [5, 4] }],
    ['an input of rank 4', { x: [5, 4, 2, 1] }],
    ['wx for other inputs', { wx: [4, 3] }],
    ['wx of another width', { wx: [2, 4] }],
    ['wh that is not square', { wh: [3, 4] }],
    ['a shift of another width', { b: [4] }],
    ['a state of another batch', { h: [4, 3] }],
    ['a state of another width', { h: [5, 4] }],
  ])('names %s', (_, wrong) => {
    const shapes = { x: [5, 4, 2], wx: [2, 3], wh: [3, 3], b: [3], h: [5, 3], ...wrong };
    const [x, wx, wh, b, h] = (['x', 'wx', 'wh', 'b', 'h'] as const).map((name) => tf.zeros(shapes[name]));
    expect(() => rnn({ wx, wh, b }, x, { state: { h } })).toThrow(
      `rnn takes x [B, T, F], wx [F, D], wh [D, D], b [D] and a state h [B, D]: got x [${shapes.x}], wx [${shapes.wx}], wh [${shapes.wh}], b [${shapes.b}], h [${shapes.h}]`,
    );
    expect(() => rnn({ wx, wh, b }, x, { states: { h } } as object)).toThrow("rnn: there is no option 'states'");
  });

  // x = 0, wh = w, one unit: hₜ = tanh(w hₜ₋₁), so ∂h₂/∂h₀ = w² (1 − h₁²)(1 − h₂²).
  it('has its closed form for one unit and no input', () => {
    const [w, h0] = [1.3, 0.4];
    const last = (...tensors: tf.Tensor[]) => layer(...tensors).slice([0, 1, 0], [1, 1, 1]);
    const point = (data: number[], shape: number[]) => ({ data, shape });
    const at = [point([0, 0], [1, 2, 1]), point([h0], [1, 1]), point([0], [1, 1]), point([w], [1, 1]), point([0], [1])];
    const { y, grads } = inDouble(last, at);
    const h1 = Math.tanh(w * h0);
    const h2 = Math.tanh(w * h1);
    expect(y[0]).toBeCloseTo(h2, 14);
    expect(grads[1][0]).toBeCloseTo(w ** 2 * (1 - h1 ** 2) * (1 - h2 ** 2), 14);
  });

  it.each([3, 67])('is its plain form over %i steps, from a state and from none, by its outputs and by its last state', (T) => {
    const [B, F, D] = [2, 2, 3];
    const inputs = [[B, T, F], [F, D], [D, D], [D], [B, D]].map((shape, i) => normal(fold(key(3), i), shape));
    const every = ({ outputs, state }: { outputs: tf.Tensor; state: { h: tf.Tensor } }) => outputs.concat(state.h.expandDims(1), 1);
    for (const withState of [true, false]) {
      const of = (h: tf.Tensor) => (withState ? { state: { h } } : undefined);
      const used = withState ? inputs : inputs.slice(0, 4);
      expectSameDerivatives(
        (...[x, wx, wh, b, h]) => every(rnn({ wx, wh, b }, x, of(h))),
        (...[x, wx, wh, b, h]) => every(rnn.plain({ wx, wh, b }, x, of(h))),
        used,
      );
    }
    expectSameDerivatives(
      (...[x, wx, wh, b]) => rnn({ wx, wh, b }, x).state.h,
      (...[x, wx, wh, b]) => rnn.plain({ wx, wh, b }, x).state.h,
      inputs.slice(0, 4),
    );
  });
});
