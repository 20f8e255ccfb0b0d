import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, inDouble } from '../../../tests/support/gradients.js';
import { fold, key, normal } from '../../base/random.js';
import { attention } from '../../nn/attention/attention.js';
import { meanSquaredError } from '../../nn/losses/mean-squared-error.js';
import { adam } from '../../optim/adam.js';
import { trainingStep } from '../../optim/training-step.js';
import { compile } from '../../tensor/compile.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { flatten, type Tree } from '../../tensor/tree.js';
import reference from '../attention.reference.json' with { type: 'json' }; // made by reference/attention.py with PyTorch 2.13
import {
  initMarketTransformer,
  type MarketTransformerOptions,
  type MarketTransformerParams,
  marketTransformer,
  marketTransformerSequence,
} from './market-transformer.js';

const config = { assets: 3, inputs: 2, lookback: 8, outputs: 2, patch: 4, stride: 2, width: 4, heads: 2, layers: 2, hidden: 6, gate: [1] };
const params = initMarketTransformer(key(1), config);
type Forecast = (params: MarketTransformerParams, x: tf.Tensor) => tf.Tensor;
/** A model of x and of its weights in the order of their names. */
const model =
  (forecast: Forecast, of: unknown = params) =>
  (...[x, ...weights]: tf.Tensor[]) =>
    forecast(flatten(of as Tree<unknown>).unflatten(weights) as unknown as MarketTransformerParams, x);
const whole = model((p, x) => marketTransformer(p, x, config));
const [x, ...weights] = reference.market.inputs;

describe('marketTransformer', () => {
  it('equals PyTorch from the same weights, forward and backward', () => expectReference(whole, reference.market));

  it('backward agrees with differences', () => void gradCheck(whole, reference.market.inputs, { h: 3e-6 }));

  it('is the same compiled, on both runtimes', () => expectCompiled(whole, reference.market.inputs));

  it('forecasts after each patch what it would from the window up to there', () => {
    const all = model((p, x) => marketTransformerSequence(p, x, config).slice([0, 1], [-1, 1]));
    const short = model((p, x) => marketTransformer(p, x.slice([0, 0], [-1, 6]), { ...config, lookback: 6 }));
    const [long, cut] = [all, short].map((f) => inDouble(f, [x, ...weights]));
    for (const [i, y] of cut.y.entries()) expect(long.y[i]).toBeCloseTo(y, 12);
    const { grads } = inDouble(all, [x, ...weights]); // of what is read after six days, the last two know nothing
    expect(new Set(grads[0].filter((_, i) => Math.floor(i / 6) % 8 >= 6))).toEqual(new Set([0]));
    expect(grads[0].filter((_, i) => Math.floor(i / 6) % 8 < 6).every((g) => g !== 0)).toBe(true);
  });

  it('would look ahead with attention that has no mask', () => {
    const ahead = { ...config, attendTime: attention };
    const { grads } = inDouble(
      model((p, x) => marketTransformerSequence(p, x, ahead).slice([0, 1], [-1, 1])),
      [x, ...weights],
    );
    expect(grads[0].filter((_, i) => Math.floor(i / 6) % 8 >= 6).some((g) => g !== 0)).toBe(true);
  });

  // thm:permutation-equivariance, over assets: names are what tells them apart.
  it('permutes its forecasts with the assets, names going along or absent', () => {
    const order = tf.tensor1d([2, 0, 1], 'int32');
    const turned = (t: tf.Tensor) => t.gather(order, t.rank - 2);
    const y = inDouble(
      model((p, x) => turned(marketTransformer(p, x, config))),
      [x, ...weights],
    ).y;
    const moved = (names: (t: tf.Tensor) => tf.Tensor) =>
      inDouble(
        model((p, x) => marketTransformer({ ...p, names: names(p.names!) }, turned(x), config)),
        [x, ...weights],
      ).y;
    const far = (other: ArrayLike<number>) => Math.max(...Array.from(y, (v, i) => Math.abs(v - other[i])));
    expect(far(moved((names) => names.gather(order, 0)))).toBeLessThan(1e-12);
    expect(far(moved((names) => names))).toBeGreaterThan(0.01);

    const nameless: MarketTransformerOptions & { named: boolean } = { ...config, named: false };
    const of = initMarketTransformer(key(1), nameless as never);
    expect(of.names).toBeUndefined();
    const { leaves } = flatten(of as Tree<unknown>);
    const forecast = (turn: (x: tf.Tensor) => tf.Tensor, back: (y: tf.Tensor) => tf.Tensor) =>
      inDouble(
        model((p, x) => back(marketTransformer(p, turn(x), nameless)), of),
        [x, ...(leaves as (typeof x)[])],
      ).y;
    const one = forecast(turned, (y) => y);
    forecast((x) => x, turned).forEach((v, i) => void expect(one[i]).toBeCloseTo(v, 12));
  });

  it('forecasts an asset from itself alone when none looks across', () => {
    const alone = { ...config, across: false };
    const of = initMarketTransformer(key(1), alone);
    expect(of.blocks[0].across).toBeUndefined();
    const first = model((p, x) => marketTransformer(p, x, alone).slice([0, 1, 0], [-1, 1, -1]), of);
    const { grads } = inDouble(first, [x, ...(flatten(of as Tree<unknown>).leaves as (typeof x)[])]);
    const own = (i: number) => Math.floor(i / 2) % 3 === 1;
    expect(grads[0].every((g, i) => own(i) === (g !== 0))).toBe(true);
  });

  it('sees the last patch alone without time, and has half of what is looked at behind a gate that has not moved', () => {
    const still = { ...config, time: false, across: false };
    const of = initMarketTransformer(key(1), still);
    const { leaves } = flatten(of as Tree<unknown>);
    const { grads } = inDouble(
      model((p, x) => marketTransformer(p, x, still), of),
      [x, ...(leaves as (typeof x)[])],
    );
    expect(grads[0].every((g, i) => g === 0 || Math.floor(i / 6) % 8 >= 4)).toBe(true);
    expect(Array.from(params.blocks[0].gate!.w.data)).toEqual([0]);
    const { gate, ...ungated } = config;
    expect(initMarketTransformer(key(1), ungated).blocks[0].gate).toBeUndefined();
  });

  // y of each asset is the sum of what the next one did five to eight days before: another asset's, and another patch's.
  it('learns who led whom, and when', async () => {
    const own = { assets: 3, inputs: 2, lookback: 8, outputs: 1, patch: 4, width: 16, heads: 2, layers: 2, gate: [1] };
    const optimizer = adam(initMarketTransformer(key(3), own), { learningRate: 5e-3, clipNorm: 1 });
    const step = compile(
      trainingStep(optimizer, (p: MarketTransformerParams, x: tf.Tensor, y: tf.Tensor) =>
        meanSquaredError(marketTransformer(p, x, own), y),
      ),
      { donate: [0] },
    );
    let { state } = { state: optimizer.init(initMarketTransformer(key(3), own)) as Parameters<typeof step>[0] };
    const losses: number[] = [];
    for (let k = 0; k < 400; k++) {
      const x = normal(fold(key(4), k), [64, 8, 3, 2]);
      const at = (b: number, t: number, n: number) => x.data[((b * 8 + t) * 3 + n) * 2];
      const y = Float32Array.from({ length: 64 * 3 }, (_, i) => {
        const [b, n] = [Math.floor(i / 3), (i + 1) % 3];
        return at(b, 0, n) + at(b, 1, n) + at(b, 2, n) + at(b, 3, n);
      });
      const done = await step(state, x, { data: y, shape: [64, 3, 1] });
      state = done.state;
      losses.push(done.loss.item());
    }
    expect(losses[0]).toBeGreaterThan(3); // its variance is 4
    expect(losses.slice(-20).reduce((sum, loss) => sum + loss, 0) / 20).toBeLessThan(0.5);
  });

  it('names what does not fit', () => {
    expect(() => marketTransformer({} as never, tf.zeros([2, 8, 3, 1]), config)).toThrow(
      'marketTransformer takes x [B, 8, 3, 2] (days, assets, features) that is not empty: got x [2,8,3,1]',
    );
    const { gate, ...ungated } = config;
    expect(() => marketTransformer(params as never, tf.zeros([2, 8, 3, 2]), ungated)).toThrow(
      'marketTransformer: the weights have a gate of 1 features, and the options one of 0; give the config of the weights',
    );
    const open = initMarketTransformer(key(1), ungated);
    expect(() => marketTransformer(open as never, tf.zeros([2, 8, 3, 2]), config)).toThrow(
      'a gate of 0 features, and the options one of 1',
    );
    expect(() => marketTransformer(params as never, { data: new Float32Array(48), shape: [1, 8, 3, 2] } as never, config)).toThrow(
      'this is a host array, of which toTf(fromTf(…)) makes a tensor',
    );
    expect(() => initMarketTransformer(1 as never, config)).toThrow('initMarketTransformer: key must be a random stream, as key(1), got 1');
    expect(() => initMarketTransformer(key(1), { ...config, lookback: 9 })).toThrow(
      'initMarketTransformer: patches of 4 days, one every 2, do not end with a window of 9; take a lookback of the patch and a whole number of strides, as 64 is 8 + 7 · 8',
    );
    expect(() => initMarketTransformer(key(1), { ...config, heads: 3 })).toThrow(
      'initMarketTransformer: width 4 is no multiple of 3 heads',
    );
    expect(() => initMarketTransformer(key(1), { ...config, gate: [2] })).toThrow(
      'initMarketTransformer: gate names feature 2; there are 2, counted from 0 to 1',
    );
  });
});
