import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sha256 } from '../../base/internal.js';
import { compile, key, normal } from '../../tensor/index.js';
import reference from '../text.reference.json' with { type: 'json' }; // made by ../reference/sentences.py with tokenizers 0.23
import { readTokeniser } from '../tokenisers/read-tokeniser.js';
import { fetchEncoder } from './hub.js';
import { onnxEncoder } from './onnx-encoder.js';

const { file } = reference.wordpiece.lower;
const tokeniser = readTokeniser(file);
const [V, D, T] = [tokeniser.size, 4, 8];
const table = normal(key(1), [V, D]).data;
const pretrainedUntil = '2024-01-31';

/** A model of our own: each token's row of a table, and noise of the padding that a mean must not see. */
async function model(pooled = false): Promise<Uint8Array> {
  const rows = tf.tensor2d(table, [V, D]);
  const encode = (input_ids: tf.Tensor, attention_mask: tf.Tensor) => {
    const hidden = rows.gather(input_ids.flatten().toInt() as tf.Tensor1D).reshape([-1, T, D]);
    const padding = attention_mask.toFloat().mul(-1000).add(1000).expandDims(-1);
    const noisy = hidden.add(padding);
    return { h: pooled ? noisy.min(1) : noisy };
  };
  const compiled = compile(encode);
  const zeros = { data: new Int32Array(3 * T), shape: [3, T] };
  await compiled(zeros, zeros);
  return compiled.toOnnx({ dynamicBatch: ['input_ids', 'attention_mask'] });
}

/** The mean of rows of the table, in double precision. */
const meanOf = (ids: readonly number[]) =>
  Array.from({ length: D }, (_, d) => ids.reduce((sum, id) => sum + table[id * D + d], 0) / ids.length);
const row = (data: Float32Array, n: number) => [...data.subarray(n * D, (n + 1) * D)];
const near = (got: readonly number[], wanted: readonly number[]) => {
  for (const [d, value] of wanted.entries()) expect(Math.abs(got[d] - value)).toBeLessThan(1e-6);
};

let onnx: Uint8Array;
beforeAll(async () => {
  onnx = await model();
});

describe('onnxEncoder', () => {
  it('is the mean over the tokens of a text and its marks, whatever shares its batch', async () => {
    const encoder = await onnxEncoder({ model: onnx, tokeniser, pretrainedUntil, name: 'ours' });
    expect([encoder.name, encoder.width, encoder.pretrainedUntil]).toEqual(['ours', D, '2024-01-31']);
    const texts = ['The rates', 'rise', 'apple rates, rising', 'rise'];
    const { data, shape } = await encoder.encode(texts);
    expect(shape).toEqual([4, D]);
    for (const [n, text] of texts.entries()) near(row(data, n), meanOf([2, ...tokeniser.encode(text), 3]));
    const alone = await encoder.encode([texts[2]]);
    near(row(alone.data, 0), row(data, 2));
  });

  it('cuts a text that is too long into parts, and weighs them by their tokens', async () => {
    const encoder = await onnxEncoder({ model: onnx, tokeniser, pretrainedUntil, batch: 2 });
    const text = 'the rates unchanged . the rising apple , rates 3 2 the'; // 16 pieces: three parts of 5, 6 and 5
    const ids = tokeniser.encode(text);
    expect(ids).toHaveLength(16);
    const parts = [ids.slice(0, 5), ids.slice(5, 11), ids.slice(11)];
    const wanted = Array.from({ length: D }, (_, d) =>
      parts.reduce((sum, part) => sum + (part.length / 16) * meanOf([2, ...part, 3])[d], 0),
    );
    near(row((await encoder.encode([text])).data, 0), wanted);
  });

  it('gives zeros for a text without a token, and nothing for no text', async () => {
    const encoder = await onnxEncoder({ model: onnx, tokeniser, pretrainedUntil });
    expect([...(await encoder.encode(['', 'the'])).data.subarray(0, D)]).toEqual([0, 0, 0, 0]);
    expect(await encoder.encode([])).toEqual({ data: new Float32Array(0), shape: [0, D] });
  });

  it('takes the first token’s vector, or what a model pools itself', async () => {
    const first = await onnxEncoder({ model: onnx, tokeniser, pretrainedUntil, pooling: 'first' });
    near(row((await first.encode(['the rates'])).data, 0), meanOf([2]));
    const pooled = await onnxEncoder({ model: await model(true), tokeniser, pretrainedUntil });
    const rows = [2, ...tokeniser.encode('the rates'), 3].map((id) => [...table.subarray(id * D, (id + 1) * D)]);
    near(
      row((await pooled.encode(['the rates'])).data, 0),
      Array.from({ length: D }, (_, d) => Math.min(...rows.map((one) => one[d]))),
    );
  });

  const other = async () => {
    const compiled = compile((x: tf.Tensor) => ({ y: x.mul(2) }));
    await compiled(normal(key(1), [2, 3]));
    return compiled.toOnnx();
  };
  it.each([
    [
      'a model of something else',
      async () => ({ model: await other() }),
      'an ONNX model takes x (float32); an encoder takes whole numbers input_ids',
    ],
    [
      'a model that is not there',
      async () => ({ model: '/none/model.onnx' }),
      'onnxEncoder: /none/model.onnx is not there (ENOENT); fetchEncoder gets one',
    ],
    [
      'no date',
      async () => ({ pretrainedUntil: 'last year' }),
      "onnxEncoder: pretrainedUntil must be a day as 2024-07-12, got 'last year'",
    ],
    ['another pooling', async () => ({ pooling: 'max' as never }), "onnxEncoder: pooling must be mean or first, got 'max'"],
    ['no room for a token', async () => ({ maxTokens: 2 }), 'onnxEncoder: maxTokens must be a whole number from 3 up, got 2'],
    ['a misspelt option', async () => ({ poolin: 'mean' }) as never, "onnxEncoder: there is no option 'poolin'"],
  ])('refuses %s', async (_, change, message) => {
    await expect(onnxEncoder({ model: onnx, tokeniser, pretrainedUntil, ...((await change()) as object) })).rejects.toThrow(message);
  });
});

describe('fetchEncoder', () => {
  const COMMIT = 'abc123'.padEnd(40, '0');
  async function hub() {
    const store = mkdtempSync(join(tmpdir(), 'lemmata-hub-'));
    vi.stubEnv('LEMMATA_DATA', store);
    const asked: string[] = [];
    const files: Record<string, Uint8Array | string> = {
      [`/us/small/resolve/${COMMIT}/onnx/model.onnx`]: onnx,
      [`/us/small/resolve/${COMMIT}/tokenizer.json`]: JSON.stringify(file),
      [`/us/portal/resolve/${COMMIT}/onnx/model.onnx`]: onnx,
      [`/us/portal/resolve/${COMMIT}/tokenizer.json`]: '<html>sign in</html>',
      [`/us/cut/resolve/${COMMIT}/onnx/model.onnx`]: onnx.subarray(0, onnx.length >> 1),
      [`/us/cut/resolve/${COMMIT}/tokenizer.json`]: JSON.stringify(file),
    };
    const server = createServer(({ url = '' }, response) => {
      asked.push(url);
      if (files[url]) response.end(files[url]);
      else response.writeHead(404).end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      rmSync(store, { recursive: true });
      await new Promise((closed) => server.close(closed));
    });
    return {
      asked,
      store,
      options: { revision: COMMIT, pretrainedUntil, hub: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    };
  }

  it('fetches a model once, by its commit, and needs no network later', async () => {
    const { asked, options, store } = await hub();
    const encoder = await fetchEncoder('us/small', { ...options, sha256: sha256(onnx) });
    near(row((await encoder.encode(['the rates'])).data, 0), meanOf([2, ...tokeniser.encode('the rates'), 3]));
    expect(encoder.name).toBe(`us/small at abc123000000, model ${sha256(onnx).slice(0, 12)}`);
    expect(asked).toHaveLength(2);
    await fetchEncoder('us/small', options);
    expect(asked).toHaveLength(2);
    writeFileSync(join(store, `encoders/us/small/${COMMIT}/onnx/model.onnx`), 'damaged');
    await fetchEncoder('us/small', { ...options, sha256: sha256(onnx) });
    expect(asked).toHaveLength(3);
  });

  it('keeps nothing that is no encoder, and names the folder', async () => {
    const { options, store, asked } = await hub();
    for (const name of ['portal', 'cut']) {
      await expect(fetchEncoder(`us/${name}`, options)).rejects.toThrow(
        new RegExp(`of us/${name} make no encoder: .+; nothing new was kept. If they lie in .+${COMMIT} already, delete that folder`, 's'),
      );
      expect(existsSync(join(store, 'encoders/us', name))).toBe(false);
    }
    expect(asked).toHaveLength(4);
  });

  it.each([
    [{ revision: 'main' }, "fetchEncoder: revision must be a commit by its 40 digits, got 'main'; a branch moves"],
    [{ revision: 'abc1234' }, "fetchEncoder: revision must be a commit by its 40 digits, got 'abc1234'"],
    [{ revision: undefined }, "fetchEncoder: revision must be a commit by its 40 digits, got 'undefined'"],
    [{ sha256: 'xyz' }, "fetchEncoder: sha256 must be 64 digits from 0 to f in small letters, got 'xyz'"],
    [{ pretrainedUntil: 'yesterday' }, "fetchEncoder: pretrainedUntil must be a day as 2024-07-12, got 'yesterday'"],
    [{ pooling: 'max' }, "fetchEncoder: pooling must be mean or first, got 'max'"],
  ])('refuses %j before it asks', async (change, message) => {
    const { options, asked } = await hub();
    await expect(fetchEncoder('us/small', { ...options, ...(change as object) })).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });

  it('refuses other bytes, names that leave the folder, and a hub that has or is nothing', async () => {
    const { options } = await hub();
    await expect(fetchEncoder('us/small', { ...options, sha256: 'a'.repeat(64) })).rejects.toThrow(
      `onnx/model.onnx of us/small has sha256 ${sha256(onnx).slice(0, 12)}… instead of aaaaaaaaaaaa…: it was cut short, altered`,
    );
    await expect(fetchEncoder('us/none', options)).rejects.toThrow(
      `/us/none/resolve/${COMMIT}/onnx/model.onnx answers 404; check the repository`,
    );
    await expect(fetchEncoder('us/../small', options)).rejects.toThrow(
      "fetchEncoder: repository must be a name as owner/model or onnx/model.onnx, got 'us/../small'",
    );
    await expect(fetchEncoder('small', options)).rejects.toThrow("fetchEncoder: the repository is owner/name, got 'small'");
    await expect(fetchEncoder('us/small', { ...options, hub: 'http://127.0.0.1:9' })).rejects.toThrow(
      /^fetchEncoder: cannot reach http:\/\/127\.0\.0\.1:9\/us\/small\/.+; without a network, onnxEncoder takes files that are here/,
    );
  });
});
