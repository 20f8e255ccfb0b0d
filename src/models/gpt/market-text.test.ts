import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { key, normal } from '../../base/index.js';
import { adam, type ParamsOf, trainingStep } from '../../optim/index.js';
import { compile, flatten, fromTf, gradCheck, type Tree, toTf } from '../../tensor/index.js';
import { gpt } from './gpt.js';
import {
  initMarketText,
  type MarketTextBatch,
  type MarketTextConfig,
  type MarketTextParams,
  marketEmbedding,
  marketTextLoss,
  marketWriter,
} from './market-text.js';

const config: MarketTextConfig = {
  days: 8,
  patch: 4,
  width: 4,
  heads: 2,
  layers: 1,
  embedding: 3,
  gpt: { vocabulary: 5, length: 3, width: 4, heads: 2, layers: 1, hidden: 8 },
};
const host = initMarketText(key(1), config);
const { leaves, unflatten } = flatten(host as unknown as Tree<unknown>);
const paramsOf = (weights: readonly tf.Tensor[]) => unflatten(weights) as unknown as MarketTextParams;
const windows = normal(key(2), [3, 8]);

describe('marketEmbedding', () => {
  const params = toTf(fromTf(host)) as MarketTextParams;
  const of = (data: Float32Array) => [...marketEmbedding(params, tf.tensor2d(data, [3, 8]), config).dataSync()];

  it('is E numbers a window, each from its own days alone', () => {
    const one = of(windows.data);
    expect(one).toHaveLength(9);
    const changed = windows.data.map((v, i) => (i >= 8 ? 2 * v : v));
    expect(of(changed).slice(0, 3)).toEqual(one.slice(0, 3));
    expect(of(changed).slice(3)).not.toEqual(one.slice(3));
  });

  it('tells the order of days, within a patch and among patches', () => {
    const turned = windows.data.map((_, i) => windows.data[i - (i % 8) + 7 - (i % 8)]);
    expect(of(turned)[0]).not.toBeCloseTo(of(windows.data)[0], 5);
    const patches = windows.data.map((_, i) => windows.data[i - (i % 8) + (((i % 8) + 4) % 8)]);
    expect(of(patches)[0]).not.toBeCloseTo(of(windows.data)[0], 5);
  });

  it('refuses other windows and sizes', () => {
    expect(() => marketEmbedding(params, tf.zeros([3, 7]), config)).toThrow('marketEmbedding takes windows [B, 8]: got returns [3,7]');
    expect(() => initMarketText(key(1), { ...config, patch: 3 })).toThrow('initMarketText: patches of 3 days do not fill 8 days');
    expect(() => initMarketText(key(1), { ...config, heads: 3 })).toThrow('width 4 is no multiple of 3 heads');
  });
});

it('has the derivatives of differences, of windows and of every weight', () => {
  const weights = leaves.map((leaf) => leaf as { data: Float32Array; shape: number[] });
  const tokens = tf.tensor2d([0, 1, 2, 3, 0, 4, 2, 1, 0, 3, 3, 3], [3, 4], 'int32');
  const loss = (returns: tf.Tensor, ...all: tf.Tensor[]) => marketTextLoss(paramsOf(all), { returns, tokens }, config);
  expect(gradCheck(loss, [windows, ...weights], { h: 3e-6 })).toBeLessThan(1e-6);
});

// Windows of large moves get one song, those of small moves another: from the returns alone.
it('writes of each window what it was taught of such windows, as its language model does in one pass', { timeout: 120_000 }, async () => {
  const optimizer = adam(host, { learningRate: 0.02 });
  const step = compile(
    trainingStep(optimizer, (params: ParamsOf<typeof optimizer>, batch: MarketTextBatch) =>
      marketTextLoss(params as MarketTextParams, batch, config),
    ),
    { donate: [0] },
  );
  const n = 32;
  const noise = normal(key(3), [n, 8]);
  const large = (i: number) => i % 2 === 1;
  const returns = { data: noise.data.map((z, i) => z * (large(Math.floor(i / 8)) ? 4 : 0.5)), shape: [n, 8] };
  const song = (i: number) => (large(i) ? [1, 2, 3] : [4, 2, 4]);
  const tokens = { data: Int32Array.from(Array.from({ length: n }, (_, i) => [0, ...song(i)]).flat()), shape: [n, 4] };
  let { state, loss } = await step(optimizer.init(host), { returns, tokens });
  for (let i = 0; i < 200; i++) ({ state, loss } = await step(state, { returns, tokens }));
  expect(loss.item()).toBeLessThan(0.05);

  const params = optimizer.params(toTf(state)) as MarketTextParams;
  const texts = await marketWriter(params, config)(returns, 0);
  expect(texts).toEqual(Array.from({ length: n }, (_, i) => song(i)));
  // Greedy in one pass: the likeliest token at each place, given the text so far.
  const told = marketEmbedding(params, tf.tensor2d(returns.data, [n, 8]), config);
  const read = tf.tensor2d(
    texts.map((text) => [0, ...text.slice(0, 2)]),
    [n, 3],
    'int32',
  );
  const logits = gpt(params.gpt, read, { ...config.gpt, prefix: { features: 3 }, told });
  expect(logits.argMax(-1).arraySync()).toEqual(texts);
});
