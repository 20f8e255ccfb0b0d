import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { dataRoot, sha256 } from '../../base/internal.js';
import { readTokeniser } from '../tokenisers/read-tokeniser.js';
import type { SentenceEncoder } from './encoder.js';
import { halfMatrixOf, halfValue } from './half-precision.js';

/** PyPI's wordllama 0.4.0.post1 for CPython 3.11 on Linux, of which only data are read. */
const WHEEL = { file: join('wordllama', 'l2-supercat.bin'), sha256: '42c2c88907ace0b0681ac6f9092d6a300a6409a5d2d61071a3fb5e7159370c97' };
const WEIGHTS = 'wordllama/weights/l2_supercat_256.safetensors';
const TOKENISER = 'wordllama/tokenizers/l2_supercat_tokenizer_config.json';
const GET_IT = 'fetch it with: lemmata data fetch wordllama/l2-supercat';

/**
 * WordLlama: the mean of a text's token vectors, which were distilled from the embeddings of large language models.
 *
 *     // once: npx lemmata data fetch wordllama/l2-supercat
 *     const encoder = loadWordLlama();
 *     const vectors = await encoder.encode(['Apple beats estimates', 'Profit above forecast at Apple']);        // [2, 256]
 *     cosineSimilarity(vectors).data[1]
 *
 * It equals the package's `embed` without normalisation. The order of words is lost, and with it who did what to whom. Its weights were
 * published on 2024-07-12, which is what `pretrainedUntil` says: nothing that came later can be in them.
 *
 * @param wheel  where `fetchData('wordllama/l2-supercat')` has put the package; of the data folder when left out
 * @throws       when the package is not there or was changed
 *
 * github.com/dleemiller/WordLlama, MIT: the model l2_supercat of width 256.
 */
export function loadWordLlama(wheel: string = join(dataRoot(), WHEEL.file)): SentenceEncoder {
  if (/^https?:/.test(wheel)) throw new Error(`loadWordLlama takes the path of a file, got the address ${wheel}; ${GET_IT}`);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(wheel);
  } catch (error) {
    throw new Error(`loadWordLlama: ${wheel} is not there (${(error as NodeJS.ErrnoException).code}); ${GET_IT}`, { cause: error });
  }
  const found = sha256(bytes);
  if (found !== WHEEL.sha256)
    throw new Error(
      `loadWordLlama: ${wheel} was changed: sha256 ${found.slice(0, 12)}… instead of ${WHEEL.sha256.slice(0, 12)}…; ${GET_IT}`,
    );
  const files = unzipSync(bytes, { filter: ({ name }) => name === WEIGHTS || name === TOKENISER });
  const tokeniser = readTokeniser(JSON.parse(Buffer.from(files[TOKENISER]).toString('utf8')));
  const { bits, shape } = halfMatrixOf(files[WEIGHTS], 'embedding.weight');
  const [, D] = shape;
  const values = Float32Array.from({ length: 1 << 16 }, (_, half) => halfValue(half));
  return {
    name: 'wordllama 0.4.0.post1, l2_supercat_256',
    width: D,
    pretrainedUntil: '2024-07-12',
    limits: [
      'a mean of words: their order, negation and who did what are lost',
      'trained on English pairs of sentences; no finance in particular',
    ],
    async encode(texts) {
      const data = new Float32Array(texts.length * D);
      for (const [n, text] of texts.entries()) {
        const ids = tokeniser.encode(text);
        const sum = new Float64Array(D);
        for (const id of ids) for (let d = 0; d < D; d++) sum[d] += values[bits[id * D + d]];
        for (let d = 0; d < D; d++) data[n * D + d] = sum[d] / Math.max(1, ids.length);
      }
      return { data, shape: [texts.length, D] };
    },
  };
}
