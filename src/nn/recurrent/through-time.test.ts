import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { type HostArray, key, normal } from '../../base/index.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { trace } from '../../tensor/trace/trace.js';
import { initLstm, lstm, lstmLast } from './lstm.js';

const [B, F, D] = [2, 3, 2];
const { wx, wh, b } = initLstm(key(1), { inputs: F, width: D });
const weights = [wx, wh, b];
const sequence = (T: number, k = key(2)): HostArray => normal(k, [B, T, F]);

/** What a loss of all outputs and of the last state sees, of the sequence in parts of these lengths. */
const over =
  (lengths: readonly number[]) =>
  (...[x, wx, wh, b]: tf.Tensor[]) => {
    let state: { h: tf.Tensor; c: tf.Tensor } | undefined;
    let from = 0;
    const parts = lengths.map((n) => {
      const part = x.slice([0, from, 0], [-1, n, -1]);
      from += n;
      const { outputs, state: after } = lstm({ wx, wh, b }, part, { state });
      state = after;
      return outputs;
    });
    return tf.concat([tf.concat(parts, 1).flatten(), state!.h.flatten(), state!.c.flatten()]);
  };
const nodesOf = (f: (...inputs: tf.Tensor[]) => tf.Tensor, T: number) =>
  trace(
    (...inputs) => valueAndGrad((inputs: tf.Tensor[]) => f(...inputs).sum())(inputs).grads as tf.Tensor[],
    [sequence(T), ...weights].map(({ shape }) => ({ shape, dtype: 'float32' as const })),
  ).nodes;

describe('a recurrence of many steps', () => {
  // Parts of up to 64 steps are written out; 128 and 139 steps are a loop, the latter after the first 11.
  it.each([[[64, 64]], [[64, 64, 11]]])('is that of its parts %j, forward and backward', (lengths) => {
    const T = lengths.reduce((sum, n) => sum + n);
    const dy = normal(key(3), [B * T * D + 2 * B * D]);
    const [whole, parts] = [[T], lengths].map((cuts) => inDouble(over(cuts), [sequence(T), ...weights], dy));
    expect(distance(whole.y, parts.y)).toBeLessThan(1e-13);
    for (const [i, g] of whole.grads.entries()) expect(distance(g, parts.grads[i]), `gradient ${i}`).toBeLessThan(1e-12);
  });

  it('is a graph of one size for any number of steps', () => {
    const sizes = [128, 4096].map((T) => nodesOf(over([T]), T).map(({ op, loop }) => [op, loop?.body.nodes.length]));
    expect(sizes[1]).toEqual(sizes[0]);
    expect(sizes[0].filter(([op]) => op === 'Scan')).toHaveLength(2);
  });

  it('keeps nothing for a backward that is not asked for', () => {
    const [x, ...rest] = [sequence(128), ...weights].map(({ shape }) => ({ shape, dtype: 'float32' as const }));
    const graph = trace((x, wx, wh, b) => [lstmLast({ wx, wh, b }, x)], [x, ...rest]);
    const loop = graph.nodes.find(({ op }) => op === 'Scan')!;
    expect(loop.outputs.map(({ shape }) => shape)).toEqual([
      [1, B, D], // h
      [1, B, D], // c
    ]);
  });

  it('is the same eagerly, and leaves no tensor behind', () => {
    const T = 83;
    const points = [sequence(T), ...weights];
    const { y, grads } = inDouble(over([T]), points);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const inputs = points.map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]));
      expect(distance(over([T])(...inputs).dataSync(), y)).toBeLessThan(1e-5);
      const found = valueAndGrad((inputs: tf.Tensor[]) => over([T])(...inputs).sum())(inputs);
      for (const [i, g] of (found.grads as tf.Tensor[]).entries())
        expect(distance(g.dataSync(), grads[i]), `gradient ${i}`).toBeLessThan(1e-4);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
