import { afterEach, describe, expect, it, vi } from 'vitest';
import { inverseNormal, key, normal, threefry } from '../random.js';
import { normalKernel } from './kernel.js';

/** The stream as random.ts states it, a number at a time. */
function expected(seed: number, n: number): Float64Array {
  const word = new Uint32Array(2);
  return Float64Array.from({ length: n }, (_, i) => {
    threefry(key(seed), 0, i, word);
    return inverseNormal((word[0] * 2 ** 20 + (word[1] >>> 12) + 0.5) * 2 ** -52);
  });
}

describe('the kernel of normals', () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    [1, 32],
    [2, 4096],
    [3, 4097],
    [2 ** 40 + 5, 200_003],
  ])('has the bits of the formula, seed %d, %d numbers', (seed, n) => {
    expect(normalKernel()).toBeDefined();
    const z = expected(seed, n);
    expect(normal(key(seed), [n], 'float64').data).toEqual(z);
    expect(normal(key(seed), [n]).data).toEqual(Float32Array.from(z));
  });

  it('has them in the tails, to the farthest that can be drawn, alone and side by side', () => {
    const tails = [2 ** -53, 3 * 2 ** -53, 1e-15, 1e-12, 1.38e-11, 1.39e-11, 1e-6, 0.01, 0.0749].flatMap((p) => [p, 1 - p, p]);
    for (const n of [1, 2, tails.length])
      for (let i = 0; i + n <= tails.length; i++) {
        const some = tails.slice(i, i + n);
        expect(normalKernel()!.inverse(some)).toEqual(some.map(inverseNormal));
      }
  });

  it('is not needed: without WebAssembly the numbers are the same', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const { normal: plain } = await import('../random.js');
    expect((await import('./kernel.js')).normalKernel()).toBeUndefined();
    expect(plain(key(7), [5000], 'float64')).toEqual(normal(key(7), [5000], 'float64'));
  });
});
