import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { type Attend, addPositions, causalAttention, embedding, maskedAttention } from '../../nn/index.js';
import { type GptConfig, type GptParams, logitsOf, prefixLength, prefixOf, through } from './gpt.js';

/** What the steps so far left behind: keys and values of each layer, [B, H, P + T, D/H], zeros where none has been. */
export interface GptCache<T = tf.Tensor> {
  /** Of each layer. */
  readonly keys: readonly T[];
  /** Of each layer. */
  readonly values: readonly T[];
}

/**
 * The cache before the first token: empty, or with the keys and values of what was told.
 *
 * @param params  of `initGpt`
 * @param config  of the weights
 * @param start   B, texts side by side, and told [B, F] where the config has a prefix
 * @throws        when what is told does not fit the config
 */
export function gptCache(
  params: GptParams,
  config: GptConfig,
  { batch, told }: { readonly batch: number; readonly told?: tf.Tensor },
): GptCache {
  const { length, width, heads, layers } = config;
  const P = prefixLength(config);
  if (P === 0) {
    const empty = () => Array.from({ length: layers }, () => tf.zeros([batch, heads, length, width / heads]));
    return { keys: empty(), values: empty() };
  }
  const [keys, values]: tf.Tensor[][] = [[], []];
  const kept = (x: tf.Tensor) =>
    x.pad([
      [0, 0],
      [0, 0],
      [0, length],
      [0, 0],
    ]);
  const attend: Attend = (q, k, v) => {
    keys.push(kept(k));
    values.push(kept(v));
    return causalAttention(q, k, v);
  };
  through(params, addPositions(params.positions, prefixOf(params, told, config, batch)), { heads, attend: () => attend });
  return { keys, values };
}

/** Which token comes where, and what came before. */
export interface GptStepOptions extends GptConfig {
  /** Of the steps before. */
  readonly cache: GptCache;
  /** A scalar int32: the token's place, 0 for the first one; the prefix does not count. */
  readonly at: tf.Tensor;
}

/**
 * One token more: the row of `gpt`'s logits at its place, at the cost of one step.
 *
 *     let { logits, cache } = gptStep(params, first, { ...config, cache: gptCache(params, config, { batch }), at: tf.scalar(0, 'int32') });
 *
 * @param params   of `initGpt`
 * @param token    [B] int32
 * @param options  the config of the weights, the cache of the steps before, and the place from 0 to T − 1
 * @returns        logits [B, V] of the next token, and the cache with this step
 * @throws         when the token is no int32 [B], or the cache is of another config
 *
 * Equal to the full forward but for rounding.
 */
export function gptStep(
  params: GptParams,
  token: tf.Tensor,
  { cache, at, ...config }: GptStepOptions,
): { logits: tf.Tensor; cache: GptCache } {
  const { length, width, heads, layers } = config;
  const L = prefixLength(config) + length;
  const B = token.shape[0]!;
  const wanted = [B, heads, L, width / heads];
  const fits = cache.keys.length === layers && cache.values.length === layers && `${cache.keys[0].shape}` === `${wanted}`;
  if (token.rank !== 1 || token.dtype !== 'int32' || !fits)
    throw shapeError(`gptStep takes int32 token [B] (it is ${token.dtype}) and a cache of ${layers} layers of [${wanted}]`, {
      token,
      ...(cache.keys[0] && { keys: cache.keys[0] }),
    });
  const place = at.add(tf.scalar(prefixLength(config), 'int32'));
  const places = tf.range(0, L, 1, 'int32');
  const here = places.equal(place).reshape([1, 1, L, 1]);
  const visible = places.lessEqual(place).reshape([1, 1, 1, L]);
  const [keys, values]: tf.Tensor[][] = [[], []];
  const attend =
    (l: number): Attend =>
    (q, k, v) => {
      keys.push(tf.where(here, k, cache.keys[l]));
      values.push(tf.where(here, v, cache.values[l]));
      return maskedAttention(q, keys[l], values[l], { visible });
    };
  const position = embedding(params.positions, place.reshape([1])); // [1, D]
  const h = through(params, embedding(params.tokens, token).add(position).expandDims(1), { heads, attend });
  return { logits: logitsOf(params, h), cache: { keys, values } };
}
