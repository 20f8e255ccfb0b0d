import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, inDouble, type Reference } from '../../../tests/support/gradients.js';
import { fold, type Key, key, normal, uniform } from '../../base/random.js';
import { attention } from '../../nn/attention/attention.js';
import { attentionWeights } from '../../nn/attention/masked-attention.js';
import { meanSquaredError } from '../../nn/losses/mean-squared-error.js';
import { adam } from '../../optim/adam.js';
import { trainingStep } from '../../optim/training-step.js';
import { compile } from '../../tensor/compile.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { flatten, type Tree } from '../../tensor/tree.js';
import reference from '../attention.reference.json' with { type: 'json' }; // made by reference/attention.py with PyTorch 2.13
import { initPatchTst, type PatchTstParams, patchTst } from './patchtst.js';
import { initTransformer, type TransformerParams, transformer, transformerMasks, transformerSequence } from './transformer.js';

/** A model of x and of its weights in the order of their names. */
const model =
  <P>(params: unknown, forecast: (params: P, x: tf.Tensor) => tf.Tensor) =>
  (...[x, ...weights]: tf.Tensor[]) =>
    forecast(flatten(params as Tree<unknown>).unflatten(weights) as P, x);

const config = { inputs: 3, outputs: 2, width: 4, heads: 2, layers: 1, hidden: 6 };
const causal = { ...config, causal: true };
const patched = { lookback: 8, horizons: 3, patch: 4, stride: 2, width: 4, heads: 2, layers: 1, hidden: 6 };
const params = initTransformer(key(1), config);
const cases: [string, (...inputs: tf.Tensor[]) => tf.Tensor, Reference][] = [
  ['transformer', model<TransformerParams>(params, (params, x) => transformer(params, x, config)), reference.transformer],
  ['causal transformer', model<TransformerParams>(params, (params, x) => transformer(params, x, causal)), reference.transformerCausal],
  ['patchTst', model<PatchTstParams>(initPatchTst(key(2), patched), (params, x) => patchTst(params, x, patched)), reference.patchTst],
];

describe.each(cases)('%s', (_, forecast, expected) => {
  it('equals PyTorch from the same weights, forward and backward', () => expectReference(forecast, expected));

  it('backward agrees with differences', () => void gradCheck(forecast, expected.inputs, { h: 3e-6 }));

  it('is the same compiled, on both runtimes', () => expectCompiled(forecast, expected.inputs));
});

describe('transformer', () => {
  it('forecasts at each step what it would from the window up to there, when causal', () => {
    const [x, ...weights] = reference.transformerCausal.inputs;
    const all = model<TransformerParams>(params, (params, x) => transformerSequence(params, x, causal).slice([0, 2], [-1, 1]));
    const short = model<TransformerParams>(params, (params, x) => transformer(params, x.slice([0, 0], [-1, 3]), causal));
    const [whole, cut] = [all, short].map((f) => inDouble(f, [x, ...weights]));
    for (const [i, y] of cut.y.entries()) expect(whole.y[i]).toBeCloseTo(y, 12);
  });

  it('lets its attention be looked at, in the compiled function too', async () => {
    const look = compile((params: TransformerParams, x: tf.Tensor) => {
      const maps: tf.Tensor[] = [];
      const attend = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => {
        maps.push(attentionWeights(q, k));
        return attention(q, k, v);
      };
      return { forecast: transformer(params, x, { ...config, attend }), sums: maps.map((map) => map.sum(-1)) };
    });
    const { forecast, sums } = await look(params, normal(key(5), [2, 5, 3]));
    expect([forecast, ...sums].map(({ shape }) => shape)).toEqual([
      [2, 2],
      [2, 2, 5], // B, H, T: one map for the layer
    ]);
    for (const sum of sums[0].data()) expect(sum).toBeCloseTo(1, 6);
  });

  it('draws a pair of dropout masks for each layer', () => {
    const masks = transformerMasks(key(1), 0.5, { layers: 2, width: 4 }, [3, 5]);
    expect(masks.flat().map(({ shape }) => shape)).toEqual(Array(4).fill([3, 5, 4]));
    const values = masks.flat().flatMap(({ data }) => [...data]);
    expect(new Set(values)).toEqual(new Set([0, 2]));
    expect(new Set(masks.flat().map(({ data }) => data.join())).size).toBe(4);
  });

  it('names the features that it takes', () => {
    expect(() => transformer({} as never, tf.zeros([2, 5, 4]), config)).toThrow(
      'transformer takes x [B, T, 3] that is not empty: got x [2,5,4]',
    );
    expect(() => transformer({} as never, tf.zeros([2, 0, 3]), config)).toThrow('that is not empty: got x [2,0,3]');
    expect(() => initTransformer(key(1), { ...config, heads: 3 })).toThrow('initTransformer: width 4 is no multiple of 3 heads');
  });
});

describe('patchTst', () => {
  // Each window is seen in units of itself: level and scale pass through to the forecast, ε aside.
  it('moves and stretches with the series', () => {
    const [x, ...weights] = reference.patchTst.inputs;
    const [, forecast] = cases[2];
    const { y } = inDouble(forecast, [x, ...weights]);
    const moved = inDouble(forecast, [{ ...x, data: x.data.map((v) => 10 * v + 3) }, ...weights]);
    for (const [i, value] of y.entries()) expect(moved.y[i]).toBeCloseTo(10 * value + 3, 2);
  });

  it('forecasts each series from itself alone', () => {
    const [, forecast] = cases[2];
    const first = (...inputs: tf.Tensor[]) => forecast(...inputs).slice([0, 0, 0], [-1, -1, 1]);
    const { grads } = inDouble(first, reference.patchTst.inputs);
    expect([...grads[0]].filter((g, i) => i % 2 === 1 && g !== 0)).toEqual([]);
  });

  // What it must find is the sine's recurrence, x[t + 1] = 2 cos(2π/12) x[t] − x[t − 1]; the instance norm takes care of the rest.
  it('learns to continue sines of any phase, level and size', async () => {
    const config = { lookback: 32, horizons: 8, patch: 8, stride: 4, width: 16, heads: 2, layers: 1 };
    const params = initPatchTst(key(3), config);
    const optimizer = adam(params, { learningRate: 3e-3 });
    const lossOf = (params: PatchTstParams, x: tf.Tensor, y: tf.Tensor) => meanSquaredError(patchTst(params, x, config), y);
    const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
    const batch = (k: number) => sines(fold(key(4), k), 32);
    let { state, loss } = await step(optimizer.init(params), batch(0).x, batch(0).y);
    for (let k = 1; k < 200; k++) {
      const { x, y } = batch(k);
      ({ state, loss } = await step(state, x, y));
    }
    expect(loss.item()).toBeLessThan(0.02); // of a variance of 18.5: sizes are 1 to 10
  });

  it('names what does not fit', () => {
    expect(() => patchTst({} as never, tf.zeros([2, 9, 1]), patched)).toThrow(
      'patchTst takes x [B, 8, F] that is not empty: got x [2,9,1]',
    );
    expect(() => initPatchTst(key(1), { ...patched, patch: 16 })).toThrow(
      'initPatchTst: a lookback of 8 steps holds no patch of 16 at stride 2; lengthen it or shorten the patch',
    );
  });
});

/** Windows of two sines of period 12 with the eight steps that follow. */
function sines(k: Key, B: number): Record<'x' | 'y', { data: Float32Array; shape: number[] }> {
  const [T, K, F] = [32, 8, 2];
  const { data: draws } = uniform(k, [B, F, 3]);
  const value = (b: number, t: number, f: number) => {
    const [phase, level, size] = draws.subarray((b * F + f) * 3);
    return 50 * level + (1 + 9 * size) * Math.sin(2 * Math.PI * (t / 12 + phase));
  };
  const steps = (from: number, count: number) => ({
    data: Float32Array.from({ length: B * count * F }, (_, i) =>
      value(Math.floor(i / (count * F)), from + (Math.floor(i / F) % count), i % F),
    ),
    shape: [B, count, F],
  });
  return { x: steps(0, T), y: steps(T, K) };
}
