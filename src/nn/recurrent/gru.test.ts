import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { fold, key, normal } from '../../base/random.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by reference/recurrent.py with PyTorch 2.13
import { gru } from './gru.js';

const layer = (...[x, h, wx, wh, b, bn]: tf.Tensor[]) => gru({ wx, wh, b, bn }, x, { state: { h } }).outputs;
const { inputs } = reference.gru;

describe('gru', () => {
  it.each<[what: string, wrong: Partial<Record<'x' | 'wx' | 'wh' | 'b' | 'bn' | 'h', number[]>>]>([
    ['an input without steps', { x: [5, 0, 2] }],
    ['an input of rank 2', { x: [5, 4] }],
    ['an input of rank 4', { x: [5, 4, 2, 1] }],
    ['wx for other inputs', { wx: [4, 9] }],
    ['wx of another width', { wx: [2, 3] }],
    ['wh of another width', { wh: [3, 3] }],
    ['a shift of another width', { b: [3] }],
    ['a shift of the candidate of another width', { bn: [9] }],
    ['a state of another batch', { h: [4, 3] }],
    ['a state of another width', { h: [5, 9] }],
  ])('names %s', (_, wrong) => {
    const shapes = { x: [5, 4, 2], wx: [2, 9], wh: [3, 9], b: [9], bn: [3], h: [5, 3], ...wrong };
    const [x, wx, wh, b, bn, h] = (['x', 'wx', 'wh', 'b', 'bn', 'h'] as const).map((name) => tf.zeros(shapes[name]));
    expect(() => gru({ wx, wh, b, bn }, x, { state: { h } })).toThrow(
      `gru takes x [B, T, F], wx [F, 3D], wh [D, 3D], b [3D], bn [D] and a state h [B, D]: got x [${shapes.x}], wx [${shapes.wx}], wh [${shapes.wh}], b [${shapes.b}], bn [${shapes.bn}], h [${shapes.h}]`,
    );
    expect(() => gru({ wx, wh, b, bn }, x, { states: { h } } as object)).toThrow("gru: there is no option 'states'");
  });

  it('keeps its state while z is 1, and forgets it while z is 0', () => {
    const [x, state, wx, wh, , bn] = inputs;
    const pushed = (z: number) => inDouble(layer, [x, state, wx, wh, { data: [0, 0, z, z, 0, 0], shape: [6] }, bn]);
    const kept = pushed(50);
    expect(distance(kept.y.slice(0, 2), state.data.slice(0, 2))).toBeLessThan(1e-12); // sequence 0, step 1
    expect(distance(kept.grads[1], [4, 4, 4, 4])).toBeLessThan(1e-12); // Σ of four states that all equal h₀
    const zeros = { data: new Array(12).fill(0), shape: [2, 6] };
    const free = inDouble(layer, [x, state, wx, zeros, { data: [0, 0, -50, -50, 0, 0], shape: [6] }, { data: [0, 0], shape: [2] }]);
    expect(distance(free.grads[1], [0, 0, 0, 0])).toBeLessThan(1e-12);
  });

  it.each([3, 67])('is its plain form over %i steps, from a state and from none, by its outputs and by its last state', (T) => {
    const [B, F, D] = [2, 2, 2];
    const inputs = [[B, T, F], [F, 3 * D], [D, 3 * D], [3 * D], [D], [B, D]].map((shape, i) => normal(fold(key(4), i), shape));
    const every = ({ outputs, state }: { outputs: tf.Tensor; state: { h: tf.Tensor } }) => outputs.concat(state.h.expandDims(1), 1);
    for (const withState of [true, false]) {
      const of = (h: tf.Tensor) => (withState ? { state: { h } } : undefined);
      const used = withState ? inputs : inputs.slice(0, 5);
      expectSameDerivatives(
        (...[x, wx, wh, b, bn, h]) => every(gru({ wx, wh, b, bn }, x, of(h))),
        (...[x, wx, wh, b, bn, h]) => every(gru.plain({ wx, wh, b, bn }, x, of(h))),
        used,
      );
    }
    expectSameDerivatives(
      (...[x, wx, wh, b, bn]) => gru({ wx, wh, b, bn }, x).state.h,
      (...[x, wx, wh, b, bn]) => gru.plain({ wx, wh, b, bn }, x).state.h,
      inputs.slice(0, 5),
    );
  });
});
