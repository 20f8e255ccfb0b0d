import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { nativeProblem, useBestBackend } from './eager.js';

describe('useBestBackend', () => {
  it('chooses a compiled backend and computes on it', async () => {
    const chosen = await useBestBackend();
    expect(['tensorflow', 'wasm']).toContain(chosen);
    expect(tf.getBackend()).toBe(chosen);
    expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]); // 1·3 + 2·4
  });

  it('says why a native package is not used', () => {
    expect(nativeProblem('@tensorflow/no-such-package')).toMatch(/Cannot find module '@tensorflow\/no-such-package'/);
  });

  it('is not fooled by the stand-in that danfojs is given under the name of tfjs-node', () => {
    const realOne = 'tensorflow' in tf.engine().registryFactory;
    expect(nativeProblem('@tensorflow/tfjs-node')).toBe(
      realOne ? undefined : "@tensorflow/tfjs-node is a stand-in without TensorFlow's library",
    );
  });
});
