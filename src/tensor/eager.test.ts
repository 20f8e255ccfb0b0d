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

  it('refuses indices outside an array, where wasm would read and write beside it', async () => {
    await useBestBackend();
    const x = tf.tensor1d([1, 2, 3, 4, 5]);
    const at = (...indices: number[]) => tf.tensor2d(indices, [indices.length, 1], 'int32');
    for (const wrong of [5, -1, 100_000]) {
      expect(() => tf.gatherND(x, at(0, wrong))).toThrow(/[Ii]nvalid indices|does not index/);
      expect(() => tf.scatterND(at(0, wrong), tf.tensor1d([1, 2]), [5])).toThrow(/[Ii]nvalid indices|does not index/);
      expect(() => tf.tensorScatterUpdate(x, at(0, wrong), tf.tensor1d([1, 2]))).toThrow(/[Ii]nvalid indices|does not index/);
    }
    expect([...tf.gatherND(x, at(4, 0)).dataSync()]).toEqual([5, 1]);
    expect([...tf.tensorScatterUpdate(x, at(4), tf.tensor1d([9])).dataSync()]).toEqual([1, 2, 3, 4, 9]);
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
