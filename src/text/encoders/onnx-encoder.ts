import { readFileSync } from 'node:fs';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { describeOnnx, type OnnxSummary } from '../../tensor/index.js';
import { readTokeniser } from '../tokenisers/read-tokeniser.js';
import type { Tokeniser } from '../tokenisers/tokeniser.js';
import { checkDay, type SentenceEncoder } from './encoder.js';

/** An encoder of one's own, and how it is used. */
export interface OnnxEncoderOptions {
  /** The ONNX file, or its bytes: of `input_ids` and `attention_mask` [B, T], and `token_type_ids` where it has them, to vectors [B, T, D], or [B, D]. */
  readonly model: string | Uint8Array;
  /** The model's `tokenizer.json`, or a tokeniser. */
  readonly tokeniser: string | Tokeniser;
  /** A day at whose end all was written that the model was trained on: `2021-12-31`. Its publication, where nothing else is known. */
  readonly pretrainedUntil: string;
  /** How a text's vector is made of its tokens': their mean without padding, or the first one's; 'mean' when left out. A model that gives [B, D] has done it. */
  readonly pooling?: 'mean' | 'first';
  /** The most tokens that the model takes at once, with the marks around a text; 512 when left out, as BERT. */
  readonly maxTokens?: number;
  /** Texts of one call of the model; 32 when left out. */
  readonly batch?: number;
  /** The id that pads shorter texts of a batch; that of `[PAD]`, or 0. */
  readonly padding?: number;
  /** What it is called; the model's file when left out. */
  readonly name?: string;
  /** What it is not good for. */
  readonly limits?: readonly string[];
}

const NAMES = ['model', 'tokeniser', 'pretrainedUntil', 'pooling', 'maxTokens', 'batch', 'padding', 'name', 'limits'] as const;

/** A piece of a text that fits into the model. */
interface Part {
  readonly text: number;
  readonly ids: readonly number[];
}

/**
 * A sentence encoder from an ONNX file and its tokeniser, run by ONNX Runtime.
 *
 *     const encoder = await onnxEncoder({
 *       model: 'all-MiniLM-L6-v2/model.onnx',
 *       tokeniser: 'all-MiniLM-L6-v2/tokenizer.json',
 *       pretrainedUntil: '2021-12-31',        // a day by which it had been published
 *     });
 *     const { data, shape } = await encoder.encode(['Oil falls', 'Crude slides']);        // [2, 384]
 *
 *     y = Σ mₜ hₜ / Σ mₜ over the tokens t of a text, m the attention mask
 *
 * A text of more tokens than the model takes is cut into parts, and its vector is the mean of theirs, weighted by their tokens.
 * Vectors are not normalised; `cosineSimilarity` needs no more.
 *
 * @throws when a file is missing or no such model, or an option does not fit; `encode` throws when the model fails
 *
 * Reimers & Gurevych 2019, section 3, for the mean.
 */
export async function onnxEncoder(options: OnnxEncoderOptions): Promise<SentenceEncoder> {
  checkOptions('onnxEncoder', options, NAMES);
  checkEncoder('onnxEncoder', options);
  const { model, pretrainedUntil, pooling = 'mean', maxTokens = 512, batch = 32, limits = [] } = options;
  const name = options.name ?? (typeof model === 'string' ? model : 'an ONNX model');
  const tokeniser = typeof options.tokeniser === 'string' ? readTokeniser(options.tokeniser) : options.tokeniser;
  const { before, behind } = tokeniser.around;
  checkWhole('onnxEncoder', 'maxTokens', maxTokens, { from: before.length + behind.length + 1 });
  const padding = options.padding ?? tokeniser.idOf('[PAD]') ?? 0;
  const bytes = typeof model === 'string' ? bytesOf(model) : model;
  const { width, fixed } = layoutOf(name, describeOnnx(bytes), pooling);
  const room = Math.min(maxTokens, fixed.T ?? maxTokens) - before.length - behind.length;
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(bytes);
  const types = new Map(describeOnnx(bytes).inputs.map((input) => [input.name, input.dtype]));

  /** The model's vectors of some parts, [n, D]. */
  const run = async (parts: readonly Part[]): Promise<Float32Array> => {
    const rows = parts.map(({ ids }) => [...before, ...ids, ...behind]);
    const B = fixed.B ?? rows.length;
    const T = fixed.T ?? Math.max(...rows.map(({ length }) => length));
    const fill = (value: (row: readonly number[], t: number) => number) =>
      Int32Array.from({ length: B * T }, (_, at) => value(rows[Math.min(Math.floor(at / T), rows.length - 1)], at % T));
    const ids = fill((row, t) => row[t] ?? padding);
    const mask = fill((row, t) => Number(t < row.length));
    const feeds: Record<string, Tensor> = {};
    for (const input of session.inputNames) {
      const values = input === 'input_ids' ? ids : input === 'attention_mask' ? mask : new Int32Array(B * T);
      feeds[input] =
        types.get(input) === 'int32' ? new ort.Tensor(values, [B, T]) : new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [B, T]);
    }
    const results: InferenceSession.OnnxValueMapType = await session.run(feeds);
    const { data, dims } = results[session.outputNames[0]] as Tensor;
    const h = data as Float32Array;
    if (dims.length === 2) return h.slice(0, rows.length * width);
    return Float32Array.from({ length: rows.length * width }, (_, at) => {
      const [b, d] = [Math.floor(at / width), at % width];
      const length = pooling === 'first' ? 1 : rows[b].length;
      let sum = 0;
      for (let t = 0; t < length; t++) sum += h[(b * T + t) * width + d];
      return length === 0 ? 0 : sum / length;
    });
  };

  return {
    name,
    width,
    pretrainedUntil,
    limits,
    async encode(texts) {
      const parts = texts.flatMap((text, n) => partsOf(n, tokeniser.encode(text), room));
      const data = new Float32Array(texts.length * width);
      const weights = new Float64Array(texts.length);
      for (const { text, ids } of parts) weights[text] += ids.length;
      // Texts of like length together, so that little is padding.
      const ordered = parts.toSorted((a, b) => a.ids.length - b.ids.length);
      const size = Math.min(batch, fixed.B ?? batch);
      for (let from = 0; from < ordered.length; from += size) {
        const some = ordered.slice(from, from + size);
        const vectors = await run(some);
        for (const [i, { text, ids }] of some.entries())
          for (let d = 0; d < width; d++) data[text * width + d] += (ids.length / weights[text]) * vectors[i * width + d];
      }
      return { data, shape: [texts.length, width] };
    },
  };
}

/** What can be checked of an encoder before there is a model. */
export function checkEncoder(
  who: string,
  { pretrainedUntil, pooling = 'mean', batch = 32, maxTokens = 512 }: Partial<OnnxEncoderOptions> = {},
): void {
  checkDay(who, 'pretrainedUntil', pretrainedUntil as string);
  checkOneOf(who, 'pooling', pooling, ['mean', 'first']);
  checkWhole(who, 'batch', batch);
  checkWhole(who, 'maxTokens', maxTokens);
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`onnxEncoder: ${path} is not there (${(error as NodeJS.ErrnoException).code}); fetchEncoder gets one from a hub`, {
      cause: error,
    });
  }
}

/** Parts of nearly one length, none longer than the model takes; none of a text without a token. */
function partsOf(text: number, ids: readonly number[], room: number): Part[] {
  const count = Math.ceil(ids.length / room);
  return Array.from({ length: count }, (_, i) => ({
    text,
    ids: ids.slice(Math.round((i * ids.length) / count), Math.round(((i + 1) * ids.length) / count)),
  }));
}

/** The width of the vectors, and the axes that the file fixes. */
function layoutOf(name: string, { inputs, outputs }: OnnxSummary, pooling: string): { width: number; fixed: { B?: number; T?: number } } {
  const known = ['input_ids', 'attention_mask', 'token_type_ids'];
  const got = inputs.map((input) => input.name);
  const ids = inputs.find((input) => input.name === 'input_ids');
  const other = inputs.find((input) => !known.includes(input.name) || !/^int32$|int64|element type 7/.test(input.dtype));
  if (!ids || other || (pooling === 'mean' && outputs[0].shape.length === 3 && !got.includes('attention_mask')))
    throw new Error(
      `onnxEncoder: ${name} takes ${inputs.map((input) => `${input.name} (${input.dtype})`).join(', ')}; an encoder takes whole numbers input_ids, attention_mask and, if it likes, token_type_ids`,
    );
  const { shape, dtype } = outputs[0];
  const width = shape.at(-1);
  if ((shape.length !== 3 && shape.length !== 2) || dtype !== 'float32' || typeof width !== 'number')
    throw new Error(
      `onnxEncoder: ${name} gives ${outputs[0].name} (${dtype}) [${shape}]; vectors [B, T, D] or [B, D] in float32 were wanted`,
    );
  const [B, T] = ids.shape.map((n) => (typeof n === 'number' ? n : undefined));
  return { width, fixed: { B, T } };
}
