import type * as tf from '@tensorflow/tfjs';
import { fold, type Key, uniform } from '../../base/index.js';
import { checkKey, checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { compile, type HostArray } from '../../tensor/index.js';
import { type GptCache, gptCache, gptStep } from './decode.js';
import type { GptConfig, GptParams } from './gpt.js';

/** How the next token is chosen of its probabilities. */
export interface ChoiceOptions {
  /** Logits are divided by it: below 1 the likely become likelier; 0 always takes the likeliest, of equals the first. 1 when left out. */
  readonly temperature?: number;
  /** So many of the likeliest tokens can be chosen; all when left out. */
  readonly topK?: number;
}

/**
 * A token drawn by its logits.
 *
 *     p = softmax(logits / temperature) over the `topK` greatest        the first token at which the sum of p is above u
 *
 * @param logits  [V]
 * @param u       from 0 up, below 1
 * @returns       the token's id
 * @throws        when there is no logit above −∞, one is NaN or ∞, or an option does not fit
 */
export function chooseToken(logits: ArrayLike<number>, u: number, options: ChoiceOptions = {}): number {
  checkOptions('chooseToken', options, ['temperature', 'topK']);
  const { temperature = 1, topK = Math.max(1, logits.length) } = options;
  checkNumber('chooseToken', 'temperature', temperature, { from: 0 });
  checkWhole('chooseToken', 'topK', topK);
  checkNumber('chooseToken', 'u', u, { from: 0, below: 1 });
  if (logits.length === 0) throw new Error('chooseToken: there is no logit to choose by; give those of one step, [V]');
  const order = Array.from(logits, (_, id) => id).sort((a, b) => logits[b] - logits[a] || a - b);
  const wrong = order.find((id) => Number.isNaN(logits[id]));
  if (wrong !== undefined) throw new Error(`chooseToken: the logit of token ${wrong} is NaN; did the training diverge?`);
  const greatest = logits[order[0]];
  if (!Number.isFinite(greatest))
    throw new Error(
      `chooseToken: the greatest logit is ${greatest}, of token ${order[0]}; one must be finite and none Infinity: mask tokens by -Infinity, but not all`,
    );
  if (temperature === 0) return order[0];
  const among = order.slice(0, topK).sort((a, b) => a - b);
  const weights = among.map((id) => Math.exp((logits[id] - greatest) / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  let sum = 0;
  const found = weights.findIndex((weight) => {
    sum += weight;
    return sum > u * total;
  });
  return among[found < 0 ? weights.findLastIndex((weight) => weight > 0) : found];
}

/** What a text begins with, and how it goes on. */
export interface SampleOptions extends ChoiceOptions {
  /** The most tokens that are added; as many as fit when left out. */
  readonly tokens?: number;
  /** A token that ends the text; it is not returned. None when left out. */
  readonly stop?: number;
  /** [F] numbers that are told before, where the config has a prefix. */
  readonly told?: ArrayLike<number>;
  /** Chooses among tokens: the same key, the same text. Needed unless the temperature is 0. */
  readonly key?: Key;
}

/** Goes on with a text: the tokens of its beginning, one or more, to those that follow. */
export type Sampler = (prompt: readonly number[], options?: SampleOptions) => Promise<number[]>;

/**
 * A sampler of a trained model, compiled once and fed one token at a time with the keys and values of the steps before.
 *
 *     const sample = gptSampler(optimizer.params(toTf(state)), config);
 *     tokeniser.decode(await sample(tokeniser.encode('\n'), { key: key(1), temperature: 0.8, topK: 20, told: features }));
 *
 * @param params  the weights as tensors; of host arrays `toTf(fromTf(params))`
 * @param config  of the weights
 * @returns       a function of a prompt, which throws when that is empty, does not fit into T tokens or is not of the vocabulary, or an option does not fit
 *
 * Fan, Lewis & Dauphin 2018, section 5.4, for top-k.
 */
export function gptSampler(params: GptParams, config: GptConfig): Sampler {
  const { prefix, length, vocabulary } = config;
  const begin = compile((told: tf.Tensor) => gptCache(params, config, { batch: 1, told: prefix ? told : undefined }));
  const step = compile(
    (cache: GptCache, token: tf.Tensor, at: tf.Tensor) => gptStep(params, token, { ...config, cache, at: at.reshape([]) }),
    {
      donate: [0],
    },
  );
  return async (prompt, options = {}) => {
    checkOptions('gptSampler', options, ['temperature', 'topK', 'tokens', 'stop', 'told', 'key']);
    const { temperature = 1, topK, stop, told = [], key } = options;
    const wrong =
      typeof prompt === 'string' ? 0 : Array.from(prompt).findIndex((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
    if (wrong >= 0)
      throw new Error(
        `gptSampler: a prompt is the ids of tokens, 0 to ${vocabulary - 1}; got ${JSON.stringify(typeof prompt === 'string' ? prompt : prompt[wrong])}${typeof prompt === 'string' ? '' : ` at ${wrong}`}; tokeniser.encode(text) gives them`,
      );
    const room = length - prompt.length + 1; // the last token is not read
    const { tokens = room } = options;
    if (prompt.length === 0 || prompt.length > length)
      throw new Error(`gptSampler: the prompt has ${prompt.length} tokens; 1 to ${length} fit. Begin with the token that begins a text`);
    checkWhole('gptSampler', 'tokens', tokens, { from: 0, to: room }, `the model sees ${length} at once`);
    if (temperature !== 0) checkKey('gptSampler', key);
    if (told.length !== (prefix?.features ?? 0))
      throw new Error(`gptSampler: the model is told ${prefix?.features ?? 0} numbers, got ${told.length}`);
    const features: HostArray = { data: Float32Array.from(prefix ? told : [0]), shape: [1, prefix?.features ?? 1] };
    let cache = await begin(features);
    const added: number[] = [];
    for (let at = 0; added.length < tokens; at++) {
      const token = Int32Array.of(prompt[at] ?? added[at - prompt.length]);
      const next = await step(cache as never, { data: token, shape: [1] }, { data: Int32Array.of(at), shape: [1] });
      cache = next.cache;
      if (at < prompt.length - 1) continue;
      const u = temperature === 0 ? 0 : uniform(fold(key!, at), [1], 'float64').data[0];
      const chosen = chooseToken(next.logits.data(), u, { temperature, topK });
      if (chosen === stop) break;
      added.push(chosen);
    }
    return added;
  };
}
