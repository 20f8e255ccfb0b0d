import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { compile } from '../compile.js';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => vi.restoreAllMocks());

const x = Float32Array.of(1, 2, 3, 4);

describe('random numbers in a function that is compiled', () => {
  const DRAWS: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    dropout: (x) => tf.dropout(x, 0.5),
    randomNormal: (x) => x.add(tf.randomNormal(x.shape)),
    randomUniform: (x) => x.add(tf.randomUniform(x.shape)),
    randomStandardNormal: (x) => x.add(tf.randomStandardNormal(x.shape)),
    randomGamma: (x) => x.add(tf.randomGamma(x.shape, 1)),
    truncatedNormal: (x) => x.add(tf.truncatedNormal(x.shape)),
    multinomial: (x) => tf.multinomial(x as tf.Tensor1D, 3),
    rand: (x) => x.add(tf.rand(x.shape, () => Math.random())),
  };
  it.each(Object.keys(DRAWS))('are an error that names tf.%s', async (name) => {
    const { random } = Math;
    await expect(compile(DRAWS[name])(x)).rejects.toThrow(
      new RegExp(
        `randomness.test.ts:\\d+:\\d+ calls tf.${name} in a function that is compiled: .*(pass noise as an argument|use dropout of lemmata/nn)`,
      ),
    );
    expect(Math.random).toBe(random);
  });

  it('of Math.random are a warning, once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const f = compile((x: tf.Tensor) => x.add(Math.random()).add(Math.random()));
    await f(x);
    await f(new Float32Array(5));
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(
        /randomness\.test\.ts:\d+:\d+ calls Math\.random in a function that is compiled: .* uniform\(fold\(key, step\), shape\)$/,
      ),
    ]);
  });

  it('are seen in another realm, such as a cell of a notebook', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await compile(runInNewContext('(x) => x.add(Math.random())') as (x: tf.Tensor) => tf.Tensor)(x);
    expect(warn).toHaveBeenCalledOnce();
  });

  it('from a seed are what they are in eager code', async () => {
    const noise = (x: tf.Tensor) => x.add(tf.randomNormal(x.shape, 0, 1, 'float32', 7));
    expect([...(await compile(noise)(x)).data()]).toEqual([...noise(tf.tensor1d([1, 2, 3, 4])).dataSync()]);
  });
});
