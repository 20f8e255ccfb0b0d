import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { fold, type HostArray, key, normal } from '../../base/index.js';
import { flatten, type Tree } from '../../tensor/tree.js';
import { gru, initGru } from './gru.js';
import { initLstm, lstm } from './lstm.js';
import { initLstmVariant, lstmVariant } from './lstm-variants.js';
import { initRnn, type Recurrence, rnn } from './rnn.js';

type Layer = (params: never, x: tf.Tensor, options: never) => Recurrence<object>;
const [B, T, F, D] = [2, 5, 3, 2];
const size = { inputs: F, width: D };
const variant = { peepholes: true, gateRecurrence: true } as const;
const array = (seed: number, shape: number[]) => normal(key(seed), shape);
const h = array(1, [B, D]);
const c = array(2, [B, D]);

const LAYERS: [name: string, layer: Layer, params: unknown, state: Tree<HostArray<Float32Array>>, options?: object][] = [
  ['rnn', rnn, initRnn(key(3), size), { h }],
  ['gru', gru, initGru(key(4), size), { h }],
  ['lstm', lstm, initLstm(key(5), size), { h, c }],
  ['lstmVariant', lstmVariant, initLstmVariant(key(6), { ...size, ...variant }), { h, c, gates: array(7, [B, 3 * D]) }, variant],
];

it.each(LAYERS)(
  '%s of a sequence cut in two is that of the whole, forward and through the state backward',
  (_, layer, params, state, options) => {
    const tree = flatten<HostArray<Float32Array>>({ params, state } as never);
    /** Outputs and last state as one row of numbers, of x cut at these places. */
    const run =
      (cuts: readonly number[]) =>
      (x: tf.Tensor, ...leaves: tf.Tensor[]) => {
        const given = tree.unflatten(leaves) as { params: never; state: object };
        let state = given.state;
        const parts = [0, ...cuts].map((from, i) => {
          const part = x.slice([0, from, 0], [-1, (cuts[i] ?? T) - from, -1]);
          const after = layer(given.params, part, { ...options, state } as never);
          state = after.state;
          return after.outputs;
        });
        return tf.concat([tf.concat(parts, 1), ...Object.values(state as Record<string, tf.Tensor>)].map((t) => t.flatten()));
      };
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: T - 1 }), { minLength: 1, maxLength: 3 }).map((places) => places.sort());
    fc.assert(
      fc.property(fc.nat(), cuts, (seed, cuts) => {
        const points = [normal(fold(key(8), seed), [B, T, F]), ...tree.leaves];
        const dy = normal(fold(key(9), seed), [
          B * T * D + flatten<HostArray<Float32Array>>(state).leaves.reduce((n, { data }) => n + data.length, 0),
        ]);
        const [whole, parts] = [inDouble(run([]), points, dy), inDouble(run(cuts), points, dy)];
        expect(distance(parts.y, whole.y)).toBeLessThan(1e-13);
        for (const [i, g] of parts.grads.entries()) expect(distance(g, whole.grads[i]), `gradient ${i}`).toBeLessThan(1e-12);
      }),
      { numRuns: 10 },
    );
  },
);

it.each(LAYERS)(
  '%s starts from zero where no state is given, and its state ends at the last output',
  (_, layer, params, state, options) => {
    const weights = flatten<HostArray<Float32Array>>(params as never);
    const zeros = flatten<HostArray<Float32Array>>(state);
    const given = (explicit: boolean) =>
      inDouble(
        (x, ...leaves) => {
          const state = zeros.unflatten(zeros.leaves.map(({ shape }) => tf.zeros(shape)));
          const { outputs, state: after } = layer(weights.unflatten(leaves) as never, x, {
            ...options,
            ...(explicit && { state }),
          } as never);
          const last = outputs.slice([0, T - 1, 0], [-1, 1, -1]).reshape([B, D]);
          return tf.concat([outputs.flatten(), last.sub((after as { h: tf.Tensor }).h).flatten()]);
        },
        [array(10, [B, T, F]), ...weights.leaves],
      ).y;
    expect(distance(given(false), given(true))).toBeLessThan(1e-14);
    expect(
      Math.max(
        ...given(false)
          .slice(-B * D)
          .map(Math.abs),
      ),
    ).toBe(0);
  },
);
