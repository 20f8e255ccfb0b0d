import { fold, type Key, uniform } from '../../base/index.js';

const CHUNK = 1024;

/** Uniform numbers on [0, 1), one a call, for what does not know beforehand how many it needs. */
export function uniforms(k: Key): () => number {
  let chunk = 0;
  let at = CHUNK;
  let data = new Float64Array(0);
  return () => {
    if (at === CHUNK) {
      ({ data } = uniform(fold(k, chunk++), [CHUNK], 'float64') as { data: Float64Array<ArrayBuffer> });
      at = 0;
    }
    return data[at++];
  };
}
