import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { key, normal, randint } from '../../base/index.js';
import { adam, type ParamsOf, trainingStep } from '../../optim/index.js';
import { compile, flatten, fromTf, gradCheck, type Tree, toTf } from '../../tensor/index.js';
import reference from '../gpt.reference.json' with { type: 'json' }; // made by ../reference/gpt.py with numpy
import { type GptCache, gptCache, gptStep } from './decode.js';
import { type GptConfig, type GptParams, gpt, gptLoss, initGpt } from './gpt.js';
import { chooseToken, gptSampler } from './sample.js';

const { config } = reference;
const { unflatten } = flatten(initGpt(key(1), config) as unknown as Tree<unknown>);
const paramsOf = (weights: readonly tf.Tensor[]) => unflatten(weights) as unknown as GptParams;
const tokens = (rows: readonly (readonly number[])[]) => tf.tensor2d(rows as number[][], undefined, 'int32');
const read = reference.tokens.map((row) => row.slice(0, -1));
const told = { data: reference.told.flat(), shape: [2, 3] };

describe('gpt', () => {
  const logits = (told: tf.Tensor, ...weights: tf.Tensor[]) => gpt(paramsOf(weights), tokens(read), { ...config, told });
  const loss =
    (padding?: number) =>
    (told: tf.Tensor, ...weights: tf.Tensor[]) =>
      gptLoss(paramsOf(weights), { tokens: tokens(reference.tokens), told }, { ...config, padding });

  it('equals the formulas of the papers in double precision, but for constants in single', () => {
    expect(distance(inDouble(logits, [told, ...reference.weights]).y, reference.logits)).toBeLessThan(1e-7);
    expect(inDouble(loss(), [told, ...reference.weights]).y[0]).toBeCloseTo(reference.loss, 7);
    expect(inDouble(loss(0), [told, ...reference.weights]).y[0]).toBeCloseTo(reference.lossWithoutZeros, 7);
  });

  it('has the derivatives of differences, of every weight and of what it is told', () => {
    expect(gradCheck(loss(), [told, ...reference.weights], { h: 3e-6 })).toBeLessThan(1e-7);
  });

  it('does not see what comes later', () => {
    const first = (told: tf.Tensor, ...weights: tf.Tensor[]) => logits(told, ...weights).slice([0, 0], [-1, 2]);
    const changed = read.map(([a, b]) => [a, b, 4, 3]);
    const other = (told: tf.Tensor, ...weights: tf.Tensor[]) =>
      gpt(paramsOf(weights), tokens(changed), { ...config, told }).slice([0, 0], [-1, 2]);
    const inputs = [told, ...reference.weights];
    expect([...inDouble(first, inputs).y]).toEqual([...inDouble(other, inputs).y]);
  });

  it('knows nothing at first: a loss near log V', async () => {
    const plain = { vocabulary: 50, length: 8, width: 16, heads: 2, layers: 2 };
    const params = toTf(fromTf(initGpt(key(3), plain))) as GptParams;
    const batch = { tokens: tf.tensor2d(randint(key(4), [4, 9], 0, 50).data, [4, 9], 'int32') };
    expect(gptLoss(params, batch, plain).dataSync()[0]).toBeCloseTo(Math.log(50), 1);
    expect('prefix' in params).toBe(false);
  });

  it('refuses what does not fit', () => {
    const params = toTf(fromTf(initGpt(key(1), config))) as GptParams;
    const fits = { ...config, told: tf.zeros([2, 3]) };
    expect(() => gpt(params, tf.zeros([2, 4]), fits)).toThrow("gpt takes int32 tokens [B, T'], T' from 1 to 4 (these are float32)");
    expect(() => gpt(params, tf.zeros([2, 5], 'int32'), fits)).toThrow("T' from 1 to 4 (these are int32): got tokens [2,5]");
    expect(() => gpt(params, tokens(read), config)).toThrow(
      'gpt: its config has a prefix of 3 features, and nothing was told; give told [2, 3]',
    );
    expect(() => gpt(params, tokens(read), { ...config, told: tf.zeros([1, 3]) })).toThrow(
      'gpt is told [B, 3] with a row for each of 2 texts: got told [1,3]',
    );
    expect(() => gptLoss(params, { tokens: tokens([[1], [2]]) }, config)).toThrow(
      'one to read and one to forecast at least: got tokens [2,1]',
    );
    expect(() => initGpt(key(1), { ...config, heads: 4 })).toThrow('initGpt: width 6 is no multiple of 4 heads');
    expect(() => initGpt(1 as never, config)).toThrow('initGpt: key must be a random stream, as key(1), got 1');
    expect(() => gpt(params, { data: new Int32Array(8), shape: [2, 4] } as never, fits)).toThrow(
      'these are a host array, of which toTf(fromTf(…)) makes a tensor',
    );
    for (const change of [{ layers: 1 }, { length: 3 }, { vocabulary: 9 }])
      expect(() => gpt(params, tf.zeros([2, 3], 'int32'), { ...fits, ...change })).toThrow(
        'the weights are of another config, with 2 blocks',
      );
    expect(() => initGpt(key(1), { ...config, layers: 0 })).toThrow('initGpt: layers must be a whole number from 1 up, got 0');
    expect(() =>
      gptStep(params, tf.zeros([2], 'int32'), { ...config, at: tf.scalar(0, 'int32'), cache: { keys: [], values: [] } }),
    ).toThrow('and a cache of 2 layers of [2,2,6,3]: got token [2]');
  });
});

describe('one token at a time', () => {
  const plain: GptConfig = { vocabulary: 11, length: 7, width: 8, heads: 2, layers: 3 };
  const prefixed: GptConfig = { ...plain, prefix: { features: 3, vectors: 2 } };

  it.each([
    ['without a prefix, by OpenVINO,', plain, 'openvino'],
    ['without a prefix, by ONNX Runtime,', plain, 'onnxruntime'],
    ['behind a prefix, by OpenVINO,', prefixed, 'openvino'],
    ['behind a prefix, by ONNX Runtime,', prefixed, 'onnxruntime'],
  ] as const)('%s equals the full forward', async (_, config, runtime) => {
    // Weights far from the first ones, so that attention is far from even.
    const params = toTf(fromTf(scaled(initGpt(key(5), config), 3))) as GptParams;
    const B = 4;
    const ids = randint(key(6), [B, config.length], 0, config.vocabulary);
    const features = normal(key(7), [B, 3]);
    const full = compile((ids: tf.Tensor, told: tf.Tensor) => gpt(params, ids, config.prefix ? { ...config, told } : config), { runtime });
    const wanted = (await full({ ...ids, data: Int32Array.from(ids.data) }, features)).data(); // [B, T, V]
    const begin = compile((told: tf.Tensor) => gptCache(params, config, { batch: B, told: config.prefix ? told : undefined }), { runtime });
    const step = compile(
      (cache: GptCache, token: tf.Tensor, at: tf.Tensor) => gptStep(params, token, { ...config, cache, at: at.reshape([]) }),
      { runtime, donate: [0] },
    );
    let cache: unknown = await begin(features);
    const V = config.vocabulary;
    for (let at = 0; at < config.length; at++) {
      const token = Int32Array.from({ length: B }, (_, b) => ids.data[b * config.length + at]);
      const next = await step(cache as never, { data: token, shape: [B] }, { data: Int32Array.of(at), shape: [1] });
      cache = next.cache;
      const got = next.logits.data();
      for (let b = 0; b < B; b++) {
        const row = wanted.subarray((b * config.length + at) * V, (b * config.length + at + 1) * V);
        expect(distance(got.subarray(b * V, (b + 1) * V), row)).toBeLessThan(1e-5);
      }
    }
  });
});

/** Weights times a number. */
function scaled(params: ReturnType<typeof initGpt>, factor: number): typeof params {
  const { leaves, unflatten } = flatten(params as unknown as Tree<{ data: Float32Array; shape: number[] }>);
  return unflatten(leaves.map(({ data, shape }) => ({ data: data.map((x) => factor * x), shape }))) as unknown as typeof params;
}

describe('chooseToken', () => {
  const logits = [1, 3, 2, 3].map((p) => Math.log(p / 9));

  it('has the probabilities of a softmax', () => {
    const drawn = Array.from({ length: 900 }, (_, i) => chooseToken(logits, (i + 0.5) / 900));
    expect([0, 1, 2, 3].map((id) => drawn.filter((one) => one === id).length)).toEqual([100, 300, 200, 300]);
  });

  it('has those of powers at another temperature, and of the likeliest alone with top-k', () => {
    const halves = Array.from({ length: 2300 }, (_, i) => chooseToken(logits, (i + 0.5) / 2300, { temperature: 0.5 }));
    expect([0, 1, 2, 3].map((id) => halves.filter((one) => one === id).length)).toEqual([100, 900, 400, 900]); // squares
    const two = Array.from({ length: 600 }, (_, i) => chooseToken(logits, (i + 0.5) / 600, { topK: 2 }));
    expect([0, 1, 2, 3].map((id) => two.filter((one) => one === id).length)).toEqual([0, 300, 0, 300]);
    expect([chooseToken(logits, 0.99, { temperature: 0 }), chooseToken(logits, 0.99, { topK: 1 })]).toEqual([1, 1]);
    expect(chooseToken([-Infinity, 0, -Infinity], 1 - 2 ** -53)).toBe(1);
  });

  it.each([
    [{ temperature: -1 }, 'chooseToken: temperature must be a finite number from 0 up, got -1'],
    [{ topK: 0 }, 'chooseToken: topK must be a whole number from 1 up, got 0'],
    [{ top: 1 } as never, "chooseToken: there is no option 'top'; it takes temperature, topK (did you mean topK?)"],
  ])('refuses %j', (options, message) => {
    expect(() => chooseToken(logits, 0.5, options)).toThrow(message);
  });

  it('refuses what is no number', () => {
    expect(() => chooseToken([0, Number.NaN], 0.5)).toThrow('chooseToken: the logit of token 1 is NaN; did the training diverge?');
    expect(() => chooseToken([0, Infinity], 0.5)).toThrow('chooseToken: the greatest logit is Infinity, of token 1; one must be finite');
    expect(() => chooseToken([-Infinity, -Infinity], 0.5)).toThrow('the greatest logit is -Infinity, of token 0');
    expect(() => chooseToken([], 0.5)).toThrow('chooseToken: there is no logit to choose by');
    expect(() => chooseToken(logits, 1)).toThrow('chooseToken: u must be a finite number from 0 up, below 1, got 1');
  });
});

// Two songs, a b c a b c … and c b a c b a …: which one, only what it is told says. A model that learns it goes on without an error.
describe('a model that is trained', () => {
  it('sings the song that it is told, greedily and by its key', { timeout: 120_000 }, async () => {
    const config = { vocabulary: 4, length: 9, width: 16, heads: 2, layers: 1, prefix: { features: 1 } };
    const initial = initGpt(key(8), config);
    const optimizer = adam(initial, { learningRate: 0.01 });
    type Batch = { tokens: tf.Tensor; told: tf.Tensor };
    const step = compile(
      trainingStep(optimizer, (params: ParamsOf<typeof optimizer>, batch: Batch) => gptLoss(params, batch, config)),
      { donate: [0] },
    );
    const [UP, DOWN] = [
      [1, 2, 3],
      [3, 2, 1],
    ];
    const song = (notes: readonly number[]) => [0, ...Array.from({ length: 9 }, (_, t) => notes[t % 3])];
    const batch = {
      tokens: { data: Int32Array.from([UP, DOWN].flatMap(song)), shape: [2, 10] },
      told: { data: Float32Array.of(1, -1), shape: [2, 1] },
    };
    let { state, loss } = await step(optimizer.init(initial), batch);
    for (let i = 0; i < 200; i++) ({ state, loss } = await step(state, batch));
    expect(loss.item()).toBeLessThan(0.02);

    const sample = gptSampler(optimizer.params(toTf(state)) as GptParams, config);
    expect(await sample([0], { temperature: 0, told: [1] })).toEqual(song(UP).slice(1));
    expect(await sample([0], { temperature: 0, told: [-1] })).toEqual(song(DOWN).slice(1));
    expect(await sample([0, 3, 2], { temperature: 0, told: [-1], tokens: 3 })).toEqual([1, 3, 2]);
    expect(await sample([0], { temperature: 0, told: [1], stop: 3 })).toEqual([1, 2]);
    const hot = (seed: number) => sample([0], { key: key(seed), temperature: 5, told: [1] });
    expect(await hot(1)).toEqual(await hot(1));
    expect(new Set((await Promise.all([1, 2, 3, 4].map(hot))).map(String)).size).toBeGreaterThan(1);
    for (const token of await sample([0], { key: key(1), temperature: 100, topK: 2, told: [1] })) expect(token).toBeLessThan(4);

    await expect(sample([], { told: [1] })).rejects.toThrow(
      'gptSampler: the prompt has 0 tokens; 1 to 9 fit. Begin with the token that begins a text',
    );
    await expect(sample([0, 4], { told: [1], temperature: 0 })).rejects.toThrow(
      'gptSampler: a prompt is the ids of tokens, 0 to 3; got 4 at 1; tokeniser.encode(text) gives them',
    );
    await expect(sample('ab' as never, { told: [1], temperature: 0 })).rejects.toThrow('0 to 3; got "ab"; tokeniser.encode(text)');
    await expect(sample([0], { told: [1], temperature: 0, tokens: 10 })).rejects.toThrow(
      'gptSampler: tokens must be a whole number from 0 to 9, got 10; the model sees 9 at once',
    );
    await expect(sample([0], { told: [1] })).rejects.toThrow('gptSampler: key must be a random stream, as key(1), got none');
    await expect(sample([0], { temperature: 0 })).rejects.toThrow('gptSampler: the model is told 1 numbers, got 0');
  });

  it('trains and samples without a prefix too', { timeout: 60_000 }, async () => {
    const config = { vocabulary: 3, length: 6, width: 8, heads: 1, layers: 1 };
    const initial = initGpt(key(9), config);
    const optimizer = adam(initial, { learningRate: 0.02 });
    const step = compile(
      trainingStep(optimizer, (params: ParamsOf<typeof optimizer>, tokens: tf.Tensor) => gptLoss(params, { tokens }, config)),
      { donate: [0] },
    );
    const tokens = { data: Int32Array.of(0, 1, 2, 2, 1, 2, 2), shape: [1, 7] };
    let { state, loss } = await step(optimizer.init(initial), tokens);
    for (let i = 0; i < 150; i++) ({ state, loss } = await step(state, tokens));
    expect(loss.item()).toBeLessThan(0.05);
    expect(await gptSampler(optimizer.params(toTf(state)) as GptParams, config)([0], { temperature: 0 })).toEqual([1, 2, 2, 1, 2, 2]);
  });
});
